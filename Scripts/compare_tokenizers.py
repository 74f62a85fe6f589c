#!/usr/bin/env python3
"""Compares `tessera tokenize` with Hugging Face `tokenizers` line by line; exit status 1 if any line differs.

usage: pip install tokenizers==0.23.3
       python3 Scripts/compare_tokenizers.py --tessera .build/release/tessera --vocab vocab.txt [--cased] [--offsets] [--fuzz N] [--every-scalar] FILE...

A FILE is plain text, possibly .zst, .gz or .bz2 (wikitext and XML are text too); of .jsonl files the "text" of each object is taken. Bytes
that are no UTF-8 are read as errors="replace" does. --offsets compares places in characters too. --fuzz N adds N generated
lines over all of Unicode. --auto DIR takes `transformers.AutoTokenizer.from_pretrained(DIR)` for the reference and DIR for the vocabulary.
"""
import argparse
import bz2
import gzip
import json
import os
import random
import subprocess
import sys
import tempfile

os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
import tokenizers

BATCH = 20_000


def content(path):
    """The bytes of a file, decompressed."""
    if path.endswith(".zst"):
        return subprocess.run(["zstd", "-dcq", path], stdout=subprocess.PIPE, check=True).stdout
    opener = gzip.open if path.endswith(".gz") else bz2.open if path.endswith(".bz2") else open
    with opener(path, "rb") as file:
        return file.read()


def lines_of(path):
    data = content(path)
    if ".jsonl" in path:
        texts = [json.loads(line).get("text", "") for line in data.split(b"\n") if line.strip()]
        data = "\n".join(texts).encode("utf-8", "surrogatepass")
    lines = data.split(b"\n")
    return lines[:-1] if lines[-1] == b"" else lines


def fuzz(count, seed=20_191_011):
    """Lines of scalar values of all planes, marks, Hangul, ASCII and damaged bytes in disorder."""
    draw = random.Random(seed)
    marks = [chr(c) for c in [*range(0x300, 0x370), 0x302E, 0x302F, 0x1D165, 0x1D16D, 0x3099, 0x0345, 0x05B0, 0x064B, 0x093C]]
    for _ in range(count):
        out, centre = bytearray(), draw.randrange(0x20, 0x110000)
        for _ in range(draw.randrange(1, 40)):
            kind = draw.randrange(9)
            if kind == 0:
                out += bytes([draw.randrange(32, 127)])
            elif kind == 1:
                out += draw.choice(marks).encode()
            elif kind == 2:
                out += chr(draw.randrange(0xAC00, 0xD7A4)).encode()
            elif kind == 3:
                out += bytes([draw.choice([9, 13, 32, 0, 0x1C, 0x7F, 0xC3, 0xE2, 0xF0, 0x80, 0xFF, 0xED])])
            elif kind == 4:
                out += chr(draw.randrange(0x20, 0x3000)).encode()
            elif kind == 5:
                out += draw.choice([b"[MASK]", b"[SEP]", b" ", b" the ", b"unbelievable", b"a" * draw.randrange(90, 110)])
            else:
                c = min(0x10FFFF, centre + draw.randrange(400))
                if not 0xD800 <= c < 0xE000:
                    out += chr(c).encode()
        yield bytes(out).replace(b"\n", b" ")


def every_scalar():
    """Each scalar value alone, within a word, and before a letter with a mark."""
    for c in range(0x110000):
        if c != 10 and not 0xD800 <= c < 0xE000:
            yield f"a{chr(c)}b {chr(c)} e{chr(c)}\u0301\u0327".encode()


def reference(vocab, options):
    if options.auto:
        from transformers import AutoTokenizer
        return AutoTokenizer.from_pretrained(options.auto).backend_tokenizer
    if vocab.endswith(".json") or os.path.isdir(vocab):
        made = tokenizers.Tokenizer.from_file(vocab if vocab.endswith(".json") else vocab + "/tokenizer.json")
        made.no_truncation()
        made.no_padding()
        return made
    return tokenizers.BertWordPieceTokenizer(vocab, lowercase=not options.cased)._tokenizer


class Comparison:
    def __init__(self, options):
        self.options = options
        self.reference = reference(options.vocab, options)
        self.lines = self.differing = self.bytes = self.tokens = 0

    def ours(self, lines):
        command = [self.options.tessera, "tokenize", "--vocab", self.options.vocab]
        command += ["--cased"] if self.options.cased else []
        command += ["--offsets", "--characters"] if self.options.offsets else []
        with tempfile.TemporaryFile() as file:
            file.write(b"\n".join(lines) + b"\n")
            file.seek(0)
            output = subprocess.run(command, stdin=file, stdout=subprocess.PIPE, check=True).stdout
        return output.decode().split("\n")[:-1]

    def theirs(self, lines):
        texts = [line.decode("utf-8", "replace") for line in lines]
        encode = self.reference.encode_batch if self.options.offsets else self.reference.encode_batch_fast
        for start in range(0, len(texts), BATCH):
            for encoding in encode(texts[start:start + BATCH], add_special_tokens=False):
                self.tokens += len(encoding.ids)
                if self.options.offsets:
                    yield " ".join("%d:%d:%d" % (i, *o) for i, o in zip(encoding.ids, encoding.offsets))
                else:
                    yield " ".join(map(str, encoding.ids))

    def run(self, name, lines):
        if not lines:
            return
        differing, ours = 0, self.ours(lines)
        if len(ours) != len(lines):
            sys.exit(f"{name}: {len(lines)} lines in, {len(ours)} lines out")
        for number, (line, a, b) in enumerate(zip(lines, ours, self.theirs(lines)), 1):
            if a != b:
                differing += 1
                if differing <= self.options.show:
                    print(f"{name}:{number}: {line[:120]!r}\n  tessera    {a[:150]}\n  tokenizers {b[:150]}")
        self.lines, self.differing = self.lines + len(lines), self.differing + differing
        self.bytes += sum(map(len, lines)) + len(lines)
        if differing or self.options.verbose:
            print(f"{name}: {len(lines)} lines, {differing} differing", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tessera", default=".build/release/tessera")
    parser.add_argument("--vocab")
    parser.add_argument("--auto", metavar="DIR")
    parser.add_argument("--cased", action="store_true")
    parser.add_argument("--offsets", action="store_true")
    parser.add_argument("--fuzz", type=int, default=0, metavar="N")
    parser.add_argument("--every-scalar", action="store_true", help="all 1,112,063 scalar values but the line feed")
    parser.add_argument("--show", type=int, default=3, help="differing lines of a file to print")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("files", nargs="*")
    options = parser.parse_args()
    options.vocab = options.vocab or options.auto or parser.error("--vocab or --auto is needed")
    comparison = Comparison(options)
    for path in options.files:
        comparison.run(path, lines_of(path))
    if options.fuzz:
        comparison.run("fuzz", list(fuzz(options.fuzz)))
    if options.every_scalar:
        comparison.run("every scalar", list(every_scalar()))
    print(f"{comparison.lines} lines, {comparison.bytes / 1e6:.1f} MB, {comparison.tokens} tokens: "
          f"{comparison.differing} differing")
    sys.exit(comparison.differing > 0)


main()
