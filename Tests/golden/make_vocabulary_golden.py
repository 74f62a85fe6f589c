#!/usr/bin/env python3
"""Makes Tests/TokenizeTests/Fixtures/vocabulary_golden.json: vocabularies that the references learn from counted words.

`frequency`: Hugging Face tokenizers, WordPieceTrainer with the prefix ##, fed every word as often as it comes. There the
ids of ##characters, and with them which of two equally frequent pairs is merged, depend on the order of a hash table and
change from run to run; given as special tokens, all characters have their ids in code point order.

`topdown`: TensorFlow Text's wordpiece_tokenizer_learner_lib.learn. Only this one file of the wheel is needed:

  pip install tokenizers numpy
  pip download --no-deps tensorflow-text && unzip -j tensorflow_text-*.whl '*/wordpiece_tokenizer_learner_lib.py'
  python3 make_vocabulary_golden.py --learner wordpiece_tokenizer_learner_lib.py > vocabulary_golden.json
"""
import argparse
import collections
import importlib.util
import json
import random

import tokenizers
from tokenizers import models, pre_tokenizers, trainers

STEMS = ("walk talk play jump work paint color form read heat land note light order cover port press scribe act "
         "struct tend view gram graph phone meter therm geo bio hydr naïve café straße жизнь мир 中 文 語 2024 15 x7").split()
ENDINGS = " s ed ing er ers able ation less ful ly ness".split(" ")
BEGINNINGS = ["", "", "", "re", "un", "pre", "over", "inter"]
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def words(seed, count, most):
    """Made-up words with counts that are all different, if there are enough below `most`."""
    chance = random.Random(seed)
    found = {}
    while len(found) < count:
        word = chance.choice(BEGINNINGS) + chance.choice(STEMS) + chance.choice(ENDINGS)
        found.setdefault(word, None)
    counts = chance.sample(range(1, most), count) if most > count else chance.choices(range(1, most), k=count)
    return dict(zip(found, counts))


def frequency(counts, size, minimum, alphabet):
    model = tokenizers.Tokenizer(models.WordPiece(unk_token="[UNK]"))
    model.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    times = collections.Counter()
    for word, count in counts.items():
        for character in word:
            times[character] += count
    kept = sorted(sorted(times, key=lambda character: -times[character])[:alphabet])
    inner = {character for word in counts for character in word[1:]}
    known = SPECIAL + kept + ["##" + character for character in kept if character in inner]
    trainer = trainers.WordPieceTrainer(
        vocab_size=size, min_frequency=minimum, limit_alphabet=alphabet, special_tokens=known, show_progress=False,
        continuing_subword_prefix="##")
    model.train_from_iterator((" ".join([word] * times) for word, times in counts.items()), trainer)
    vocabulary = model.get_vocab()
    return sorted(vocabulary, key=vocabulary.get)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--learner", required=True)
    specification = importlib.util.spec_from_file_location("learner", parser.parse_args().learner)
    learner = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(learner)
    cases = []
    for seed, count, most, size, minimum, alphabet in (
            (1, 60, 3_000, 150, 2, 1000), (2, 150, 9_000, 260, 2, 1000), (3, 150, 9_000, 1000, 400, 1000),
            (4, 200, 9_000, 240, 2, 29), (5, 200, 9_000, 300, 1, 1000)):
        counts = words(seed, count, most)
        cases.append({"algorithm": "frequency", "words": counts, "size": size, "minimum": minimum,
                      "alphabet": alphabet, "pieces": frequency(counts, size, minimum, alphabet)})
    for seed, count, most, size, minimum, alphabet in (
            (6, 60, 3_000, 140, 10, 1000), (7, 200, 9_000, 260, 10, 1000), (8, 200, 40, 200, 2, 1000),
            (9, 300, 9_000, 250, 10, 28), (10, 5, 9, 300, 10, 1000)):
        counts = words(seed, count, most)
        pieces = learner.learn(counts, vocab_size=size, reserved_tokens=SPECIAL, lower_thresh=minimum,
                               max_unique_chars=alphabet)
        cases.append({"algorithm": "topdown", "words": counts, "size": size, "minimum": minimum,
                      "alphabet": alphabet, "pieces": pieces})
    note = f"made by Tests/golden/make_vocabulary_golden.py, tokenizers {tokenizers.__version__}, tensorflow-text 2.21.1"
    print(json.dumps({"note": note, "cases": cases}, ensure_ascii=False, indent=0))


if __name__ == "__main__":
    main()
