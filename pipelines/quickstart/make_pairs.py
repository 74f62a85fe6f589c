#!/usr/bin/env python3
"""Writes pairs/train.tsv and pairs/dev.tsv: a toy sentence-pair task in the layout of GLUE's RTE.

    make_pairs.py           writes both files
    make_pairs.py --check   writes nothing; exit 1 unless the files there are, byte for byte, what would be written

Sentence 1 tells who did what with which ware, where and when; the person, the ware and the place belong to one trade of
the island. Sentence 2 tells less: of the same person, ware and place (`entailment`), or of those of another trade
(`not_entailment`). Every trade is as frequent in either sentence under both labels, so neither sentence alone gives the
label away, nor do the words of both without being compared.

Dev uses the words of train in combinations that train has never seen: some persons meet some wares there alone.
The same constants give the same bytes. Python 3 and its standard library only.
"""

import random
import sys
from pathlib import Path

SEED = 1883
TRAIN_ROWS = 3000
DEV_ROWS = 400
TRADES_USED = 6
WORDS_PER_SLOT = 4     # 3 ... 4: persons and wares in use per trade; fewer is easier
OCCASIONS_USED = 12    # 1 ... 12: words that never decide; fewer is easier
LABEL_NOISE = 0.0      # share of train labels turned over on purpose; dev is never touched

TRADES = [
    {"person": ["baker", "miller", "apprentice", "cook"], "ware": ["bread", "flour", "rye", "salt"],
     "place": ["Ostrel Bay", "Sallow Ferry"]},
    {"person": ["blower", "glassmaker", "engraver", "polisher"], "ware": ["glass", "sand", "lamps", "cobalt"],
     "place": ["Glasswick", "Vey Head"]},
    {"person": ["captain", "fisherman", "pilot", "sailor"], "ware": ["herring", "nets", "rope", "fish"],
     "place": ["Harrow Quay", "Kestrel Head"]},
    {"person": ["quarryman", "mason", "mosaicist", "cutter"], "ware": ["slate", "stones", "granite", "marble"],
     "place": ["Dunmarrow", "Saint Orrin"]},
    {"person": ["weaver", "shepherd", "tailor", "dyer"], "ware": ["cloth", "wool", "cheese", "coats"],
     "place": ["Millbeck", "Thornby"]},
    {"person": ["engineer", "driver", "clerk", "manager"], "ware": ["coal", "tickets", "rails", "signals"],
     "place": ["Lanmouth", "Redcliff"]},
]
OCCASIONS = ["the spring fair", "the Lantern Fair", "the wedding", "Tern Day", "the regatta", "the storm",
             "the first frost", "the harvest", "the feast", "the last train", "high tide", "the market"]

FIRST = [
    "The {person} in {place} sold {ware} before {occasion}.",
    "The {person} in {place} bought {ware} after {occasion}.",
    "Before {occasion}, the {person} in {place} carried {ware}.",
    "After {occasion}, the {person} in {place} weighed {ware}.",
]
SECOND = [
    "The {person} in {place} had {ware}.",
    "The {person} had {ware} in {place}.",
    "In {place} the {person} had {ware}.",
]
LABELS = {True: "entailment", False: "not_entailment"}


def words_of(trade, for_dev, draw):
    """A person, a ware and a place of one trade. A person has a ware in dev alone that he never has in train."""
    person = draw.randrange(WORDS_PER_SLOT)
    unseen = (person + trade) % WORDS_PER_SLOT
    wares = [ware for ware in range(WORDS_PER_SLOT) if (ware == unseen) == for_dev]
    slots = TRADES[trade]
    return {"person": slots["person"][person], "ware": slots["ware"][draw.choice(wares)],
            "place": draw.choice(slots["place"])}


def rows(count, for_dev, draw):
    """`count` distinct pairs, half of either label."""
    made, seen = [], set()
    for _ in range(500 * count):
        follows = len(made) % 2 == 0
        trade = draw.randrange(TRADES_USED)
        first = words_of(trade, for_dev, draw)
        other = (trade + draw.randrange(1, TRADES_USED)) % TRADES_USED
        second = first if follows else words_of(other, for_dev, draw)
        pair = (draw.choice(FIRST).format(occasion=draw.choice(OCCASIONS[:OCCASIONS_USED]), **first),
                draw.choice(SECOND).format(**second))
        if pair in seen:
            continue
        seen.add(pair)
        flipped = not for_dev and draw.random() < LABEL_NOISE
        made.append((*pair, LABELS[follows != flipped]))
        if len(made) == count:
            draw.shuffle(made)
            return made
    raise SystemExit(f"these constants give only {len(made)} distinct pairs of {count}: raise WORDS_PER_SLOT")


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
