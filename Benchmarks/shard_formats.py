#!/usr/bin/env python3
"""Bytes per token of the same instances in shards and in the files of other trainers.

    Benchmarks/shard_formats.py shards/ [static-shards/] --work folder/

Every format but the first holds masks drawn once, so the row of shards with `--masking static` is its fair neighbour;
shards with dynamic masking hold none. Tokens are counted without [CLS], [SEP] and padding. Needs numpy and
zstandard, and pyarrow for the row of Parquet.
"""

import argparse
import gzip
import json
import os
import pickle
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "python"))

from tessera_shards import ShardDataset, ShardReader  # noqa: E402


def size(directory, suffix):
    return sum(os.path.getsize(os.path.join(directory, name)) for name in os.listdir(directory) if name.endswith(suffix))


def export(tessera, shards, output, form):
    subprocess.run([tessera, "export", shards, "--format", form, "--output", output, "--quiet"], check=True,
                   stdout=subprocess.DEVNULL)
    return size(output, "." + form)


def gzipped(directory):
    total = 0
    for name in sorted(os.listdir(directory)):
        if name.endswith(".tfrecord"):
            with open(os.path.join(directory, name), "rb") as file:
                total += len(gzip.compress(file.read(), 6))
    return total


def pickled(shards):
    """Lists of numbers in one pickle a split, unpadded, protocol 5."""
    total = 0
    for split in ("train", "validation"):
        data = ShardDataset(shards, split)
        rows = []
        for first in range(0, len(data), 1024):
            for example in data.examples(range(first, min(first + 1024, len(data))), 0):
                rows.append({name: value if isinstance(value, int) else value.tolist() for name, value in example.items()})
        total += len(pickle.dumps(rows, protocol=5))
    return total


def parquet(shards, output):
    try:
        from tessera_shards.parquet import write_parquet
        write_parquet(shards, output)
    except ImportError:
        return None
    return size(output, ".parquet")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("shards", help="with dynamic masking")
    parser.add_argument("static", nargs="?", help="of the same corpus, with --masking static")
    parser.add_argument("--work", required=True, help="a folder for the files, made anew")
    parser.add_argument("--tessera", default=".build/release/tessera")
    options = parser.parse_args()
    os.makedirs(options.work)
    reader = ShardReader(options.shards)
    tokens = json.loads(subprocess.run([options.tessera, "inspect", options.shards, "--json", "--quiet"], check=True,
                                       capture_output=True).stdout)["tokens"]
    rows, began = [], time.time()

    def add(name, make):
        nonlocal began
        began = time.time()
        found = make()
        if found is not None:
            rows.append((name, found, time.time() - began))

    def path(name):
        return os.path.join(options.work, name)

    add("shards", lambda: size(options.shards, ".zst"))
    if options.static:
        add("shards, static masks", lambda: size(options.static, ".zst"))
    add("Parquet, zstd level 9", lambda: parquet(options.shards, path("parquet")))
    add("HDF5, gzip level 4", lambda: export(options.tessera, options.shards, path("hdf5"), "hdf5"))
    add("TFRecord", lambda: export(options.tessera, options.shards, path("tfrecord"), "tfrecord"))
    add("TFRecord, gzip level 6", lambda: gzipped(path("tfrecord")))
    add("JSON Lines", lambda: export(options.tessera, options.shards, path("jsonl"), "jsonl"))
    add("pickle", lambda: pickled(options.shards))
    print(f"{reader.count('train') + reader.count('validation')} instances of length {reader.sequence_length}, "
          f"{tokens} tokens, vocabulary of {reader.vocabulary_size}\n")
    print("| format | bytes | bytes a token | against shards | seconds |\n| --- | --- | --- | --- | --- |")
    for name, found, seconds in rows:
        print(f"| {name} | {found:,} | {found / tokens:.2f} | {found / rows[0][1]:.1f} | {seconds:.1f} |")


if __name__ == "__main__":
    main()
