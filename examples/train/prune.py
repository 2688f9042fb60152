#!/usr/bin/env python3
"""Prunes a small convolutional network in three ways, down to 8-bit containers, and shows what is lost and what is gained.

The network learns the digits that scikit-learn ships (UCI Optical Recognition of Handwritten Digits, CC BY 4.0, 8 x 8 pixels). Its
three large layers lose 50, 75 and 90 % of their blocks (1 x 4 in convolutions, 4 x 4 in the fully connected layer):

- magnitude: the blocks with the least sum of squares;
- M-FAC: `tinysolve prune`, from the gradients of single samples, the weights that stay making up for the rest;
- WGSEF: training with the proximal operator of the weighted group sparse envelope after each step, the library's own, called
  through its C interface; once with these blocks as groups, once with whole output channels, which the converter then leaves
  out of the network, with the inputs of the next layer that they fed.

All three are trained on for as many epochs with the zeros held, quantised after training, written as .tflite, converted and run
by `tinysolve`. Needs torch, numpy, scikit-learn, matplotlib, flatbuffers and tflite, the command (`cargo build -p tinysolve-cli`) and
the shared library (`cargo xtask archive --abi host`). Minutes on one core.

    python3 examples/train/prune.py --out target/prune
"""

import argparse
import copy
import ctypes
import pathlib
import re
import subprocess

import numpy as np
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch.nn import functional as F

from quantise import quantised, tflite_bytes

ROOT = pathlib.Path(__file__).resolve().parents[2]
SPARSITIES = (0.5, 0.75, 0.9)
METHODS = ("magnitude", "M-FAC", "WGSEF", "WGSEF, channels")
# Layers that are pruned: rows and columns of a block.
BLOCKS = {"second": (1, 4), "third": (1, 4), "wide": (4, 4)}
# The same with whole output channels.
CHANNELS = {"second": (1, 144), "third": (1, 288), "wide": (1, 512)}
GRADIENTS = 256


class Network(torch.nn.Module):
    """Convolutions 1-16, 16-32 (stride 2), 32-32, then 512-64-10; padded as TensorFlow's SAME."""

    def __init__(self):
        super().__init__()
        self.first = torch.nn.Conv2d(1, 16, 3)
        self.second = torch.nn.Conv2d(16, 32, 3, stride=2)
        self.third = torch.nn.Conv2d(32, 32, 3)
        self.wide = torch.nn.Linear(512, 64)
        self.last = torch.nn.Linear(64, 10)

    def stages(self, x):
        """The output of every layer."""
        x = F.relu(self.first(F.pad(x, (1, 1, 1, 1))))
        yield x
        x = F.relu(self.second(F.pad(x, (0, 1, 0, 1))))
        yield x
        x = F.relu(self.third(F.pad(x, (1, 1, 1, 1))))
        yield x
        x = F.relu(self.wide(x.permute(0, 2, 3, 1).flatten(1)))
        yield x
        yield self.last(x)

    def forward(self, x):
        *_, last = self.stages(x)
        return last


def matrix(weight):
    """Weights as the rows of a layer: outputs, then height, width, inputs."""
    weight = weight.detach()
    return (weight.permute(0, 2, 3, 1) if weight.dim() == 4 else weight).reshape(len(weight), -1).numpy().copy()


def set_matrix(weight, values):
    shape = weight.shape
    values = torch.from_numpy(np.ascontiguousarray(values, np.float32))
    if weight.dim() == 4:
        values = values.reshape(shape[0], shape[2], shape[3], shape[1]).permute(0, 3, 1, 2)
    with torch.no_grad():
        weight.copy_(values.reshape(shape))


