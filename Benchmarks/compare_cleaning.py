#!/usr/bin/env python3
"""Words of articles that wikiextractor keeps and `tessera clean` does not, and the other way round.

    python3 Benchmarks/compare_cleaning.py DUMP.xml[.bz2|.gz]... [--tessera .build/release/tessera]
        [--wikiextractor wikiextractor] [--show 30]

Both clean the same articles (namespace 0, no redirects). Words are runs of letters, compared in lower case as multisets
for each article. Words that stand only in what tessera drops on purpose (sections of apparatus, captions, tables) count
as lost here: the tool says how many, and shows the longest runs of lost words, so that a reader can see what they are.
"""
import argparse
import bz2
import collections
import difflib
import gzip
import html
import json
import pathlib
import re
import subprocess
import tempfile

WORD = re.compile(r"[^\W\d_]+")
# What wikiextractor writes for formulas and code, and markup that it leaves.
NOT_WORDS = re.compile(r"formula_\d+|codice_\d+|<[^>\n]*>|https?://\S+|&\w+;")


def opened(path):
    data = path.read_bytes()
    if path.suffix == ".bz2":
        data = bz2.decompress(data)
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    return data.decode("utf-8", "replace")


def pages(xml):
    """Id and wikitext of each article."""
    for page in re.findall(r"<page>(.*?)</page>", xml, re.S):
        namespace = re.search(r"<ns>(-?\d+)</ns>", page)
        number = re.search(r"<id>(\d+)</id>", page)
        text = re.findall(r"<text[^>]*?(?<!/)>(.*?)</text>", page, re.S)
        if number and text and "<redirect" not in page and (not namespace or namespace.group(1) == "0"):
            yield number.group(1), html.unescape(text[-1])


def tessera(program, articles, *options):
    lines = "".join(json.dumps({"id": i, "text": t}) + "\n" for i, t in articles.items())
    run = subprocess.run(
        [program, "clean", "--jsonl", *options], input=lines.encode(), capture_output=True, check=True)
    return {o["id"]: o["text"] for o in map(json.loads, run.stdout.decode().splitlines())}


def wikiextractor(program, xml):
    with tempfile.TemporaryDirectory() as folder:
        dump = pathlib.Path(folder, "dump.xml")
        dump.write_text(xml)
        subprocess.run(
            [program, "--no-templates", "--json", "--processes", "2", "-q", "-o", f"{folder}/out", str(dump)],
            check=True, capture_output=True)
        found = {}
        for part in sorted(pathlib.Path(folder, "out").rglob("wiki_*")):
            for line in part.read_text().splitlines():
                record = json.loads(line)
                found[str(record["id"])] = record["text"]
        return found


def words(text):
    return WORD.findall(NOT_WORDS.sub(" ", html.unescape(text)).lower())


def runs(theirs, ours):
    """Runs of words of theirs that ours has not, in order."""
    left, right = words(theirs), words(ours)
    matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
    for tag, a, b, _, _ in matcher.get_opcodes():
        if tag in ("delete", "replace") and b - a >= 3:
            yield b - a, " ".join(left[a:b])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dump", nargs="+", type=pathlib.Path)
    parser.add_argument("--tessera", default=".build/release/tessera")
    parser.add_argument("--wikiextractor", default="wikiextractor")
    parser.add_argument("--show", type=int, default=0)
    options = parser.parse_args()
    print(f"{'':52}{'articles':>9}{'words':>10}{'lost':>8}{'of them':>9}{'gained':>9}")
    print(f"{'':52}{'':>9}{'theirs':>10}{'':>8}{'prose':>9}{'':>9}")
    for dump in options.dump:
        xml = opened(dump)
        articles = dict(pages(xml))
        theirs = wikiextractor(options.wikiextractor, xml)
        ours = tessera(options.tessera, articles)
        # With all sections kept, what is still missing is prose or damage of theirs.
        whole = tessera(options.tessera, articles, "--sections-drop", "", "--tables", "text")
        total = lost = prose = gained = 0
        examples = []
        for number, text in theirs.items():
            if number not in ours:
                continue
            left, right = collections.Counter(words(text)), collections.Counter(words(ours[number]))
            total += sum(left.values())
            lost += sum((left - right).values())
            gained += sum((right - left).values())
            prose += sum((left - collections.Counter(words(whole[number]))).values())
            if options.show:
                examples += [(n, number, run) for n, run in runs(text, whole[number])]
        print(f"{dump.name[:50]:52}{len(theirs):9}{total:10}{lost:8}{prose:9}{gained:9}")
        for count, number, run in sorted(examples, reverse=True)[: options.show]:
            print(f"  {number}: {count} words: {run[:200]}")


if __name__ == "__main__":
    main()
