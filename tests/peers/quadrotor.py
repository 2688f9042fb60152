#!/usr/bin/env python3
"""The quadrotor of `targets/cases/src/quadrotor.rs` flown by OSQP: iterations a tick, and what its generated code takes on a
Cortex-M4F.

The closed loop is the same: 40 ticks of 50 ms from the same start, tolerance 1e-3, residuals looked at every 5 iterations,
warm-started. The generated code, in single precision, is compiled with arm-none-eabi-gcc: with -Os and linked by what a control
tick calls for its size, and with -O2 as a firmware that flies the loop in QEMU for its instructions. It is generated after a
flight, so that it begins with the rho found in it. Needs numpy, scipy, osqp, jinja2, the cross compiler and qemu-system-arm.
Prints one line `row {json}` for each figure.
"""

import json
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

ROOT = pathlib.Path(__file__).resolve().parents[2]
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


FLAGS = ["-mcpu=cortex-m4", "-mthumb", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16", "-ffunction-sections", "-fdata-sections"]

# A control tick is what it is for tinysolve: bounds from the state, a warm-started solve, clipped inputs, and the plant moves.
TICKS = r"""
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include "osqp.h"
#include "workspace.h"
#include "plant.h"

#define CTRL (*(volatile uint32_t *)0x40000000u)
#define LEFT (*(volatile uint32_t *)0x40000004u)
#define FULL (*(volatile uint32_t *)0x40000008u)

static uint32_t since(uint32_t start) { return start - LEFT; }

/* 16 + 4 x 1000 instructions, the loads of the timer left out. */
__attribute__((noinline)) static uint32_t loop(void)
{
    uint32_t start = LEFT;
    uint32_t count = 1000;
    __asm volatile("1: nop\n nop\n subs %0, #1\n bne 1b" : "+r"(count) : : "cc");
    return since(start);
}

int main(void)
{
    FULL = 0xFFFFFFFFu;
    LEFT = 0xFFFFFFFFu;
    CTRL = 1;
    const float per = (float)loop() / 4000.0f;
    float x[STATES];
    for (int i = 0; i < STATES; ++i) {
        x[i] = START[i];
    }
    uint32_t all = 0, most = 0, iterations = 0, stops = 0;
    for (int tick = 0; tick < TICKS; ++tick) {
        float moved[STATES];
        const uint32_t start = LEFT;
        for (int i = 0; i < STATES; ++i) {
            moved[i] = 0.0f;
            for (int j = 0; j < STATES; ++j) {
                moved[i] += A[i][j] * x[j];
            }
            LOWER[i] = UPPER[i] = -moved[i];
        }
        osqp_update_data_vec(&solver, (OSQPFloat *)0, LOWER, UPPER);
        osqp_solve(&solver);
        const uint32_t took = since(start);
        all += took;
        most = took > most ? took : most;
        printf("residuals %lu %lu\n", (unsigned long)(solver.info->prim_res * 1e9f), (unsigned long)(solver.info->dual_res * 1e9f));
        iterations += (uint32_t)solver.info->iter;
        stops += solver.info->status_val != OSQP_SOLVED;
        for (int i = 0; i < STATES; ++i) {
            for (int j = 0; j < INPUTS; ++j) {
                const float u = solver.solution->x[j];
                moved[i] += B[i][j] * (u < LOW ? LOW : u > HIGH ? HIGH : u);
            }
        }
        for (int i = 0; i < STATES; ++i) {
            x[i] = moved[i];
        }
    }
    float away = 0.0f;
    for (int i = 0; i < STATES; ++i) {
        away = fabsf(x[i]) > away ? fabsf(x[i]) : away;
    }
    printf("counted %lu %lu %lu %lu %lu\n", (unsigned long)((float)all / TICKS / per), (unsigned long)((float)most / per),
           (unsigned long)iterations, (unsigned long)stops, (unsigned long)(away * 1e6f));
    return 0;
}
"""


def numbers(values):
    return "{" + ", ".join(f"{value:.9e}f" for value in values) + "}"


def header(a, b, lower, upper):
    rows = lambda matrix: "{" + ", ".join(numbers(row) for row in matrix) + "}"
    return (
        f"enum {{ STATES = {STATES}, INPUTS = {INPUTS}, TICKS = 40 }};\n"
        f"static const float A[STATES][STATES] = {rows(a)}, B[STATES][INPUTS] = {rows(b)};\n"
        f"static const float START[STATES] = {numbers(START)}, LOW = {-HOVER:.9e}f, HIGH = {1 - HOVER:.9e}f;\n"
        f"static float LOWER[] = {numbers(lower)}, UPPER[] = {numbers(upper)};\n"
    )


def built(folder, main, image, extra):
    """Links the generated code under `main`; the error, if any."""
    sources = [str(path) for path in folder.rglob("*.c") if path.name not in ("emosqp.c", "example.c", "tick.c", "ticks.c")]
    includes = [f"-I{path}" for path in {found.parent for found in folder.rglob("*.h")}]
    command = ["arm-none-eabi-gcc", *FLAGS, *includes, str(main), *sources, "-Wl,--gc-sections", *extra, "-lm", "-o", str(image)]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.stderr[-2000:] if done.returncode else ""


def flash(folder):
    """Sizes of what a tick calls: text is flash, data is flash and RAM, bss is RAM."""
    main, image = folder / "tick.c", folder / "tick.elf"
    main.write_text(
        '#include "osqp.h"\n#include "workspace.h"\n'
        "int main(void) { osqp_update_data_vec(&solver, 0, (OSQPFloat *)0, (OSQPFloat *)0); return (int)osqp_solve(&solver); }\n"
    )
    error = built(folder, main, image, ["-Os", "--specs=nosys.specs"])
    if error:
        sys.exit(error)
    _, sizes = subprocess.run(["arm-none-eabi-size", str(image)], capture_output=True, text=True).stdout.splitlines()
    text, data, bss = map(int, sizes.split()[:3])
    return text + data, data + bss


def counted(folder, plant_header):
    """Instructions of a control tick on a simulated Cortex-M4F, mean and largest; iterations of the flight; how many ticks
    ended without a solution; how far from its place the craft is in the end. And the residuals in the end of each tick."""
    main, image = folder / "ticks.c", folder / "ticks.elf"
    main.write_text(TICKS)
    (folder / "plant.h").write_text(plant_header)
    firmware = ROOT / "targets/mps2"
    (folder / "memory.x").write_text((firmware / "memory/mps2.x").read_text())
    extra = ["-O2", "--specs=rdimon.specs", "-nostartfiles", str(firmware / "c/startup.c"), f"-L{folder}", "-T", str(firmware / "c/link.ld")]
    error = built(folder, main, image, extra)
    if error:
        sys.exit(error)
    machine = ["qemu-system-arm", "-M", "mps2-an386", "-display", "none", "-serial", "null", "-monitor", "none", "-icount", "shift=7"]
    said = subprocess.run(
        [*machine, "-semihosting-config", "enable=on,target=native", "-kernel", str(image)], capture_output=True, text=True, timeout=300
    )
    spoken = (said.stdout + said.stderr).splitlines()
    lines, residuals = ([line.split()[1:] for line in spoken if line.startswith(word)] for word in ("counted ", "residuals "))
    if not lines:
        sys.exit(f"the firmware said: {said.stdout}{said.stderr}")
    return [int(value) for value in lines[0]], [[int(value) / 1e9 for value in line] for line in residuals]


def row(case, metric, value, unit, peer):
    print("row " + json.dumps({
        "family": "splitting", "kernel": "qp control tick", "case": case, "target": "m4f", "metric": metric, "value": value,
        "unit": unit, "reference": None, "reference_name": peer, "goal": None, "lower_is_better": True,
    }), flush=True)


def main():
    a, b = plant()
    p, rows, lower, upper = program(a, b)
    solver = osqp.OSQP()
    settings = dict(eps_abs=1e-3, eps_rel=1e-3, rho=0.1, sigma=1e-6, alpha=1.6, scaling=10, check_termination=5)
    solver.setup(p, np.zeros(p.shape[0]), rows, lower, upper, verbose=False, check_dualgap=False, adaptive_rho_interval=25, **settings)
    x, counts, residuals = np.array(START), [], []
    for _ in range(40):
        lower[:STATES] = upper[:STATES] = -(a @ x)
        solver.update(l=lower, u=upper)
        result = solver.solve()
        counts.append(result.info.iter)
        residuals.append((result.info.prim_res, result.info.dual_res))
        x = a @ x + b @ np.clip(result.x[:INPUTS], -HOVER, 1 - HOVER)
    print(f"  OSQP {osqp.__version__}: {np.mean(counts):.1f} iterations a tick, {max(counts)} at most; in the end {np.abs(x).max():.1e} away",
          file=sys.stderr)
    primal, dual = np.max(residuals, axis=0)
    print(f"  residuals at most: primal {primal:.1e}, dual {dual:.1e}", file=sys.stderr)
    for tool in ("arm-none-eabi-gcc", "qemu-system-arm"):
        if not shutil.which(tool):
            sys.exit(f"{tool} is not there")
    lower[:STATES] = upper[:STATES] = -(a @ np.array(START))
    solver.update(l=lower, u=upper)
    solver.warm_start(x=np.zeros(p.shape[0]), y=np.zeros(len(lower)))
    # With --residuals nothing but the table of targets/cases/src/osqp.rs.
    wants_residuals = "--residuals" in sys.argv
    for kind in ["matrices"] if wants_residuals else ["vectors", "matrices"]:
        folder = pathlib.Path(tempfile.mkdtemp())
        try:
            solver.codegen(str(folder), parameters=kind, use_float=True, force_rewrite=True)
            size, memory = flash(folder)
            (mean, most, iterations, stops, away), residuals = counted(folder, header(a, b, lower, upper))
        finally:
            shutil.rmtree(folder)
        peer = f"OSQP {osqp.__version__}, generated"
        case = f"OSQP's generated code, {kind} may change"
        if wants_residuals:
            for primal, dual in residuals:
                print(f"    [{np.float32(primal)!s}, {np.float32(dual)!s}],")
            continue
        primal, dual = np.max(residuals, axis=0)
        print(f"  {case}: residuals at most: primal {primal:.1e}, dual {dual:.1e}", file=sys.stderr)
        print(f"  {case}: {iterations / 40:.1f} iterations a tick, {stops} ticks not solved, {away * 1e-6:.1e} away", file=sys.stderr)
        row(case, "mean of 40 ticks", mean, "instructions", peer)
        row(case, "longest tick", most, "instructions", peer)
        row(case, "flash", size, "bytes", peer)
        row(case, "RAM", memory, "bytes", peer)


if __name__ == "__main__":
    main()
