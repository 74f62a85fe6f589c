#!/usr/bin/env python3
"""Training steps beside PyTorch, in one run: both sides by turns, medians of the rounds.

  python3 Benchmarks/engine.py --torch PATH/bench_torch.py --python VENV/bin/python --rounds 3
  python3 Benchmarks/engine.py --profile base 128 16 bf16

PyTorch's side is a script that times the same step (forward, backward, clipping, AdamW; dropout 0.1; 70 % full sequences) of
transformers' BertForPreTraining and appends a JSON record with tok_s, ms_step and rss_gb to --json FILE; without --torch our side alone is
measured. "Tuned" is the better of PyTorch's modes with masked positions alone through the head; "stock" runs it over all positions.
Needs .build/release/engine-benchmark (swift build -c release --product engine-benchmark).
"""
import argparse, collections, json, os, re, shutil, statistics, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
OURS = os.path.join(HERE, "..", ".build", "release", "engine-benchmark")
CASES = ["tiny 128 32", "mini 128 32", "small 128 32", "base 128 16", "tiny 512 8", "mini 512 8", "small 512 8", "base 512 4"]
MODES = {"fp32": ["fp32-sdpa"], "bf16": ["bf16-eager"]}


def ours(case, precision, seconds, micro=None):
    arguments = [OURS, *case.split(), precision] + ([str(micro)] if micro else [])
    out = subprocess.run(arguments, check=True, capture_output=True, text=True, env={**os.environ, "SECONDS_OF_RUN": str(seconds)})
    return json.loads(out.stdout.strip().splitlines()[-1])


def torch(options, case, mode, head):
    model, length, batch = case.split()
    with tempfile.TemporaryDirectory() as folder:
        record = os.path.join(folder, "record")
        arguments = [options.python, os.path.basename(options.torch), "--config", model, "--seq", length, "--batch", batch, "--mode", mode,
                     "--head", head, "--want", "3", "--budget", str(options.seconds), "--warmup", "2", "--json", record]
        environment = {**os.environ, "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"} if head == "gather" else None
        subprocess.run(arguments, check=True, cwd=os.path.dirname(options.torch), env=environment, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        return json.loads(open(record).read().splitlines()[-1])


def peak():
    with tempfile.TemporaryDirectory() as folder:
        program = os.path.join(folder, "peak")
        subprocess.run(["cc", "-O3", "-march=native", os.path.join(HERE, "peak.c"), "-o", program], check=True)
        return [float(x) for x in subprocess.run([program], check=True, capture_output=True, text=True).stdout.split()]


def measure(options):
    threads = int(os.environ.get("THREADS", os.cpu_count()))
    limits = dict(zip(("fp32", "bf16"), (threads * x for x in peak())))
    print(f"Peak of {threads} threads: {limits['fp32']:.0f} GFLOP/s in fp32, {limits['bf16']:.0f} in bf16.\n")
    print("| model, length, batch | precision | tokens/s | GFLOP/s (of peak) | memory | PyTorch tuned | ratio | memory | of it | stock | ratio |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for case in options.cases or CASES:
        for precision in options.precisions:
            mine, tuned, stock = [], collections.defaultdict(list), []
            for _ in range(options.rounds):
                mine.append(ours(case, precision, options.seconds))
                if not options.torch: continue
                for mode in MODES[precision]: tuned[mode].append(torch(options, case, mode, "gather"))
                if options.stock and case.split()[1] == "128": stock.append(torch(options, case, precision + "-sdpa", "full"))
            print(row(case, precision, mine, tuned, stock, limits), flush=True)


def median(records, key): return statistics.median(r[key] for r in records)


def row(case, precision, mine, tuned, stock, limits):
    speed, memory = median(mine, "tokens_per_second"), median(mine, "peak_memory_bytes") / 1e9
    rate = median(mine, "gflops")
    cells = [case, precision, f"{speed:,.0f}", f"{rate:.0f} ({100 * rate / limits[precision]:.0f} %)" if limits[precision] else f"{rate:.0f}",
             f"{memory:.2f} GB"]
    if tuned:
        best = max(tuned.values(), key=lambda records: median(records, "tok_s"))
        theirs, size = median(best, "tok_s"), median(best, "rss_gb")
        cells += [f"{theirs:,.0f}", f"{speed / theirs:.2f}", f"{size:.2f} GB", f"{100 * memory / size:.0f} %"]
    else: cells += ["", "", "", ""]
    cells += [f"{median(stock, 'tok_s'):,.0f}", f"{speed / median(stock, 'tok_s'):.1f}"] if stock else ["", ""]
    return "| " + " | ".join(cells) + " |"


KINDS = [("products", r"^tile_|^product_|\[JIT\]|sgemm|gemm"), ("packing", r"^pack_right|memmove|memcpy"), ("attention softmax", r"^softmax|^max_of"),
         ("LayerNorm, residual, dropout", r"norm|^dropout"), ("activation, bias", r"^bias_|activation|piece"),
         ("cross entropy", r"^cross_entropy"), ("optimiser, clipping", r"^adamw|^sum_of_squares|^scale|^lamb|^apply"),
         ("embeddings", r"^embed"), ("bias and norm sums", r"^column_sums|^add_"), ("conversion", r"bf16_"),
         ("waiting", r"sched|syscall|WorkerPool"), ("page faults", r"clear_page|fault|memset")]


def profile(options):
    """The share of each kind of kernel, from samples of perf after the first seconds."""
    if not shutil.which("perf"): sys.exit("engine.py: --profile needs perf")
    with tempfile.TemporaryDirectory() as folder:
        data = os.path.join(folder, "data")
        subprocess.run(["perf", "record", "-q", "-D", str(int(1000 * options.delay)), "-o", data, OURS, *options.profile], check=True,
                       env={**os.environ, "SECONDS_OF_RUN": str(options.delay + options.seconds)}, stderr=subprocess.DEVNULL)
        report = subprocess.run(["perf", "report", "-i", data, "--stdio", "-F", "overhead,symbol"], capture_output=True, text=True).stdout
    shares = collections.Counter()
    for line in report.splitlines():
        found = re.match(r"\s+([\d.]+)%\s+\[.\] (\S+)|\s+([\d.]+)%\s+\[k\] (\S+)", line)
        if not found: continue
        share, symbol = float(found[1] or found[3]), found[2] or found[4]
        shares[next((kind for kind, pattern in KINDS if re.search(pattern, symbol)), "other")] += share
    print("| kernels | share |\n| --- | --- |")
    for kind, share in shares.most_common(): print(f"| {kind} | {share:.1f} % |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--torch", help="PyTorch's script"); parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--rounds", type=int, default=3); parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--cases", nargs="*", help="such as 'tiny 128 32'"); parser.add_argument("--stock", action="store_true")
    parser.add_argument("--precisions", nargs="*", default=["fp32", "bf16"]); parser.add_argument("--delay", type=float, default=10)
    parser.add_argument("--profile", nargs=4, metavar=("MODEL", "LENGTH", "BATCH", "PRECISION"))
    options = parser.parse_args()
    if options.torch: options.torch = os.path.abspath(options.torch)
    profile(options) if options.profile else measure(options)
