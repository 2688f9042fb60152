"""The classical methods that `dcd.py` holds the trained ones against: iterations and multiply-adds of a cell to 1e-6.

One nonzero applied or one element of a vector operation is one multiply-add; building is not counted. In f64.
"""

import numpy as np
import scipy.sparse as sp
import scipy.sparse.linalg as sla


def system(level):
    """D and the rest of A = D - N."""
    i, j = level["pairs"]
    n, w = level["n"], level["weight"]
    d = level["open"] + np.bincount(i, w, n) + np.bincount(j, w, n)
    return d, sp.csr_matrix((np.r_[w, w], (np.r_[i, j], np.r_[j, i])), shape=(n, n))


def incomplete(d, rest, kind, omega=1.5):
    """r -> z by IC(0), MIC(0) with tau 0.97 or SSOR, in the order of the cells: all are (L + E) E^-1 (L + E)'."""
    lower = sp.tril(rest, -1).tocsr()
    if kind == "ssor":
        pivots = d / omega
    else:
        pivots = d.copy()
        above = sp.triu(rest, 1).tocsr()
        beyond = np.asarray(above.sum(1)).ravel()
        for row in range(len(d)):
            for place in range(lower.indptr[row], lower.indptr[row + 1]):
                k, w = lower.indices[place], lower.data[place]
                pivots[row] -= w * w / pivots[k]
                if kind == "mic":
                    pivots[row] -= 0.97 * w * (beyond[k] - w) / pivots[k]
            if pivots[row] < 0.25 * d[row]:
                pivots[row] = d[row]
    factor = (sp.diags(pivots) - lower).tocsc()
    # A triangle is its own factor.
    options = dict(permc_spec="NATURAL", diag_pivot_thresh=0, options=dict(SymmetricMode=True))
    down, up = sla.splu(factor, **options), sla.splu(factor.T.tocsc(), **options)
    return lambda r: up.solve(pivots * down.solve(r))


def textbook(hierarchy):
    """r -> z by one V(1,1) cycle of red-black Gauss-Seidel on the plain hierarchy."""
    ready = [(*system(level), level["red"], level.get("parent")) for level in hierarchy]

    def cycle(r, number=0):
        d, rest, red, parent = ready[number]
        inverse = 1 / np.maximum(d, 1e-9)
        if parent is None:
            x = inverse * r
            for _ in range(6):
                x = x + 0.8 * inverse * (r - d * x + rest @ x)
            return x
        x = np.where(red, inverse * r, 0)
        x = np.where(red, x, inverse * (r + rest @ x))
        t = np.bincount(parent, r - d * x + rest @ x, len(ready[number + 1][0]))
        x = x + cycle(t, number + 1)[parent]
        x = np.where(red, x, inverse * (r + rest @ x))
        return np.where(red, inverse * (r + rest @ x), x)

    return cycle


def coarse_work(hierarchy, is_w):
    """Levels from 1 on: both colours before and behind, residuals, sums, correction; six sweeps of Jacobi on the last."""
    work, visits, last = 0, 1, len(hierarchy) - 1
    for number, level in enumerate(hierarchy):
        n, faces = level["n"], level["pairs"].shape[1]
        if number == 0:
            continue
        if number == last:
            work += visits * (n + 6 * (2 * faces + 3 * n))
            continue
        if is_w and number > 1:
            work += visits * (2 * faces + 3 * n)
            visits *= 2
        work += visits * (4 * faces + 5.75 * n)
    return work


def textbook_work(hierarchy):
    """A cycle on all cells."""
    n, faces = hierarchy[0]["n"], hierarchy[0]["pairs"].shape[1]
    return 4 * faces + 3 * n + coarse_work(hierarchy, False)


def cycle_work(hierarchy):
    """An iteration of the W-cycle on the reduced system, the product and the method's own part included."""
    n, faces, black = hierarchy[0]["n"], hierarchy[0]["pairs"].shape[1], ~hierarchy[0]["red"]
    edge = (black & (system(hierarchy[0])[0] < 4)).sum()
    finest = 2 * (faces + n) + black.sum() + 3 * edge
    return finest + coarse_work(hierarchy, True) + 2 * faces + n + 3 * n


def whole_cycle_work(hierarchy):
    """An iteration of the W-cycle on the whole system, whose finest level is one like the others."""
    n, faces = hierarchy[0]["n"], hierarchy[0]["pairs"].shape[1]
    return coarse_work([dict(n=0, pairs=np.zeros((2, 0))), *hierarchy], True) + n + 2 * faces + 6 * n


def conjugate_gradients(d, rest, b, direction, most=3000):
    x, r, p, before, b_norm = np.zeros(len(b)), b.copy(), np.zeros(len(b)), 1.0, np.linalg.norm(b)
    for step in range(1, most + 1):
        z = direction(r)
        rho = r @ z
        p = z + (rho / before if step > 1 else 0.0) * p
        q = d * p - rest @ p
        alpha = rho / (p @ q)
        x, r, before = x + alpha * p, r - alpha * q, rho
        if np.linalg.norm(r) <= 1e-6 * b_norm:
            return step
    return most


NAMES = ("CG", "IC(0)-PCG", "MIC(0)-PCG", "SSOR-PCG", "textbook multigrid-PCG")


def rows(hierarchies, rights, names=NAMES):
    """Name, iterations and multiply-adds of a cell, for each method over all problems."""
    omega = {32: 1.6, 64: 1.7}
    for name in names:
        its, work = [], []
        for hierarchy, b in zip(hierarchies, rights):
            d, rest = system(hierarchy[0])
            n, size = len(d), 2 ** len(hierarchy)
            kinds = {"IC(0)-PCG": "ic", "MIC(0)-PCG": "mic", "SSOR-PCG": "ssor"}
            if name == "CG":
                direction, per = (lambda r: r), 5 * n
            elif name in kinds:
                direction, per = incomplete(d, rest, kinds[name], omega.get(size, 1.8)), 6 * n + 2 * n + rest.nnz
            else:
                direction, per = textbook(hierarchy), 6 * n + textbook_work(hierarchy)
            steps = conjugate_gradients(d, rest, b, direction)
            its.append(steps)
            work.append(steps * (n + rest.nnz + per) / n)
        yield name, np.array(its), np.array(work)
