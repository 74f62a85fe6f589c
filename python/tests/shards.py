"""Small sets of shards, made by the program itself from a text that we make up."""

import functools
import json
import os
import random
import subprocess
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
#: The program: `TESSERA`, or where the tests or a build have left it.
PLACES = [os.environ.get("TESSERA"), os.path.join(ROOT, ".build/tests/release/tessera"),
          os.path.join(ROOT, ".build/release/tessera")]
TESSERA = next((place for place in PLACES if place and os.path.exists(place)), None)

_folder = tempfile.TemporaryDirectory(prefix="tessera-python-")

#: name: options of `tessera shard`.
SETS = {
    "nsp": [],
    "static": ["--masking", "static"],
    "words": ["--whole-word"],
    "sop": ["--objective", "sop"],
    "mlm": ["--objective", "mlm", "--whole-word"],
    "packed": ["--objective", "mlm", "--packing", "full"],
    "spans": ["--spans"],
    "static-spans": ["--spans", "--masking", "static"],
    "lengths": ["--sequence-length", "32,96"],
}


def tessera(*arguments):
    """Runs the program and gives its result."""
    return json.loads(subprocess.run([TESSERA, *arguments, "--json", "--quiet"], check=True, capture_output=True).stdout)


def folder(name):
    return os.path.join(_folder.name, name)


@functools.cache
def corpus():
    """400 documents of made-up words, some of them long, so that there are continuations."""
    draws = random.Random(5)
    syllables = [a + b for a in "bdfgklmnprst" for b in "aeiou"]
    words = ["".join(draws.choices(syllables, k=draws.choice([1, 2, 2, 3, 5]))) for _ in range(900)]
    with open(folder("notes.jsonl"), "w", encoding="utf-8") as file:
        for number in range(400):
            sentences = [" ".join(draws.choices(words, k=draws.randint(3, 25))).capitalize() + "."
                         for _ in range(draws.randint(1, 30))]
            json.dump({"id": str(number), "text": " ".join(sentences)}, file)
            file.write("\n")
    tessera("ingest", folder("notes.jsonl"), "--output", folder("corpus"))
    tessera("vocab", folder("corpus"), "--size", "400", "--output", folder("vocab/vocab.txt"))
    return folder("corpus")


@functools.cache
def shards(name="nsp"):
    """The path of a set of SETS, with several partitions."""
    tessera("shard", corpus(), "--vocab", folder("vocab/vocab.txt"), "--output", folder(name),
            "--partition-bytes", "60000", "--validation-fraction", "0.1",
            *([] if "--sequence-length" in SETS[name] else ["--sequence-length", "64"]), *SETS[name])
    return folder(name)


@functools.cache
def export(name, form, *options):
    """The path of an export of a set."""
    output = folder("-".join([name, form, *options]).replace("/", "_"))
    tessera("export", shards(name), "--format", form, "--output", output, *options)
    return output


def files(directory, start):
    return sorted(os.path.join(directory, name) for name in os.listdir(directory) if name.startswith(start))


def json_lines(directory, start):
    lines = []
    for path in files(directory, start):
        with open(path, encoding="utf-8") as file:
            lines += [json.loads(line) for line in file]
    return lines
