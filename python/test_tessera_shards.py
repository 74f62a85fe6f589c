"""Reads a set of shards from end to end and checks every example: `python3 test_tessera_shards.py SHARDS`."""

import sqlite3
import sys

import numpy

from tessera_shards import ShardDataset


def check(directory):
    with sqlite3.connect(f"file:{directory}/shards.sqlite?mode=ro", uri=True) as connection:
        stated = dict(((length, split, name), value) for length, split, name, value in
                      connection.execute("SELECT sequence_length, split, name, value FROM statistics"))
    for sequence_length in sorted({key[0] for key in stated}):
        check_length(directory, sequence_length, {key[1:]: value for key, value in stated.items()
                                                  if key[0] == sequence_length})


def check_length(directory, sequence_length, stated):
    total = masked = kept = length = 0
    for split in ("train", "validation"):
        data = ShardDataset(directory, split=split, seed=3, sequence_length=sequence_length)
        assert len(data) == stated.get((split, "instances"), 0), split
        tokens = random = 0
        for index in range(len(data)):
            a, b, label, first, second, _, _ = data.instance(index)
            tokens += len(a) + len(b)
            random += label
            assert data.objective == "mlm" or (first != second) == (label == 1 and data.objective == "nsp")
            example = data[index]
            ids, positions = example["input_ids"].copy(), example["masked_positions"]
            assert 1 <= len(positions) <= data.max_predictions and (numpy.diff(positions) > 0).all()
            total += len(positions)
            length += len(ids)
            masked += int((ids[positions] == data.mask_id).sum())
            kept += int((ids[positions] == example["masked_labels"]).sum())
            ids[positions] = example["masked_labels"]
            expected = [data.cls_id]
            for _, run in data.runs(index):
                expected += [*run, data.sep_id]
            assert ids.tolist() == expected and len(ids) <= data.sequence_length
            assert example["token_type_ids"].sum() == (0 if data.objective == "mlm" else len(b) + 1)
            again = data[index]
            assert all(numpy.array_equal(example[key], again[key]) for key in example)
        assert tokens == stated.get((split, "tokens"), 0) and random == stated.get((split, "random_next"), 0)
        order = data.order(0)
        assert sorted(order) == list(range(len(data)))
        if len(data) > 1:
            batch = data.collate([data[index] for index in order[:8]])
            assert batch["input_ids"].shape == batch["labels"].shape
            assert int((batch["labels"] != -100).sum()) == sum(len(data[i]["masked_labels"]) for i in order[:8])
        print(f"{split} {sequence_length}: {len(data)} instances, {tokens} tokens, {random} random")
    print(f"masks: {total / length:.3f} of the tokens; {masked / total:.3f} [MASK], {kept / total:.3f} unchanged")


if __name__ == "__main__":
    check(sys.argv[1])
