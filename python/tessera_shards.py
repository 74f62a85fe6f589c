"""Reads Tessera shards with numpy, zstandard and sqlite3 alone, for example to train with PyTorch.

    from torch.utils.data import DataLoader
    data = ShardDataset("shards", split="train", seed=1)
    loader = DataLoader(data, batch_size=32, sampler=data.order(epoch=0), collate_fn=data.collate)

docs/shard-format.md specifies the format. Masks are drawn anew in every epoch (call `set_epoch`) unless the shards were
made with static masking. Drawn masks follow the same rules as Tessera's own but are not the same numbers.
"""

from __future__ import annotations

import bisect
import json
import math
import os
import sqlite3
from collections import OrderedDict

import numpy
import zstandard

FORMAT_VERSION = 2
BLOCK_CAPACITY = 4096
BLOCK_TOKENS = 1 << 20
IGNORED_LABEL = -100


class ShardError(Exception):
    """The shards are damaged, unfinished or of another version."""


class _Block:
    """A decoded block: columns, and where each instance begins in them."""

    def __init__(self, raw, count, dataset, place):
        def need(holds, what):
            if not holds:
                raise ShardError(f"{place}: {what}")

        width, static = dataset.token_bytes, dataset.static_masking
        need(len(raw) >= 20, "too short for its header")
        stated, runs, tokens, masks = (int.from_bytes(raw[i:i + 4], "little") for i in (0, 8, 12, 16))
        need(stated == count, "another number of instances than its index")
        need(raw[4] == width and raw[5] == int(static) and int.from_bytes(raw[6:8], "little")
             == dataset.sequence_length, "another layout than its index")
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
        total = dataset.sequence_length - 1 - run_counts - rooms
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
        single = dataset.objective == "mlm"
        if not single or dataset.packing == "document":
            need((run_counts == (1 if single else 2)).all(), "an instance of a wrong number of runs")
        need(self.label.max() <= (0 if single else 1), "a label that does not exist")
        need(tokens == 0 or ranks.max() < dataset.vocabulary_size, "a token that is not in the vocabulary")
        need(masks == 0 or replacements.max() < dataset.vocabulary_size, "a mask that is not in the vocabulary")
        self.tokens = dataset.token_order[ranks]
        self.replacements = dataset.token_order[replacements]
        sums = numpy.concatenate([[0], numpy.cumsum(gaps)])
        self.positions = sums[1:] - numpy.repeat(sums[self.mask_starts[:-1]], mask_counts)
        if masks:
            need((gaps > 0).all(), "masks whose positions do not ascend")
            of_mask = numpy.repeat(numpy.arange(count), mask_counts)
            need((self.positions <= total[of_mask] + run_counts[of_mask] - 1).all(), "a mask beyond its instance")

    def _column(self, kind, count):
        column = numpy.frombuffer(self._raw, kind, count, self._offset)
        self._offset += column.nbytes
        return column

    def _planes(self, kind, count):
        """A column stored as byte planes: the lowest bytes of all its values, then the next ones, and so on."""
        width = numpy.dtype(kind).itemsize
        planes = self._column("u1", width * count).reshape(width, count)
        return numpy.ascontiguousarray(planes.T).view(kind).reshape(count)


