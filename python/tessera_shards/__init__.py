"""Reads Tessera shards with numpy, zstandard and sqlite3 alone, for example to train with PyTorch.

    from tessera_shards import ShardLoader, ShardStream
    stream = ShardStream("shards", batch_size=32, seed=1, epochs=3)
    for batch in ShardLoader(stream, workers=2):
        model(**batch).loss.backward()

docs/shard-format.md specifies the format. Order and masks are the very draws of Tessera's own engine: a function of
(seed, epoch) and the shards, whatever the number of ranks and workers.
"""

from .dataset import ShardDataset
from .loader import ShardLoader
from .masking import MaskingPolicy
from .order import epoch_order
from .reader import Instance, ShardError, ShardReader
from .stream import ShardStream

__all__ = ["Instance", "MaskingPolicy", "ShardDataset", "ShardError", "ShardLoader", "ShardReader", "ShardStream",
           "epoch_order"]
__version__ = "0.1.0"
