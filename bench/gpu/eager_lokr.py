"""LoKr with full matrices in eager PyTorch, in the ways of LyCORIS, and which layers a LyCORIS preset gives one."""

import re
import tomllib

import torch
import torch.nn.functional as F
from torch import nn


class Adapted(nn.Module):
    """A layer that may have a LoKr with full matrices: w1 [l, m] and w2 [k, n, kernel…], float32.

    Modes: merged, one product by W + kron(w1, w2) built in float32 (LyCORIS 2.1, the default there);
    twice, the base product plus one by the rounded difference (LyCORIS 3, the default there);
    bypass, the base product plus kron(w1, w2) x as two small products (LyCORIS' bypass_mode).
    """

    mode = "merged"

    def __init__(self, *sizes, **options):
        super().__init__(*sizes, **options)
        self.register_parameter("w1", None)
        self.register_parameter("w2", None)

    def forward(self, x):
        if self.w1 is None:
            return self.product(x, self.weight, self.bias)
        if self.mode == "bypass":
            return self.product(x, self.weight, self.bias) + self.bypass(x)
        delta = torch.kron(self.w1.reshape(self.w1.shape + (1,) * (self.w2.dim() - 2)), self.w2)
        if self.mode == "merged":
            return self.product(x, self.weight.float() + delta, self.bias)
        change = (self.weight + delta.to(self.weight.dtype)) - self.weight
        return self.product(x, self.weight, self.bias) + self.product(x, change, None)

    def shapes(self, factor):
        """The shapes of w1 and w2; the small part of each side belongs to w1."""
        out, into = (smaller(side, factor) for side in self.weight.shape[:2])
        large = (self.weight.shape[0] // out, self.weight.shape[1] // into)
        return (out, into), large + tuple(self.weight.shape[2:])


class Linear(Adapted, nn.Linear):
    def product(self, x, weight, bias):
        return F.linear(x, weight, bias)

    def bypass(self, x):
        groups = x.reshape(*x.shape[:-1], self.w1.shape[1], -1)
        mixed = F.linear(F.linear(groups, self.w2).transpose(-1, -2), self.w1)
        return mixed.transpose(-1, -2).reshape(*x.shape[:-1], -1)


class Conv2d(Adapted, nn.Conv2d):
    def product(self, x, weight, bias):
        return F.conv2d(x, weight, bias, self.stride, self.padding)

    def bypass(self, x):
        batch, _, *image = x.shape
        groups = self.product(x.reshape(batch * self.w1.shape[1], -1, *image), self.w2, None)
        groups = groups.view(batch, -1, *groups.shape[1:])
        mixed = F.linear(groups.transpose(1, -1), self.w1).transpose(1, -1)
        return mixed.reshape(batch, -1, *mixed.shape[3:])


def smaller(side, factor):
    """The small part of LyCORIS' factorization(side, factor), for a factor above 0."""
    if side % factor == 0:
        return min(factor, side // factor)
    return max(d for d in range(1, factor + 1) if side % d == 0 and d * d <= side)


def selection(network, classes, names, factors, rest):
    """[(path, layer, factor)] by LyCORIS' rules: all below a class of the list, or by the path's beginning."""

    def below(module, path, factor):
        for name, child in module.named_children():
            own = factor
            if factor is not None or type(child).__name__ in classes:
                own = factors.get(type(child).__name__, rest if factor is None else factor)
            full = f"{path}.{name}" if path else name
            if isinstance(child, Adapted):
                named = any(re.match(pattern, full) for pattern in names)
                if own is not None or named:
                    yield full, child, rest if own is None else own
            yield from below(child, full, own)

    return list(below(network, "", None))


def preset(path, rest=8):
    """(selection of a U-Net, selection of a text encoder) by a preset's file; its algorithms must be full LoKr."""
    with open(path, "rb") as file:
        values = tomllib.load(file)
    factors = {name: entry.get("factor", rest) for name, entry in values["module_algo_map"].items()}
    return tuple(
        lambda network, part=part: selection(
            network, values[f"{part}_target_module"], values[f"{part}_target_name"], factors, rest
        )
        for part in ("unet", "text_encoder")
    )
