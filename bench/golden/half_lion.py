"""Writes src/test/resources/golden/half-lion.safetensors: updates of float16 parameters as the card's trainer made them.

    python bench/golden/half_lion.py src/test/resources/golden/half-lion.safetensors

PyTorch's own GradScaler, allowed to unscale float16 gradients as sd-scripts allows it, and its own clipping, both on
float16 tensors; then Lion8bit of bitsandbytes 0.42 in numpy, each operation in the type in which the kernels of that
version have it. Needs torch (written with 2.7.1), numpy and safetensors.
"""

import sys

import numpy as np
import torch
from safetensors.numpy import save_file

RATE, DECAY, BETA1, BETA2 = (np.float32(x) for x in (4e-5, 0.1, 0.9, 0.95))
ONE = np.float32(1)
BLOCK, SMALLEST = 2048, 4096
h, f = np.float16, np.float32


def signed_map():
    values = [0.0, 1.0]
    for i in range(7):
        for j in range(2**i):
            x = 10.0 ** (i - 6) * (0.1 + 0.9 * (j + 0.5) / 2**i)
            values += [x, -x]
    return np.sort(np.array(values, f))


MAP = signed_map()


def codes_of(s, scale):
    x = s / scale
    upper = np.clip(np.searchsorted(MAP, x), 1, 255)
    code = np.where(x - MAP[upper - 1] <= MAP[upper] - x, upper - 1, upper)
    wrong = np.signbit(MAP[code]) != np.signbit(s)
    return np.where(wrong, np.where(s > 0, code + 1, code - 1), code).astype(np.uint8)


class Lion8bit(torch.optim.Optimizer):
    def __init__(self, parameters):
        super().__init__(parameters, {})

    def step(self):
        for p in self.param_groups[0]["params"]:
            new = (self.large if p.numel() >= SMALLEST else self.small)(
                p.detach().numpy().reshape(-1), p.grad.numpy().reshape(-1), self.state[p])
            p.data.copy_(torch.from_numpy(new).view_as(p))

    @staticmethod
    def large(p, g, state):
        blocks = -(-p.size // BLOCK)
        codes = state.setdefault("codes", np.zeros(p.size, np.uint8))
        scales = state.setdefault("scales", np.zeros(blocks, f))
        new = np.empty_like(p)
        for b in range(blocks):
            part = slice(b * BLOCK, min((b + 1) * BLOCK, p.size))
            g32 = g[part].astype(f)
            decayed = (p[part].astype(f) * (ONE - RATE * DECAY)).astype(h)
            s = MAP[codes[part]] * scales[b]
            u = (RATE * np.sign(s * BETA1 + (ONE - BETA1) * g32)).astype(h)
            new[part] = (decayed.astype(f) - u.astype(f)).astype(h)
            s = s * BETA2 + (ONE - BETA2) * g32
            scales[b] = np.abs(s).max()
            codes[part] = codes_of(s, scales[b])
        return new

    @staticmethod
    def small(p, g, state):
        s = state.setdefault("momentum", np.zeros(p.size, f))
        g32 = (g.astype(f) + p.astype(f) * DECAY).astype(h).astype(f)
        u = RATE * np.sign(s * BETA1 + (ONE - BETA1) * g32)
        state["momentum"] = s * BETA2 + (ONE - BETA2) * g32
        return (p.astype(f) - u).astype(h)


def main(file):
    random = np.random.default_rng(7)
    start = {"large": random.normal(0, 0.08, (60, 70)), "small": random.uniform(-0.5, 0.5, (8, 16))}
    start["large"][0, :8] = [0.125, -0.125, 0.12494, 0, 1e-7, 6e-5, 3e-5, -2]
    parameters = {name: torch.nn.Parameter(torch.from_numpy(x.astype(h))) for name, x in start.items()}
    optimizer = Lion8bit(parameters.values())
    scaler = torch.amp.GradScaler("cpu", init_scale=65536.0)
    unscale = scaler._unscale_grads_
    scaler._unscale_grads_ = lambda o, inverse, found, allow: unscale(o, inverse, found, True)
    scaler.scale(torch.zeros(1))  # makes its tensors
    out = {f"{name}_p0": p.detach().numpy().copy() for name, p in parameters.items()}
    # Standard deviations of gradients: most vanish, norm below 1; overflow at one; clipped to 1; usual.
    for step, deviation in enumerate([3e-8, 1e-3, 0.3, 4e-4]):
        for name, p in parameters.items():
            gradient = random.normal(0, deviation, p.shape) * (random.random(p.shape) < 0.9)
            p.grad = torch.from_numpy(np.clip(gradient * scaler.get_scale(), -6e4, 6e4).astype(h))
        if step == 1:
            parameters["small"].grad[3, 3] = torch.inf
        if step != 1:
            out.update({f"{name}_g{step}": p.grad.numpy().copy() for name, p in parameters.items()})
        scaler.unscale_(optimizer)
        norm = torch.nn.utils.clip_grad_norm_(list(parameters.values()), 1.0)
        assert norm.dtype == torch.float16
        scaler.step(optimizer)
        scaler.update()
        assert scaler.get_scale() == (65536 if step == 0 else 32768)
        if step != 1:
            out[f"norm{step}"] = np.array([norm.item()], f)
            for name, p in parameters.items():
                out[f"{name}_clipped{step}"] = p.grad.numpy().copy()
                out[f"{name}_p{step + 1}"] = p.detach().numpy().copy()
    out["codes"] = optimizer.state[parameters["large"]]["codes"]
    out["scales"] = optimizer.state[parameters["large"]]["scales"]
    out["momentum"] = optimizer.state[parameters["small"]]["momentum"]
    save_file(out, file)
    for name in sorted(out):
        if name.startswith("norm"):
            print(name, out[name][0])
    moved = out["large_p4"] != out["large_p0"]
    print("moved", moved.mean(), "zero after unscaling", [(out[f"large_clipped{s}"] == 0).mean() for s in (0, 2, 3)])
    print("largest that moved", np.abs(out["large_p0"][moved]).max())


main(sys.argv[1])
