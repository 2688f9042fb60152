#!/usr/bin/env python3
"""Times proximal operators against pyproximal, scikit-learn and condat-tv or prox-tv, the two sides in turn, in one process.

Needs numpy, scikit-learn and pyproximal, one of the last two for the total variation, and the shared library that
`cargo xtask archive --abi host` makes. Both sides use one thread. Every call is timed by itself, the sides in turn, and the shortest of
each counts, so that what else the machine does matters little. Our operators work in place: the input is put there before the clock starts. The
peers take no output, and return a new array; theirs is what numpy keeps at hand from the call before. Prints one line `row {json}` for
each ratio of our time over the peer's. Where ours is above a half, a second row says which share of the bandwidth of an in-place copy
is reached. Bandwidth is bytes moved a second. A copy in place, np.multiply(x, 1, out=x), the fastest that numpy has, reads and writes
one word an element, in an array that was filled just before as ours was. An operator moves the words that it cannot do without, each
row says how many: two an element where one pass is enough, three where a norm has to be known first. Fails if the two sides disagree.

What pyproximal 0.13.0 has and no row compares with. Wrong: Huber between its two bounds, L0 (threshold step instead of
sqrt(2 step)), Log1, SCAD and QuadraticEnvelopeCard for long steps (rows take short ones), TV (ten inexact iterations), L10Ball (ranks
groups by their L1 norms, which is no projection). Not in this library: Hankel, Intersection (pairwise differences),
RelaxedMumfordShah, QuadraticEnvelopeCardIndicator, QuadraticEnvelopeRankL2, L2Convolve, RED. No operators of their own:
Nonlinear, SingularValuePenalty, Orthogonal, Sum.
"""

import argparse
import ctypes as c
import json
import os
import pathlib
import sys
import time

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

try:
    import numpy as np
    import pylops
    import pyproximal
    import sklearn
    from sklearn.isotonic import isotonic_regression
except ImportError as missing:
    sys.exit(f"{missing}; install them with: python3 -m pip install numpy scikit-learn pyproximal condat-tv")

ROOT = pathlib.Path(__file__).resolve().parents[2]


def total_variations():
    """Functions of (v, step), and their names: what is installed of condat-tv and prox-tv."""
    found = []
    try:
        import condat_tv

        found.append((condat_tv.tv_denoise, "condat-tv"))
    except ImportError:
        pass
    try:
        import prox_tv

        found.append((prox_tv.tv1_1d, "prox-tv"))
    except ImportError:
        pass
    if not found:
        print("left out: the total variation (neither condat-tv nor prox-tv is installed)", file=sys.stderr)
    return found


class Ours:
    """One operator of the library, over arrays of one type."""

    def __init__(self, library, name, v, step, *parameters, scratch=0):
        single = v.dtype == np.float32
        real = c.c_float if single else c.c_double
        self.function = getattr(library, f"ts_{'' if single else 'f64_'}prox_{name}")
        self.v, self.x = v, np.empty_like(v)
        self.kept = parameters
        arguments = [c.c_void_p(self.x.ctypes.data), c.c_uint32(len(v)), real(step)]
        for parameter in parameters:
            if isinstance(parameter, np.ndarray):
                arguments.append(c.c_void_p(parameter.ctypes.data))
            elif isinstance(parameter, c.Array):
                arguments += [c.byref(parameter), c.c_uint32(len(parameter))]
            elif isinstance(parameter, int):
                arguments.append(c.c_uint32(parameter))
            else:
                arguments.append(real(parameter))
        if scratch:
            self.scratch = np.zeros(scratch, v.dtype)
            arguments += [c.c_void_p(self.scratch.ctypes.data), c.c_size_t(scratch)]
        self.arguments = arguments

    def prepare(self):
        np.copyto(self.x, self.v)

    def __call__(self):
        status = self.function(*self.arguments)
        if status:
            sys.exit(f"tinysolve refused: status {status}")
        return self.x


def terms_of(v, terms):
    """The array of (kind, elements, first parameter, second one) that C takes for a sum of functions of parts of a vector."""
    real = c.c_float if v.dtype == np.float32 else c.c_double

    class Term(c.Structure):
        _fields_ = [("kind", c.c_uint32), ("len", c.c_uint32), *((name, real) for name in ("factor", "a", "b")),
                    *((name, c.c_void_p) for name in ("first", "second", "offset", "slope", "function", "context"))]

    return (Term * len(terms))(*(Term(kind, n, 1.0, a, b) for kind, n, a, b in terms))


