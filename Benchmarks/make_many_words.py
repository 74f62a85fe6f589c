#!/usr/bin/env python3
"""Writes a text of any size with any number of distinct words, to see what counting them takes.

Words come by Zipf's law and each at least once; frequent ones are short. The text is made up, its bytes are a function
of the options alone. Needs numpy.

  make_many_words.py --bytes 2000000000 --words 20000000 --output many-words.txt
"""
import argparse
import sys

import numpy

# Words of so many letters up to this number, counted by how frequent they are.
CLASSES = ((4, 20_000), (6, 2_000_000), (9, 1 << 62))
MULTIPLIER = 2654435761  # prime to 26, so that numbers are mixed without two becoming one


def letters(numbers, length):
    """A row of letters and a space for each number."""
    rest = numbers.astype(numpy.uint64) * MULTIPLIER % 26 ** length
    rows = numpy.full((len(numbers), length + 1), ord(" "), numpy.uint8)
    for column in range(length):
        rows[:, column] = ord("a") + rest % 26
        rest //= 26
    return rows


def text(numbers):
    """The words of these numbers, those of one length together, twelve a line."""
    first = 0
    for length, end in CLASSES:
        rows = letters(numbers[(numbers >= first) & (numbers < end)], length)
        rows[11::12, -1] = ord("\n")
        yield rows.tobytes()
        first = end


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bytes", type=int, default=2_000_000_000)
    parser.add_argument("--words", type=int, default=20_000_000)
    parser.add_argument("--output", required=True)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    random = numpy.random.default_rng(options.seed)
    sweep = random.permutation(options.words)
    # As many words a step as let the sweep end with the text: a word takes seven bytes or so.
    step = 2_000_000
    share = max(1, int(step * options.words / (options.bytes / 6.5)))
    written = 0
    with open(options.output, "wb") as file:
        while written < options.bytes or len(sweep):
            drawn = numpy.floor(options.words ** random.random(step)).astype(numpy.int64) - 1
            numbers = numpy.concatenate([numpy.maximum(drawn, 0), sweep[:share]])
            sweep = sweep[share:]
            for part in text(numbers):
                written += file.write(part)
    print(f"{written} bytes, {options.words} distinct words", file=sys.stderr)


if __name__ == "__main__":
    main()
