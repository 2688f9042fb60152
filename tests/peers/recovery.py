#!/usr/bin/env python3
"""Robust PCA by the inexact augmented Lagrange multiplier method, on the matrices of the recovery benchmark.

Z. Lin, M. Chen, Y. Ma, The augmented Lagrange multiplier method for exact recovery of corrupted low-rank matrices, 2010, with
its default parameters: lambda = 1 / sqrt(n f) for a share f of seen entries, mu = 1.25 / |D|_2, rho = 1.5. Needs numpy.
Writes tests/data/recovery/inexact_alm.json: how many of 20 matrices came back to 1e-4 (generous: the benchmark asks 1e-6 of
tinysolve), the median error and the median of the iterations.
"""

import json
import math
import pathlib

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
MASK = (1 << 64) - 1
RIGHT = 1e-4


class Random:
    """SplitMix64 and Box-Muller, as in tests/src/recovery.rs."""

    def __init__(self, seed):
        self.state = seed

    def unit(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return (((z ^ (z >> 31)) >> 12) + 0.5) / (1 << 52)

    def normal(self):
        radius = math.sqrt(-2 * math.log(self.unit()))
        return radius * math.cos(math.tau * self.unit())


def grid(n, rank, seen, spoilt, seed):
    random = Random(seed)
    left = np.array([random.normal() for _ in range(n * rank)]).reshape(n, rank)
    right = np.array([random.normal() for _ in range(n * rank)]).reshape(n, rank)
    exact = left @ right.T / math.sqrt(rank)
    values, mask = exact.copy(), np.zeros((n, n), bool)
    spread = exact.std()
    for i in range(n):
        for j in range(n):
            is_seen, hit, outlier = random.unit() < seen, random.unit() < spoilt, random.normal()
            mask[i, j] = is_seen
            if hit:
                values[i, j] += 10 * spread * outlier
    return exact, values, mask


def inexact_alm(data, mask, tolerance=1e-7, limit=1000):
    """Entries that are not seen are free in the sparse part."""
    d = data * mask
    rows, columns = d.shape
    weight = 1 / math.sqrt(max(rows, columns) * mask.mean())
    norm = np.linalg.norm(d, 2)
    y = d / max(norm, np.abs(d).max() / weight)
    mu, rho = 1.25 / norm, 1.5
    most = mu * 1e7
    sparse = np.zeros_like(d)
    for iteration in range(1, limit + 1):
        u, s, v = np.linalg.svd(d - sparse + y / mu, full_matrices=False)
        low = (u * np.maximum(s - 1 / mu, 0)) @ v
        gap = d - low + y / mu
        sparse = np.where(mask, np.sign(gap) * np.maximum(np.abs(gap) - weight / mu, 0), gap)
        residual = d - low - sparse
        y += mu * residual
        mu = min(mu * rho, most)
        if np.linalg.norm(residual) <= tolerance * np.linalg.norm(d):
            break
    return low, iteration


CASES = [
    (3, 1, 0.1), (3, 1, 0.3), (3, 1, 0.4), (3, 1, 0.45), (3, 1, 0.5), (3, 0.6, 0.1), (3, 0.6, 0.2), (3, 0.6, 0.3),
    (3, 0.3, 0), (3, 0.3, 0.1), (5, 1, 0.3),
]

table = {}
for rank, seen, spoilt in CASES:
    errors, iterations = [], []
    for seed in range(20):
        exact, values, mask = grid(50, rank, seen, spoilt, seed)
        low, count = inexact_alm(values, mask)
        errors.append(np.linalg.norm(low - exact) / np.linalg.norm(exact))
        iterations.append(count)
    name = f"50x50 r={rank} seen={seen:g} p={spoilt:g}"
    table[name] = {
        "right": sum(bool(error < RIGHT) for error in errors),
        "median_error": float(f"{np.median(errors):.3g}"),
        "median_iterations": float(np.median(iterations)),
    }
    print(name, table[name], flush=True)
path = ROOT / "tests/data/recovery/inexact_alm.json"
path.parent.mkdir(parents=True, exist_ok=True)
path.write_text(json.dumps(table, indent=2) + "\n")
