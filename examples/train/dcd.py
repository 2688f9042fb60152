"""Trains the gates of tinysolve's multigrid cycle, and a small network of the published form, and writes containers.

    python dcd.py --out gates.bin --rust trained.rs --golden cycle_32.bin   # some minutes; numpy, scipy, torch, one thread
    python dcd.py --weights gates.bin --network direction.bin --network-golden DIRECTORY      # the network, some minutes
    python dcd.py --steps 10 --check [--network-golden DIRECTORY]           # some seconds: fails unless the losses fall
    python dcd.py --weights gates.bin --plot dcd.svg    # the table and a plot (matplotlib), of gates that are there

The library keeps what the first line writes: examples/train/gates.bin, core/src/linear/cycle/trained.rs and
tests/data/dcd/cycle_32.bin.

Steps are counted, not timed, and all random numbers are seeded: the same versions of the libraries on the same kind of
processor write the same bytes.

The cycle is the graph form of the library's: a coarse node is a connected part of a 2 x 2 block, gates are tables over
the sum of weights d. The loss is that of six steps of the real solver, mean log10 of the A-norm of the error, which
needs the exact solution of each training problem (sparse LU).
"""

import argparse
import json
import struct
import time
import zlib

import numpy as np
import scipy.sparse as sp
import scipy.sparse.linalg as sla
import torch
from scipy import ndimage
from scipy.sparse.csgraph import connected_components

import baselines
from network import Network, golden as network_golden, iterations, laplacian, ritz_vectors, samples, train as fit

torch.set_num_threads(1)
NAMES = ("black", "red", "correction", "strength", "second")
RANGES = dict(black=(0.15, 1.8), red=(0.15, 1.8), correction=(-1, 1), strength=(-0.9, 0.9), second=(0, 2.25))


# Layouts: open at y = 0, closed elsewhere.
def seal(fluid):
    label, _ = ndimage.label(fluid)
    keep = np.unique(label[0][fluid[0]])
    return np.isin(label, keep[keep > 0])


def layout(n, rng):
    while True:
        fluid = np.ones((n, n), bool)
        y, x = np.mgrid[0:n, 0:n]
        target = rng.uniform(0.05, 0.35)
        for _ in range(200):
            if 1 - fluid.mean() >= target:
                break
            kind, (cy, cx), size = rng.integers(3), rng.uniform(0, n, 2), rng.uniform(0.04, 0.16) * n
            if kind == 0:
                fluid &= (y - cy) ** 2 + (x - cx) ** 2 >= size**2
            elif kind == 1:
                a, b = size * rng.uniform(0.3, 1.6, 2)
                fluid &= (abs(y - cy) >= a) | (abs(x - cx) >= b)
            else:
                thick, (sy, sx) = max(1, 0.35 * size), rng.choice([-1, 1], 2)
                up, along = sy * (y - cy), sx * (x - cx)
                fluid &= ~((up >= 0) & (up < 2 * size) & (abs(x - cx) <= thick))
                fluid &= ~((along >= 0) & (along < 2 * size) & (abs(y - cy) <= thick))
        style = rng.random()
        if style < 0.25:  # porous
            fluid &= rng.random((n, n)) >= rng.uniform(0, 0.15)
        elif style < 0.5:  # walls one cell thin
            for _ in range(rng.integers(1, 4)):
                at, start, length = rng.integers(n), rng.integers(n), int(n * rng.uniform(0.2, 0.8))
                wall = np.zeros((n, n), bool)
                wall[at, start : start + length] = True
                fluid &= ~(wall if rng.random() < 0.5 else wall.T)
        fluid = seal(fluid)
        if 0.5 < fluid.mean() < 0.97 and fluid[0].any():
            return fluid


def faces(fluid):
    """Face to the cell at x + 1, and to the cell at y - 1 (open beyond y = 0)."""
    east, up = np.zeros(fluid.shape), np.zeros(fluid.shape)
    east[:, :-1] = fluid[:, :-1] & fluid[:, 1:]
    up[1:] = fluid[1:] & fluid[:-1]
    up[0] = fluid[0]
    return east, up


