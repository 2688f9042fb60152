#!/usr/bin/env python3
"""Times the CSR sweep and SSOR-CG against pyamg's C++ sweep and SciPy's CG, the two sides in turn, in one process.

Needs numpy, scipy and pyamg, and the shared library that `cargo xtask archive --abi host` makes. Prints one line
`row {json}` for each ratio (time of tinysolve over time of the peer), and fails if the two sides disagree.
"""

import argparse
import ctypes as c
import json
import os
import pathlib
import statistics
import sys
import time

# One thread on each side: threads of the linear algebra library would compare cores, not kernels.
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

try:
    import numpy as np
    import pyamg
    import scipy
    import scipy.sparse as sp
    from scipy.sparse.linalg import LinearOperator, cg
except ImportError as missing:
    sys.exit(f"{missing}; install them with: python3 -m pip install numpy scipy pyamg")

ROOT = pathlib.Path(__file__).resolve().parents[2]
CONVERGED = 1


class Stopping(c.Structure):
    _fields_ = [
        ("relative", c.c_double),
        ("absolute", c.c_double),
        ("divergence", c.c_double),
        ("max_iterations", c.c_uint32),
        ("stagnation_window", c.c_uint32),
        ("reference", c.c_uint32),
    ]


class SorConfig(c.Structure):
    _fields_ = [
        ("omega", c.c_double),
        ("stopping", Stopping),
        ("rows_per_step", c.c_uint32),
        ("residual_every", c.c_uint32),
        ("symmetric", c.c_uint32),
        ("keep_best", c.c_uint32),
    ]


class SsorCgConfig(c.Structure):
    _fields_ = [("omega", c.c_double), ("stopping", Stopping), ("keep_best", c.c_uint32)]


class Report(c.Structure):
    _fields_ = [
        ("step", c.c_int32),
        ("iterations", c.c_uint32),
        ("residual", c.c_double),
        ("estimate", c.c_double),
        ("best", c.c_double),
        ("initial", c.c_double),
        ("reference", c.c_double),
        ("target", c.c_double),
    ]


def find_library(given):
    """The library named on the command line, or the one cargo xtask made."""
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    path = pathlib.Path(given) if given else target / "dist/host/libtinysolve.so"
    if not path.is_file():
        sys.exit(f"{path} is not there; make it with: cargo xtask archive --abi host")
    library = c.CDLL(str(path))
    for name in ("sor", "ssor_cg"):
        # Pointers and sizes are passed whole only if the types are told.
        pointers = [c.c_void_p] * 5
        getattr(library, f"ts_f64_{name}_init").argtypes = [*pointers, c.c_size_t, c.c_void_p]
        getattr(library, f"ts_f64_{name}_step").argtypes = [*pointers, c.c_size_t]
        getattr(library, f"ts_f64_{name}_run").argtypes = [*pointers, c.c_size_t]
        getattr(library, f"ts_f64_{name}_report").argtypes = [c.c_void_p, c.c_void_p]
    library.ts_f64_csr32_init.argtypes = [c.c_void_p, c.c_uint32, c.c_void_p, c.c_uint32, c.c_void_p, c.c_void_p]
    return library


def accepted(status):
    if status < 0:
        sys.exit(f"tinysolve refused: status {status}")
    return status


class Ours:
    """A CSR matrix behind the C interface."""

    def __init__(self, library, a):
        self.library = library
        self.n = a.shape[0]
        # Kept: the object holds pointers into them.
        self.arrays = (a.indptr.astype(np.uint32), a.indices.astype(np.uint32), a.data.copy())
        self.operator = (c.c_uint64 * 256)()
        starts, columns, values = self.arrays
        accepted(
            library.ts_f64_csr32_init(
                c.byref(self.operator), self.n, starts.ctypes.data, len(values), columns.ctypes.data, values.ctypes.data
            )
        )

    def start(self, method, b, x, config):
        """Sets a solve up; hands back what `step` and `run` take."""
        getattr(self.library, f"ts_f64_{method}_config_default")(c.byref(config[0]))
        config[1](config[0])
        state, workspace = (c.c_uint64 * 256)(), np.zeros(6 * self.n)
        arguments = (
            c.byref(state), c.byref(self.operator), b.ctypes.data, x.ctypes.data, workspace.ctypes.data, len(workspace),
        )
        accepted(getattr(self.library, f"ts_f64_{method}_init")(*arguments, c.byref(config[0])))
        return arguments, (state, workspace, b, x)


def timed(work):
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def in_turn(ours, theirs, rounds):
    """Median over the rounds of our time over theirs, with either side first every other round."""
    ratios, times = [], []
    for number in range(rounds):
        if number % 2:
            mine, other = timed(ours), timed(theirs)
        else:
            other, mine = timed(theirs), timed(ours)
        ratios.append(mine / other)
        times.append((mine, other))
    mine, other = (statistics.median(side) for side in zip(*times))
    print(f"  {mine * 1e3:.1f} ms against {other * 1e3:.1f} ms", file=sys.stderr)
    return statistics.median(ratios)


