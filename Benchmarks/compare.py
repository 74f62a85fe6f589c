#!/usr/bin/env python3
"""Times stages of tessera beside their peers.

Both sides run in turn, several times, in the same minutes on the same machine; what counts is the ratio of the medians.
A peer that is not installed is named and left out. Nothing here is asserted: machines are shared and noisy.
"""
import argparse
import bz2
import contextlib
import importlib.util
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

STAGES = ("ingest", "sentences", "vocab", "tokenize", "shard", "e2e", "pretrain")


def has(module):
    try:
        return importlib.util.find_spec(module) is not None
    except ImportError:
        return False


def seconds(action):
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def compare(stage, megabytes, sides, rounds):
    """sides: {name: callable}, ours first. Prints a line a side."""
    times = {name: [] for name in sides}
    for _ in range(rounds):
        for name, action in sides.items():
            times[name].append(seconds(action))
    medians = {name: statistics.median(values) for name, values in times.items()}
    ours = next(iter(medians.values()))
    for name, median in medians.items():
        ratio = "" if name == "tessera" else f"  tessera is {median / ours:.1f} times as fast"
        print(f"{stage:10} {name:22} {median:8.2f} s  {megabytes / median:8.1f} MB/s{ratio}", flush=True)


class Bench:
    def __init__(self, options):
        self.tessera = options.tessera
        self.dump = options.dump
        self.rounds = options.rounds
        self.chain = options.chain
        self.folder = tempfile.mkdtemp(prefix="tessera-bench-")
        self.corpus = self.path("corpus")
        self.run("ingest", self.dump, "--output", self.corpus)
        self.text = self.path("text.txt")
        with open(self.text, "wb") as file:
            subprocess.run([self.tessera, "inspect", self.corpus, "--text"], stdout=file, check=True)
        self.megabytes = os.path.getsize(self.text) / 1e6

    def path(self, name):
        return os.path.join(self.folder, name)

    def fresh(self, name):
        shutil.rmtree(self.path(name), ignore_errors=True)
        return self.path(name)

    def run(self, *arguments, stdout=subprocess.DEVNULL):
        subprocess.run([self.tessera, *arguments, *([] if arguments[0] in FILTERS else ["--quiet"])],
                       stdout=stdout, check=True)

    def python(self, code, *arguments):
        subprocess.run([sys.executable, "-c", code, *arguments], stdout=subprocess.DEVNULL, check=True)

    def ingest(self):
        """The dump as plain XML, as one bzip2 stream and as many, from file to finished corpus, two jobs a side."""
        for kind, path in self.dumps().items():
            sides = {"tessera": lambda: self.peak(
                "ingest", path, "--output", self.fresh("c2"), "--jobs", "2", "--format", "mediawiki")}
            if has("wikiextractor"):
                sides["wikiextractor x2"] = lambda: subprocess.run(
                    [sys.executable, "-m", "wikiextractor.WikiExtractor", "--no-templates", "-q", "--processes", "2",
                     "-o", self.fresh("we"), path], stderr=subprocess.DEVNULL, check=True)
            if path.endswith(".bz2") and shutil.which("lbzip2"):
                sides["lbzip2 -d -n2 (limit)"] = lambda: subprocess.run(
                    ["lbzip2", "-d", "-n2", "-c", path], stdout=subprocess.DEVNULL, check=True)
            self.memory = 0
            compare("ingest", self.xml_megabytes, sides, self.rounds)
            print(f"           ({kind}; {self.xml_megabytes:.0f} MB of XML; peak memory {self.memory >> 20} MiB)", flush=True)

    def dumps(self):
        """The dump in three forms; multistream means 100 pages a stream, as Wikimedia cuts them."""
        opened = bz2.open(self.dump) if self.dump.endswith(".bz2") else open(self.dump, "rb")
        with opened as file:
            xml = file.read()
        self.xml_megabytes = len(xml) / 1e6
        paths = {kind: self.path(name) for kind, name in (
            ("plain", "dump.xml"), ("one stream", "dump.xml.bz2"), ("multistream", "dump-multistream.xml.bz2"))}
        if not os.path.exists(paths["multistream"]):
            with open(paths["plain"], "wb") as file:
                file.write(xml)
            with open(paths["one stream"], "wb") as file:
                file.write(bz2.compress(xml))
            pages = xml.split(b"</page>\n")
            with open(paths["multistream"], "wb") as file:
                for first in range(0, len(pages), 100):
                    last = first + 100 >= len(pages)
                    part = b"</page>\n".join(pages[first:first + 100]) + (b"" if last else b"</page>\n")
                    file.write(bz2.compress(part))
        return paths

    def peak(self, *arguments):
        """Runs tessera and keeps the highest memory of all such runs.

        Asked of /proc while it runs: what the kernel tells at the end includes the memory of this interpreter.
        """
        process = subprocess.Popen([self.tessera, *arguments, "--quiet"], stdout=subprocess.DEVNULL)
        while process.poll() is None:
            with contextlib.suppress(OSError, StopIteration, ValueError):
                with open(f"/proc/{process.pid}/status") as status:
                    line = next(line for line in status if line.startswith("VmHWM"))
                if os.readlink(f"/proc/{process.pid}/exe").endswith("tessera"):
                    self.memory = max(self.memory, int(line.split()[1]) << 10)
            time.sleep(0.01)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, arguments)

    def sentences(self):
        sides = {"tessera": lambda: self.run("sentences", "--jobs", "1", self.text),
                 "tessera, 2 jobs": lambda: self.run("sentences", "--jobs", "2", self.text)}
        peers = {
            "sentencex": ("sentencex", "import sentencex", "list(sentencex.segment('en', line))"),
            "blingfire": ("blingfire", "import blingfire", "blingfire.text_to_sentences(line)"),
            "icu": ("icu", "import icu; it = icu.BreakIterator.createSentenceInstance(icu.Locale('en'))",
                    "it.setText(line); list(it)"),
            "nupunkt": ("nupunkt", "import nupunkt", "nupunkt.sent_tokenize(line)"),
        }
        for name, (module, prepare, split) in peers.items():
            if has(module):
                code = f"import sys\n{prepare}\nfor line in open(sys.argv[1], encoding='utf-8'):\n    {split}"
                sides[name] = lambda code=code: self.python(code, self.text)
        compare("sentences", self.megabytes, sides, self.rounds)

    def vocabulary(self):
        folder = self.path("vocab")
        if not os.path.exists(folder):
            self.run("vocab", self.corpus, "--size", "30522", "--output", folder)
        return folder

    def vocab(self):
        sides = {"tessera": lambda: self.run("vocab", self.corpus, "--size", "30522", "--output", self.fresh("v2"))}
        if has("tokenizers"):
            sides["tokenizers"] = lambda: self.python(
                "import sys, tokenizers\nt = tokenizers.BertWordPieceTokenizer()\n"
                "t.train([sys.argv[1]], vocab_size=30522, show_progress=False)", self.text)
        compare("vocab", self.megabytes, sides, self.rounds)

    def tokenize(self):
        vocabulary = self.vocabulary()
        sides = {"tessera": lambda: self.run("tokenize", "--vocab", vocabulary, "--jobs", "1", self.text)}
        if has("tokenizers"):
            os.environ["RAYON_NUM_THREADS"] = "1"
            sides["tokenizers"] = lambda: self.python(
                "import sys, tokenizers\nt = tokenizers.Tokenizer.from_file(sys.argv[2] + '/tokenizer.json')\n"
                "lines = open(sys.argv[1], encoding='utf-8').read().split('\\n')\n"
                "for i in range(0, len(lines), 2000): t.encode_batch_fast(lines[i:i + 2000])", self.text, vocabulary)
        compare("tokenize", self.megabytes, sides, self.rounds)

    def shard(self):
        """From a corpus to finished shards, length 128, two jobs; the peers read the same text, a document a block."""
        vocabulary = self.vocabulary()
        vocab = os.path.join(vocabulary, "vocab.txt")
        self.memory = 0
        sides = {"tessera": lambda: self.peak(
            "shard", self.corpus, "--vocab", vocabulary, "--output", self.fresh("s2"), "--jobs", "2")}
        megabytes, rounds = self.megabytes, self.rounds
        if has("official.nlp.data") and has("tensorflow"):
            # One process, some hundred times as slow: a part of the text is enough to see its rate.
            part = self.path("part.txt")
            with open(self.text, "rb") as source, open(part, "wb") as file:
                file.write(source.read(2_000_000).rsplit(b"\n\n", 1)[0])
            self.sentence_lines(part, self.path("part-lines.txt"))
            began = time.perf_counter()
            subprocess.run(
                [sys.executable, "-m", "official.nlp.data.create_pretraining_data",
                 "--input_file", self.path("part-lines.txt"), "--output_file", self.path("google.tfrecord"),
                 "--vocab_file", vocab, "--do_lower_case", "--max_seq_length", "128",
                 "--max_predictions_per_seq", "20", "--dupe_factor", "1"],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
            google = os.path.getsize(part) / 1e6 / (time.perf_counter() - began)
            print(f"shard      create_pretraining_data           {google:8.2f} MB/s  (one process, sentences given)",
                  flush=True)
        compare("shard", megabytes, sides, rounds)
        print(f"           (peak memory {self.memory >> 20} MiB)", flush=True)

    def sentence_lines(self, text, output):
        """Cuts a text into the form that create_pretraining_data reads: a sentence a line, an empty line a document."""
        with open(text, "rb") as source, open(output, "wb") as target:
            cut = subprocess.run([self.tessera, "sentences"], stdin=source, stdout=subprocess.PIPE, check=True).stdout
            target.write(cut)

    def e2e(self):
        """From the dump as .xml.bz2 to finished shards, beside a chain of the peers if one is given."""
        vocabulary = self.vocabulary()
        dump = self.dumps()["one stream"]

        def ours():
            corpus = self.fresh("e2e-corpus")
            self.run("ingest", dump, "--output", corpus, "--jobs", "2", "--format", "mediawiki")
            self.run("shard", corpus, "--vocab", vocabulary, "--output", self.fresh("e2e-shards"), "--jobs", "2")

        sides = {"tessera": ours}
        if self.chain:
            environment = {**os.environ, "DUMP": dump, "OUTPUT": self.fresh("e2e-chain"),
                           "VOCAB": os.path.join(vocabulary, "vocab.txt")}
            sides["chain of peers"] = lambda: subprocess.run(
                self.chain, shell=True, env=environment, check=True, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL)
        compare("e2e", self.xml_megabytes, sides, self.rounds)

    def pretrain(self):
        vocabulary = self.vocabulary()
        shards = self.path("shards")
        self.run("shard", self.corpus, "--vocab", vocabulary, "--output", shards)
        result = subprocess.run(
            [self.tessera, "pretrain", shards, "--model", "tiny", "--steps", "30", "--global-batch", "32", "--json",
             "--quiet", "--output", self.fresh("run")], stdout=subprocess.PIPE, check=True)
        ours = json.loads(result.stdout)["tokens_per_second"]
        print(f"pretrain   tessera                {ours:10.0f} tokens/s (tiny, batch 32, length 128)", flush=True)


FILTERS = ("sentences", "tokenize", "clean")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stages", nargs="*", choices=[*STAGES, []], default=[])
    parser.add_argument("--tessera", default=".build/release/tessera")
    parser.add_argument("--dump", default="pipelines/quickstart/quickstart-wiki.xml.bz2")
    parser.add_argument("--chain", help="a shell command for e2e that turns $DUMP into $OUTPUT with $VOCAB")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    for module in ("wikiextractor", "sentencex", "blingfire", "icu", "nupunkt", "tokenizers"):
        if not has(module):
            print(f"{module} is not installed: left out", file=sys.stderr)
    bench = Bench(options)
    try:
        for stage in options.stages or STAGES:
            getattr(bench, stage)()
    finally:
        shutil.rmtree(bench.folder, ignore_errors=True)


if __name__ == "__main__":
    main()
