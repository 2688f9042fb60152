#!/usr/bin/env python3
"""The quadrotor of `targets/cases/src/quadrotor.rs` flown by OSQP: iterations a tick, and what its generated code takes on a
Cortex-M4F.

The closed loop is the same: 40 ticks of 50 ms from the same start, tolerance 1e-3, residuals looked at every 5 iterations,
warm-started. The generated code is compiled in single precision with arm-none-eabi-gcc -Os and linked by what a control tick
calls. Needs numpy, scipy, osqp and, for the sizes, the cross compiler.
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile

try:
    import numpy as np
    import osqp
    import scipy.sparse as sp
except ImportError as missing:
    sys.exit(f"{missing}; install them with: python3 -m pip install numpy scipy osqp jinja2")

STATES, INPUTS, STAGES, H = 12, 4, 10, 0.05
GRAVITY, MASS, THRUST = 9.81, 0.035, 0.16
HOVER = MASS * GRAVITY / 4 / THRUST
REACH = [3, 3, 3, 0.5, 0.5, 0.5, 2, 2, 2, 8, 8, 8]
WEIGHTS = [100, 100, 100, 4, 4, 40, 4, 4, 4, 0.2, 0.2, 1]
START = [1.0, -0.7, 0.5, 0, 0, 0.3, 0, 0, 0, 0, 0, 0]


def plant():
    a, b = np.eye(STATES), np.zeros((STATES, INPUTS))
    lift, turn, twist = THRUST / MASS, THRUST * 0.0325 / 1.7e-5, THRUST * 0.006 / 3e-5
    roll, pitch = turn * np.array([-1, -1, 1, 1]), turn * np.array([-1, 1, 1, -1])
    yaw = twist * np.array([-1, 1, -1, 1])
    for axis, angle, tilt, torque in [(0, 4, GRAVITY, pitch), (1, 3, -GRAVITY, roll)]:
        speed, rate = 6 + axis, 6 + angle
        a[axis, speed], a[axis, angle], a[axis, rate] = H, tilt * H**2 / 2, tilt * H**3 / 6
        a[speed, angle], a[speed, rate], a[angle, rate] = tilt * H, tilt * H**2 / 2, H
        b[axis], b[speed] = tilt * H**4 / 24 * torque, tilt * H**3 / 6 * torque
        b[angle], b[rate] = H**2 / 2 * torque, H * torque
    for place, rate, push in [(2, 8, lift * np.ones(INPUTS)), (5, 11, yaw)]:
        a[place, rate] = H
        b[place], b[rate] = H**2 / 2 * push, H * push
    return a, b


def program(a, b):
    """P, A, l, u with the rows of a stage before those of the next; the first 12 are the state now."""
    width = STATES + INPUTS
    costs = [np.concatenate([np.full(INPUTS, 4.0), np.array(WEIGHTS) * (10 if k + 1 == STAGES else 1)]) for k in range(STAGES)]
    rows, lower, upper = [], [], []
    for stage in range(STAGES):
        dynamics = np.zeros((STATES, width * STAGES))
        column = stage * width
        if stage > 0:
            dynamics[:, column - STATES : column] = a
        dynamics[:, column : column + INPUTS] = b
        dynamics[:, column + INPUTS : column + width] = -np.eye(STATES)
        bounds = np.zeros((width, width * STAGES))
        bounds[:, column : column + width] = np.eye(width)
        rows += [dynamics, bounds]
        lower += [np.zeros(STATES), np.full(INPUTS, -HOVER), -np.array(REACH)]
        upper += [np.zeros(STATES), np.full(INPUTS, 1 - HOVER), np.array(REACH)]
    p = sp.diags(np.concatenate(costs), format="csc")
    return p, sp.csc_matrix(np.vstack(rows)), np.concatenate(lower), np.concatenate(upper)


def flash(folder):
    """Sizes of what a tick calls: text is flash, data is flash and RAM, bss is RAM."""
    compiler = "arm-none-eabi-gcc"
    if not shutil.which(compiler):
        return "no cross compiler"
    flags = ["-mcpu=cortex-m4", "-mthumb", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16", "-Os", "-ffunction-sections", "-fdata-sections"]
    main = folder / "tick.c"
    main.write_text(
        '#include "osqp.h"\n#include "workspace.h"\n'
        "int main(void) { osqp_update_data_vec(&solver, 0, (OSQPFloat *)0, (OSQPFloat *)0); return (int)osqp_solve(&solver); }\n"
    )
    sources = [str(path) for path in folder.rglob("*.c") if path.name not in ("emosqp.c", "example.c")]
    includes = [f"-I{path}" for path in {header.parent for header in folder.rglob("*.h")}]
    image = folder / "tick.elf"
    link = ["-Wl,--gc-sections", "--specs=nosys.specs", "-lm", "-o", str(image)]
    done = subprocess.run([compiler, *flags, *includes, *sources, *link], capture_output=True, text=True)
    if done.returncode:
        return done.stderr[-2000:]
    return subprocess.run(["arm-none-eabi-size", str(image)], capture_output=True, text=True).stdout


def main():
    a, b = plant()
    p, rows, lower, upper = program(a, b)
    solver = osqp.OSQP()
    settings = dict(eps_abs=1e-3, eps_rel=1e-3, rho=0.1, sigma=1e-6, alpha=1.6, scaling=10, check_termination=5)
    solver.setup(p, np.zeros(p.shape[0]), rows, lower, upper, verbose=False, check_dualgap=False, adaptive_rho_interval=25, **settings)
    x, counts = np.array(START), []
    for _ in range(40):
        lower[:STATES] = upper[:STATES] = -(a @ x)
        solver.update(l=lower, u=upper)
        result = solver.solve()
        counts.append(result.info.iter)
        x = a @ x + b @ np.clip(result.x[:INPUTS], -HOVER, 1 - HOVER)
    print(f"OSQP {osqp.__version__}: {np.mean(counts):.1f} iterations a tick, {max(counts)} at most; in the end {np.abs(x).max():.1e} away")
    for kind in ["vectors", "matrices"]:
        folder = pathlib.Path(tempfile.mkdtemp())
        try:
            solver.codegen(str(folder), parameters=kind, use_float=True, force_rewrite=True)
            print(f"generated code, {kind} may change:\n{flash(folder)}")
        finally:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
