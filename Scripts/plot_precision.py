#!/usr/bin/env python3
"""Draws docs/images/precision.svg: training losses of runs that differ in precision or in seed alone, and their differences.

  tessera pretrain shards/ --model mini --steps 500 --seed 1 --precision fp32 --output fp32
  tessera pretrain shards/ --model mini --steps 500 --seed 1 --precision bf16 --output bf16
  tessera pretrain shards/ --model mini --steps 500 --seed 2 --precision fp32 --output other-seed
  python3 Scripts/plot_precision.py fp32 bf16 other-seed --output docs/images/precision.svg

Curves are means over 20 steps. Above: the three losses. Below: bf16 less fp32 (same seed), and the other seed less fp32.
"""
import argparse, json, os


def losses(run):
    records = [json.loads(line) for line in open(os.path.join(run, "metrics.jsonl"))]
    return [r["loss"] for r in records if "loss" in r]


def smooth(values, width=20):
    return [sum(values[max(0, i - width + 1):i + 1]) / len(values[max(0, i - width + 1):i + 1]) for i in range(len(values))]


def curve(values, box, low, high, colour):
    x0, y0, w, h = box
    points = " ".join(f"{x0 + w * i / (len(values) - 1):.1f},{y0 + h - h * (v - low) / (high - low):.1f}" for i, v in enumerate(values))
    return f'<polyline fill="none" stroke="{colour}" stroke-width="1.5" points="{points}"/>'


def frame(box, low, high, steps, title):
    x0, y0, w, h = box
    out = [f'<rect x="{x0}" y="{y0}" width="{w}" height="{h}" fill="none" stroke="#999"/>',
           f'<text x="{x0}" y="{y0 - 6}" font-size="13">{title}</text>']
    for i in range(5):
        y = y0 + h - h * i / 4
        out += [f'<line x1="{x0}" x2="{x0 + w}" y1="{y:.1f}" y2="{y:.1f}" stroke="#e4e4e4"/>',
                f'<text x="{x0 - 6}" y="{y + 4:.1f}" font-size="11" text-anchor="end">{low + (high - low) * i / 4:.2f}</text>']
    for i in range(6):
        out.append(f'<text x="{x0 + w * i / 5:.1f}" y="{y0 + h + 16}" font-size="11" text-anchor="middle">{steps * i // 5}</text>')
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("fp32"); parser.add_argument("bf16"); parser.add_argument("other"); parser.add_argument("--output", required=True)
    options = parser.parse_args()
    single, half, other = (smooth(losses(run)) for run in (options.fp32, options.bf16, options.other))
    steps = len(single)
    top, bottom = (60, 30, 620, 260), (60, 340, 620, 160)
    low, high = min(single + half + other), max(single + half + other)
    gaps = [[a - b for a, b in zip(x, single)] for x in (half, other)]
    reach = max(abs(v) for gap in gaps for v in gap) * 1.1
    svg = ['<svg xmlns="http://www.w3.org/2000/svg" width="710" height="540" font-family="sans-serif">',
           '<rect width="710" height="540" fill="white"/>']
    svg += frame(top, low, high, steps, "Loss by step: fp32 (blue), bf16 (red), fp32 with another seed (grey)")
    svg += [curve(v, top, low, high, c) for v, c in ((other, "#aaa"), (single, "#1f5fbf"), (half, "#c8322d"))]
    svg += frame(bottom, -reach, reach, steps, "Less fp32: bf16 of the same seed (red), another seed (grey)")
    svg += [curve(g, bottom, -reach, reach, c) for g, c in ((gaps[1], "#aaa"), (gaps[0], "#c8322d"))]
    svg.append("</svg>")
    os.makedirs(os.path.dirname(options.output) or ".", exist_ok=True)
    open(options.output, "w").write("\n".join(svg) + "\n")
    spread = [(sum(x * x for x in g[20:]) / len(g[20:])) ** 0.5 for g in gaps]
    print(f"root mean square of the difference after step 20: bf16 {spread[0]:.4f}, another seed {spread[1]:.4f}; "
          f"last means: fp32 {single[-1]:.4f}, bf16 {half[-1]:.4f}, another seed {other[-1]:.4f}")


main()
