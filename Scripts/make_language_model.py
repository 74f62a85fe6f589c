#!/usr/bin/env python3
"""Makes Sources/Ingest/Selection/Language/LanguageModelData.swift, the model behind `--identify-language`.

    pip install numpy zstandard msgpack wordfreq django babel
    Scripts/make_language_model.py udhr.jsonl.zst > Sources/Ingest/Selection/Language/LanguageModelData.swift

For each language a distribution of words is mixed from what there is of it:
- the Universal Declaration of Human Rights (public domain), one JSON line a language: {"id": "deu_1901", "text": ...},
- the small word lists of wordfreq 3 (data CC BY-SA 4.0, Robyn Speer),
- the translations of Django's messages (BSD-3-Clause),
- for a few languages the names of countries and languages in CLDR (Unicode License v3), through Babel.
No text goes into the model: only which pieces of 2 to 4 letters are typical of which language, and how much.

A piece's weight in a language is log(1 + P(piece | language) / (L * P(piece))), in 15 steps of 4 bits; P(piece) is the
mean over all languages. `fold` and `kind` are the same functions as in LanguageText.swift.
"""
import base64
import collections
import glob
import gzip
import importlib.util
import io
import json
import math
import os
import re
import sys

import msgpack
import numpy as np
import zstandard

LENGTHS = (2, 3, 4)
PIECES = 200  # of each language
SMOOTHING = 1.2  # L above
SHARES = {"wordfreq": 3.0, "udhr": 1.0, "django": 0.7, "cldr": 0.5}
UDHR = dict(
    pair.split(":")
    for pair in """
    afr:af ast:ast bos_latn:bs bul:bg ceb:ceb ckb:ckb cmn_hant:zh cos:co deu_1901:de ell_monotonic:el eng:en est:et
    fra:fr gle:ga guj:gu hat_popular:ht hau_NG:ha hrv:hr ido:io ina:ia isl:is jav:jv jpn:ja kan:kn kaz:kk khk:mn khm:km
    kir:ky lao:lo lat_1:la lin_tones:ln ltz:lb mal:ml mar:mr mkd:mk min:min mya:my nds:nds nno:nn oss:os pes_2:fa plt:mg
    pol:pl por_BR:pt quz:qu roh:rm ron_1953:ro run:rn san:sa slk:sk sme:se sna:sn sot:st src:sc srp_latn:sr sun:su
    swe:sv tam:ta tgk:tg tir:ti tsn:tn tuk_latn:tk urd:ur uzn_latn:uz vec:vec wln:wa ydd:yi yor:yo nya_chechewa:ny
    bod:bo
    """.split()
)
DJANGO = {"nb": "no", "zh_Hans": "zh", "zh_Hant": "zh"}
# Too little text to tell them from their neighbours.
LEFT_OUT = {"fy", "udm", "kab", "sh"}
WORDFREQ = {"nb": "no", "fil": "tl"}
CLDR = ["am", "fo", "ku", "ce", "oc", "scn", "ti", "or", "ps", "si"]
SERBIAN = dict(
    zip(
        "a b c č ć d đ dž e f g h i j k l lj m n nj o p r s š t u v z ž".split(),
        "а б ц ч ћ д ђ џ е ф г х и ј к л љ м н њ о п р с ш т у в з ж".split(),
    )
)


def fold(c):
    """The small letter of a scalar, for the scripts that have small letters."""
    if c < 0x80:
        return c + 32 if 65 <= c <= 90 else c
    if 0xC0 <= c <= 0xDE:
        return c + 32 if c != 0xD7 else c
    if c == 0x130:
        return 0x69
    if 0x100 <= c <= 0x137 or 0x14A <= c <= 0x177 or 0x1E00 <= c <= 0x1E95 or 0x1EA0 <= c <= 0x1EFF:
        return c | 1
    if 0x460 <= c <= 0x481 or 0x48A <= c <= 0x4BF or 0x4D0 <= c <= 0x52F:
        return c | 1
    if 0x139 <= c <= 0x148 or 0x179 <= c <= 0x17E or 0x4C1 <= c <= 0x4CE:
        return c + (c & 1)
    if c == 0x178:
        return 0xFF
    if c in (0x1A0, 0x1AF):
        return c + 1
    if c == 0x386:
        return 0x3AC
    if 0x388 <= c <= 0x38A:
        return c + 37
    if c == 0x38C:
        return 0x3CC
    if c in (0x38E, 0x38F):
        return c + 63
    if 0x391 <= c <= 0x3A9 or 0x410 <= c <= 0x42F:
        return c + 32
    if 0x400 <= c <= 0x40F:
        return c + 80
    if 0x531 <= c <= 0x556:
        return c + 48
    return c


