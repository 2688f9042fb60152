#!/usr/bin/env python3
"""Trains learned proximal networks and writes them as containers for `tinysolve::net::lpn`.

Three networks: `laplace`, whose answer is known (the soft threshold by 1); `digits`, 8 x 8 pictures of handwritten digits
that scikit-learn ships (UCI Optical Recognition of Handwritten Digits, CC BY 4.0); and `ecg`, windows of 32 samples of an
electrocardiogram with noise and outliers (MIT-BIH Arrhythmia Database, record 208, PhysioNet, ODC-By 1.0; the file
misc/ecg.dat of SciPy up to 1.11). After Z. Fang, S. Buchanan, J. Sulam, What's in a
prior? Learned proximal networks for inverse problems, ICLR 2024: an input-convex potential, first an L1 loss, then
proximal matching with a width that falls. Minutes on one core.

    python3 examples/train/lpn.py laplace --out tests/data/lpn
    python3 examples/train/lpn.py digits --out tests/data/lpn
    python3 examples/train/lpn.py ecg --record ecg.dat --out tests/data/ecg
"""

import argparse
import pathlib
import struct
import zlib

import numpy as np
import torch

ALIGN = 16
KIND_PROXIMAL_NETWORK = 7
F32, I8, U32 = 8, 2, 5
SHAPE, VALUES, WEIGHTS, SCALES = 1, 2, 3, 4


def container(sections):
    """The bytes of a container: sections are (tag, element type, bytes)."""
    preamble = 64 + 16 * len(sections)
    table, body, at = b"", b"", preamble
    for tag, element, data in sections:
        table += struct.pack("<IIIHH", tag, at, len(data), element, 0)
        padded = data + bytes(-len(data) % ALIGN)
        body += padded
        at += len(padded)

    def whole(crc):
        head = struct.pack("<4sHHHHIII40x", b"TSLV", 1, 64, KIND_PROXIMAL_NETWORK, 1, at, len(sections), crc)
        return head + table + body

    empty = whole(0)
    return whole(zlib.crc32(empty[:20] + empty[24:]))


class Potential(torch.nn.Module):
    """psi(x) = w'z_L + alpha/2 |x|², z_1 = s(W_0 x + b_0), z_l = s(H_l z_(l-1) + W_l x + b_l), H_l, w >= 0."""

    def __init__(self, inputs, hidden, layers, alpha, softplus=None, huber=None):
        super().__init__()
        self.alpha, self.softplus, self.huber = alpha, softplus, huber
        scale = 1 / np.sqrt(inputs)
        self.W = torch.nn.ParameterList(torch.randn(hidden, inputs) * scale for _ in range(layers))
        self.b = torch.nn.ParameterList(torch.zeros(hidden) for _ in range(layers))
        self.H = torch.nn.ParameterList(torch.rand(hidden, hidden) * 2 / hidden for _ in range(layers - 1))
        self.w = torch.nn.Parameter(torch.rand(hidden) * 2 / hidden)

    def activation(self, a):
        if self.softplus:
            return torch.nn.functional.softplus(a, beta=self.softplus)
        d = self.huber
        middle = (a + d).clamp(0, 2 * d)
        return middle * middle / (4 * d) + (a - d).clamp(min=0)

    def forward(self, x):
        z = self.activation(x @ self.W[0].T + self.b[0])
        for H, W, b in zip(self.H, self.W[1:], self.b[1:]):
            z = self.activation(z @ H.T + x @ W.T + b)
        return z @ self.w + self.alpha / 2 * (x * x).sum(-1)

    def denoise(self, y, create_graph=False):
        y = y if y.requires_grad else y.detach().requires_grad_(True)
        return torch.autograd.grad(self(y).sum(), y, create_graph=create_graph)[0]

    def clamp(self):
        with torch.no_grad():
            for H in self.H:
                H.clamp_(min=0)
            self.w.clamp_(min=0)


