#!/usr/bin/env python3
"""Compares vocabularies: each algorithm of tessera, and Hugging Face's trainer if `tokenizers` is installed.

Learnt from nine tenths of a text's lines, measured on the tenth that is left. Prints a table in Markdown: pieces, pieces a
word, words that become [UNK], words that are one piece, pieces in common with `frequency`, and seconds.

  vocabularies.py general=novels.txt medical=medquad.txt legal=contracts.txt --size 30522 --tessera .build/release/tessera
"""
import argparse
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

ALGORITHMS = ("frequency", "likelihood", "topdown")


def split(path, folder):
    """Every tenth line apart."""
    paths = [os.path.join(folder, name) for name in ("train.txt", "test.txt")]
    with open(path, "rb") as text, open(paths[0], "wb") as train, open(paths[1], "wb") as test:
        for number, line in enumerate(text):
            (test if number % 10 == 9 else train).write(line)
    return paths


def hugging_face(train, size, output):
    import tokenizers
    trainer = tokenizers.BertWordPieceTokenizer(lowercase=True)
    trainer.train([train], vocab_size=size, min_frequency=2, limit_alphabet=1000, show_progress=False)
    vocabulary = trainer.get_vocab()
    with open(output, "w", encoding="utf-8") as file:
        file.writelines(piece + "\n" for piece in sorted(vocabulary, key=vocabulary.get))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", nargs="+", metavar="name=text.txt")
    parser.add_argument("--size", type=int, default=30_522)
    parser.add_argument("--tessera", default=".build/release/tessera")
    parser.add_argument("--also", nargs="*", default=[], metavar="name=vocab.txt", help="published vocabularies")
    options = parser.parse_args()
    print("| text | vocabulary | pieces | pieces a word | [UNK] % | whole words % | common with frequency % | s |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for text in options.texts:
        name, path = text.split("=", 1)
        folder = tempfile.mkdtemp(prefix="tessera-vocabularies-")
        try:
            compare(name, path, folder, options)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def compare(name, path, folder, options):
    train, test = split(path, folder)
    made = {}
    for algorithm in ALGORITHMS:
        output = os.path.join(folder, algorithm + ".txt")
        began = time.perf_counter()
        subprocess.run([options.tessera, "vocab", train, "--size", str(options.size), "--algorithm", algorithm,
                        "--output", output, "--quiet"], stdout=subprocess.DEVNULL, check=True)
        made[algorithm] = (output, time.perf_counter() - began)
    if importlib.util.find_spec("tokenizers"):
        output = os.path.join(folder, "hugging-face.txt")
        began = time.perf_counter()
        hugging_face(train, options.size, output)
        made["Hugging Face"] = (output, time.perf_counter() - began)
    else:
        print("tokenizers is not installed: left out", file=sys.stderr)
    for other in options.also:
        label, file = other.split("=", 1)
        made[label] = (file, None)
    for label, (file, seconds) in made.items():
        result = subprocess.run([options.tessera, "inspect", file, "--corpus", test, "--against", made["frequency"][0],
                                 "--json"], stdout=subprocess.PIPE, check=True)
        found = json.loads(result.stdout)
        fertility, overlap = found["fertility"], found["overlap"]
        print(f"| {name} | {label} | {found['pieces']} | {fertility['pieces_per_word']:.4f} "
              f"| {fertility['unknown_percent']:.4f} | {fertility['whole_word_percent']:.2f} "
              f"| {overlap['against_common_percent']:.2f} | {'' if seconds is None else format(seconds, '.2f')} |", flush=True)


if __name__ == "__main__":
    main()