def kind(c):
    """0: between words, 1: a letter, 2: a character of a script without spaces."""
    if c < 0x80:
        return 1 if 65 <= (c & ~32) <= 90 else 0
    if c < 0xC0:
        return 1 if c in (0xAA, 0xB5, 0xBA) else 0
    if c in (0xD7, 0xF7):
        return 0
    if 0xE00 <= c <= 0x107F or 0x1780 <= c <= 0x17FF:
        return 2
    if 0x2000 <= c <= 0x2BFF or 0x2E00 <= c <= 0x303F:
        return 0
    if 0x3040 <= c <= 0x9FFF or 0xF900 <= c <= 0xFAFF or 0x20000 <= c:
        return 2
    if 0xF000 <= c <= 0xF8FF or 0xFE00 <= c <= 0xFE3F or 0x1F000 <= c <= 0x1FFFF:
        return 0
    if 0xFF00 <= c <= 0xFFFF:
        return 1 if 0xFF21 <= c <= 0xFF3A or 0xFF41 <= c <= 0xFF5A or 0xFF66 <= c < 0xFFC0 else 0
    return 1


def words(text):
    word = []
    for character in text:
        scalar = ord(character)
        which = kind(scalar)
        if which == 1:
            word.append(chr(fold(scalar)))
            continue
        if word:
            yield "".join(word)
            word = []
        if which == 2:
            yield character
    if word:
        yield "".join(word)


def pieces(word):
    if len(word) == 1 and kind(ord(word)) == 2:
        return [word]
    padded = " " + word + " "
    return [padded[i : i + n] for n in LENGTHS for i in range(len(padded) - n + 1)]


def package(name):
    return os.path.dirname(importlib.util.find_spec(name).origin)


def read_udhr(path, sources):
    with open(path, "rb") as file:
        for line in io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(file), encoding="utf8"):
            record = json.loads(line)
            if record["id"] in UDHR:
                sources[UDHR[record["id"]]]["udhr"] = collections.Counter(words(record["text"]))


def read_django(sources):
    noise = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|<[^>]*>|\\.|&\w+;")
    message = re.compile(r'^msgstr(?:\[\d\])?\s+((?:"(?:[^"\\]|\\.)*"\s*)+)', re.M)
    for path in sorted(glob.glob(package("django") + "/**/locale/*/LC_MESSAGES/*.po", recursive=True)):
        place = path.split("/")[-3]
        count = sources[DJANGO.get(place, place.split("_")[0])].setdefault("django", collections.Counter())
        with open(path, encoding="utf8") as file:
            for match in message.finditer(file.read()):
                text = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', match.group(1)))
                if "Project-Id-Version" not in text:
                    count.update(words(noise.sub(" ", text)))


def read_wordfreq(sources):
    for path in sorted(glob.glob(package("wordfreq") + "/data/small_*.msgpack.gz")):
        name = os.path.basename(path)[6:].split(".")[0]
        count = collections.Counter()
        with gzip.open(path) as file:
            for centibels, group in enumerate(msgpack.load(file, raw=False)[1:]):
                for entry in group:
                    for word in words(entry):
                        count[word] += 10 ** (-centibels / 100)
        sources[WORDFREQ.get(name, name)]["wordfreq"] = count


def read_cldr(sources):
    from babel import Locale

    for name in CLDR:
        locale = Locale.parse(name)
        text = " ".join(list(locale.territories.values()) + list(locale.languages.values()))
        sources[name]["cldr"] = collections.Counter(words(text))