def train(net, sample, noise, steps, batch, width, rates):
    """L1 for the first half, then proximal matching with width 8, 4, 2, 1 times the last one."""
    optimiser = torch.optim.Adam(net.parameters(), lr=rates[0])
    for step in range(steps):
        stage = 4 * (2 * step - steps) // steps
        for group in optimiser.param_groups:
            group["lr"] = rates[0] if step < steps // 2 else rates[1]
        x = sample(batch)
        out = net.denoise(x + noise(x), create_graph=True)
        if stage < 0:
            loss = (out - x).abs().mean()
        else:
            gamma = width * 2 ** (3 - stage)
            loss = (1 - torch.exp(-((out - x) ** 2).sum(-1) / gamma**2)).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        net.clamp()
        if step % (steps // 10) == 0:
            print(f"step {step}: loss {loss.item():.4f}", flush=True)


def matrices(net):
    """The matrices in the order of the container: W_0, then H_l and W_l, then w as one row."""
    out = [net.W[0]]
    for H, W in zip(net.H, net.W[1:]):
        out += [H, W]
    out.append(net.w[None])
    return [m.detach().numpy().astype("<f4") for m in out]


def save(net, path, int8):
    hidden, inputs = net.W[0].shape
    kind, value = (0, net.softplus) if net.softplus else (1, net.huber)
    shape = np.array([inputs, hidden, len(net.W), kind], "<u4")
    biases = np.concatenate([b.detach().numpy() for b in net.b])
    values = np.concatenate([[value, net.alpha], biases]).astype("<f4")
    sections = [(SHAPE, U32, shape.tobytes()), (VALUES, F32, values.tobytes())]
    if int8:
        scales = np.array([max(np.abs(m).max(), 1e-30) / 127 for m in matrices(net)], "<f4")
        quantised = [np.rint(m / s).astype("i1") for m, s in zip(matrices(net), scales)]
        sections += [(WEIGHTS, I8, b"".join(q.tobytes() for q in quantised)), (SCALES, F32, scales.tobytes())]
    else:
        sections.append((WEIGHTS, F32, b"".join(m.tobytes() for m in matrices(net))))
    path.write_bytes(container(sections))
    print(f"{path}: {path.stat().st_size} bytes")


def laplace(out, steps):
    net = Potential(1, 32, 2, alpha=0.01, softplus=10.0)
    distribution = torch.distributions.Laplace(0.0, 1.0)
    train(net, lambda n: distribution.sample((n, 1)), torch.randn_like, steps, 1000, 0.1, (2e-3, 3e-4))
    y = torch.linspace(-5, 5, 1001)[:, None]
    f = net.denoise(y).detach()
    exact = torch.sign(y) * (y.abs() - 1).clamp(min=0)
    print(f"against the soft threshold on [-5, 5]: mean {(f - exact).abs().mean():.4f}, max {(f - exact).abs().max():.4f}")
    save(net, out / "laplace.tslv", int8=False)


def digits(out, steps):
    from sklearn.datasets import load_digits

    pictures = torch.tensor(load_digits().data / 16, dtype=torch.float32)
    training, held_out = pictures[:1500], pictures[1500:]
    net = Potential(64, 64, 2, alpha=0.01, huber=0.1)
    sigma = 0.2

    def sample(n):
        return training[torch.randint(len(training), (n,))]

    train(net, sample, lambda x: sigma * torch.randn_like(x), steps, 200, 0.08 * 8, (2e-3, 5e-4))
    noisy = held_out + sigma * torch.randn_like(held_out)
    error = ((net.denoise(noisy).detach() - held_out) ** 2).mean()
    print(f"held-out PSNR {-10 * torch.log10(error):.2f} dB, noisy {-10 * torch.log10(((noisy - held_out) ** 2).mean()):.2f} dB")
    save(net, out / "digits.tslv", int8=True)
    # The last 64 of the pictures that were not trained on, 0 to 16.
    (out / "digits.bin").write_bytes((held_out[-64:] * 16).round().to(torch.uint8).numpy().tobytes())


def ecg(out, steps, record):
    """Windows of 32 samples at 360 Hz, in mV; the first 1,440 samples are kept for the example, and not trained on."""
    counts = np.load(record)["ecg"].astype(int) - 1024
    signal = torch.tensor(counts / 200, dtype=torch.float32)
    training, held_out = signal[1800:], signal[:1440]
    net = Potential(32, 48, 2, alpha=0.01, huber=0.1)

    def sample(n):
        starts = torch.randint(len(training) - 32, (n, 1))
        return training[starts + torch.arange(32)]

    def noise(x):
        """Gaussian of 0.1 mV, and an outlier of 1 to 2 mV in one sample of 25."""
        size = (1 + torch.rand_like(x)) * torch.sign(torch.rand_like(x) - 0.5)
        return 0.1 * torch.randn_like(x) + size * (torch.rand_like(x) < 0.04)

    train(net, sample, noise, steps, 200, 0.3, (2e-3, 5e-4))
    windows = held_out.reshape(-1, 32)
    noisy = windows + noise(windows)
    error = ((net.denoise(noisy).detach() - windows) ** 2).mean().sqrt()
    print(f"held-out error {error:.4f} mV, noisy {((noisy - windows) ** 2).mean().sqrt():.4f} mV")
    save(net, out / "ecg.tslv", int8=True)
    (out / "ecg.bin").write_bytes(counts[:1440].astype("<i2").tobytes())


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("network", choices=["laplace", "digits", "ecg"])
    arguments.add_argument("--out", type=pathlib.Path, default=pathlib.Path("."))
    arguments.add_argument("--steps", type=int, default=8000)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--record", type=pathlib.Path, help="ecg.dat of SciPy, for ecg")
    options = arguments.parse_args()
    torch.manual_seed(options.seed)
    torch.set_num_threads(1)
    options.out.mkdir(parents=True, exist_ok=True)
    if options.network == "ecg":
        ecg(options.out, options.steps, options.record)
    else:
        {"laplace": laplace, "digits": digits}[options.network](options.out, options.steps)


if __name__ == "__main__":
    main()
