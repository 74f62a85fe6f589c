#!/usr/bin/env python3
"""Bytes a token of the same instances in other containers: `shard_sizes.py SHARDS`.

TFRecord as Google's run_pretraining.py reads it and HDF5 as NVIDIA's BERT reads it: padded, masks drawn once. Parquet
(ragged lists, zstd), pickle (a list of tuples of numpy arrays, alone and gzipped) and raw u16. HDF5 and Parquet are left
out where h5py and pyarrow are not installed.
"""
import argparse
import gzip
import importlib.util
import os
import pickle
import struct
import sys
import tempfile

import numpy

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "python"))


def varint(values):
    out = bytearray()
    for value in values:
        value = int(value)
        while value > 127:
            out.append(value & 127 | 128)
            value >>= 7
        out.append(value)
    return bytes(out)


def field(number, content):
    return varint([number << 3 | 2, len(content)]) + content


def feature(name, packed, kind):
    """A map entry of tf.train.Features: kind 3 is an Int64List, 2 a FloatList."""
    return field(1, field(1, name.encode()) + field(2, field(kind, field(1, packed))))


def example(data, index):
    item, length, most = data[index], data.sequence_length, data.max_predictions
    ids = numpy.zeros((3, length), numpy.int64)
    ids[0, :len(item["input_ids"])] = item["input_ids"]
    ids[1, :len(item["input_ids"])] = 1
    ids[2, :len(item["input_ids"])] = item["token_type_ids"]
    masks = numpy.zeros((2, most), numpy.int64)
    count = len(item["masked_positions"])
    masks[0, :count], masks[1, :count] = item["masked_positions"], item["masked_labels"]
    return ids, masks, count, item["next_sentence_label"]


def tfrecord(data, indices):
    size = 0
    for index in indices:
        ids, masks, count, label = example(data, index)
        weights = struct.pack(f"<{masks.shape[1]}f", *([1.0] * count + [0.0] * (masks.shape[1] - count)))
        features = b"".join([
            feature("input_ids", varint(ids[0]), 3), feature("input_mask", varint(ids[1]), 3),
            feature("segment_ids", varint(ids[2]), 3), feature("masked_lm_positions", varint(masks[0]), 3),
            feature("masked_lm_ids", varint(masks[1]), 3), feature("masked_lm_weights", weights, 2),
            feature("next_sentence_labels", varint([label]), 3)])
        # u64 length, two u32 checksums.
        size += len(field(1, features)) + 16
    return size


def hdf5(data, indices, folder):
    import h5py
    path = os.path.join(folder, "sizes.hdf5")
    parts = [example(data, index) for index in indices]
    with h5py.File(path, "w") as file:
        def add(name, values, kind):
            file.create_dataset(name, data=numpy.array(values, kind), compression="gzip")
        add("input_ids", [part[0][0] for part in parts], "i4")
        add("input_mask", [part[0][1] for part in parts], "i1")
        add("segment_ids", [part[0][2] for part in parts], "i1")
        add("masked_lm_positions", [part[1][0] for part in parts], "i4")
        add("masked_lm_ids", [part[1][1] for part in parts], "i4")
        add("next_sentence_labels", [part[3] for part in parts], "i1")
    return os.path.getsize(path)


def parquet(data, indices, folder):
    import pyarrow
    import pyarrow.parquet
    path = os.path.join(folder, "sizes.parquet")
    items = [data.instance(index) for index in indices]
    table = pyarrow.table({
        "a": pyarrow.array([item[0].astype("u2") for item in items], pyarrow.list_(pyarrow.uint16())),
        "b": pyarrow.array([item[1].astype("u2") for item in items], pyarrow.list_(pyarrow.uint16())),
        "label": pyarrow.array([item[2] for item in items], pyarrow.int8()),
        "document_a": pyarrow.array([item[3] for item in items], pyarrow.int64()),
        "document_b": pyarrow.array([item[4] for item in items], pyarrow.int64())})
    pyarrow.parquet.write_table(table, path, compression="zstd", compression_level=9)
    return os.path.getsize(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shards")
    parser.add_argument("--instances", type=int, default=20_000)
    options = parser.parse_args()
    from tessera_shards import ShardDataset
    data = ShardDataset(options.shards)
    count = min(options.instances, len(data))
    indices = range(count)
    tokens = sum(len(data.instance(index)[0]) + len(data.instance(index)[1]) for index in indices)
    own = total = 0
    for row in data._blocks:
        # Blocks whose instances are all among those counted.
        if row[5] + row[6] <= count:
            own, total = own + row[3], total + row[6]
    share = sum(len(data.instance(i)[0]) + len(data.instance(i)[1]) for i in range(total))
    print(f"{count} instances, {tokens} tokens")
    sizes = [("tessera", own / max(1, share) * tokens)]
    items = [data.instance(index)[:5] for index in indices]
    raw = [(item[0].astype("u2"), item[1].astype("u2"), *item[2:]) for item in items]
    pickled = pickle.dumps(raw, protocol=5)
    sizes.append(("raw u16, no labels", 2 * tokens))
    with tempfile.TemporaryDirectory() as folder:
        if importlib.util.find_spec("pyarrow"):
            sizes.append(("Parquet, ragged, zstd 9", parquet(data, indices, folder)))
        if importlib.util.find_spec("h5py"):
            sizes.append(("HDF5, padded, gzip (NVIDIA)", hdf5(data, indices, folder)))
        sizes.append(("TFRecord, padded (Google)", tfrecord(data, indices)))
    sizes.append(("pickle", len(pickled)))
    sizes.append(("pickle, gzip", len(gzip.compress(pickled, 6))))
    for name, size in sizes:
        print(f"{name:30} {size / tokens:7.2f} bytes a token  {size / count:7.0f} bytes an instance")


if __name__ == "__main__":
    main()
