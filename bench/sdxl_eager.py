"""The mid-size U-Net of bench/sdxl.sh and its blocks in eager PyTorch: median seconds and peak megabytes.

Usage: sdxl_eager.py unet|residual|transformer forward|plain SIDE ROUNDS
"""

import statistics
import sys
import time

import torch
import torch.nn.functional as F

# Public since PyTorch 2.0; 1.13 has it under this name and returns the weights besides.
ATTENTION = getattr(F, "scaled_dot_product_attention", None) or (
    lambda q, k, v: F._scaled_dot_product_attention(q, k, v)[0]
)
CHANNELS, CONTEXT, VECTOR, DEPTHS, HEAD = 160, 1024, 1408, (0, 1, 3), 40
WIDTH = 4 * CHANNELS  # of the middle blocks and of the embedding


def kilobytes(field):
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(field + ":"))


def linear(out, into, bias=True):
    return torch.nn.Linear(into, out, bias=bias)


class Residual(torch.nn.Module):
    def __init__(self, into, out):
        super().__init__()
        self.norm1, self.conv1 = torch.nn.GroupNorm(32, into), torch.nn.Conv2d(into, out, 3, padding=1)
        self.emb = linear(out, 4 * CHANNELS)
        self.norm2, self.conv2 = torch.nn.GroupNorm(32, out), torch.nn.Conv2d(out, out, 3, padding=1)
        self.skip = torch.nn.Conv2d(into, out, 1) if into != out else torch.nn.Identity()

    def forward(self, x, emb):
        h = self.conv1(F.silu(self.norm1(x))) + self.emb(F.silu(emb))[:, :, None, None]
        return self.skip(x) + self.conv2(F.silu(self.norm2(h)))


class Attention(torch.nn.Module):
    def __init__(self, width, context):
        super().__init__()
        self.q, self.k, self.v = linear(width, width, False), linear(width, context, False), linear(width, context, False)
        self.out, self.heads = linear(width, width), width // HEAD

    def forward(self, x, context):
        q, k, v = (
            t.view(t.shape[0], t.shape[1], self.heads, -1).transpose(1, 2)
            for t in (self.q(x), self.k(context), self.v(context))
        )
        return self.out(ATTENTION(q, k, v).transpose(1, 2).flatten(2))


class Block(torch.nn.Module):
    def __init__(self, width):
        super().__init__()
        self.attn1, self.attn2 = Attention(width, width), Attention(width, CONTEXT)
        self.proj, self.back = linear(8 * width, width), linear(width, 4 * width)
        self.norms = torch.nn.ModuleList(torch.nn.LayerNorm(width) for _ in range(3))

    def forward(self, x, context):
        n = self.norms[0](x)
        x = x + self.attn1(n, n)
        x = x + self.attn2(self.norms[1](x), context)
        value, gate = self.proj(self.norms[2](x)).chunk(2, -1)
        return x + self.back(value * F.gelu(gate))


class Transformer(torch.nn.Module):
    def __init__(self, width, depth):
        super().__init__()
        self.norm = torch.nn.GroupNorm(32, width, eps=1e-6)
        self.proj_in, self.proj_out = linear(width, width), linear(width, width)
        self.blocks = torch.nn.ModuleList(Block(width) for _ in range(depth))

    def forward(self, x, context):
        t = self.proj_in(self.norm(x).flatten(2).transpose(1, 2))
        for block in self.blocks:
            t = block(t, context)
        return self.proj_out(t).transpose(1, 2).reshape(x.shape) + x