def timed(work):
    """One call, what has to be made ready apart."""
    if hasattr(work, "prepare"):
        work.prepare()
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def in_turn(sides, rounds):
    """The shortest time of each side, after one call of each in turn, another one first every time. Called many times in a row, a side
    has its branches predicted from the last time: TV at n = 10,000 gains a fifth, and condat-tv a third."""
    best = [float("inf")] * len(sides)
    slowest = max(timed(side) for side in sides)
    for number in range(rounds * min(50, max(1, int(0.02 / slowest)))):
        for k in range(len(sides)):
            side = (k + number) % len(sides)
            best[side] = min(best[side], timed(sides[side]))
    return best


class Copy:
    """One pass in place over as much memory, filled before as ours is."""

    def __init__(self, v):
        self.v, self.target, self.one = v, np.empty_like(v), v.dtype.type(1)

    def prepare(self):
        np.copyto(self.target, self.v)

    def __call__(self):
        np.multiply(self.target, self.one, out=self.target)


def row(kernel, case, metric, value, unit, goal, peer, lower=True):
    print("row " + json.dumps({
        "family": "prox", "kernel": kernel, "case": case, "target": "host", "metric": metric, "value": round(value, 4),
        "unit": unit, "reference": 1.0, "reference_name": peer, "goal": goal, "lower_is_better": lower,
    }), flush=True)


def compare(kernel, ours, theirs, peer, rounds, tolerance, goal=0.5, words=2, back=lambda x: x, ties=False, n=None):
    """`words` are read or written an element; `back` brings the peer's order into ours. With `ties`, one in a thousand elements may
    be rounded to the other of two equal minima."""
    single = ours.v.dtype == np.float32
    case = f"n = {n or len(ours.v)}, {'f32' if single else 'f64'}"
    ours.prepare()
    difference = np.abs(ours() - back(theirs())) / (1 + np.abs(ours.v).max())
    worst = np.quantile(difference, 0.999) if ties else difference.max()
    if not worst < tolerance:
        sys.exit(f"{kernel}, {case}: the two sides differ by {worst:.1e}")
    mine, other, copy = in_turn([ours, theirs, Copy(ours.v)], rounds)
    # Gigabytes a second.
    moved, copied = (count * ours.v.nbytes / time / 1e9 for count, time in ((words, mine), (2, copy)))
    ratio, share = mine / other, moved / copied
    print(f"  {kernel}, {case}: {mine * 1e6:.1f} us, {words} words an element are {moved:.0f} GB/s; {peer} {other * 1e6:.1f} us; a copy "
          f"{copy * 1e6:.1f} us, 2 words are {copied:.0f} GB/s", file=sys.stderr)
    # The goal is half the peer's time, or what memory allows: the row of the copy stands where that is what is reached.
    bound = goal == 0.5 and ratio > 0.5 and share >= 0.8
    row(kernel, case, "time ratio", ratio, "of the peer's time", None if bound else goal, peer)
    if goal == 0.5 and ratio > 0.5:
        unit = f"of a copy's, {words} words an element for 2"
        row(kernel, case, "bandwidth", share, unit, 0.8 if bound else None, "numpy's in-place copy", lower=False)