def cyrillic(word):
    result, at = "", 0
    while at < len(word):
        for size in (2, 1):
            if word[at : at + size] in SERBIAN:
                result += SERBIAN[word[at : at + size]]
                at += size
                break
        else:
            return word if 0x400 <= ord(word[0]) < 0x500 else None
    return result


def share_serbo_croatian(sources):
    """One word list for Croatian and Bosnian; in Cyrillic letters for Serbian, as all of it."""
    common = sources["sh"]["wordfreq"]
    for name in ("hr", "bs", "sr"):
        sources[name]["wordfreq"] = common
    for source, count in sources["sr"].items():
        turned = collections.Counter()
        for word, number in count.items():
            if cyrillic(word):
                turned[cyrillic(word)] += number
        sources["sr"][source] = turned


def distributions(sources):
    result = {}
    for name in sorted(sources):
        mixed = collections.Counter()
        total = sum(SHARES[source] for source in sources[name])
        for source, count in sources[name].items():
            share = SHARES[source] / total / sum(count.values())
            for word, number in count.items():
                for piece in pieces(word):
                    mixed[piece] += share * number
        whole = sum(mixed.values())
        result[name] = {piece: number / whole for piece, number in mixed.items()}
    return result


def matrix(shares):
    """The pieces that tell most, their weights in steps, and the size of a step."""
    mean = collections.Counter()
    for share in shares.values():
        for piece, number in share.items():
            mean[piece] += number / len(shares)
    chosen = set()
    for share in shares.values():
        chosen.update(sorted(share, key=lambda p: (-share[p] * math.log(share[p] / mean[p]), p))[:PIECES])
    chosen = sorted(chosen)
    weights = np.zeros((len(chosen), len(shares)))
    for row, piece in enumerate(chosen):
        background = SMOOTHING * (mean[piece] + 1e-6)
        for column, share in enumerate(shares.values()):
            weights[row, column] = math.log(1 + share.get(piece, 0) / background)
    step = weights.max() / 15
    return chosen, np.round(weights / step).astype(np.uint8), step


def expectations(shares, chosen, weights, step):
    """The mean weight that a piece of a language's own text has in it, chosen pieces and others together."""
    row = {piece: number for number, piece in enumerate(chosen)}
    result = []
    for column, share in enumerate(shares.values()):
        result.append(sum(step * weights[row[p], column] * number for p, number in share.items() if p in row))
    return result


def model(path):
    sources = collections.defaultdict(dict)
    read_udhr(path, sources)
    read_django(sources)
    read_wordfreq(sources)
    read_cldr(sources)
    share_serbo_croatian(sources)
    for name in LEFT_OUT:
        sources.pop(name, None)
    shares = distributions(sources)
    chosen, weights, step = matrix(shares)
    return list(shares), chosen, weights, step, expectations(shares, chosen, weights, step)


def packed(names, chosen, weights, step, expected):
    """Four lines of text (languages, their expectations, the step, the pieces by tabs), then 64 bytes a piece."""
    assert len(names) <= 128 and not any("\t" in piece or "\n" in piece for piece in chosen)
    head = "\n".join(
        [" ".join(names), " ".join("%.4f" % value for value in expected), "%.6f" % step, "\t".join(chosen), ""]
    )
    columns = np.zeros((len(chosen), 128), np.uint8)
    columns[:, : len(names)] = weights
    return head.encode() + (columns[:, 0::2] | columns[:, 1::2] << 4).tobytes()


def main():
    raw = packed(*model(sys.argv[1]))
    text = base64.b64encode(zstandard.ZstdCompressor(level=19).compress(raw)).decode()
    print("// Made by Scripts/make_language_model.py; do not edit.\n")
    print("/// The model's bytes: base64 of a Zstandard frame.")
    print("enum LanguageModelData {")
    print("    /// Bytes of the frame's content.")
    print(f"    static let rawSize = {len(raw):_}\n")
    print('    static let base64: StaticString = """')
    for at in range(0, len(text), 112):
        print("        " + text[at : at + 112] + ("\\" if at + 112 < len(text) else ""))
    print('        """\n}')


if __name__ == "__main__":
    main()
