#!/usr/bin/env python3
"""Times proximal operators against pyproximal, scikit-learn and condat-tv or prox-tv, the two sides in turn, in one process.

Needs numpy, scikit-learn and pyproximal, one of the last two for the total variation, and the shared library that
`cargo xtask archive --abi host` makes. Prints one line `row {json}` for each ratio (time of tinysolve, with the copy of the input
into its output, over time of the peer), and fails if the two sides disagree. Only operators of the peers that are right take
part.
"""

import argparse
import ctypes as c
import json
import os
import pathlib
import statistics
import sys
import time

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

try:
    import numpy as np
    import pyproximal
    import sklearn
    from sklearn.isotonic import isotonic_regression
except ImportError as missing:
    sys.exit(f"{missing}; install them with: python3 -m pip install numpy scikit-learn pyproximal condat-tv")

ROOT = pathlib.Path(__file__).resolve().parents[2]


def total_variation():
    """A function of (v, step), and its name."""
    try:
        import condat_tv

        return (lambda v, step: condat_tv.tv_denoise(v, step)), "condat-tv"
    except ImportError:
        pass
    try:
        import prox_tv

        return (lambda v, step: prox_tv.tv1_1d(v, step)), "prox-tv"
    except ImportError:
        return None, None


class Ours:
    """One operator of the library, over arrays of one type."""

    def __init__(self, library, name, v, step, *parameters, scratch=0):
        single = v.dtype == np.float32
        real = c.c_float if single else c.c_double
        self.function = getattr(library, f"ts_{'' if single else 'f64_'}prox_{name}")
        self.v, self.x = v, np.empty_like(v)
        self.kept = [p for p in parameters if isinstance(p, np.ndarray)]
        arguments = [c.c_void_p(self.x.ctypes.data), c.c_uint32(len(v)), real(step)]
        for parameter in parameters:
            if isinstance(parameter, np.ndarray):
                arguments.append(c.c_void_p(parameter.ctypes.data))
            elif isinstance(parameter, int):
                arguments.append(c.c_uint32(parameter))
            else:
                arguments.append(real(parameter))
        if scratch:
            self.scratch = np.zeros(scratch, v.dtype)
            arguments += [c.c_void_p(self.scratch.ctypes.data), c.c_size_t(scratch)]
        self.arguments = arguments

    def __call__(self):
        np.copyto(self.x, self.v)
        status = self.function(*self.arguments)
        if status:
            sys.exit(f"tinysolve refused: status {status}")
        return self.x


def timed(work, repeat):
    began = time.perf_counter()
    for _ in range(repeat):
        work()
    return (time.perf_counter() - began) / repeat


def in_turn(ours, theirs, rounds):
    """Medians of our time, their time, and their ratio, with either side first every other round."""
    repeat = max(1, int(0.01 / max(timed(theirs, 1), 1e-6)))
    mine, other = [], []
    for number in range(rounds):
        for side in (0, 1) if number % 2 else (1, 0):
            (mine if side == 0 else other).append(timed(ours if side == 0 else theirs, repeat))
    ratio = statistics.median(a / b for a, b in zip(mine, other))
    return statistics.median(mine), statistics.median(other), ratio


def row(kernel, case, metric, value, unit, goal, peer, lower=True):
    print("row " + json.dumps({
        "family": "prox", "kernel": kernel, "case": case, "target": "host", "metric": metric, "value": round(value, 4),
        "unit": unit, "reference": 1.0, "reference_name": peer, "goal": goal, "lower_is_better": lower,
    }), flush=True)


def compare(kernel, ours, theirs, peer, rounds, tolerance, goal=0.5):
    single = ours.v.dtype == np.float32
    case = f"n = {len(ours.v)}, {'f32' if single else 'f64'}"
    difference = np.abs(ours() - theirs()).max() / (1 + np.abs(ours.v).max())
    if not difference < tolerance:
        sys.exit(f"{kernel}, {case}: the two sides differ by {difference:.1e}")
    mine, other, ratio = in_turn(ours, theirs, rounds)
    print(f"  {kernel}, {case}: {mine * 1e6:.1f} us against {other * 1e6:.1f} us", file=sys.stderr)
    target = np.empty_like(ours.v)
    _, _, share = in_turn(lambda: np.copyto(target, ours.v), ours, rounds)
    # The goal is half the peer's time, or what memory allows: the row of the copy stands where that is what is reached.
    bound = goal == 0.5 and ratio > 0.5 and share >= 0.8
    row(kernel, case, "time ratio", ratio, "of the peer's time", None if bound else goal, peer)
    if goal == 0.5 and ratio > 0.5:
        row(kernel, case, "bandwidth", share, "of a copy's", 0.8 if bound else None, "numpy's copy", lower=False)


def compare_all(library, n, real, rounds):
    random = np.random.default_rng(n)
    v = random.standard_normal(n).astype(real)
    tolerance = 2e-5 if real == np.float32 else 1e-6
    pp = f"pyproximal {pyproximal.__version__}"

    def peer(operator, step=0.7):
        return lambda: operator.prox(v, step)

    def ours(name, *parameters, step=0.7, scratch=0):
        return Ours(library, name, v, step, *parameters, scratch=scratch)

    compare("soft threshold", ours("l1"), peer(pyproximal.L1()), pp, rounds, tolerance)
    compare("squared L2", ours("squared_l2"), peer(pyproximal.L2()), pp, rounds, tolerance)
    compare("L2", ours("l2"), peer(pyproximal.Euclidean()), pp, rounds, tolerance)
    compare("box", ours("interval", -0.5, 0.5), peer(pyproximal.Box(-0.5, 0.5)), pp, rounds, tolerance)
    compare("L2 ball", ours("l2_ball", 1.0), peer(pyproximal.EuclideanBall(0.0, 1.0)), pp, rounds, tolerance)
    if n <= 10_000:
        # The peer's bisection calls Python at every step.
        compare("simplex", ours("simplex", 1.0), peer(pyproximal.Simplex(n, 1.0, engine="numpy")), pp, rounds, 1e-4)
        compare("L1 ball", ours("l1_ball", 1.0), peer(pyproximal.L1Ball(n, 1.0)), pp, rounds, 1e-4)
    walk = np.cumsum(v).astype(real)
    walk /= np.abs(walk).max()
    trend = (np.linspace(0, 3, n) + v).astype(real)
    isotonic = Ours(library, "isotonic", trend, 1.0, scratch=n)
    compare("isotonic", isotonic, lambda: isotonic_regression(trend), f"scikit-learn {sklearn.__version__}", rounds, 1e-3)
    denoise, name = total_variation()
    if denoise and real == np.float64:
        compare("total variation", Ours(library, "total_variation", v, 1.0), lambda: denoise(v, 1.0), name, rounds, 1e-6, 1.2)
        noisy = walk + 0.05 * v
        compare("total variation of a walk", Ours(library, "total_variation", noisy, 0.5), lambda: denoise(noisy, 0.5), name,
                rounds, 1e-6, 1.2)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--library")
    arguments.add_argument("--rounds", type=int, default=9)
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


if __name__ == "__main__":
    main()
