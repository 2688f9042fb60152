"""The published direction network in PyTorch: its layers, its loss on Ritz vectors, and its form in a container.

`dcd.py` trains it and holds it beside the classical methods. The loss of a sample b is |b - alpha A z|^2 with z = f(b) and
alpha = z'b / z'Az. Samples are sums of Ritz vectors of one matrix A, those of the lower half (and a few more) nine times as
strong. Source: Kaneda et al., A Deep Conjugate Direction Method for Iteratively Solving Linear Systems, ICML 2023.
"""

import numpy as np
import torch

LANES = 8


class Network(torch.nn.Module):
    """Residual over its norm -> direction, on grids [batch, (z,) y, x]; `fluid` is 1 in cells with an unknown."""

    def __init__(self, dimensions, channels, blocks):
        super().__init__()
        self.dimensions, self.channels, self.blocks = dimensions, channels, blocks
        layer = torch.nn.Conv2d if dimensions == 2 else torch.nn.Conv3d
        count = 2 + 2 * sum(blocks)
        inputs = [1] + [channels] * count
        self.layers = torch.nn.ModuleList(layer(c, channels, 3, padding=1) for c in inputs)
        self.sum = layer(channels, 1, 1)

    def forward(self, r, fluid):
        layers = iter(self.layers)
        flat = tuple(range(1, r.dim()))
        r = r * fluid
        x = (r / (r * r).sum(flat, keepdim=True).sqrt().clamp(min=1e-30)).unsqueeze(1)
        relu = lambda x: torch.relu(next(layers)(x))

        def residual(x, count):
            for _ in range(count):
                x = relu(relu(x)) + x
            return x

        pool = torch.nn.functional.avg_pool2d if self.dimensions == 2 else torch.nn.functional.avg_pool3d
        kept = relu(residual(relu(next(layers)(x)), self.blocks[0]))
        coarse = residual(pool(kept, 2), self.blocks[1])
        last = residual(torch.nn.functional.interpolate(coarse, scale_factor=2, mode="nearest") + kept, self.blocks[2])
        return self.sum(last).squeeze(1) * fluid

    def multiply_adds(self):
        """A call, for each cell."""
        taps, c, (fine, coarse, up) = 3**self.dimensions, self.channels, self.blocks
        return (taps + 1) * c + taps * c * c * (2 + 2 * fine + 2 * up + 2 * coarse / 2**self.dimensions)

    def sections(self, as_bytes):
        """Of the container; with bytes the network takes on what they say."""
        rows, scales = [], []
        for layer in [*self.layers, self.sum]:
            weight = layer.weight.data
            if as_bytes:
                scale = weight.flatten(1).abs().max(1).values.clamp(min=1e-9).float() / 127
                shape = [-1] + [1] * (weight.dim() - 1)
                whole = (weight / scale.reshape(shape)).round()
                layer.weight.data = (whole * scale.reshape(shape)).to(weight.dtype)
                weight = whole
                scales.append(scale.numpy())
            if layer is self.sum:
                rows.append(weight.numpy().ravel())
                continue
            out, inputs = weight.shape[:2]
            # [output / 8][taps][input][output mod 8]
            parts = weight.numpy().reshape(out // LANES, LANES, inputs, -1)
            rows.append(parts.transpose(0, 3, 2, 1).ravel())
        biases = np.concatenate([layer.bias.data.numpy() for layer in [*self.layers, self.sum]])
        shape = [self.dimensions, self.channels, *self.blocks]
        kind, code = (np.int8, 2) if as_bytes else (np.float32, 8)
        out = [(1, shape, np.uint32, 5), (2, biases, np.float32, 8), (3, np.concatenate(rows), kind, code)]
        return out + ([(4, np.concatenate(scales), np.float32, 8)] if as_bytes else [])


def ritz_vectors(matrix, count, rng):
    """Ritz vectors of so many Lanczos steps with full reorthogonalisation, ascending; those of the kernel left out."""
    q = matrix @ rng.normal(size=matrix.shape[0])
    basis, diagonal, beside = [q / np.linalg.norm(q)], [], []
    for _ in range(count):
        w = matrix @ basis[-1]
        diagonal.append(basis[-1] @ w)
        for _ in range(2):
            w -= np.array(basis).T @ (np.array(basis) @ w)
        beside.append(np.linalg.norm(w))
        if beside[-1] < 1e-10:
            break
        basis.append(w / beside[-1])
    steps = len(diagonal)
    values, vectors = np.linalg.eigh(np.diag(diagonal) + np.diag(beside[: steps - 1], 1) + np.diag(beside[: steps - 1], -1))
    return np.array(basis[:steps]).T @ vectors[:, values > 1e-8]


def samples(vectors, count, rng):
    strength = np.where(np.arange(vectors.shape[1]) < 0.55 * vectors.shape[1], 9.0, 1.0)
    mixed = vectors @ (strength[:, None] * rng.normal(size=(vectors.shape[1], count)))
    return (mixed / np.linalg.norm(mixed, axis=0)).T


def loss_of(network, product, b, fluid):
    z = network(b, fluid)
    flat = tuple(range(1, b.dim()))
    az = product(z)
    alpha = (z * b).sum(flat, keepdim=True) / (z * az).sum(flat, keepdim=True).clamp(min=1e-20)
    return ((b - alpha * az) ** 2).sum(flat).mean()


def laplacian(fluid):
    """A z on grids [batch, y, x]: p = 0 beyond y = 0, walls elsewhere and at solid cells."""
    east, up = fluid[:, 1:] * fluid[:, :-1], fluid[1:] * fluid[:-1]

    def product(z):
        flow_x, flow_y = (z[:, :, 1:] - z[:, :, :-1]) * east, (z[:, 1:] - z[:, :-1]) * up
        pad = torch.nn.functional.pad
        out = pad(flow_x, (1, 0)) - pad(flow_x, (0, 1)) + pad(flow_y, (0, 0, 1, 0)) - pad(flow_y, (0, 0, 0, 1))
        open_side = torch.zeros_like(fluid)
        open_side[0] = fluid[0]
        return out + open_side * z

    return product


def train(network, data, fluid, steps, rate, rng, batch=10):
    """Steps of Adam; the losses."""
    product = laplacian(fluid)
    optimiser = torch.optim.Adam(network.parameters(), lr=rate)
    losses = []
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = rate * (0.02 + 0.49 * (1 + np.cos(np.pi * step / steps)))
        picked = torch.tensor(data[rng.choice(len(data), batch)], dtype=torch.float32)
        loss = loss_of(network, product, picked, fluid)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        losses.append(float(loss.detach()))
    return losses


def iterations(direction, product, b, tolerances, most):
    """Deep conjugate directions, two kept: the first iteration below each tolerance, or `most` + 1."""
    r, x = b.clone(), torch.zeros_like(b)
    kept, first = [], [most + 1] * len(tolerances)
    for step in range(1, most + 1):
        z = direction(r)
        z = z - sum((float((z * aq).sum()) / energy) * q for q, aq, energy in kept) if kept else z
        az = product(z)
        energy = float((z * az).sum())
        if not energy > 0:
            break
        alpha = float((z * r).sum()) / energy
        x, r, kept = x + alpha * z, r - alpha * az, (kept + [(z, az, energy)])[-2:]
        done = float(r.norm() / b.norm())
        first = [min(at, step) if done < tolerance else at for at, tolerance in zip(first, tolerances)]
        if done < min(tolerances):
            break
    return first


def golden(network, sides, rng):
    """A residual in f32 with cells left out, and what the network makes of it in f64."""
    fluid = (rng.random(sides) > 0.15).astype(np.uint8)
    r = rng.normal(size=sides).astype("<f4")
    exact = Network(network.dimensions, network.channels, network.blocks).double()
    exact.load_state_dict(network.state_dict())
    with torch.no_grad():
        d = exact(torch.tensor(r, dtype=torch.float64)[None], torch.tensor(fluid, dtype=torch.float64))[0].numpy()
    return fluid.tobytes() + r.tobytes() + d.astype("<f8").tobytes()
