#!/usr/bin/env python3
"""Solves the 50 linear MPC problems of `tests/src/qp.rs` with OSQP: exact solutions, and how many iterations it takes.

Writes `tests/data/qp/mpc.txt`, a block of lines for each problem:

    case STATES INPUTS STAGES SEED CHECK
    iterations N            at 1e-4, residuals looked at in every iteration, rho adapted every 25 iterations
    objective F             from 1e-9 with polish
    x X1 X2 ...             the same

CHECK is the sum of all numbers of the problem, which tells that both sides drew the same one. The problems are drawn with
SplitMix64 and rounded to multiples of 1/1024, so that they are the same in every precision.

Needs numpy, scipy and osqp.
"""

import pathlib
import sys

try:
    import numpy as np
    import osqp
    import scipy.sparse as sp
except ImportError as missing:
    sys.exit(f"{missing}; install them with: python3 -m pip install numpy scipy osqp")

MASK = (1 << 64) - 1


class Random:
    def __init__(self, seed):
        self.state = seed

    def word(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def between(self, low, high):
        """A multiple of 1/1024."""
        unit = (self.word() >> 11) / (1 << 53)
        return np.floor((low + (high - low) * unit) * 1024.0) / 1024.0


class Problem:
    """Variables by stage: inputs of stage k, states of stage k + 1. Rows by stage: dynamics, then a bound a variable."""

    def __init__(self, states, inputs, stages, seed):
        random = Random(seed)
        a = np.array([[random.between(-0.1, 0.1) for _ in range(states)] for _ in range(states)])
        for i in range(states):
            a[i, i] += 0.875
        b = np.array([[random.between(-1.0, 1.0) for _ in range(inputs)] for _ in range(states)])
        cost = [random.between(0.1, 1.0) for _ in range(inputs)] + [random.between(1.0, 10.0) for _ in range(states)]
        start = np.array([random.between(-2.0, 2.0) for _ in range(states)])
        reach = np.array([random.between(0.2, 0.8) for _ in range(inputs)])
        # The trajectory without inputs stays within the state bounds, so that there is a feasible point.
        free, limit = start, np.abs(start)
        for _ in range(stages):
            free = a @ free
            limit = np.maximum(limit, np.abs(free))
        limit = np.ceil(limit * 1024.0 * 1.0625) / 1024.0
        width = states + inputs
        n = width * stages
        self.p = sp.diags(np.tile(cost, stages)).tocsc()
        self.q = np.array([random.between(-1.0, 1.0) for _ in range(n)])
        rows = stages * (states + width)
        matrix = sp.lil_matrix((rows, n))
        self.lower, self.upper = np.zeros(rows), np.zeros(rows)
        # Sums in the order in which the other side adds.
        carried = np.array([sum_in_order(a[i], start) for i in range(states)])
        for stage in range(stages):
            at, column = stage * (states + width), stage * width
            for i in range(states):
                if stage > 0:
                    for j in range(states):
                        matrix[at + i, column - states + j] = a[i, j]
                for j in range(inputs):
                    matrix[at + i, column + j] = b[i, j]
                matrix[at + i, column + inputs + i] = -1.0
                if stage == 0:
                    self.lower[at + i] = self.upper[at + i] = -carried[i]
            for i in range(width):
                matrix[at + states + i, column + i] = 1.0
                bound = reach[i] if i < inputs else limit[i - inputs]
                self.lower[at + states + i], self.upper[at + states + i] = -bound, bound
        self.a = matrix.tocsc()

    def check(self):
        parts = [self.p.data, self.q, self.a.data, self.lower * 0.5, self.upper]
        return float(sum(part.sum() for part in parts))

    def solve(self, **settings):
        solver = osqp.OSQP()
        solver.setup(
            self.p, self.q, self.a, self.lower, self.upper, verbose=False, rho=0.1, sigma=1e-6, alpha=1.6, scaling=10,
            check_termination=1, check_dualgap=False, adaptive_rho_interval=25, **settings,
        )
        return solver.solve()


def sum_in_order(a, b):
    total = 0.0
    for x, y in zip(a, b):
        total += x * y
    return total


def sizes():
    random = Random(2024)
    for case in range(50):
        states, inputs = 2 + random.word() % 5, 1 + random.word() % 3
        variables = 28 + random.word() % 173
        yield states, inputs, max(2, variables // (states + inputs)), 1000 + case


def main():
    lines = []
    counts = []
    for states, inputs, stages, seed in sizes():
        problem = Problem(states, inputs, stages, seed)
        exact = problem.solve(eps_abs=1e-9, eps_rel=1e-9, polishing=True, max_iter=100000)
        rough = problem.solve(eps_abs=1e-4, eps_rel=1e-4, max_iter=4000)
        assert exact.info.status == "solved" and rough.info.status == "solved", (exact.info.status, rough.info.status)
        counts.append(rough.info.iter)
        lines.append(f"case {states} {inputs} {stages} {seed} {problem.check():.10f}")
        lines.append(f"iterations {rough.info.iter}")
        lines.append(f"objective {exact.info.obj_val:.12g}")
        lines.append("x " + " ".join(f"{x:.9g}" for x in exact.x))
    out = pathlib.Path(__file__).resolve().parents[1] / "data" / "qp" / "mpc.txt"
    out.write_text("\n".join(lines) + "\n")
    print(f"OSQP {osqp.__version__}: median of iterations {np.median(counts)}, {min(counts)} to {max(counts)}")


if __name__ == "__main__":
    main()