class ShardDataset:
    """The instances of one split; a PyTorch map-style dataset that does not need PyTorch.

    `dataset[i]` is a dict of numpy arrays: `input_ids`, `token_type_ids`, `masked_positions`, `masked_labels`, and
    `next_sentence_label` (0: B follows A, 1: it does not).
    """

    def __init__(self, directory, split="train", seed=0, cached_blocks=8, sequence_length=None):
        self.directory, self.split, self.seed, self.epoch = str(directory), split, int(seed), 0
        if split not in ("train", "validation"):
            raise ValueError("split is 'train' or 'validation'")
        index = os.path.join(self.directory, "shards.sqlite")
        if not os.path.exists(index):
            raise ShardError(f"{index}: not found")
        try:
            connection = sqlite3.connect(f"file:{index}?mode=ro", uri=True)
            try:
                self._read_meta(dict(connection.execute("SELECT key, value FROM meta")), index, sequence_length)
                self._read_order(connection.execute("SELECT ids FROM token_order").fetchall(), index)
                rows = connection.execute(
                    "SELECT b.partition, b.file, b.offset, b.size, b.raw_size, b.first_instance, b.count, p.revision"
                    " FROM block b JOIN partition p ON p.id = b.partition WHERE b.split = ? AND b.sequence_length = ?"
                    " ORDER BY b.partition, b.offset", (split, self.sequence_length)).fetchall()
            finally:
                connection.close()
        except (sqlite3.Error, KeyError, ValueError) as error:
            raise ShardError(f"{index}: {error}") from error
        self._read_rows(rows, index)
        self._read_vocabulary()
        self._cache, self._cached_blocks = OrderedDict(), max(1, cached_blocks)

    def _read_meta(self, meta, index, sequence_length):
        if meta.get("kind") != "shards" or meta.get("format_version") != str(FORMAT_VERSION):
            raise ShardError(f"{index}: not shards of format version {FORMAT_VERSION}")
        if meta.get("state") != "complete":
            raise ShardError(f"{index}: these shards are not finished; run 'tessera shard' again, it resumes")
        self.configuration = json.loads(meta["configuration"])
        self.vocabulary_size = int(meta["vocabulary_size"])
        lengths = [int(length) for length in self.configuration["sequence_length"]]
        self.sequence_length = lengths[0] if sequence_length is None else int(sequence_length)
        if self.sequence_length not in lengths:
            raise ShardError(f"{index}: holds instances of lengths {lengths}, not {sequence_length}")
        self.packing = self.configuration["packing"]
        self.objective = self.configuration["objective"]
        self.static_masking = self.configuration["masking"] == "static"
        self.whole_word = bool(self.configuration["whole_word"] or self.configuration["spans"])
        self.mask_probability = float(self.configuration["mask_probability"])
        limit = self.configuration.get("max_predictions")
        self.max_predictions = limit or max(1, math.ceil(self.sequence_length * self.mask_probability))
        self.token_bytes = 2 if self.vocabulary_size <= 1 << 16 else 4

    def _read_order(self, rows, index):
        order = numpy.frombuffer(rows[0][0], "<u2" if self.token_bytes == 2 else "<u4") if len(rows) == 1 else None
        if order is None or not numpy.array_equal(numpy.sort(order), numpy.arange(self.vocabulary_size)):
            raise ShardError(f"{index}: its order of tokens is damaged")
        self.token_order = order.astype(numpy.int64)

    def _read_rows(self, rows, index):
        self._blocks, self._firsts, self._count = [], [], 0
        for row in rows:
            good = all(isinstance(row[i], int) for i in (0, 2, 3, 4, 5, 6, 7)) and row[5] == self._count
            suffix = f"-r{row[7]}" if row[7] else ""
            good = good and 1 <= row[6] <= BLOCK_CAPACITY and row[1] == f"part-{row[0]:05d}{suffix}.zst"
            tokens = min(row[6] * self.sequence_length, BLOCK_TOKENS + self.sequence_length)
            if not good or row[2] < 0 or row[3] <= 0 or not 0 < row[4] <= 20 + 25 * (row[6] + tokens) + 10 * tokens:
                raise ShardError(f"{index}: a block has a row that cannot be true")
            self._blocks.append(row)
            self._firsts.append(row[5])
            self._count += row[6]

    def _read_vocabulary(self):
        path = os.path.join(self.directory, "vocab.txt")
        with open(path, encoding="utf-8", newline="\n") as file:
            self.pieces = file.read().split("\n")
        if self.pieces and self.pieces[-1] == "":
            self.pieces.pop()
        if len(self.pieces) != self.vocabulary_size:
            raise ShardError(f"{path}: has {len(self.pieces)} pieces, not {self.vocabulary_size}")
        names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
        ids = [self.pieces.index(name) for name in names]
        self.pad_id, _, self.cls_id, self.sep_id, self.mask_id = ids
        self._ordinary = numpy.setdiff1d(numpy.arange(self.vocabulary_size), ids)
        self._continues = numpy.array([piece.startswith("##") for piece in self.pieces])

    def set_epoch(self, epoch):
        """Chooses the epoch whose masks are drawn. Call it before the workers of a DataLoader start."""
        self.epoch = int(epoch)

    def order(self, epoch):
        """The instances in random order, those of a block together, so that each block is read once."""
        random = self._random(epoch, 0, 1)
        parts = []
        for block in random.permutation(len(self._blocks)):
            parts.append(self._blocks[block][5] + random.permutation(self._blocks[block][6]))
        return numpy.concatenate(parts).tolist() if parts else []

    def __len__(self):
        return self._count

    def _block(self, number):
        if number in self._cache:
            self._cache.move_to_end(number)
            return self._cache[number]
        _, name, offset, size, raw_size, _, count, _ = self._blocks[number]
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
        block = self._cache[number] = _Block(raw, count, self, place)
        if len(self._cache) > self._cached_blocks:
            self._cache.popitem(last=False)
        return block

    def _stored(self, index):
        if not 0 <= index < self._count:
            raise IndexError(index)
        number = bisect.bisect_right(self._firsts, index) - 1
        return self._block(number), index - self._firsts[number]

    def runs(self, index):
        """The stretches of documents an instance is made of: [(key of the document, token ids), ...]."""
        block, at = self._stored(index)
        runs, start = [], block.starts[at]
        for run in range(block.run_starts[at], block.run_starts[at + 1]):
            end = start + block.run_lengths[run]
            runs.append((int(block.documents[run]), block.tokens[start:end]))
            start = end
        return runs

    def instance(self, index):
        """(A, B, label, document of A, document of B, masked positions, replacements), as stored."""
        block, at = self._stored(index)
        runs = self.runs(index)
        masks = slice(block.mask_starts[at], block.mask_starts[at + 1])
        rest = [ids for _, ids in runs[1:]]
        return (runs[0][1], numpy.concatenate(rest) if rest else numpy.zeros(0, numpy.int64), int(block.label[at]),
                runs[0][0], runs[-1][0], block.positions[masks], block.replacements[masks])

    def __getitem__(self, index):
        index = int(index)
        runs = self.runs(index)
        _, _, label, _, _, positions, replacements = self.instance(index)
        parts = [[self.cls_id]]
        for _, tokens in runs:
            parts += [tokens, [self.sep_id]]
        ids = numpy.concatenate(parts).astype(numpy.int64)
        segments = numpy.zeros(len(ids), numpy.int64)
        if self.objective != "mlm":
            segments[len(runs[0][1]) + 2:] = 1
        if not self.static_masking:
            positions, replacements = self._draw(ids, self._random(self.epoch, index, 0))
        labels = ids[positions]
        ids[positions] = replacements
        return {"input_ids": ids, "token_type_ids": segments, "masked_positions": positions, "masked_labels": labels,
                "next_sentence_label": label}

    def _random(self, epoch, index, use):
        split = 0 if self.split == "train" else 1
        return numpy.random.Generator(numpy.random.Philox(numpy.random.SeedSequence(
            [self.seed, epoch, index, 2 * split + use])))

    def _draw(self, ids, random):
        """Masked positions and what stands there: BERT's 15 %, of these 80 % [MASK], 10 % random, 10 % unchanged."""
        candidates = numpy.flatnonzero((ids != self.cls_id) & (ids != self.sep_id))
        wanted = min(self.max_predictions, max(1, round(len(ids) * self.mask_probability)))
        if self.whole_word:
            chosen = self._draw_words(ids, candidates, wanted, random)
        else:
            chosen = random.permutation(candidates)[:wanted]
        positions = numpy.array(sorted(chosen), numpy.int64)
        use = random.random(len(positions))
        other = ids[positions]
        if len(self._ordinary):
            other = self._ordinary[random.integers(len(self._ordinary), size=len(positions))]
        replacements = numpy.where(use < 0.8, self.mask_id, numpy.where(use < 0.9, other, ids[positions]))
        return positions, replacements.astype(numpy.int64)

    def _draw_words(self, ids, candidates, wanted, random):
        words = []
        for position in candidates:
            if words and self._continues[ids[position]] and words[-1][-1] == position - 1:
                words[-1].append(position)
            else:
                words.append([position])
        chosen = []
        order = random.permutation(len(words))
        for word in order:
            if len(chosen) >= wanted:
                break
            if len(chosen) + len(words[word]) <= wanted:
                chosen += words[word]
        # Every word longer than what is to be predicted: the first pieces of one of them.
        return chosen or words[order[0]][:wanted]

    def collate(self, examples):
        """A padded batch of arrays [B, T]; `labels` is -100 where nothing is predicted. Tensors when PyTorch is there."""
        longest = max(len(example["input_ids"]) for example in examples)
        shape = (len(examples), longest)
        batch = {"input_ids": numpy.full(shape, self.pad_id), "token_type_ids": numpy.zeros(shape, numpy.int64),
                 "attention_mask": numpy.zeros(shape, numpy.int64), "labels": numpy.full(shape, IGNORED_LABEL)}
        for row, example in enumerate(examples):
            length = len(example["input_ids"])
            batch["input_ids"][row, :length] = example["input_ids"]
            batch["token_type_ids"][row, :length] = example["token_type_ids"]
            batch["attention_mask"][row, :length] = 1
            batch["labels"][row, example["masked_positions"]] = example["masked_labels"]
        batch["next_sentence_label"] = numpy.array([example["next_sentence_label"] for example in examples])
        try:
            import torch
        except ImportError:
            return batch
        return {name: torch.from_numpy(values) for name, values in batch.items()}