def divergence(fluid, rng):
    n = len(fluid)
    y, x = np.mgrid[0:n, 0:n] / n

    def field():
        f = np.zeros((n, n))
        for _ in range(4):
            ky, kx = rng.uniform(-3, 3, 2)
            f += rng.normal() * np.cos(2 * np.pi * (ky * y + kx * x) + rng.uniform(0, 6.28))
        return f / max(f.std(), 1e-9) + rng.choice([0, 0.1, 0.3, 1.0]) * rng.normal(size=(n, n))

    east, up = faces(fluid)
    u, v = field() * east, field() * up
    b = u + v
    b[:, 1:] -= u[:, :-1]
    b[:-1] -= v[1:]
    return b / np.linalg.norm(b)


def levels(fluid, plain=False):
    """Nodes, red ones, edges with weights, open weights and parents of every level; plain: a block is one node."""
    east, up = faces(fluid)
    index = -np.ones(fluid.shape, int)
    y, x = np.nonzero(fluid)
    index[y, x] = np.arange(len(y))
    a, b = east[:, :-1] > 0, up[1:] > 0
    pairs = np.concatenate(
        [np.stack([index[:, :-1][a], index[:, 1:][a]]), np.stack([index[1:][b], index[:-1][b]])], axis=1
    )
    weight, open_weight, out, size = np.ones(pairs.shape[1]), (y == 0).astype(float), [], len(fluid)
    while True:
        level = dict(n=len(y), red=(y + x) % 2 == 0, pairs=pairs, weight=weight, open=open_weight)
        out.append(level)
        if size <= 2:
            return out
        by, bx = y // 2, x // 2
        key = by * 65536 + bx
        inside = key[pairs[0]] == key[pairs[1]]
        graph = sp.csr_matrix((np.ones(inside.sum()), (pairs[0][inside], pairs[1][inside])), shape=(len(y),) * 2)
        count, parent = connected_components(graph, directed=False)
        if plain:
            blocks, parent = np.unique(key, return_inverse=True)
            count = len(blocks)
        level["parent"] = parent
        ends = parent[pairs[:, ~inside]]
        low, high = ends.min(0), ends.max(0)
        edge, inverse = np.unique(low * count + high, return_inverse=True)
        weight = 0.5 * np.bincount(inverse, weight[~inside], minlength=len(edge))
        pairs = np.stack([edge // count, edge % count])
        open_weight = 0.5 * np.bincount(parent, open_weight, minlength=count)
        y2, x2 = np.zeros(count, int), np.zeros(count, int)
        y2[parent], x2[parent] = by, bx
        y, x, size = y2, x2, (size + 1) // 2


def matrix(level):
    i, j = level["pairs"]
    n, w = level["n"], level["weight"]
    d = level["open"] + np.bincount(i, w, n) + np.bincount(j, w, n)
    return sp.csc_matrix((np.r_[-w, -w, d], (np.r_[i, j, np.arange(n)], np.r_[j, i, np.arange(n)])), shape=(n, n))


class Graphs:
    """Several hierarchies as one."""

    def __init__(self, hierarchies, dtype):
        self.count = len(hierarchies)
        self.levels = []
        for number in range(len(hierarchies[0])):
            here = [h[number] for h in hierarchies]
            offsets = np.cumsum([0] + [l["n"] for l in here])
            real = lambda key: torch.tensor(np.concatenate([np.asarray(l[key], float) for l in here]), dtype=dtype)
            pairs = torch.tensor(np.concatenate([l["pairs"] + o for l, o in zip(here, offsets)], axis=1))
            level = dict(n=int(offsets[-1]), red=real("red"), weight=real("weight"), open=real("open"), i=pairs[0], j=pairs[1])
            level["of"] = torch.tensor(np.repeat(np.arange(self.count), np.diff(offsets)))
            if number + 1 < len(hierarchies[0]):
                above = np.cumsum([0] + [h[number + 1]["n"] for h in hierarchies])
                level["parent"] = torch.tensor(np.concatenate([l["parent"] + o for l, o in zip(here, above)]))
            self.levels.append(level)

    def dot(self, a, b):
        return torch.zeros(self.count, dtype=a.dtype).index_add(0, self.levels[0]["of"], a * b)

    def spread(self, values):
        return values[self.levels[0]["of"]]


def neighbours(level, weight, x):
    out = torch.zeros_like(x).index_add(0, level["i"], weight * x[level["j"]])
    return out.index_add(0, level["j"], weight * x[level["i"]])


def table(d, row):
    d = d.clamp(0, 4)
    low = d.floor().clamp(max=3)
    part, low = d - low, low.long()
    return (1 - part) * row[low] + part * row[low + 1]


class Cycle(torch.nn.Module):
    def __init__(self, gates=None):
        super().__init__()
        start = gates or dict(black=np.ones((3, 5)), red=np.ones((3, 5)), correction=np.ones(3), strength=np.zeros(3), second=np.ones(3))
        for name in NAMES:
            setattr(self, name, torch.nn.Parameter(torch.tensor(np.asarray(start[name]), dtype=torch.float32)))

    def gates(self):
        """As numbers, inside ranges within which the library does not clamp."""
        return {name: np.clip(getattr(self, name).detach().numpy().astype(float), *RANGES[name]) for name in NAMES}

    def prepare(self, graphs):
        ready = []
        for number, level in enumerate(graphs.levels):
            row = min(number, 2)
            weight, open_weight = level["weight"], level["open"]
            if number:
                strength = self.strength[min(number - 1, 2)].clamp(-0.9, 0.9)
                weight, open_weight = (w * (1 + strength * (1 - w)) for w in (weight, open_weight))
            d = open_weight.index_add(0, level["i"], weight).index_add(0, level["j"], weight)
            black = torch.cat([self.black[row, :4], torch.ones(1, dtype=d.dtype)])
            gate = (1 - level["red"]) * table(d, black) + level["red"] * (table(d, self.red[row]) if number else 1.0)
            inverse = torch.where(d > 0, 1 / d.clamp(min=1e-6), torch.zeros_like(d))
            ready.append((weight, d, gate.clamp(0.15, 1.8) * inverse, inverse))
        return ready

    def product(self, graphs, ready, number, x):
        weight, d = ready[number][:2]
        return d * x - neighbours(graphs.levels[number], weight, x)

    def forward(self, graphs, ready, r, number=0):
        level, (weight, d, gate, inverse) = graphs.levels[number], ready[number]
        residual = lambda x: r - self.product(graphs, ready, number, x)
        if number == len(graphs.levels) - 1:
            x = inverse * r
            for _ in range(6):
                x = x + 0.8 * inverse * residual(x)
            return x
        red, black, row = level["red"], 1 - level["red"], min(number, 2)
        if number == 0:
            x = black * gate * r
        else:
            x = red * gate * r
            x = x + black * gate * residual(x)
        above = graphs.levels[number + 1]
        t = torch.zeros(above["n"], dtype=r.dtype).index_add(0, level["parent"], residual(x))
        c = self.forward(graphs, ready, t, number + 1)
        if number >= 1 and number + 2 < len(graphs.levels):
            again = t - self.product(graphs, ready, number + 1, c)
            c = c + self.second[row].clamp(0, 2.25) * self.forward(graphs, ready, again, number + 1)
        x = x + self.correction[row].clamp(-1, 1) ** 2 * c[level["parent"]]
        x = x + black * gate * residual(x)
        if number == 0:
            return black * x + red * inverse * neighbours(level, weight, black * x)
        return x + red * gate * residual(x)


def solve(cycle, graphs, b, steps, exact=None, tolerance=None):
    """Steps of the reduced method, flexible: A-norms of the error, or the first step below the tolerance."""
    ready = cycle.prepare(graphs)
    red = graphs.levels[0]["red"]
    product = lambda x: cycle.product(graphs, ready, 0, x)
    x = red * ready[0][3] * b
    norm = graphs.dot(b, b).sqrt()
    r = b - product(x)
    before, out = None, []
    if exact is not None:
        out.append(graphs.dot(exact - x, product(exact - x)))
    first = torch.full((graphs.count,), 9999)
    for step in range(1, steps + 1):
        z = cycle(graphs, ready, r)
        if before is not None:
            p, q, curvature = before
            z = z - graphs.spread(graphs.dot(z, q) / curvature) * p
        q = product(z)
        curvature = graphs.dot(z, q).clamp(min=1e-30)
        alpha = graphs.spread(graphs.dot(r, z) / curvature)
        x, r, before = x + alpha * z, (r - alpha * q) * (1 - red), (z, q, curvature)
        if exact is not None:
            out.append(graphs.dot(exact - x, product(exact - x)))
        if tolerance:
            done = (graphs.dot(r, r).sqrt() / norm < tolerance) & (first == 9999)
            first[done] = step
    return first.numpy() if tolerance else out


def training_set(rng, counts):
    data = []
    for n, count in counts:
        for _ in range(count):
            fluid = layout(n, rng)
            hierarchy = levels(fluid)
            factor, problems = sla.splu(matrix(hierarchy[0])), []
            for _ in range(3):
                b = divergence(fluid, rng)[fluid]
                if rng.random() < 0.2:
                    b = rng.normal(size=len(b))
                    b /= np.linalg.norm(b)
                problems.append((b, factor.solve(b)))
            data.append((n, hierarchy, problems))
    return data


def sizes_of(data):
    return sorted({n for n, _, _ in data})


def train(steps, seed, counts, rate=0.02):
    rng = np.random.default_rng(seed)
    data = training_set(rng, counts)
    sizes = sizes_of(data)
    cycle = Cycle()

    def loss_of(batch):
        graphs = Graphs([hierarchy for _, hierarchy, _ in batch], torch.float32)
        picked = [problems[int(rng.integers(3))] for _, _, problems in batch]
        b, exact = (torch.tensor(np.concatenate([p[k] for p in picked]), dtype=torch.float32) for k in (0, 1))
        norms = solve(cycle, graphs, b, 6, exact)
        return 0.5 * torch.log10((norms[-1] / norms[0]).clamp(min=1e-13)).mean() / 6

    fixed = [entry for entry in data if entry[0] == sizes_of(data)[0]][:12]
    rng = np.random.default_rng(seed)
    with torch.no_grad():
        before = float(loss_of(fixed))
    optimiser = torch.optim.Adam(cycle.parameters(), lr=rate)
    start, losses = time.time(), []
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = rate * (0.02 + 0.49 * (1 + np.cos(np.pi * step / steps)))
        n = sizes[int(rng.integers(len(sizes)))]
        pool = [entry for entry in data if entry[0] == n]
        batch = [pool[k] for k in rng.choice(len(pool), min(len(pool), 320 // n), replace=False)]
        loss = loss_of(batch)
        optimiser.zero_grad()
        loss.backward()
        if torch.isfinite(torch.nn.utils.clip_grad_norm_(cycle.parameters(), 1.0)):
            optimiser.step()
        losses.append(float(loss.detach()))
        if len(losses) % 50 == 0:
            print(f"{len(losses)} steps, {time.time() - start:.0f} s, loss {np.mean(losses[-50:]):.4f}", flush=True)
    rng = np.random.default_rng(seed)
    with torch.no_grad():
        after = float(loss_of(fixed))
    print(f"loss on {len(fixed)} fixed problems: {before:.4f} before, {after:.4f} after {len(losses)} steps")
    return cycle, (before, after)


def container(sections, kind, version=1):
    """Bytes of a container: header, table, sections at multiples of 16."""
    at, table, body = 64 + 16 * len(sections), b"", b""
    at += -at % 16
    for tag, values, kind_of, code in sections:
        data = np.asarray(values, kind_of).tobytes()
        table += struct.pack("<IIIHH", tag, at + len(body), len(data), code, 0)
        body += data + bytes(-len(data) % 16)
    total = at + len(body)
    head = b"TSLV" + struct.pack("<HHHHII", 1, 64, kind, version, total, len(sections))
    rest = bytes(40) + table + body
    return head + struct.pack("<I", zlib.crc32(rest, zlib.crc32(head))) + rest


def flat(gates):
    return np.concatenate([np.ravel(gates[name]) for name in NAMES])


ROWS = [5] * 6 + [3] * 3


def shaped(values):
    """The inverse of `flat`."""
    start, gates, at = Cycle().gates(), {}, 0
    for name in NAMES:
        gates[name] = np.reshape(values[at : at + start[name].size], start[name].shape)
        at += start[name].size
    return gates


def read(data):
    """Rows and scales of a container that `container` made."""
    sections = [struct.unpack_from("<IIIHH", data, 64 + 16 * k) for k in range(2)]
    parts = [data[at : at + length] for _, at, length, _, _ in sections]
    return np.frombuffer(parts[0], np.int8).astype(float), np.frombuffer(parts[1], "<f4")


def quantise(values):
    """Rows of i8 with one scale each."""
    rows, scales, at = [], [], 0
    for length in ROWS:
        row = values[at : at + length]
        scale = max(abs(row).max(), 1e-9) / 127
        rows.append(np.round(row / scale))
        scales.append(scale)
        at += length
    return np.concatenate(rows), np.array(scales, np.float32)


def report(cycle, network=None, sizes=(32, 64), count=12, seed=4242):
    """Iterations and multiply-adds of a fluid cell to 1e-6, the recursive residual, by method and size."""
    table = {}
    for n in sizes:
        rng = np.random.default_rng(seed + n)
        masks = [layout(n, rng) for _ in range(count)]
        rights = [divergence(m, rng)[m] for m in masks]
        graphs = Graphs([levels(m) for m in masks], torch.float32)
        b = torch.tensor(np.concatenate(rights), dtype=torch.float32)
        for name, its, work in baselines.rows([levels(m, plain=True) for m in masks], rights):
            table[n, name] = its, work
        cells = np.array([level["n"] for level in (levels(m)[0] for m in masks)])
        with torch.no_grad():
            for name, which in (("cycle, hand set", Cycle()), ("cycle, trained", cycle)):
                its = solve(which, graphs, b, 40, tolerance=1e-6)
                work = np.array([baselines.cycle_work(levels(m)) for m in masks]) / cells
                table[n, name] = its, its * work
            if network:
                its = []
                for mask, right in zip(masks, rights):
                    grid, fluid = torch.zeros(1, n, n), torch.tensor(mask, dtype=torch.float32)
                    grid[0][torch.tensor(mask)] = torch.tensor(right, dtype=torch.float32)
                    its.append(iterations(lambda r: network(r, fluid), laplacian(fluid), grid, [1e-6], 400)[0])
                table[n, "published network"] = np.array(its), np.array(its) * (network.multiply_adds() + 15) * n * n / cells
    for (n, name), (its, work) in table.items():
        print(f"{n} x {n}, {name}: {np.median(its):.0f} iterations to 1e-6, worst {its.max()}, {np.median(work):.0f} multiply-adds a cell")
    return table


def plot(path, table):
    """Multiply-adds of a cell by method, for each size."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "tinysolve"
    import matplotlib.pyplot as plt

    sizes = sorted({n for n, _ in table})
    names = [name for n, name in table if n == sizes[0]]
    figure, axes = plt.subplots(figsize=(8, 4))
    for k, n in enumerate(sizes):
        places = np.arange(len(names)) + 0.4 * (k - (len(sizes) - 1) / 2)
        axes.barh(places, [np.median(table[n, name][1]) for name in names], 0.38, label=f"{n} x {n}")
    axes.set_yticks(np.arange(len(names)), names)
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.set_xlabel("multiply-adds of a fluid cell to 1e-6, median")
    axes.legend()
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


def published(n, steps, seed, vectors):
    """A network of 8 channels in 2-D, trained on the matrix of an n x n square."""
    torch.manual_seed(seed)
    rng, fluid = np.random.default_rng(seed), np.ones((n, n), bool)
    network = Network(2, 8, (1, 3, 2))
    data = samples(ritz_vectors(matrix(levels(fluid)[0]), vectors, rng), 2000, rng).reshape(-1, n, n)
    start = time.time()
    losses = fit(network, data, torch.tensor(fluid, dtype=torch.float32), steps, 3e-3, rng)
    first, last = np.mean(losses[:10]), np.mean(losses[-10:])
    print(f"network: loss {first:.4f} in the first ten steps, {last:.4f} in the last ten of {steps}, {time.time() - start:.0f} s")
    return network, (first, last)


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)


def write_golden(folder, network):
    """The network in f32 and in bytes, and one in 3-D that was not trained, each with a residual and what it makes of it."""
    torch.manual_seed(3)
    for name, which, sides, as_bytes in (
        ("network_2d", network, (16, 24), False),
        ("network_2d_bytes", network, (16, 24), True),
        ("network_3d", Network(3, 8, (0, 1, 1)), (4, 6, 8), False),
    ):
        # In f64 a byte times its scale is exact.
        which.double()
        write(f"{folder}/{name}.tslv", container(which.sections(as_bytes), 6))
        write(f"{folder}/{name}.bin", network_golden(which, sides, np.random.default_rng(5)))


def rust(path, gates):
    """The same gates as a constant of the library."""
    number = lambda value: np.format_float_positional(np.float32(value), unique=True, trim="0")
    row = lambda values: "[" + ", ".join(number(value) for value in values) + "]"
    table = lambda rows: "[" + ", ".join(row(values) for values in rows) + "]"
    fields = [f"    {name}: {(table if name in ('black', 'red') else row)(gates[name])},\n" for name in NAMES]
    with open(path, "w") as file:
        file.write("//! Written by `examples/train/dcd.py`: do not edit.\n\nuse super::Gates;\n\n")
        file.write("pub(super) const TRAINED: Gates = Gates {\n" + "".join(fields) + "};\n")


def golden(path, cycle):
    """A region of 32 x 32 cells, a residual on its black cells in f32, and what one cycle in f64 makes of it."""
    rng = np.random.default_rng(99)
    fluid = layout(32, rng)
    fluid[9, 3:29] = False
    fluid = seal(fluid)
    graphs = Graphs([levels(fluid)], torch.float32)
    r = torch.tensor(rng.normal(size=int(fluid.sum())), dtype=torch.float32) * (1 - graphs.levels[0]["red"])
    double = Graphs([levels(fluid)], torch.float64)
    with torch.no_grad():
        exact = cycle.double()
        z = exact(double, exact.prepare(double), r.double()) * (1 - double.levels[0]["red"])
    out = np.zeros((2, 32, 32))
    out[0][fluid], out[1][fluid] = r.numpy(), z.numpy()
    with open(path, "wb") as file:
        file.write(fluid.astype(np.uint8).tobytes() + out[0].astype("<f4").tobytes() + out[1].astype("<f8").tobytes())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out")
    parser.add_argument("--weights", help="a container of gates, in the place of training")
    parser.add_argument("--rate", type=float, default=0.02)
    parser.add_argument("--rust", help="the same gates as a constant of the library")
    parser.add_argument("--golden", help="one cycle with these gates, which the library is held against")
    parser.add_argument("--network", help="trains the published form; its container")
    parser.add_argument("--network-steps", type=int, default=1200)
    parser.add_argument("--network-golden", help="a folder for networks and what they make of a residual")
    parser.add_argument("--plot", help="the table as a picture")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    if arguments.weights:
        with open(arguments.weights, "rb") as file:
            rows, scales = read(file.read())
        values, losses = np.repeat(scales, ROWS) * rows, None
    else:
        counts = [(32, 12)] if arguments.check else [(32, 96), (64, 48)]
        trained, losses = train(arguments.steps, arguments.seed, counts, arguments.rate)
        values = flat(trained.gates())
        rows, scales = quantise(values)
    if arguments.check:
        assert losses[1] < losses[0], "the loss did not fall"
    gates = shaped(np.repeat(scales, ROWS) * rows.astype(np.float32))
    print(json.dumps({name: np.round(value, 4).tolist() for name, value in shaped(values).items()}))
    cycle, network = Cycle(gates), None
    if arguments.network or arguments.network_golden:
        network, losses = published(*((8, 60, 0, 40) if arguments.check else (32, arguments.network_steps, 0, 400)))
        assert losses[1] < losses[0], "the loss of the network did not fall"
        if arguments.network_golden:
            write_golden(arguments.network_golden, network)
        if arguments.network:
            write(arguments.network, container(network.sections(True), 6))
        network = network.float()
    if not arguments.check:
        table = report(cycle, network)
        if arguments.plot:
            plot(arguments.plot, table)
    if arguments.out:
        with open(arguments.out, "wb") as file:
            file.write(container([(1, rows, np.int8, 2), (2, scales, np.float32, 8)], 5))
    if arguments.golden:
        golden(arguments.golden, cycle)
    if arguments.rust:
        rust(arguments.rust, gates)


if __name__ == "__main__":
    main()
