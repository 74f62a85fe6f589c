"""Every export read back by a reader that is not ours."""

import contextlib
import io
import os
import unittest

from tessera_shards import parquet

from . import shards, tfrecord

try:
    import h5py
except ImportError:
    h5py = None
try:
    import pyarrow.parquet
except ImportError:
    pyarrow = None
try:
    import tensorflow
except ImportError:
    tensorflow = None

LENGTH, PREDICTIONS = 64, 10


def write_parquet(*arguments):
    with contextlib.redirect_stdout(io.StringIO()):
        parquet.main([*arguments])


def contents(directory, names):
    found = {}
    for name in names:
        with open(os.path.join(directory, name), "rb") as file:
            found[name] = file.read()
    return found


def padded(values, size):
    return list(values) + [0] * (size - len(values))


@unittest.skipUnless(shards.TESSERA, "the program is not built: 'make build'")
class ExportTests(unittest.TestCase):
    def expected(self, line):
        """A line of the JSON Lines export, padded as the trainers want it; [PAD] is 0 in this vocabulary."""
        length, masks = len(line["input_ids"]), len(line["masked_lm_ids"])
        return {"input_ids": padded(line["input_ids"], LENGTH), "input_mask": padded([1] * length, LENGTH),
                "segment_ids": padded(line["segment_ids"], LENGTH),
                "masked_lm_positions": padded(line["masked_lm_positions"], PREDICTIONS),
                "masked_lm_ids": padded(line["masked_lm_ids"], PREDICTIONS),
                "masked_lm_weights": padded([1.0] * masks, PREDICTIONS),
                "next_sentence_labels": [line["next_sentence_label"]]}

    def test_tfrecord(self):
        for name, options in (("nsp", ("--duplicate", "2", "--files", "3")), ("static", ()), ("mlm", ())):
            for start in ("training", "validation"):
                lines = shards.json_lines(shards.export(name, "jsonl", *options), start)
                paths = shards.files(shards.export(name, "tfrecord", *options), start)
                found = [tfrecord.example(data) for path in paths for data in tfrecord.records(path)]
                self.assertEqual(found, [self.expected(line) for line in lines])

    @unittest.skipUnless(tensorflow, "tensorflow is not installed")
    def test_tfrecord_as_run_pretraining_reads_it(self):
        sizes = {"input_ids": LENGTH, "input_mask": LENGTH, "segment_ids": LENGTH, "masked_lm_positions": PREDICTIONS,
                 "masked_lm_ids": PREDICTIONS, "masked_lm_weights": PREDICTIONS, "next_sentence_labels": 1}
        features = {name: tensorflow.io.FixedLenFeature(
            [size], tensorflow.float32 if name == "masked_lm_weights" else tensorflow.int64)
            for name, size in sizes.items()}
        lines = shards.json_lines(shards.export("nsp", "jsonl"), "training")
        paths = shards.files(shards.export("nsp", "tfrecord"), "training")
        count = 0
        for line, record in zip(lines, tensorflow.data.TFRecordDataset(paths)):
            parsed = tensorflow.io.parse_single_example(record, features)
            self.assertEqual({name: parsed[name].numpy().tolist() for name in sizes}, self.expected(line))
            count += 1
        self.assertEqual(count, len(lines))

    @unittest.skipUnless(h5py, "h5py is not installed")
    def test_hdf5(self):
        types = {"input_ids": "int32", "input_mask": "int8", "segment_ids": "int8", "masked_lm_positions": "int32",
                 "masked_lm_ids": "int32", "next_sentence_labels": "int8"}
        for name, options in (("nsp", ("--duplicate", "2", "--files", "3")), ("static", ())):
            for start in ("training", "validation"):
                lines = shards.json_lines(shards.export(name, "jsonl", *options), start)
                row = 0
                for path in shards.files(shards.export(name, "hdf5", *options), start):
                    with h5py.File(path, "r") as file:
                        self.assertEqual({key: str(file[key].dtype) for key in file}, types)
                        self.assertTrue(all(file[key].compression == "gzip" for key in file))
                        content = {key: file[key][:].tolist() for key in file}
                    for index in range(len(content["input_ids"])):
                        expected = self.expected(lines[row])
                        expected["next_sentence_labels"] = expected["next_sentence_labels"][0]
                        for key in types:
                            self.assertEqual(content[key][index], expected[key])
                        row += 1
                self.assertEqual(row, len(lines))

    @unittest.skipUnless(pyarrow, "pyarrow is not installed")
    def test_parquet(self):
        options = ("--order", "epoch", "--epoch", "1", "--duplicate", "2", "--seed", "8")
        for name in ("nsp", "static", "mlm"):
            output = shards.folder(f"{name}-parquet")
            lines = shards.json_lines(shards.export(name, "jsonl", *options), "training")
            write_parquet(shards.shards(name), "--output", output, "--instances-per-file", "700", *options)
            rows = []
            for path in shards.files(output, "train-"):
                rows += pyarrow.parquet.read_table(path).to_pylist()
            self.assertEqual(len(rows), len(lines))
            for row, line in zip(rows, lines):
                labels = [-100] * len(line["input_ids"])
                for position, label in zip(line["masked_lm_positions"], line["masked_lm_ids"]):
                    labels[position] = label
                expected = {"input_ids": line["input_ids"], "token_type_ids": line["segment_ids"], "labels": labels,
                            "documents": line["documents"]}
                if name != "mlm":
                    expected["next_sentence_label"] = line["next_sentence_label"]
                self.assertEqual(row, expected)

    @unittest.skipUnless(pyarrow, "pyarrow is not installed")
    def test_an_interrupted_parquet_export_resumes(self):
        output = shards.folder("parquet-resumed")
        arguments = [shards.shards("nsp"), "--output", output, "--instances-per-file", "500", "--masks", "none"]
        write_parquet(*arguments)
        names = sorted(os.listdir(output))
        before = contents(output, names)
        os.remove(os.path.join(output, names[2]))
        open(os.path.join(output, names[3] + ".partial"), "w").close()
        write_parquet(*arguments)
        self.assertEqual(contents(output, names), before)
        with self.assertRaises(SystemExit):
            write_parquet(*arguments, "--epoch", "1")
        row = pyarrow.parquet.read_table(os.path.join(output, names[2])).to_pylist()[0]
        self.assertEqual(row["special_tokens_mask"][0], 1)
        self.assertEqual(row["special_tokens_mask"][-1], 1)
        self.assertEqual(sum(row["special_tokens_mask"]), 3)
