#!/usr/bin/env python3
"""Writes pairs/train.tsv and pairs/dev.tsv: a toy sentence-pair task in the layout of GLUE's RTE.

    make_pairs.py           writes both files
    make_pairs.py --check   writes nothing; exit 1 unless the files there are, byte for byte, what would be written

Sentence 1 tells who did what with which ware, and where. Sentence 2 tells less of it. It follows (`entailment`) when it
names the ware of sentence 1, and does not (`not_entailment`) when it names another; whatever else it says is true in
both cases. So neither sentence gives the label away by itself: only comparing one word across the pair does.

Dev uses the words of train in combinations that train has never seen: some persons meet some places there alone.
The same constants give the same bytes. Python 3 and its standard library only.
"""

import random
import sys
from pathlib import Path

SEED = 1883
TRAIN_ROWS = 3000
DEV_ROWS = 400
WARES_USED = 12        # words in the slot that decides, at most len(WARES); fewer is easier
OTHERS_USED = 12       # words in each of the other slots, at most 12
LABEL_NOISE = 0.0      # share of train labels turned over on purpose; dev is never touched
HELD_OUT_EVERY = 6     # one in so many (person, place) combinations is kept for dev

WARES = ["bread", "glass", "salt", "slate", "cheese", "cloth", "herring", "peat", "wool", "rye", "sand", "cider"]
PERSONS = ["baker", "captain", "keeper", "engineer", "teacher", "merchant", "widow", "warden", "fisherman", "weaver",
           "ferryman", "shepherd"]
PLACES = ["Lanmouth", "Ostrel Bay", "Glasswick", "Harrow Quay", "Saint Orrin", "Millbeck", "Thornby", "Dunmarrow",
          "Kestrel Head", "Sallow Ferry", "Port Aurel", "Skerra"]
OCCASIONS = ["the spring fair", "the Lantern Fair", "the wedding", "Tern Day", "the regatta", "the storm",
             "the first frost", "the harvest", "the feast", "the last train", "high tide", "the market"]

FIRST = [
    "The {person} in {place} sold {ware} before {occasion}.",
    "The {person} in {place} bought {ware} after {occasion}.",
    "Before {occasion}, the {person} of {place} carried {ware}.",
    "After {occasion}, the {person} of {place} weighed {ware}.",
]
SECOND = [
    "The {person} had {ware}.",
    "The {person} had some {ware}.",
    "There was {ware} in {place}.",
]
LABELS = {True: "entailment", False: "not_entailment"}


def held_out(person, place):
    """Whether this combination of indices is kept for dev."""
    return (person + place) % HELD_OUT_EVERY == 0


def balanced(values, count, draw):
    """`count` values, each as often as the others (give or take one), in an order of chance."""
    chosen = [values[index % len(values)] for index in range(count)]
    draw.shuffle(chosen)
    return chosen


def rows(count, for_dev, draw):
    """`count` distinct pairs, half of either label; every ware as often in sentence 2 under both labels."""
    combinations = [(person, place) for person in range(OTHERS_USED) for place in range(OTHERS_USED)
                    if held_out(person, place) == for_dev]
    wares, made, seen = WARES[:WARES_USED], [], set()
    for follows in (True, False):
        for ware in balanced(wares, count // 2, draw):
            while True:
                person, place = draw.choice(combinations)
                slots = {"person": PERSONS[person], "place": PLACES[place],
                         "occasion": draw.choice(OCCASIONS[:OTHERS_USED])}
                other = ware if follows else draw.choice([word for word in wares if word != ware])
                pair = (draw.choice(FIRST).format(ware=other, **slots), draw.choice(SECOND).format(ware=ware, **slots))
                if pair not in seen:
                    break
            seen.add(pair)
            flipped = not for_dev and draw.random() < LABEL_NOISE
            made.append((*pair, LABELS[follows != flipped]))
    draw.shuffle(made)
    return made


def table(pairs):
    lines = ["index\tsentence1\tsentence2\tlabel"]
    lines += ["\t".join((str(index), *pair)) for index, pair in enumerate(pairs)]
    return ("\n".join(lines) + "\n").encode("utf-8")


def main():
    draw = random.Random(SEED)
    folder = Path(__file__).resolve().parent / "pairs"
    check = "--check" in sys.argv[1:]
    folder.mkdir(exist_ok=True)
    for name, count, for_dev in (("train.tsv", TRAIN_ROWS, False), ("dev.tsv", DEV_ROWS, True)):
        data = table(rows(count, for_dev, draw))
        if not check:
            (folder / name).write_bytes(data)
        elif not (folder / name).exists() or (folder / name).read_bytes() != data:
            raise SystemExit(f"pairs/{name} is not what the script gives: run make_pairs.py")
        print(f"pairs/{name}: {count} pairs, {len(data)} bytes")


if __name__ == "__main__":
    main()