def row(kernel, case, value, peer):
    print("row " + json.dumps({
        "family": "linear", "kernel": kernel, "case": case, "target": "host", "metric": "time ratio",
        "value": round(value, 4), "unit": "of the peer's time", "reference": 1.0, "reference_name": peer,
        "goal": 1.0, "lower_is_better": True,
    }), flush=True)


def compare_sweep(library, a, side, rounds, omega=1.5, sweeps=5):
    n = a.shape[0]
    b = np.random.default_rng(1).standard_normal(n)
    x_ours, x_theirs = np.zeros(n), np.zeros(n)

    def configure(config):
        config.omega, config.residual_every = omega, 1_000_000
        config.stopping.max_iterations, config.stopping.stagnation_window = 1_000_000, 1_000_000

    solver = Ours(library, a)
    arguments, kept = solver.start("sor", b, x_ours, (SorConfig(), configure))
    # The first step prepares and looks at the starting guess.
    accepted(library.ts_f64_sor_step(*arguments))

    def ours():
        for _ in range(sweeps):
            accepted(library.ts_f64_sor_step(*arguments))

    def theirs():
        for _ in range(sweeps):
            pyamg.amg_core.sor_gauss_seidel(a.indptr, a.indices, a.data, x_theirs, b, 0, n, 1, omega)

    ours(), theirs()
    value = in_turn(ours, theirs, rounds)
    difference = np.linalg.norm(x_ours - x_theirs) / np.linalg.norm(x_theirs)
    if not difference < 1e-12:
        sys.exit(f"the sweeps disagree by {difference:.1e}")
    row("sor::sweep", f"CSR, {side} x {side}, f64", value, f"pyamg {pyamg.__version__} sor_gauss_seidel")
    del kept


def compare_ssor_cg(library, a, side, rounds, omega=1.6, relative=1e-8):
    n = a.shape[0]
    b = np.random.default_rng(2).standard_normal(n)
    x_ours = np.zeros(n)
    solver = Ours(library, a)
    report, counts, answer = Report(), [], [None]

    def configure(config):
        config.omega, config.stopping.relative = omega, relative

    def ours():
        x_ours.fill(0.0)
        arguments, kept = solver.start("ssor_cg", b, x_ours, (SsorCgConfig(), configure))
        accepted(library.ts_f64_ssor_cg_run(*arguments))
        accepted(library.ts_f64_ssor_cg_report(arguments[0], c.byref(report)))
        del kept

    def precondition(r):
        # A forward and a backward sweep from zero are the same SSOR, up to a factor that changes nothing.
        z = np.zeros_like(r)
        pyamg.amg_core.sor_gauss_seidel(a.indptr, a.indices, a.data, z, r, 0, n, 1, omega)
        pyamg.amg_core.sor_gauss_seidel(a.indptr, a.indices, a.data, z, r, n - 1, -1, -1, omega)
        return z

    def theirs():
        counts.clear()
        operator = LinearOperator(a.shape, matvec=precondition, dtype=a.dtype)
        answer[0], status = cg(a, b, rtol=relative, M=operator, callback=counts.append)
        if status:
            sys.exit(f"SciPy's cg ended with {status}")

    ours(), theirs()
    if report.step != CONVERGED or abs(report.iterations - len(counts)) > 1:
        sys.exit(f"outcome {report.step}, {report.iterations} iterations against {len(counts)}")
    difference = np.linalg.norm(x_ours - answer[0]) / np.linalg.norm(x_ours)
    if not difference < 1e-6:
        sys.exit(f"the answers disagree by {difference:.1e}")
    value = in_turn(ours, theirs, rounds)
    case = f"CSR, {side} x {side}, f64, {report.iterations} iterations"
    row("ssor_cg", case, value, f"SciPy {scipy.__version__} cg with pyamg's sweeps")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--library", help="the shared library of tinysolve")
    parser.add_argument("--side", type=int, default=1000, help="points a side of the grid (1000: a million unknowns)")
    parser.add_argument("--rounds", type=int, default=9, help="times each side is measured")
    options = parser.parse_args()
    library = find_library(options.library)
    n = options.side
    line = sp.diags([-1.0, 2.0, -1.0], [-1, 0, 1], shape=(n, n))
    eye = sp.identity(n)
    # A shifted Laplacian, as an implicit time step brings it.
    a = (sp.kron(eye, line) + sp.kron(line, eye) + 0.05 * sp.identity(n * n)).tocsr()
    a.sort_indices()
    compare_sweep(library, a, n, options.rounds)
    compare_ssor_cg(library, a, n, options.rounds)


if __name__ == "__main__":
    main()
