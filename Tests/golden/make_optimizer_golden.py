#!/usr/bin/env python3
"""Writes Tests/TrainingTests/OptimizerGolden.swift: three steps of AdamW and LAMB in numpy float64.

    python3 Tests/golden/make_optimizer_golden.py > Tests/TrainingTests/OptimizerGolden.swift

The inputs come from an integer formula that the test repeats: multiples of 2^-16, exact in single precision.
"""
import numpy as np

SIZES, DECAYS, SAMPLES, RATES = [70000, 7, 300], [True, False, True], 4, [5e-4, 1e-3, 8.75e-4]
B1, B2, EPS, DECAY, CLIP = 0.9, 0.999, 1e-6, 0.01, 1.0


def fill(count, salt):
    i = np.arange(count, dtype=np.uint64)
    return ((i * 40503 + salt * 9973 + (i * i % 8191) * 77) % 65536).astype(np.float64) / 65536 - 0.5


def run(kind, excludes=False):
    w = [fill(n, 1 + k) for k, n in enumerate(SIZES)]
    m, v = [np.zeros(n) for n in SIZES], [np.zeros(n) for n in SIZES]
    norms, ratios = [], [1.0] * 3
    for t, rate in enumerate(RATES, 1):
        g = [fill(n, 100 * t + k) / 64 for k, n in enumerate(SIZES)]
        norm = float(np.sqrt(sum((x * x).sum() for x in g)))
        norms.append(norm)
        factor = min(1.0, CLIP / (norm + 1e-6))
        for k in range(3):
            x = g[k] * factor
            m[k] = B1 * m[k] + (1 - B1) * x
            v[k] = B2 * v[k] + (1 - B2) * x * x
            r = (m[k] / (1 - B1**t)) / (np.sqrt(v[k] / (1 - B2**t)) + EPS)
            decay = DECAY if DECAYS[k] else 0.0
            if kind == "adamw":
                w[k] = w[k] * (1 - rate * decay) - rate * r
            else:
                u = r + decay * w[k]
                a, b = np.linalg.norm(w[k]), np.linalg.norm(u)
                ratios[k] = 1.0 if a == 0 or b == 0 or (excludes and not DECAYS[k]) else float(a / b)
                w[k] = w[k] - rate * ratios[k] * u
    pick = lambda tensors: [[float(x[(len(x) - 1) * s // (SAMPLES - 1)]) for s in range(SAMPLES)] for x in tensors]
    return pick(w), pick(m), pick(v), norms, ratios


print("// Made by Tests/golden/make_optimizer_golden.py (numpy, float64); do not edit.\n")
print("struct OptimizerGolden {\n    var weights, first, second: [[Double]]\n    var norms, ratios: [Double]\n")
for name, arguments in [("adamw", ("adamw",)), ("lamb", ("lamb",)), ("lambExcluding", ("lamb", True))]:
    print(f"    static let {name} = OptimizerGolden(")
    labels = ["weights", "first", "second", "norms", "ratios"]
    for label, value in zip(labels, run(*arguments)):
        rows = value if isinstance(value[0], list) else None
        if rows:
            body = ",\n".join("            " + repr(row) for row in rows)
            print(f"        {label}: [\n{body},\n        ],")
        else:
            print(f"        {label}: {value!r}" + ("," if label != "ratios" else ")"))
    print()
print("}")