def compare_all(library, n, real, rounds):
    random = np.random.default_rng(n)
    v = random.standard_normal(n).astype(real)
    tolerance = 2e-5 if real == np.float32 else 1e-6
    pp, sk = f"pyproximal {pyproximal.__version__}", f"scikit-learn {sklearn.__version__}"

    def against(kernel, name, parameters, operator, step=0.7, ours_step=None, tolerance=tolerance, input=v, scratch=0, rounds=rounds,
                **more):
        ours = Ours(library, name, v, step if ours_step is None else ours_step, *parameters, scratch=scratch)
        compare(kernel, ours, lambda: operator.prox(input, step), pp, rounds, tolerance, **more)

    against("soft threshold", "l1", [], pyproximal.L1())
    against("squared L2", "squared_l2", [], pyproximal.L2())
    against("box", "interval", [-0.5, 0.5], pyproximal.Box(-0.5, 0.5))
    weights = random.uniform(0.5, 1.5, n).astype(real)
    # Weights, bounds and slopes are looked at before anything is written, and used once.
    against("weighted L1", "weighted_l1", [weights], pyproximal.L1(weights), words=4)
    against("bounds", "bounds", [-weights, weights], pyproximal.Box(-weights, weights), words=6)
    against("linear", "linear", [weights], pyproximal.Quadratic(b=weights), words=4)
    against("MCP", "mcp", [1.0, 1.0], pyproximal.QuadraticEnvelopeCard(0.5))
    against("L2", "l2", [], pyproximal.Euclidean(), words=3)
    against("L2 ball", "l2_ball", [1.0], pyproximal.EuclideanBall(0.0, 1.0), words=3)
    against("Huber of a norm", "huber_norm", [1.0], pyproximal.HuberCircular(1.0), words=3)
    normal = random.standard_normal(n).astype(real)
    # Inside nothing would move: the offset is below. Products of the normal with x and itself in one pass, which is its check as well,
    # and a move.
    offset = float(normal @ v) - n / 2
    against("halfspace", "halfspace", [normal, offset], pyproximal.HalfSpace(normal, offset), words=5, tolerance=1e-4)
    # Groups of 4: side by side here, in the columns of four rows there.
    rows = v.reshape(-1, 4).T.copy()
    across = {"input": rows.ravel(), "back": lambda x: x.reshape(4, -1).T.ravel()}
    against("group lasso", "group_lasso", [4], pyproximal.L21(4), **across)
    against("sparse group lasso", "sparse_group_lasso", [4, 1.0], pyproximal.L21_plus_L1(1.0, 0.5), ours_step=0.35,
            **(across | {"input": rows}))
    if real == np.float64:
        # In single precision the peer's own rounding shows.
        against("log-sum", "log_sum", [1 / 1.3], pyproximal.Log(np.log(2.3)), ties=True)
        against("Geman", "geman", [1.3], pyproximal.Geman(1.0), ties=True)
    against("exponential type", "exponential_type", [1.0], pyproximal.ETP(1.0), ties=True)
    against("SCAD", "scad", [0.5, 3.7], pyproximal.SCAD(0.5), ties=True)
    against("k largest magnitudes", "sparse_vectors", [n // 10], pyproximal.L0Ball(n // 10))
    rows = 8
    matrix = random.standard_normal((rows, n)).astype(real)
    rhs, factor = matrix @ v + 1, np.zeros(rows * (rows + 1) // 2, real)
    single = real == np.float32
    make = getattr(library, f"ts_{'' if single else 'f64_'}prox_affine_factor")
    if make(c.c_void_p(matrix.ctypes.data), c.c_uint32(rows), c.c_uint32(n), c.c_void_p(factor.ctypes.data)):
        sys.exit("affine set: no factor")
    affine = pyproximal.AffineSet(pylops.MatrixMult(matrix, dtype=real), rhs.astype(real), 50)
    # A is read for the residual, and for the way back, which is short here: a long one takes a second round.
    against("affine set, 8 rows", "affine", [rows, matrix.ravel(), rhs.astype(real), factor], affine, scratch=rows, words=2 * rows + 3,
            tolerance=1e-4)
    # TS_PROX_L1, TS_PROX_BOUNDS and TS_PROX_L2_BALL.
    l1, bounds, l2_ball = 1, 7, 10
    halves = terms_of(v, [(l1, n // 2, 0, 0), (bounds, n - n // 2, -0.5, 0.5)])
    stack = pyproximal.VStack([pyproximal.L1(), pyproximal.Box(-0.5, 0.5)], nn=[n // 2, n - n // 2])
    against("L1 and a box, stacked", "terms", [halves], stack)
    # A box and a ball whose boundaries meet, by twenty rounds of Dykstra's algorithm on both sides.
    radius = float(0.8 * np.linalg.norm(np.clip(v, -0.5, 0.5)))
    both = terms_of(v, [(bounds, n, -0.5, 0.5), (l2_ball, n, radius, 0)])
    sets = [pyproximal.projection.BoxProj(-0.5, 0.5), pyproximal.projection.EuclideanBallProj(0.0, radius)]
    meet = pyproximal.projection.GenericIntersectionProj(sets, niter=20, tol=0.0)
    ours = Ours(library, "dykstra", v, 1.0, both, 20, 1e-30, scratch=3 * n)
    compare("box and L2 ball, Dykstra", ours, lambda: meet(v), pp, rounds if n <= 10_000 else 1, 1e-4)
    # The peer's bisection calls Python at every step.
    slow = rounds if n <= 10_000 else 1
    against("simplex", "simplex", [1.0], pyproximal.Simplex(n, 1.0, engine="numpy"), tolerance=1e-4, rounds=slow)
    against("L1 ball", "l1_ball", [1.0], pyproximal.L1Ball(n, 1.0), tolerance=1e-4, rounds=slow)
    inside = pyproximal.projection.HyperPlaneBoxProj(np.ones(n, real), n / 1000, 0.0, 1.0)
    ours = Ours(library, "capped_simplex", v, 1.0, n / 1000, 0.0, 1.0)
    compare("capped simplex", ours, lambda: inside(v), pp, slow, 1e-4)
    trend = (np.linspace(0, 3, n) + v).astype(real)
    isotonic = Ours(library, "isotonic", trend, 1.0, scratch=n)
    compare("isotonic", isotonic, lambda: isotonic_regression(trend), sk, rounds, 1e-3)
    if real == np.float64:
        walk = np.cumsum(v)
        noisy = walk / np.abs(walk).max() + 0.05 * v
        for denoise, name in total_variations():
            for kernel, signal, step in [("total variation", v, 1.0), ("total variation of a walk", noisy, 0.5)]:
                ours = Ours(library, "total_variation", signal, step)
                compare(kernel, ours, lambda: denoise(signal, step), name, rounds, 1e-6, 1.2)


def compare_matrices(library, real, rounds):
    """Operators of dense matrices, at sizes of a chip: at those of the others the peer's alone would take gigabytes and more."""
    random = np.random.default_rng(8)
    pp, tolerance = f"pyproximal {pyproximal.__version__}", 1e-4 if real == np.float32 else 1e-9
    n = 64
    v = random.standard_normal(n).astype(real)

    def against(kernel, name, parameters, operator, scratch, tolerance=tolerance):
        ours = Ours(library, name, v, 0.7, *parameters, scratch=scratch)
        compare(kernel, ours, lambda: operator.prox(v, 0.7), pp, rounds, tolerance)

    half = random.standard_normal((n, n)) / 8
    square, linear = (half.T @ half).astype(real), random.standard_normal(n).astype(real)
    packed = square[np.tril_indices(n)]
    against("quadratic", "quadratic", [packed, linear], pyproximal.Quadratic(pylops.MatrixMult(square, dtype=real), linear), len(packed))
    tall, rhs = (random.standard_normal((2 * n, n)) / 8).astype(real), random.standard_normal(2 * n).astype(real)
    fit = pyproximal.L2(pylops.MatrixMult(tall, dtype=real), rhs, densesolver="scipy")
    against("least squares, 128 rows", "least_squares", [2 * n, tall.ravel(), rhs], fit, n * (n + 1) // 2 + n)
    against("nuclear norm, 8 x 8", "nuclear_norm", [8, 8], pyproximal.Nuclear((8, 8)), n + 64 + 8)
    # The peer's bisection ends at 1e-5.
    against("nuclear ball, 8 x 8", "nuclear_ball", [8, 8, 5.0], pyproximal.NuclearBall((8, 8), 5.0), n + 64 + 8, tolerance=1e-4)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--library")
    arguments.add_argument("--rounds", type=int, default=7)
    arguments.add_argument("--sizes", type=int, nargs="+", default=[10_000, 1_000_000])
    options = arguments.parse_args()
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    path = pathlib.Path(options.library) if options.library else target / "dist/host/libtinysolve.so"
    if not path.is_file():
        sys.exit(f"{path} is not there; make it with: cargo xtask archive --abi host")
    library = c.CDLL(str(path))
    for n in options.sizes:
        for real in (np.float32, np.float64):
            compare_all(library, n, real, options.rounds)
    for real in (np.float32, np.float64):
        compare_matrices(library, real, options.rounds)


if __name__ == "__main__":
    main()
