"""Reads the files of a set of shards: the index, and blocks as columns. docs/shard-format.md specifies them."""

from __future__ import annotations

import bisect
import json
import math
import os
import sqlite3
from collections import OrderedDict
from typing import NamedTuple

import numpy
import zstandard

FORMAT_VERSION = 2
BLOCK_CAPACITY = 4096
BLOCK_TOKENS = 1 << 20
SPLITS = ("train", "validation")


class ShardError(Exception):
    """The shards are damaged, unfinished or of another version."""


class Instance(NamedTuple):
    """An instance as it is stored, without special tokens and masks: one run of tokens or several, each a stretch of one
    document."""

    #: Token ids of all runs, one after the other.
    tokens: numpy.ndarray
    #: Tokens of each run.
    lengths: numpy.ndarray
    #: Key of each run's document: its id in its corpus, plus 2**40 for each corpus before that one.
    documents: numpy.ndarray
    #: 0: B follows A. 1: it comes from another document (`nsp`), or the two are swapped (`sop`).
    label: int
    #: With static masking the masked positions in [CLS] A [SEP] B [SEP] and what stands there; else empty.
    positions: numpy.ndarray
    replacements: numpy.ndarray

    @property
    def runs(self):
        """The token ids of each run."""
        return numpy.split(self.tokens, numpy.cumsum(self.lengths)[:-1])


class _Block:
    """A decoded block: columns, and where each instance begins in them."""

    def __init__(self, raw, count, reader, place):
        def need(holds, what):
            if not holds:
                raise ShardError(f"{place}: {what}")

        width, static = reader.token_bytes, reader.static_masking
        need(len(raw) >= 20, "too short for its header")
        stated, runs, tokens, masks = (int.from_bytes(raw[i:i + 4], "little") for i in (0, 8, 12, 16))
        need(stated == count, "another number of instances than its index")
        need(raw[4] == width and raw[5] == int(static) and int.from_bytes(raw[6:8], "little")
             == reader.sequence_length, "another layout than its index")
        size = (20 + count * (15 if static else 13) + (runs - count) * 10 + tokens * width + masks * (2 + width))
        need(runs >= count and len(raw) == size and (static or masks == 0), "another size than its lengths say")
        self._raw, self._offset = raw, 20
        token = "<u2" if width == 2 else "<u4"
        run_counts = self._planes("<u2", count).astype(numpy.int64)
        rooms = self._planes("<u2", count).astype(numpy.int64)
        lengths = self._planes("<u2", runs - count).astype(numpy.int64)
        self.label = self._column("u1", count)
        first = self._planes("<u8", count)
        others = self._planes("<u8", runs - count)
        mask_counts = self._planes("<u2", count).astype(numpy.int64) if static else numpy.zeros(count, numpy.int64)
        ranks = self._column(token, tokens)
        gaps = self._planes("<u2", masks).astype(numpy.int64)
        replacements = self._column(token, masks)
        need((run_counts > 0).all() and run_counts.sum() == runs and mask_counts.sum() == masks,
             "lengths that do not add up")
        self.run_starts = numpy.concatenate([[0], numpy.cumsum(run_counts)])
        self.mask_starts = numpy.concatenate([[0], numpy.cumsum(mask_counts)])
        total = reader.sequence_length - 1 - run_counts - rooms
        # The last run of an instance takes what the others leave.
        last = numpy.zeros(runs, bool)
        last[self.run_starts[1:] - 1] = True
        self.run_lengths = numpy.zeros(runs, numpy.int64)
        self.run_lengths[~last] = lengths
        sums = numpy.concatenate([[0], numpy.cumsum(self.run_lengths)])
        self.run_lengths[last] = total - (sums[self.run_starts[1:]] - sums[self.run_starts[:-1]])
        need((self.run_lengths > 0).all(), "a run of no tokens")
        of_run = numpy.repeat(numpy.arange(count), run_counts)
        self.documents = first[of_run]
        leading = numpy.zeros(runs, bool)
        leading[self.run_starts[:-1]] = True
        self.documents[~leading] ^= others
        self.documents = self.documents.astype(numpy.int64)
        self.starts = numpy.concatenate([[0], numpy.cumsum(total)])
        need(self.starts[-1] == tokens, "lengths that do not add up")
        single = reader.objective == "mlm"
        if not single or reader.packing == "document":
            need((run_counts == (1 if single else 2)).all(), "an instance of a wrong number of runs")
        need(self.label.max() <= (0 if single else 1), "a label that does not exist")
        need((self.documents > 0).all() and (self.documents & (1 << 40) - 1).all(), "a document that cannot be")
        if not single:
            differs = self.documents[0::2] != self.documents[1::2]
            need((differs == ((self.label == 1) if reader.objective == "nsp" else False)).all(),
                 "a label that its documents belie")
        need(tokens == 0 or ranks.max() < reader.vocabulary_size, "a token that is not in the vocabulary")
        need(masks == 0 or replacements.max() < reader.vocabulary_size, "a mask that is not in the vocabulary")
        self.tokens = reader.token_order[ranks]
        self.replacements = reader.token_order[replacements]
        sums = numpy.concatenate([[0], numpy.cumsum(gaps)])
        self.positions = sums[1:] - numpy.repeat(sums[self.mask_starts[:-1]], mask_counts)
        if masks:
            need((gaps > 0).all(), "masks whose positions do not ascend")
            of_mask = numpy.repeat(numpy.arange(count), mask_counts)
            need((self.positions < total[of_mask] + run_counts[of_mask]).all(), "a mask beyond its instance")
            # Where each instance begins when all are read one after the other, and where the [SEP] behind each run is.
            begins = numpy.concatenate([[0], numpy.cumsum(total + 1 + run_counts)])
            ends = numpy.cumsum(self.run_lengths + 1) + of_run
            need(not numpy.isin(begins[of_mask] + self.positions, ends).any(), "a mask on a special token")
            need(mask_counts.max() <= reader.max_predictions, "too many masks")

    def _column(self, kind, count):
        column = numpy.frombuffer(self._raw, kind, count, self._offset)
        self._offset += column.nbytes
        return column

    def _planes(self, kind, count):
        """A column stored as byte planes: the lowest bytes of all its values, then the next ones, and so on."""
        width = numpy.dtype(kind).itemsize
        planes = self._column("u1", width * count).reshape(width, count)
        return numpy.ascontiguousarray(planes.T).view(kind).reshape(count)


