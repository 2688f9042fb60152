"""Trains the gates of tinysolve's cycle for varying coefficients and A + c I, as `dcd.py` does for constant ones.

    python varying.py                       # some minutes
    python varying.py --steps 6 --check     # some seconds: fails unless the loss falls

The library keeps none of these gates: on average a step gains two per cent by them, and no solve takes an iteration less than
with the gates set by hand. The table says so.

Problems: materials whose conductivities differ by up to 100, in discs and boxes; at each face the harmonic mean, a part of
the faces half closed, some walls; every second one with a shift of 0.001 to 1 times the conductivity. The gates are looked up
by the sum of weights over the largest, and the finest level is one of all cells.
"""

import argparse
import time

import numpy as np
import scipy.sparse.linalg as sla
import torch
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

import baselines
import dcd


def problem(n, rng):
    """Levels, the first with all cells of an n x n square; shares are cells of the finest level."""
    y, x = np.mgrid[0:n, 0:n]
    k = np.ones((n, n))
    contrast = 10 ** rng.uniform(0, 2)
    for _ in range(rng.integers(1, 9)):
        (cy, cx), size, value = rng.uniform(0, n, 2), rng.uniform(0.05, 0.3) * n, contrast ** -rng.uniform(0, 1)
        inside = (y - cy) ** 2 + (x - cx) ** 2 < size**2 if rng.random() < 0.5 else (abs(y - cy) < size) & (abs(x - cx) < size / 2)
        k[inside] = value
    fluid = dcd.layout(n, rng) if rng.random() < 0.5 else np.ones((n, n), bool)
    east, up = dcd.faces(fluid)
    east[:, :-1] *= 2 / (1 / k[:, :-1] + 1 / k[:, 1:])
    up[1:] *= 2 / (1 / k[1:] + 1 / k[:-1])
    for face in (east, up):
        face[rng.random((n, n)) < rng.choice([0, 0.1])] *= 0.5
    shift = 0.0 if rng.random() < 0.5 else 10 ** rng.uniform(-3, 0)
    index = -np.ones((n, n), int)
    y, x = np.nonzero(fluid)
    index[y, x] = np.arange(len(y))
    a, b = east[:, :-1] > 0, up[1:] > 0
    pairs = np.concatenate([np.stack([index[:, :-1][a], index[:, 1:][a]]), np.stack([index[1:][b], index[:-1][b]])], axis=1)
    weight = np.concatenate([east[:, :-1][a], up[1:][b]])
    open_weight, share, size, out = np.where(y == 0, 2 * k[y, x], 0.0), np.ones(len(y)), n, []
    while True:
        level = dict(n=len(y), red=(y + x) % 2 == 0, pairs=pairs, weight=weight, open=open_weight + shift * share)
        out.append(level)
        if size <= 2:
            return out
        by, bx = y // 2, x // 2
        key = by * 65536 + bx
        inside = key[pairs[0]] == key[pairs[1]]
        graph = csr_matrix((np.ones(inside.sum()), (pairs[0][inside], pairs[1][inside])), shape=(len(y),) * 2)
        count, parent = connected_components(graph, directed=False)
        level["parent"] = parent
        ends = parent[pairs[:, ~inside]]
        edge, inverse = np.unique(ends.min(0) * count + ends.max(0), return_inverse=True)
        weight = 0.5 * np.bincount(inverse, weight[~inside], minlength=len(edge))
        pairs = np.stack([edge // count, edge % count])
        open_weight, share = 0.5 * np.bincount(parent, open_weight, minlength=count), np.bincount(parent, share, minlength=count)
        y2, x2 = np.zeros(count, int), np.zeros(count, int)
        y2[parent], x2[parent] = by, bx
        y, x, size = y2, x2, (size + 1) // 2


class Varying(dcd.Cycle):
    """The finest level is level 1 of the library's, and all of it is in the system."""

    def prepare(self, graphs):
        ready = []
        for number, level in enumerate(graphs.levels):
            row = min(number + 1, 2)
            weight, excess, i, j = level["weight"], level["open"], level["i"], level["j"]
            d = excess.index_add(0, i, weight).index_add(0, j, weight)
            largest = excess.scatter_reduce(0, i, weight, "amax").scatter_reduce(0, j, weight, "amax")
            place = d / largest.clamp(min=1e-12)
            black = torch.cat([self.black[row, :4], torch.ones(1, dtype=d.dtype)])
            gate = (1 - level["red"]) * dcd.table(place, black) + level["red"] * dcd.table(place, self.red[row])
            inverse = torch.where(d > 0, 1 / d.clamp(min=1e-12), torch.zeros_like(d))
            ready.append((weight, d, gate.clamp(0.15, 1.8) * inverse, inverse))
        return ready

    def forward(self, graphs, ready, r, number=0):
        level, (_, _, gate, inverse), row = graphs.levels[number], ready[number], min(number + 1, 2)
        residual = lambda x: r - self.product(graphs, ready, number, x)
        if number == len(graphs.levels) - 1:
            x = inverse * r
            for _ in range(6):
                x = x + 0.8 * inverse * residual(x)
            return x
        red, black = level["red"], 1 - level["red"]
        x = red * gate * r
        x = x + black * gate * residual(x)
        t = torch.zeros(graphs.levels[number + 1]["n"], dtype=r.dtype).index_add(0, level["parent"], residual(x))
        c = self.forward(graphs, ready, t, number + 1)
        if number + 2 < len(graphs.levels):
            again = t - self.product(graphs, ready, number + 1, c)
            c = c + self.second[row].clamp(0, 2.25) * self.forward(graphs, ready, again, number + 1)
        x = x + self.correction[row].clamp(-1, 1) ** 2 * c[level["parent"]]
        x = x + black * gate * residual(x)
        return x + red * gate * residual(x)


def solve(cycle, graphs, b, steps, exact=None, tolerance=None):
    """As that of `dcd.py`, on the whole system."""
    ready = cycle.prepare(graphs)
    product = lambda x: cycle.product(graphs, ready, 0, x)
    x, r, before, norm, out = torch.zeros_like(b), b, None, graphs.dot(b, b).sqrt(), []
    if exact is not None:
        out.append(graphs.dot(exact, product(exact)))
    first = torch.full((graphs.count,), 9999)
    for step in range(1, steps + 1):
        z = cycle(graphs, ready, r)
        if before is not None:
            p, q, curvature = before
            z = z - graphs.spread(graphs.dot(z, q) / curvature) * p
        q = product(z)
        curvature = graphs.dot(z, q).clamp(min=1e-30)
        alpha = graphs.spread(graphs.dot(r, z) / curvature)
        x, r, before = x + alpha * z, r - alpha * q, (z, q, curvature)
        if exact is not None:
            out.append(graphs.dot(exact - x, product(exact - x)))
        if tolerance:
            first[(graphs.dot(r, r).sqrt() / norm < tolerance) & (first == 9999)] = step
    return first.numpy() if tolerance else out


def train(steps, seed, counts, rate=0.02):
    rng, data = np.random.default_rng(seed), []
    for n, count in counts:
        for _ in range(count):
            hierarchy = problem(n, rng)
            b = rng.normal(size=(3, hierarchy[0]["n"]))
            b[1:] = np.cumsum(b[1:], axis=1) - np.cumsum(b[1:], axis=1).mean(1, keepdims=True)
            factor = sla.splu(dcd.matrix(hierarchy[0]))
            data.append((n, hierarchy, [(v / np.linalg.norm(v), factor.solve(v / np.linalg.norm(v))) for v in b]))
    cycle = Varying()

    def loss_of(batch):
        graphs = dcd.Graphs([hierarchy for _, hierarchy, _ in batch], torch.float64)
        picked = [problems[int(rng.integers(3))] for _, _, problems in batch]
        b, exact = (torch.tensor(np.concatenate([p[k] for p in picked])) for k in (0, 1))
        norms = solve(cycle.double(), graphs, b, 6, exact)
        return 0.5 * torch.log10((norms[-1] / norms[0]).clamp(min=1e-20)).mean() / 6

    fixed, rng, sizes = data[:12], np.random.default_rng(seed), sorted({n for n, _, _ in data})
    with torch.no_grad():
        before = float(loss_of(fixed))
    cycle = cycle.double()
    optimiser, start = torch.optim.Adam(cycle.parameters(), lr=rate), time.time()
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = rate * (0.02 + 0.49 * (1 + np.cos(np.pi * step / steps)))
        n = sizes[int(rng.integers(len(sizes)))]
        pool = [entry for entry in data if entry[0] == n]
        loss = loss_of([pool[k] for k in rng.choice(len(pool), min(len(pool), 256 // n), replace=False)])
        optimiser.zero_grad()
        loss.backward()
        if torch.isfinite(torch.nn.utils.clip_grad_norm_(cycle.parameters(), 1.0)):
            optimiser.step()
    rng = np.random.default_rng(seed)
    with torch.no_grad():
        after = float(loss_of(fixed))
    print(f"loss on {len(fixed)} problems: {before:.4f} before, {after:.4f} after {steps} steps, {time.time() - start:.0f} s")
    return cycle, (before, after)


def report(cycle, sizes=(32, 64), count=12, seed=777):
    for n in sizes:
        rng = np.random.default_rng(seed + n)
        hierarchies = [problem(n, rng) for _ in range(count)]
        rights = [rng.normal(size=h[0]["n"]) for h in hierarchies]
        rows = list(baselines.rows(hierarchies, rights, ("CG", "IC(0)-PCG", "MIC(0)-PCG", "SSOR-PCG")))
        graphs = dcd.Graphs(hierarchies, torch.float64)
        b = torch.tensor(np.concatenate(rights))
        with torch.no_grad():
            for name, which in (("cycle, hand set", Varying().double()), ("cycle, trained", cycle)):
                its = solve(which, graphs, b, 60, tolerance=1e-6)
                rows.append((name, its, its * np.array([baselines.whole_cycle_work(h) / h[0]["n"] for h in hierarchies])))
        for name, its, work in rows:
            print(f"{n} x {n}, {name}: {np.median(its):.0f} iterations to 1e-6, worst {its.max()}, {np.median(work):.0f} multiply-adds a cell")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    cycle, losses = train(arguments.steps, 0, [(16, 12)] if arguments.check else [(32, 80), (64, 24)])
    if arguments.check:
        assert losses[1] < losses[0], "the loss did not fall"
        return
    print({name: np.round(value, 3).tolist() for name, value in cycle.gates().items()})
    report(cycle)


if __name__ == "__main__":
    main()