class UNet(torch.nn.Module):
    def __init__(self):
        super().__init__()
        emb = 4 * CHANNELS
        self.time = torch.nn.Sequential(linear(emb, CHANNELS), torch.nn.SiLU(), linear(emb, emb))
        self.label = torch.nn.Sequential(linear(emb, VECTOR), torch.nn.SiLU(), linear(emb, emb))
        self.first = torch.nn.Conv2d(4, CHANNELS, 3, padding=1)
        widths, skips = [CHANNELS, 2 * CHANNELS, 4 * CHANNELS], [CHANNELS]
        self.down = torch.nn.ModuleList()
        for level, width in enumerate(widths):
            for _ in range(2):
                self.down.append(self.pair(skips[-1], width, DEPTHS[level]))
                skips.append(width)
            if level < 2:
                self.down.append(torch.nn.Conv2d(width, width, 3, stride=2, padding=1))
                skips.append(width)
        self.middle = torch.nn.ModuleList([self.pair(widths[2], widths[2], DEPTHS[2]), Residual(widths[2], widths[2])])
        self.up, self.resize, current = torch.nn.ModuleList(), torch.nn.ModuleDict(), widths[2]
        for level in (2, 1, 0):
            for i in range(3):
                self.up.append(self.pair(current + skips.pop(), widths[level], DEPTHS[level]))
                current = widths[level]
            if level:
                self.resize[str(len(self.up) - 1)] = torch.nn.Conv2d(current, current, 3, padding=1)
        self.norm, self.last = torch.nn.GroupNorm(32, CHANNELS), torch.nn.Conv2d(CHANNELS, 4, 3, padding=1)

    @staticmethod
    def pair(into, out, depth):
        parts = [Residual(into, out)] + ([Transformer(out, depth)] if depth else [])
        return torch.nn.ModuleList(parts)

    @staticmethod
    def run(parts, x, emb, context):
        for part in parts:
            x = part(x, emb) if isinstance(part, Residual) else part(x, context)
        return x

    def forward(self, x, t, context, vector):
        k = torch.exp(torch.arange(CHANNELS // 2) * (-9.210340371976184 / (CHANNELS // 2)))
        angle = t[:, None].float() * k
        emb = self.time(torch.cat([angle.cos(), angle.sin()], -1)) + self.label(vector)
        x = self.first(x)
        skips = [x]
        for part in self.down:
            x = part(x) if isinstance(part, torch.nn.Conv2d) else self.run(part, x, emb, context)
            skips.append(x)
        x = self.middle[1](self.run(self.middle[0], x, emb, context), emb)
        for i, part in enumerate(self.up):
            x = self.run(part, torch.cat([x, skips.pop()], 1), emb, context)
            if str(i) in self.resize:
                x = self.resize[str(i)](F.interpolate(x, scale_factor=2, mode="nearest"))
        return self.last(F.silu(self.norm(x)))


def random_inputs(part, side):
    """Tensors that the part takes, by name; those of floats collect gradients."""
    if part == "unet":
        return {"x": torch.randn(1, 4, side, side), "context": torch.randn(1, 77, CONTEXT), "vector": torch.randn(1, VECTOR)}
    image = {"x": torch.randn(1, WIDTH, side, side)}
    if part == "residual":
        return image | {"emb": torch.randn(1, WIDTH)}
    return image | {"context": torch.randn(1, 77, CONTEXT)}


def step(module, part, walk, side):
    with torch.set_grad_enabled(walk):
        inputs = {name: value.requires_grad_(walk) for name, value in random_inputs(part, side).items()}
        if part == "unet":
            inputs["t"] = torch.tensor([500])
        output = module(**inputs)
        if walk:
            output.backward(output.detach().clone())


def main():
    part, mode, side, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    parts = {"unet": UNet, "residual": lambda: Residual(WIDTH, WIDTH), "transformer": lambda: Transformer(WIDTH, DEPTHS[2])}
    module = parts[part]().requires_grad_(False)
    walk = mode == "plain"
    for _ in range(20):  # loads code and what is made once
        step(module, part, walk, 8)
    before, seconds = kilobytes("VmRSS"), []
    for _ in range(rounds):
        start = time.perf_counter()
        step(module, part, walk, side)
        seconds.append(time.perf_counter() - start)
    print(f"{statistics.median(seconds):.3f} {(kilobytes('VmHWM') - before) // 1024}")


if __name__ == "__main__":
    main()
