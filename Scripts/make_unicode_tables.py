#!/usr/bin/env python3
"""Writes Sources/Tokenize/UnicodeTables.swift: what BERT's reference tokeniser does to each Unicode scalar value.

usage: pip install tokenizers==0.23.3; python3 Scripts/make_unicode_tables.py > Sources/Tokenize/UnicodeTables.swift

The reference (Hugging Face `tokenizers`) takes each character property from another version of Unicode: marks and
punctuation from 8.0, decompositions from 9.0, white space and lower case from 17.0 (that of its Rust compiler). So the tables
are read off its behaviour, one scalar value after the other, and agree with it on all 1,112,064 of them. Python's
own `unicodedata` only proposes combining classes, which are then checked pair by pair.

Tables, each a run of LEB128 numbers, one after the other:
  ranges (drop, space, ideograph, mark, punctuation): count, then (gap since the last end, length - 1) each
  classes: count, then (gap, length - 1, combining class)
  mappings (decomposition, lower case): count, then (gap since the last key, length, zigzag(value - key) each)
"""
import base64
import sys
import unicodedata

import tokenizers
from tokenizers import normalizers, pre_tokenizers

SCALARS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
HANGUL = range(0xAC00, 0xD7A4)


def bert(**on):
    options = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    return normalizers.BertNormalizer(**{**options, **on}).normalize_str


def leb(number):
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def ranges(keys, value=lambda c: None):
    """[first, last, value] of runs with one value; the surrogates' gap ends no run that goes on after it."""
    out = []
    for c in keys:
        if out and out[-1][1] + 1 == c and out[-1][2] == value(c):
            out[-1][1] = c
        else:
            out.append([c, c, value(c)])
    return out


def pack_ranges(keys, value=None):
    runs, data, end = ranges(keys, value or (lambda c: None)), b"", 0
    for first, last, v in runs:
        data += leb(first - end) + leb(last - first) + (leb(v) if value else b"")
        end = last + 1
    return leb(len(runs)) + data


def pack_mapping(mapping):
    data, last = b"", 0
    for key in sorted(mapping):
        data += leb(key - last) + leb(len(mapping[key]))
        for c in mapping[key]:
            delta = ord(c) - key
            data += leb(delta << 1 if delta >= 0 else (-delta << 1) - 1)
        last = key
    return leb(len(mapping)) + data


def hangul(c):
    s = c - 0xAC00
    tail = chr(0x11A7 + s % 28) if s % 28 else ""
    return chr(0x1100 + s // 588) + chr(0x1161 + s % 588 // 28) + tail


def read_off():
    clean, ideographs = bert(clean_text=True), bert(handle_chinese_chars=True)
    strip, lower = bert(strip_accents=True), bert(lowercase=True)
    nfd, split = normalizers.NFD().normalize_str, pre_tokenizers.BertPreTokenizer().pre_tokenize_str
    drop, space, cjk, mark, punctuation, decomposition, lowered = [], [], [], [], [], {}, {}
    for c in SCALARS:
        x = chr(c)
        cleaned = clean(x)
        if not cleaned:
            drop.append(c)
        elif cleaned == " ":
            space.append(c)
        elif cleaned != x:
            sys.exit("clean_text maps U+%04X to %r" % (c, cleaned))
        if ideographs(x) != x:
            cjk.append(c)
        decomposed = nfd(x)
        if c in HANGUL:
            assert decomposed == hangul(c)
        elif decomposed != x:
            decomposition[c] = decomposed
        if decomposed == x and not strip(x):
            mark.append(c)
        if lower(x) != x:
            lowered[c] = lower(x)
        parts = len(split("a" + x + "b"))
        if parts == 3:
            punctuation.append(c)
        # What splits as white space is a space already, or was dropped.
        assert parts != 2 or not cleaned.strip()
    marks = set(mark)
    for c in SCALARS:
        assert strip(chr(c)) == "".join(x for x in nfd(chr(c)) if ord(x) not in marks)
    return drop, space, cjk, mark, punctuation, decomposition, lowered, nfd


def combining_classes(nfd):
    """{scalar value: class} for all that canonical ordering moves, each checked against one mark of every class."""
    moved = [c for c in SCALARS if nfd("a\u0345" + chr(c)) == "a" + chr(c) + "\u0345"] + [0x345]
    moved = sorted(set(moved) - {c for c in moved if nfd(chr(c)) != chr(c)})
    classes = {c: unicodedata.combining(chr(c)) for c in moved}
    one = {v: c for c, v in classes.items()}
    for c, v in classes.items():
        assert v > 0
        for w, other in one.items():
            assert (nfd("a" + chr(other) + chr(c)) == "a" + chr(c) + chr(other)) == (v < w or c == other)
    return classes


def main():
    drop, space, cjk, mark, punctuation, decomposition, lowered, nfd = read_off()
    classes = combining_classes(nfd)
    data = b"".join(pack_ranges(keys) for keys in (drop, space, cjk, mark, punctuation))
    data += pack_ranges(sorted(classes), classes.get) + pack_mapping(decomposition) + pack_mapping(lowered)
    text = base64.b64encode(data).decode()
    print('''\
/// What the reference BERT tokeniser does to each Unicode scalar value; generated by Scripts/make_unicode_tables.py,
/// never edited by hand.
///
/// Read off Hugging Face tokenizers %s, whose marks and punctuation are those of Unicode 8.0, decompositions those
/// of 9.0, lower case and white space those of 17.0. %d bytes as base64 of LEB128 numbers: the ranges
/// dropped, spaces, ideographs, non-spacing marks, punctuation; combining classes; decompositions; lower case.
enum UnicodeTables {
    static let data: StaticString = """''' % (tokenizers.__version__, len(data)))
    print("\\\n".join("        " + text[start : start + 110] for start in range(0, len(text), 110)))
    print('        """\n}')


main()
