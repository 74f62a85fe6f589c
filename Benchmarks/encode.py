#!/usr/bin/env python3
"""Times `tessera tokenize` beside other WordPiece encoders on lines of text, all in one run.

usage: python3 Benchmarks/encode.py --tessera .build/release/tessera --vocab vocab.txt TEXT... [--rounds 3]

Each side is a process of its own, one after the other, round after round. tessera is timed as a user meets it: start,
vocabulary, reading, ids as text to a pipe (a file in memory is read). The peers are timed inside, on a list of strings,
without their start: pip install tokenizers flash_tokenizer blingfire (tensorflow-text if it is there). On a machine that others use,
processor seconds say more than those of the clock; both are printed, medians over rounds.
"""
import argparse
import os
import resource
import statistics
import subprocess
import sys
import time

PEERS = ("hf", "flash", "blingfire", "tftext")
ONE_THREAD = {"TOKENIZERS_PARALLELISM": "false", "RAYON_NUM_THREADS": "1", "OMP_NUM_THREADS": "1",
              "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}


def encoder(peer, vocab, cased):
    """A function from a list of strings to all their ids."""
    if peer == "hf":
        from tokenizers import BertWordPieceTokenizer
        made = BertWordPieceTokenizer(vocab, lowercase=not cased)._tokenizer
        return lambda lines: made.encode_batch_fast(lines, add_special_tokens=False)
    if peer == "flash":
        from flash_tokenizer import BertTokenizerFlash
        made = BertTokenizerFlash(vocab, do_lower_case=not cased, model_max_length=1 << 20).tokenizer
        return lambda lines: made.batch_encode(lines, "do_not_pad", 1 << 20, False)
    if peer == "blingfire":
        import blingfire
        name = "bert_base_cased_tok.bin" if cased else "bert_base_tok.bin"
        made = blingfire.load_model(os.path.join(os.path.dirname(blingfire.__file__), name))
        return lambda lines: [blingfire.text_to_ids(made, line, len(line) + 16, 100, True) for line in lines]
    import tensorflow_text
    with open(vocab, encoding="utf-8") as file:
        pieces = file.read().split("\n")
    import tensorflow
    made = tensorflow_text.FastBertTokenizer(
        pieces[:-1], token_out_type=tensorflow.int32, lower_case_nfd_strip_accents=not cased)
    return made.tokenize


def time_peer(peer, vocab, path, cased):
    """Runs in the child: seconds of the clock and of the processor for the whole text."""
    with open(path, "rb") as file:
        lines = [line for line in file.read().decode("utf-8", "replace").split("\n") if line]
    encode = encoder(peer, vocab, cased)
    encode(lines[:200])
    wall, cpu = time.perf_counter(), time.process_time()
    for start in range(0, len(lines), 10_000):
        encode(lines[start:start + 10_000])
    print(time.perf_counter() - wall, time.process_time() - cpu)


def run_peer(peer, options, path):
    command = [sys.executable, __file__, "--peer", peer, "--vocab", options.vocab, path]
    done = subprocess.run(command + (["--cased"] if options.cased else []), env={**os.environ, **ONE_THREAD},
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return tuple(map(float, done.stdout.split()[-2:])) if done.returncode == 0 else None


def run_tessera(options, path, jobs):
    command = [options.tessera, "tokenize", "--vocab", options.vocab, "--jobs", str(jobs), path]
    before, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with subprocess.Popen(command + (["--cased"] if options.cased else []), stdout=subprocess.PIPE) as process:
        while process.stdout.read1(1 << 20):
            pass
    wall, after = time.perf_counter() - wall, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def compare(options, path):
    megabytes = os.path.getsize(path) / 1e6
    sides = {"tessera": lambda: run_tessera(options, path, 1), "tessera, 2 jobs": lambda: run_tessera(options, path, 2)}
    for peer in options.peers.split(","):
        sides[peer] = lambda peer=peer: run_peer(peer, options, path)
    results = {name: [] for name in sides}
    for _ in range(options.rounds):
        for name, run in sides.items():
            if results[name] is not None:
                result = run()
                results[name] = results[name] + [result] if result else None
    medians = {name: [statistics.median(column) for column in zip(*found)] for name, found in results.items() if found}
    print(f"{path}: {megabytes:.1f} MB, medians of {options.rounds}")
    ours = medians["tessera"][1]
    for name, (wall, cpu) in medians.items():
        ratio = "" if name.startswith("tessera") else f"   tessera does it {cpu / ours:6.1f} times as fast (processor)"
        print(f"  {name:16} {megabytes / wall:8.1f} MB/s by the clock {megabytes / cpu:8.1f} MB/s by the processor{ratio}")
    for name in sides.keys() - medians.keys():
        print(f"  {name}: not installed", file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tessera", default=".build/release/tessera")
    parser.add_argument("--vocab", required=True)
    parser.add_argument("--cased", action="store_true")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers", default=",".join(PEERS))
    parser.add_argument("--peer", help=argparse.SUPPRESS)
    parser.add_argument("texts", nargs="+")
    options = parser.parse_args()
    for path in options.texts:
        if options.peer:
            time_peer(options.peer, options.vocab, path, options.cased)
        else:
            compare(options, path)


main()
