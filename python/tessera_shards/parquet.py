"""Writes shards as Parquet for Hugging Face `datasets`: `python -m tessera_shards.parquet SHARDS --output FOLDER`.

    data = datasets.load_dataset("parquet", data_dir="FOLDER")

Columns: `input_ids` (int32), `token_type_ids` (int8), `next_sentence_label` (int8, not with the objective mlm),
`documents` (int64: one of each run), and with masks drawn `labels` (int32, -100 where nothing is predicted), without
`special_tokens_mask` (int8), so that DataCollatorForLanguageModeling can draw them. Nothing is padded.
"""

import argparse
import json
import os
import sys

import numpy

from . import ShardDataset, ShardError, ShardReader, epoch_order
from .batches import IGNORED_LABEL

ROW_GROUP = 4096
NAMES = {"train": "train", "validation": "validation"}


def write_parquet(directory, output, splits=("train", "validation"), masks="drawn", order="stored", epoch=0, duplicate=1,
                  seed=None, instances_per_file=131_072, compression_level=9, sequence_length=None):
    """Writes the files that are not there yet and gives the names of all; an interrupted run resumes.

    Memory: 4,096 instances at a time.
    """
    import pyarrow.parquet

    reader = ShardReader(directory, sequence_length)
    seed = reader.seed if seed is None else int(seed)
    os.makedirs(output, exist_ok=True)
    _agree(output, {"shards_digest": reader.digest, "splits": list(splits), "masks": masks, "order": order,
                    "epoch": epoch, "duplicate": duplicate, "seed": seed, "instances_per_file": instances_per_file,
                    "compression_level": compression_level, "sequence_length": reader.sequence_length})
    paths = []
    for split in splits:
        total = reader.count(split) * duplicate
        files = -(-total // instances_per_file)
        for number in range(files):
            places = range(total * number // files, total * (number + 1) // files)
            path = os.path.join(output, f"{NAMES[split]}-{number:05d}-of-{files:05d}.parquet")
            paths.append(path)
            if not os.path.exists(path):
                source = _Source(reader, split, seed, epoch, order, masks)
                _write_file(path, source, places, compression_level)
    return paths


def _agree(output, record):
    path = os.path.join(output, "export.json")
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            if json.load(file) != record:
                raise ShardError(f"{path}: the export in this folder is from other shards or with other options")
        return
    if any(not name.endswith(".partial") for name in os.listdir(output)):
        raise ShardError(f"{output}: has files in it but no export.json")
    with open(path + ".partial", "w", encoding="utf-8") as file:
        json.dump(record, file, sort_keys=True, indent=2)
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".partial", path)


class _Source:
    """Rows of a walk: epoch after epoch, each instance with the masks of its epoch."""

    def __init__(self, reader, split, seed, epoch, order, masks):
        self.reader, self.split, self.seed, self.epoch, self.order, self.masks = reader, split, seed, epoch, order, masks
        self._orders = {}

    def table(self, places):
        import pyarrow

        count = self.reader.count(self.split)
        places = numpy.asarray(places)
        rounds, positions = numpy.divmod(places, count)
        indices = positions
        if self.order == "epoch":
            indices = numpy.empty(len(places), numpy.int64)
            for number in numpy.unique(rounds).tolist():
                if number not in self._orders:
                    self._orders = {number: epoch_order(self.reader, self.seed, self.epoch + number, self.split)}
                indices[rounds == number] = self._orders[number][positions[rounds == number]]
        columns = self._masked(indices, rounds) if self.masks == "drawn" else self._plain(indices)
        instances = [self.reader.instance(int(index), self.split) for index in indices]
        if self.reader.objective != "mlm":
            columns["next_sentence_label"] = pyarrow.array([each.label for each in instances], pyarrow.int8())
        columns["documents"] = _lists([each.documents for each in instances], numpy.int64)
        return pyarrow.table(columns)

    def _masked(self, indices, rounds):
        examples = ShardDataset(self.reader, self.split, self.seed).examples(indices, self.epoch + rounds)
        labels = []
        for example in examples:
            row = numpy.full(len(example["input_ids"]), IGNORED_LABEL, numpy.int32)
            row[example["masked_positions"]] = example["masked_labels"]
            labels.append(row)
        return {"input_ids": _lists([example["input_ids"] for example in examples], numpy.int32),
                "token_type_ids": _lists([example["token_type_ids"] for example in examples], numpy.int8),
                "labels": _lists(labels, numpy.int32)}

    def _plain(self, indices):
        sequences = [self.reader.assemble(self.reader.instance(int(index), self.split)) for index in indices]
        special = [numpy.isin(ids, [self.reader.cls_id, self.reader.sep_id]) for ids, _ in sequences]
        return {"input_ids": _lists([ids for ids, _ in sequences], numpy.int32),
                "token_type_ids": _lists([segments for _, segments in sequences], numpy.int8),
                "special_tokens_mask": _lists(special, numpy.int8)}


def _lists(rows, kind):
    """A list column of rows of numbers."""
    import pyarrow

    offsets = numpy.concatenate([[0], numpy.cumsum([len(row) for row in rows])]).astype(numpy.int32)
    return pyarrow.ListArray.from_arrays(offsets, pyarrow.array(numpy.concatenate(rows).astype(kind)))


def _write_file(path, source, places, level):
    """A whole file or none: written under another name, synced, renamed."""
    import pyarrow.parquet

    writer = None
    try:
        for first in range(places.start, places.stop, ROW_GROUP):
            table = source.table(range(first, min(first + ROW_GROUP, places.stop)))
            if writer is None:
                writer = pyarrow.parquet.ParquetWriter(path + ".partial", table.schema, compression="zstd",
                                                       compression_level=level)
            writer.write_table(table, row_group_size=ROW_GROUP)
    finally:
        if writer is not None:
            writer.close()
    with open(path + ".partial", "rb+") as file:
        os.fsync(file.fileno())
    os.replace(path + ".partial", path)


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m tessera_shards.parquet", description=__doc__.split("\n")[0])
    parser.add_argument("shards", help="the folder of shards")
    parser.add_argument("--output", required=True, help="the folder to make")
    parser.add_argument("--split", choices=["train", "validation", "all"], default="all")
    parser.add_argument("--masks", choices=["drawn", "none"], default="drawn",
                        help="masks of the epoch, or none: drawn by a collator while training")
    parser.add_argument("--order", choices=["stored", "epoch"], default="stored",
                        help="as they stand in the shards, or as an epoch of Tessera visits them")
    parser.add_argument("--epoch", type=int, default=0, help="the epoch whose masks are drawn, from 0")
    parser.add_argument("--duplicate", type=int, default=1, help="epochs to write, one after the other")
    parser.add_argument("--seed", type=int, help="of masks and order (default: that of the shards)")
    parser.add_argument("--instances-per-file", type=int, default=131_072)
    parser.add_argument("--sequence-length", type=int, help="which length of the set (default: the first)")
    parser.add_argument("--level", type=int, default=9, help="of zstd, 1 to 22")
    options = parser.parse_args(arguments)
    if options.epoch < 0 or options.duplicate < 1 or options.instances_per_file < 1:
        parser.error("--epoch is 0 or more, --duplicate and --instances-per-file are at least 1")
    splits = ("train", "validation") if options.split == "all" else (options.split,)
    try:
        paths = write_parquet(options.shards, options.output, splits, options.masks, options.order, options.epoch,
                              options.duplicate, options.seed, options.instances_per_file, options.level,
                              options.sequence_length)
    except ImportError as error:
        sys.exit(f"{error}: python -m pip install pyarrow")
    except (ShardError, OSError) as error:
        sys.exit(str(error))
    print(f"{len(paths)} files, {sum(os.path.getsize(path) for path in paths)} bytes in {options.output}")


if __name__ == "__main__":
    main()
