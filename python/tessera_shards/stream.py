"""An iterable dataset: batches in the order of Tessera's engine, cut among ranks and workers."""

from .batches import collate
from .dataset import ShardDataset
from .order import epoch_order
from .philox import Streams

import numpy

try:
    from torch.utils.data import IterableDataset as _Base
except ImportError:
    _Base = object

_ROW = numpy.zeros(1, numpy.int64)


class ShardStream(_Base):
    """Batches of one rank, epoch after epoch; give it to a DataLoader with `batch_size=None`, or to `ShardLoader`.

    Batch n is a function of n, the seed and the global batch (`batch_size` times ranks) alone: `stream.batch(n)` gives
    any of them at once, a resume is a seek, and workers change nothing. Without bins, instance i of the global batch n
    is the walk's number n * global batch + i, as in Tessera's own training: a batch may reach into the next epoch.

    With `bin_batches=w` the instances of w global batches are sorted by length before they are cut, and the batches
    then shuffled, so that little is padded; which instances are seen within the window does not change.
    """

    def __init__(self, directory, batch_size, split="train", seed=None, epochs=None, rank=None, ranks=None,
                 bin_batches=0, pad_to=None, pad_to_multiple=8, tensors=True, sequence_length=None, cached_blocks=8):
        """`epochs` ends the stream (what is left over of a global batch is dropped); without it there is no end.

        `rank` and `ranks` are those of `torch.distributed` when it is initialised.
        """
        self.dataset = ShardDataset(
            directory, split, seed, sequence_length=sequence_length, cached_blocks=cached_blocks)
        self.rank, self.ranks = _process(rank, ranks)
        self.batch_size, self.bin_batches = int(batch_size), int(bin_batches)
        if self.batch_size < 1 or self.bin_batches < 0 or not 0 <= self.rank < self.ranks:
            raise ValueError("batch_size is at least 1, bin_batches 0 or more, rank below ranks")
        self.global_batch = self.batch_size * self.ranks
        self.count = len(self.dataset)
        self.batches = None if epochs is None else int(epochs * self.count) // self.global_batch
        if self.count == 0:
            raise ValueError(f"there is no {split} instance in these shards")
        # Blocks that a window may touch.
        window = self.bin_batches * self.global_batch * len(self.dataset.reader.first_instances(split)) // self.count + 2
        self.dataset.reader.cached_blocks = max(self.dataset.reader.cached_blocks, window)
        self._padding = {"pad_to": pad_to, "pad_to_multiple": pad_to_multiple, "tensors": tensors}
        self._orders, self._window, self._next = {}, (None, None), 0

    def __len__(self):
        if self.batches is None:
            raise TypeError("a stream without a number of epochs has no end")
        return self.batches

    def place(self, number):
        """(epochs, instances) of batch `number`: arrays of this rank's share."""
        if self.bin_batches == 0:
            first = number * self.global_batch + self.rank * self.batch_size
            return self._walk(numpy.arange(first, first + self.batch_size))
        window, at = divmod(number, self.bin_batches)
        if self._window[0] != window:
            self._window = (window, self._cut(window))
        # Strided, so that every rank gets long and short ones alike.
        epochs, indices = self._window[1]
        return epochs[at][self.rank::self.ranks], indices[at][self.rank::self.ranks]

    def _cut(self, window):
        """The global batches of a window, [batches, global batch] of epochs and instances."""
        first = window * self.bin_batches
        batches = self.bin_batches if self.batches is None else min(self.bin_batches, self.batches - first)
        walk = numpy.arange(first * self.global_batch, (first + batches) * self.global_batch)
        epochs, indices = self._walk(walk)
        sorted_by_length = numpy.argsort(self.dataset.reader.lengths(indices, self.dataset.split), kind="stable")
        cut = sorted_by_length.reshape(batches, self.global_batch)
        draws = Streams(self.dataset.seed, "bin order", window)
        for last in range(batches - 1, 0, -1):
            other = int(draws.below(last + 1, _ROW)[0])
            cut[[last, other]] = cut[[other, last]]
        return epochs[cut], indices[cut]

    def _walk(self, places):
        epochs, positions = numpy.divmod(places, self.count)
        indices = numpy.empty(len(places), numpy.int64)
        for epoch in numpy.unique(epochs).tolist():
            if epoch not in self._orders:
                if len(self._orders) > 1:
                    self._orders.pop(min(self._orders))
                self._orders[epoch] = epoch_order(self.dataset.reader, self.dataset.seed, epoch, self.dataset.split)
            of_epoch = epochs == epoch
            indices[of_epoch] = self._orders[epoch][positions[of_epoch]]
        return epochs, indices

    def batch(self, number):
        """Batch `number` of this rank, from 0."""
        epochs, indices = self.place(number)
        return collate(self.dataset.examples(indices, epochs), self.dataset.reader, **self._padding)

    def __iter__(self):
        worker, workers = _worker()
        number = self._next + worker
        while self.batches is None or number < self.batches:
            batch = self.batch(number)
            # What is saved inside a loop over the stream itself is the batch after the one just given.
            if workers == 1:
                self._next = number + 1
            yield batch
            number += workers
        if workers == 1:
            self._next = 0

    def state_dict(self):
        """Where the stream stands; exact when it is read without worker processes (else ask ShardLoader)."""
        return {"batch": self._next, **self.identity()}

    def load_state_dict(self, state):
        """Goes on where another stream of the same shards stood; ranks may differ, the global batch may not."""
        for name, value in self.identity().items():
            if state.get(name) != value:
                raise ValueError(f"the state is of another stream: {name} is {state.get(name)}, not {value}")
        self._next = int(state["batch"])

    def identity(self):
        """What batch numbers depend on."""
        return {"digest": self.dataset.reader.digest, "split": self.dataset.split, "seed": self.dataset.seed,
                "sequence_length": self.dataset.reader.sequence_length,
                "global_batch": self.global_batch, "bin_batches": self.bin_batches}


def _process(rank, ranks):
    if (rank is None) != (ranks is None):
        raise ValueError("give rank and ranks, or neither")
    if rank is not None:
        return int(rank), int(ranks)
    try:
        from torch import distributed
    except ImportError:
        return 0, 1
    if distributed.is_available() and distributed.is_initialized():
        return distributed.get_rank(), distributed.get_world_size()
    return 0, 1


def _worker():
    try:
        from torch.utils.data import get_worker_info
    except ImportError:
        return 0, 1
    information = get_worker_info()
    return (0, 1) if information is None else (information.id, information.num_workers)