class ShardReader:
    """A finished set of shards; any instance of one sequence length, of either split, by its number.

    Memory: the index (some 200 bytes for each block) and `cached_blocks` decoded blocks. Nothing in the files is
    trusted. It can be pickled: workers open the files anew.
    """

    def __init__(self, directory, sequence_length=None, cached_blocks=8):
        """Without a sequence length the first that the set holds is read."""
        self.directory = str(directory)
        index = os.path.join(self.directory, "shards.sqlite")
        if not os.path.exists(index):
            raise ShardError(f"{index}: not found")
        self._blocks, self._firsts, self._counts = {}, {}, {}
        try:
            connection = sqlite3.connect(f"file:{index}?mode=ro", uri=True)
            try:
                self._read_meta(dict(connection.execute("SELECT key, value FROM meta")), index, sequence_length)
                self._read_order(connection.execute("SELECT ids FROM token_order").fetchall(), index)
                for split in SPLITS:
                    self._read_rows(split, connection.execute(
                        "SELECT b.partition, b.file, b.offset, b.size, b.raw_size, b.first_instance, b.count, p.revision"
                        " FROM block b JOIN partition p ON p.id = b.partition WHERE b.split = ? AND b.sequence_length = ?"
                        " ORDER BY b.partition, b.offset", (split, self.sequence_length)).fetchall(), index)
            finally:
                connection.close()
        except (sqlite3.Error, KeyError, ValueError) as error:
            raise ShardError(f"{index}: {error}") from error
        self._read_vocabulary()
        self._cache, self.cached_blocks = OrderedDict(), max(1, cached_blocks)

    def __getstate__(self):
        return {**self.__dict__, "_cache": OrderedDict()}

    def _read_meta(self, meta, index, sequence_length):
        if meta.get("kind") != "shards" or meta.get("format_version") != str(FORMAT_VERSION):
            raise ShardError(f"{index}: not shards of format version {FORMAT_VERSION}")
        if meta.get("state") != "complete":
            raise ShardError(f"{index}: these shards are not finished; run 'tessera shard' again, it resumes")
        self.configuration = json.loads(meta["configuration"])
        self.digest = meta["digest"]
        self.vocabulary_size = int(meta["vocabulary_size"])
        self.seed = int(self.configuration["seed"])
        self.sequence_lengths = [int(length) for length in self.configuration["sequence_length"]]
        self.sequence_length = self.sequence_lengths[0] if sequence_length is None else int(sequence_length)
        if self.sequence_length not in self.sequence_lengths:
            raise ShardError(f"{index}: holds instances of lengths {self.sequence_lengths}, not {sequence_length}")
        self.packing = self.configuration["packing"]
        self.objective = self.configuration["objective"]
        self.static_masking = self.configuration["masking"] == "static"
        self.whole_word, self.spans = bool(self.configuration["whole_word"]), bool(self.configuration["spans"])
        self.mask_probability = float(self.configuration["mask_probability"])
        limit = self.configuration.get("max_predictions")
        self.max_predictions = limit or max(1, math.ceil(self.sequence_length * self.mask_probability))
        self.token_bytes = 2 if self.vocabulary_size <= 1 << 16 else 4

    def _read_order(self, rows, index):
        order = numpy.frombuffer(rows[0][0], "<u2" if self.token_bytes == 2 else "<u4") if len(rows) == 1 else None
        if order is None or not numpy.array_equal(numpy.sort(order), numpy.arange(self.vocabulary_size)):
            raise ShardError(f"{index}: its order of tokens is damaged")
        self.token_order = order.astype(numpy.int64)

    def _read_rows(self, split, rows, index):
        blocks, firsts, count = [], [], 0
        for row in rows:
            good = all(isinstance(row[i], int) for i in (0, 2, 3, 4, 5, 6, 7)) and row[5] == count
            suffix = f"-r{row[7]}" if row[7] else ""
            good = good and 1 <= row[6] <= BLOCK_CAPACITY and row[1] == f"part-{row[0]:05d}{suffix}.zst"
            tokens = min(row[6] * self.sequence_length, BLOCK_TOKENS + self.sequence_length)
            if not good or row[2] < 0 or row[3] <= 0 or not 0 < row[4] <= 20 + 25 * (row[6] + tokens) + 10 * tokens:
                raise ShardError(f"{index}: a block has a row that cannot be true")
            blocks.append(row)
            firsts.append(row[5])
            count += row[6]
        self._blocks[split], self._firsts[split], self._counts[split] = blocks, firsts, count

    def _read_vocabulary(self):
        path = os.path.join(self.directory, "vocab.txt")
        with open(path, encoding="utf-8", newline="\n") as file:
            self.pieces = file.read().split("\n")
        if self.pieces and self.pieces[-1] == "":
            self.pieces.pop()
        if len(self.pieces) != self.vocabulary_size:
            raise ShardError(f"{path}: has {len(self.pieces)} pieces, not {self.vocabulary_size}")
        try:
            ids = [self.pieces.index(name) for name in ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")]
        except ValueError as error:
            raise ShardError(f"{path}: {error}") from error
        self.pad_id, self.unk_id, self.cls_id, self.sep_id, self.mask_id = ids

    def count(self, split="train"):
        """Instances of a split."""
        return self._counts[split]

    def first_instances(self, split="train"):
        """The number of each block's first instance."""
        return self._firsts[split]

    def _block(self, split, number):
        key = (split, number)
        if key in self._cache:
            self._cache.move_to_end(key)
            return self._cache[key]
        _, name, offset, size, raw_size, _, count, _ = self._blocks[split][number]
        path = os.path.join(self.directory, name)
        with open(path, "rb") as file:
            file.seek(offset)
            frame = file.read(size)
        place = f"{path}, byte {offset}"
        try:
            # Frames state their size; one that states another than the index is never unpacked.
            stated = zstandard.frame_content_size(frame)
            raw = zstandard.ZstdDecompressor().decompress(frame) if stated == raw_size else b""
        except zstandard.ZstdError as error:
            raise ShardError(f"{place}: {error}") from error
        if len(raw) != raw_size:
            raise ShardError(f"{place}: has another size than its index states")
        block = self._cache[key] = _Block(raw, count, self, place)
        if len(self._cache) > self.cached_blocks:
            self._cache.popitem(last=False)
        return block

    def _find(self, index, split):
        if not 0 <= index < self._counts[split]:
            raise IndexError(index)
        number = bisect.bisect_right(self._firsts[split], index) - 1
        return self._block(split, number), index - self._firsts[split][number]

    def instance(self, index, split="train"):
        """Instance `index` of a split, as stored."""
        block, at = self._find(index, split)
        tokens = block.tokens[block.starts[at]:block.starts[at + 1]]
        runs = slice(block.run_starts[at], block.run_starts[at + 1])
        masks = slice(block.mask_starts[at], block.mask_starts[at + 1])
        return Instance(tokens, block.run_lengths[runs], block.documents[runs], int(block.label[at]),
                        block.positions[masks], block.replacements[masks])

    def lengths(self, indices, split="train"):
        """The lengths of instances, special tokens included."""
        indices = numpy.asarray(indices, numpy.int64)
        numbers = numpy.searchsorted(self._firsts[split], indices, side="right") - 1
        found = numpy.empty(len(indices), numpy.int64)
        for number in numpy.unique(numbers):
            of_block = numbers == number
            block, at = self._block(split, int(number)), indices[of_block] - self._firsts[split][number]
            found[of_block] = (block.starts[at + 1] - block.starts[at] + 1
                               + block.run_starts[at + 1] - block.run_starts[at])
        return found

    def assemble(self, instance):
        """[CLS], then each run with a [SEP] behind it, without masks; and the segment of each token."""
        ends = numpy.cumsum(instance.lengths + 1)
        ids = numpy.empty(ends[-1] + 1, numpy.int64)
        ordinary = numpy.ones(len(ids), bool)
        ordinary[0] = False
        ordinary[ends] = False
        ids[0], ids[ends], ids[ordinary] = self.cls_id, self.sep_id, instance.tokens
        segments = numpy.zeros(len(ids), numpy.int64)
        if self.objective != "mlm":
            segments[ends[0] + 1:] = 1
        return ids, segments
