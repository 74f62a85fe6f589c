"""Reads a set of shards from end to end and checks every example: `python3 test_tessera_shards.py SHARDS`."""

import sqlite3
import sys

import numpy

from tessera_shards import ShardDataset


def check(directory):
    with sqlite3.connect(f"file:{directory}/shards.sqlite?mode=ro", uri=True) as connection:
        stated = dict(((split, name), value) for split, name, value in
                      connection.execute("SELECT split, name, value FROM statistics"))
    total = masked = kept = length = 0
    for split in ("train", "validation"):
        data = ShardDataset(directory, split=split, seed=3)
        assert len(data) == stated.get((split, "instances"), 0), split
        tokens = random = 0
        for index in range(len(data)):
            a, b, label, first, second, _, _ = data.instance(index)
            tokens += len(a) + len(b)
            random += label
            assert (first != second) == (label == 1 and data.objective == "nsp")
            example = data[index]
            ids, positions = example["input_ids"].copy(), example["masked_positions"]
            assert 1 <= len(positions) <= data.max_predictions and (numpy.diff(positions) > 0).all()
            total += len(positions)
            length += len(ids)
            masked += int((ids[positions] == data.mask_id).sum())
            kept += int((ids[positions] == example["masked_labels"]).sum())
            ids[positions] = example["masked_labels"]
            tail = [] if data.objective == "mlm" else [*b, data.sep_id]
            assert ids.tolist() == [data.cls_id, *a, data.sep_id, *tail]
            assert example["token_type_ids"].sum() == len(tail) and len(ids) <= data.sequence_length
            again = data[index]
            assert all(numpy.array_equal(example[key], again[key]) for key in example)
        assert tokens == stated.get((split, "tokens"), 0) and random == stated.get((split, "random_next"), 0)
        order = data.order(0)
        assert sorted(order) == list(range(len(data)))
        if len(data) > 1:
            batch = data.collate([data[index] for index in order[:8]])
            assert batch["input_ids"].shape == batch["labels"].shape
            assert int((batch["labels"] != -100).sum()) == sum(len(data[i]["masked_labels"]) for i in order[:8])
        print(f"{split}: {len(data)} instances, {tokens} tokens, {random} random")
    print(f"masks: {total / length:.3f} of the tokens; {masked / total:.3f} [MASK], {kept / total:.3f} unchanged")


if __name__ == "__main__":
    check(sys.argv[1])