def grouped(values, block):
    """Blocks one after the other, and how to put them back."""
    rows, columns = values.shape
    r, c = block
    shape = (rows // r, r, columns // c, c)
    groups = np.ascontiguousarray(values.reshape(shape).transpose(0, 2, 1, 3)).reshape(-1)

    def back(groups):
        return groups.reshape(shape[0], shape[2], r, c).transpose(0, 2, 1, 3).reshape(rows, columns)

    return groups, back


class Library:
    """The proximal operators of the C interface."""

    def __init__(self, path):
        self.library = ctypes.CDLL(str(path))

    def _call(self, name, x, step, group, count):
        scratch = np.zeros(len(x) // group, np.float32)
        function = getattr(self.library, f"ts_prox_{name}")
        status = function(
            ctypes.c_void_p(x.ctypes.data),
            ctypes.c_uint32(len(x)),
            ctypes.c_float(step),
            ctypes.c_uint32(group),
            ctypes.c_uint32(count),
            ctypes.c_void_p(scratch.ctypes.data),
            ctypes.c_size_t(len(scratch)),
        )
        if status:
            raise SystemExit(f"ts_prox_{name} refused: status {status}")

    def wgsef(self, x, step, group, count):
        self._call("wgsef", x, step, group, count)

    def sparse_groups(self, x, group, count):
        self._call("sparse_groups", x, 1.0, group, count)


def each_block(network, blocks=BLOCKS):
    for name, block in blocks.items():
        yield name, getattr(network, name).weight, block


def kept_of(weight, block, sparsity):
    return round((1 - sparsity) * weight.numel() / (block[0] * block[1]))


def train(network, data, epochs, rate, after=None, seed=0):
    """Adam on batches of 32; `after(epoch)` is called after each step."""
    x, y = data
    torch.manual_seed(seed)
    optimiser = torch.optim.Adam(network.parameters(), lr=rate)
    for epoch in range(epochs):
        for batch in torch.randperm(len(x)).split(32):
            optimiser.zero_grad()
            # Moved by up to a pixel: few pictures, many weights.
            shift = torch.randint(-1, 2, (2,)).tolist()
            F.cross_entropy(network(torch.roll(x[batch], shift, (2, 3))), y[batch]).backward()
            optimiser.step()
            if after:
                after(epoch)
    return network


def hold_zeros(network):
    """What keeps the weights that are 0 where they are."""
    masks = [(weight, (weight != 0).float()) for _, weight, _ in each_block(network)]

    def after(_):
        with torch.no_grad():
            for weight, mask in masks:
                weight.mul_(mask)

    return after


def by_tool(network, sparsity, data, tool, folder, second_order):
    """`tinysolve prune` on each layer."""
    x, y = data
    chosen = torch.randperm(len(x), generator=torch.Generator().manual_seed(1))[:GRADIENTS]
    gradients = {name: [] for name in BLOCKS}
    if second_order:
        for k in chosen:
            network.zero_grad()
            F.cross_entropy(network(x[k : k + 1]), y[k : k + 1]).backward()
            for name, weight, _ in each_block(network):
                gradients[name].append(matrix(weight.grad).reshape(-1))
    for name, weight, block in each_block(network):
        values = matrix(weight)
        paths = [folder / f"{name}.{end}" for end in ("weights", "gradients", "pruned")]
        values.astype("<f4").tofile(paths[0])
        command = [tool, "prune", paths[0], "--columns", str(values.shape[1]), "--keep", str(1 - sparsity)]
        command += ["--block", f"{block[0]}x{block[1]}", "-o", paths[2]]
        if second_order:
            np.stack(gradients[name]).astype("<f4").tofile(paths[1])
            command += ["--gradients", paths[1], "--damping", "1e-4"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        set_matrix(weight, np.fromfile(paths[2], "<f4").reshape(values.shape))
        for path in paths:
            path.unlink(missing_ok=True)


def by_wgsef(network, sparsity, data, library, epochs, blocks):
    """Proximal training with a weight that grows, then exactly k groups."""

    def shrink(epoch, exact=False):
        for _, weight, block in each_block(network, blocks):
            groups, back = grouped(matrix(weight), block)
            count, size = kept_of(weight, block, sparsity), block[0] * block[1]
            if exact:
                library.sparse_groups(groups, size, count)
            else:
                library.wgsef(groups, 2e-3 * (epoch + 1) / epochs, size, count)
            set_matrix(weight, back(groups))

    train(network, data, epochs, 1e-3, shrink, seed=2)
    shrink(epochs, exact=True)


def measure(network, data, test, tool, folder, name):
    """Accuracy in 8 bits, bytes of flash, predicted instructions."""
    layers = quantised(network, data[0], matrix)
    (folder / f"{name}.tflite").write_bytes(tflite_bytes(layers))
    container = folder / f"{name}.ts"
    subprocess.run([tool, "convert", folder / f"{name}.tflite", "-o", container], check=True, stdout=subprocess.DEVNULL)
    inputs = np.clip(np.rint(test[0].numpy() * 255) - 128, -128, 127).astype(np.int8)
    inputs.tofile(folder / "inputs")
    files = ["--input", folder / "inputs", "--output", folder / "outputs"]
    subprocess.run([tool, "run", container, *files], check=True, stdout=subprocess.DEVNULL)
    outputs = np.fromfile(folder / "outputs", np.int8).reshape(len(inputs), -1)
    text = subprocess.run([tool, "inspect", container], check=True, capture_output=True, text=True).stdout
    instructions = int(re.search(r"about (\d+) instructions", text).group(1))
    right = float(np.mean(outputs.argmax(1) == test[1].numpy()))
    return right, container.stat().st_size, instructions


def plot(rows, path):
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = "tinysolve"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 2, figsize=(9, 3.5))
    dense = rows[0]
    for method in METHODS:
        own = [dense] + [row for row in rows if row[0] == method]
        axes[0].plot([100 * row[1] for row in own], [100 * row[3] for row in own], "o-", label=method)
        axes[1].plot([row[5] / 1e6 for row in own], [100 * row[3] for row in own], "o-", label=method)
    axes[0].set(xlabel="groups left out, %", ylabel="right in 8 bits, %")
    axes[1].set(xlabel="million instructions on a Cortex-M4, predicted", ylabel="right in 8 bits, %")
    axes[0].legend()
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, required=True, help="folder for containers, table and plot")
    parser.add_argument("--tool", type=pathlib.Path, default=ROOT / "target/debug/tinysolve")
    parser.add_argument("--library", type=pathlib.Path, default=ROOT / "target/dist/host/libtinysolve.so")
    parser.add_argument("--epochs", type=int, default=30, help="of the dense network; each pruned one gets half")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    torch.manual_seed(0)
    x, y = load_digits(return_X_y=True)
    x = torch.tensor(x / 16, dtype=torch.float32).reshape(-1, 1, 8, 8)
    split = train_test_split(x, torch.tensor(y), test_size=450, random_state=0, stratify=y)
    data, test = (split[0], split[2]), (split[1], split[3])
    tool, library = arguments.tool, Library(arguments.library)
    more = arguments.epochs // 2

    def right(network):
        with torch.no_grad():
            return float((network(test[0]).argmax(1) == test[1]).float().mean())

    dense = train(Network(), data, arguments.epochs, 1e-3)
    # As many epochs in all as the pruned ones.
    reference = train(copy.deepcopy(dense), data, 2 * more, 3e-4, seed=3)
    rows = [("dense", 0.0, right(reference), *measure(reference, data, test, tool, arguments.out, "dense"))]
    for sparsity in SPARSITIES:
        for method in METHODS:
            network = copy.deepcopy(dense)
            if method.startswith("WGSEF"):
                by_wgsef(network, sparsity, data, library, more, CHANNELS if "channels" in method else BLOCKS)
            else:
                train(network, data, more, 1e-3, seed=2)
                by_tool(network, sparsity, data, tool, arguments.out, method == "M-FAC")
            at_once = right(network)
            train(network, data, more, 3e-4, hold_zeros(network), seed=3)
            name = f"{method.lower().replace('-', '').replace(', ', '_')}_{round(100 * sparsity)}"
            rows.append((method, sparsity, at_once, *measure(network, data, test, tool, arguments.out, name)))
            print(rows[-1], flush=True)
    lines = [
        "| method | groups left out | right at once | right in 8 bits | flash, bytes | instructions (M4, predicted) |",
        "|---|---|---|---|---|---|",
    ]
    for method, sparsity, at_once, accuracy, flash, instructions in rows:
        lines.append(
            f"| {method} | {100 * sparsity:.0f} % | {100 * at_once:.1f} % | {100 * accuracy:.1f} % | {flash} | {instructions} |"
        )
    (arguments.out / "prune.md").write_text("\n".join(lines) + "\n")
    print("\n".join(lines))
    plot(rows, arguments.out / "prune.svg")


if __name__ == "__main__":
    main()
