"""The reader, the order and the masks, against what the program itself exports."""

import os
import shutil
import unittest

import numpy

from tessera_shards import ShardDataset, ShardError, ShardReader

from . import shards


@unittest.skipUnless(shards.TESSERA, "the program is not built: 'make build'")
class ReaderTests(unittest.TestCase):
    def check(self, name, split, options, epochs, seed=None, ordered=False, length=None):
        lines = shards.json_lines(shards.export(name, "jsonl", *options),
                                  "training" if split == "train" else "validation")
        data = ShardDataset(shards.shards(name), split, seed, sequence_length=length)
        self.assertEqual(len(lines), len(data) * len(epochs))
        self.assertGreater(len(data), 20)
        walk = [(epoch, index) for epoch in epochs for index in (data.order(epoch) if ordered else range(len(data)))]
        examples = data.examples([index for _, index in walk], [epoch for epoch, _ in walk])
        for (epoch, index), example, line in zip(walk, examples, lines):
            stored = data.instance(index)
            self.assertEqual((line["epoch"], line["index"], line["split"]), (epoch, index, split))
            self.assertEqual(line["documents"], stored.documents.tolist())
            self.assertEqual(example["input_ids"].tolist(), line["input_ids"])
            self.assertEqual(example["token_type_ids"].tolist(), line["segment_ids"])
            self.assertEqual(example["masked_positions"].tolist(), line["masked_lm_positions"])
            self.assertEqual(example["masked_labels"].tolist(), line["masked_lm_ids"])
            self.assertEqual(example["next_sentence_label"], line["next_sentence_label"])

    def test_every_objective_and_masking_reads_as_the_program_writes(self):
        for name in shards.SETS:
            for split in ("train", "validation"):
                with self.subTest(name=name, split=split):
                    self.check(name, split, (), [0])

    def test_order_and_masks_of_an_epoch_are_the_engines(self):
        options = ("--order", "epoch", "--epoch", "3", "--duplicate", "2", "--seed", "99", "--split", "train")
        for name in ("nsp", "words", "spans"):
            with self.subTest(name=name):
                self.check(name, "train", options, [3, 4], seed=99, ordered=True)

    def test_every_length_of_a_set_is_read(self):
        self.assertEqual(ShardReader(shards.shards("lengths")).sequence_lengths, [32, 96])
        for length in (32, 96):
            self.check("lengths", "train", ("--sequence-length", str(length)), [0], length=length)
        with self.assertRaises(ShardError):
            ShardReader(shards.shards("lengths"), 64)

    def test_masks_are_bert_s(self):
        data = ShardDataset(shards.shards("nsp"))
        length = predicted = masked = kept = 0
        for epoch in range(4):
            for index, example in enumerate(data.examples(range(len(data)), epoch)):
                ids, positions = example["input_ids"].copy(), example["masked_positions"]
                n = len(ids)
                self.assertEqual(len(positions), min(data.reader.max_predictions, max(1, round(n * 0.15))))
                length, predicted = length + n, predicted + len(positions)
                masked += int((ids[positions] == data.reader.mask_id).sum())
                kept += int((ids[positions] == example["masked_labels"]).sum())
                ids[positions] = example["masked_labels"]
                plain, _ = data.reader.assemble(data.instance(index))
                self.assertEqual(ids.tolist(), plain.tolist())
        self.assertAlmostEqual(predicted / length, 0.15, delta=0.01)
        self.assertAlmostEqual(masked / predicted, 0.8, delta=0.02)
        # A random piece is the true one once in some 400 times.
        self.assertAlmostEqual(kept / predicted, 0.1, delta=0.02)

    def test_an_order_visits_every_instance_once(self):
        data = ShardDataset(shards.shards("nsp"), seed=4)
        first, second = data.order(0), data.order(1)
        self.assertEqual(sorted(first), list(range(len(data))))
        self.assertEqual(sorted(second), list(range(len(data))))
        self.assertNotEqual(first, second)

    def test_lengths_are_known_without_examples(self):
        data = ShardDataset(shards.shards("mlm"))
        indices = numpy.array(data.order(0)[:50])
        self.assertEqual(data.reader.lengths(indices).tolist(), [len(data[i]["input_ids"]) for i in indices])

    def test_damage_is_an_error_that_names_the_place(self):
        copy = shards.folder("damaged")
        shutil.copytree(shards.shards("nsp"), copy)
        path = next(path for path in shards.files(copy, "part-"))
        with open(path, "rb") as file:
            data = bytearray(file.read())
        data[len(data) // 2] ^= 4
        with open(path, "wb") as file:
            file.write(data)
        reader = ShardReader(copy)
        with self.assertRaises(ShardError) as caught:
            for index in range(reader.count()):
                reader.instance(index)
        self.assertIn(os.path.basename(path), str(caught.exception))

    def test_what_is_no_set_of_shards_is_refused(self):
        with self.assertRaises(ShardError):
            ShardReader(shards.corpus())
        with self.assertRaises(ValueError):
            ShardDataset(shards.shards("nsp"), split="test")
        with self.assertRaises(IndexError):
            ShardReader(shards.shards("nsp")).instance(-1)
