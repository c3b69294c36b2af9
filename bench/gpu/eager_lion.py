"""Lion on adapters in eager PyTorch: float32 (lion), or with its momentum in a byte an element (lion8bit)."""

import torch
from torch import nn

BLOCK, SMALLEST = 256, 4096
BETAS, DECAY = (0.9, 0.95), 0.1


class Tensors:
    """The trainable tensors of one learning rate: those of 4096 elements or more side by side in one buffer, each
    filled up to whole blocks, and their gradients in another; the rest by themselves.
    """

    def __init__(self, layers, rate, device):
        self.rate, self.small, self.large = rate, [], []
        shapes = [(layer, name, shape) for _, layer, f in layers for name, shape in zip(("w1", "w2"), layer.shapes(f))]
        counts = [-(-torch.Size(s).numel() // BLOCK) * BLOCK for _, _, s in shapes if torch.Size(s).numel() >= SMALLEST]
        self.values, self.gradients = (torch.zeros(sum(counts), device=device) for _ in range(2))
        at = 0
        for layer, name, shape in shapes:
            count = torch.Size(shape).numel()
            if count >= SMALLEST:
                parameter = nn.Parameter(self.values[at : at + count].view(shape))
                parameter.grad = self.gradients[at : at + count].view(shape)
                at += -(-count // BLOCK) * BLOCK
                self.large.append(parameter)
            else:
                parameter = nn.Parameter(torch.zeros(shape, device=device))
                parameter.grad = torch.zeros_like(parameter)
                self.small.append(parameter)
            setattr(layer, name, parameter)
            if name == "w1":
                nn.init.kaiming_uniform_(parameter, a=5**0.5)

    def all(self):
        return self.small + self.large

    @torch.no_grad()
    def zero(self):
        self.gradients.zero_()
        torch._foreach_zero_([parameter.grad for parameter in self.small])


class Lion:
    """p = p (1 - rate decay) - rate sign(b1 m + (1 - b1) g);  m = b2 m + (1 - b2) g."""

    def __init__(self, groups):
        self.groups = groups
        self.momenta = [[torch.zeros_like(p) for p in self.foreach(group)] for group in groups]

    @staticmethod
    def foreach(group):
        return group.all()

    @torch.no_grad()
    def step(self):
        for group, momenta in zip(self.groups, self.momenta):
            tensors = self.foreach(group)
            gradients = [tensor.grad for tensor in tensors]
            torch._foreach_mul_(tensors, 1 - group.rate * DECAY)
            updates = torch._foreach_mul(momenta, BETAS[0])
            torch._foreach_add_(updates, gradients, alpha=1 - BETAS[0])
            torch._foreach_sign_(updates)
            torch._foreach_add_(tensors, updates, alpha=-group.rate)
            del updates
            torch._foreach_mul_(momenta, BETAS[1])
            torch._foreach_add_(momenta, gradients, alpha=1 - BETAS[1])


class Lion8bit(Lion):
    """As bitsandbytes since 0.44: the momentum of large tensors as map[code] absmax, in blocks of 256 elements."""

    CHUNK = 1 << 16  # blocks at a time

    def __init__(self, groups):
        super().__init__(groups)
        device = groups[0].values.device
        self.map = dynamic_map().to(device)
        middles = (self.map[1:] + self.map[:-1]) * 0.5
        # The middle between two codes belongs to the even one.
        below = torch.nextafter(middles, torch.full_like(middles, -2.0))
        self.limits = torch.where(torch.arange(255, device=device) % 2 == 0, middles, below)
        counts = [group.values.numel() // BLOCK for group in groups]
        self.codes = [torch.zeros(n, BLOCK, dtype=torch.uint8, device=device) for n in counts]
        self.scales = [torch.zeros(n, 1, device=device) for n in counts]

    @staticmethod
    def foreach(group):
        return group.small

    @torch.no_grad()
    def step(self):
        super().step()
        for group, codes, scales in zip(self.groups, self.codes, self.scales):
            values, gradients = (x.view(-1, BLOCK) for x in (group.values, group.gradients))
            for parts in zip(*(x.split(self.CHUNK) for x in (values, gradients, codes, scales))):
                self.update(*parts, group.rate)

    def update(self, p, g, code, scale, rate):
        m = self.map[code.int()] * scale
        p.mul_(1 - rate * DECAY).sub_(torch.sign((m * BETAS[0]).add_(g, alpha=1 - BETAS[0])), alpha=rate)
        m.mul_(BETAS[1]).add_(g, alpha=1 - BETAS[1])
        torch.amax(m.abs(), 1, keepdim=True, out=scale)
        new = torch.bucketize(m / scale, self.limits, out_int32=True)
        # A negative number never becomes the code of 0.
        code.copy_(new - ((new == 127) & torch.signbit(m)).int())


def dynamic_map():
    """The 256 values of bitsandbytes' signed dynamic map, ascending."""
    values = [torch.tensor([0.0, 1.0])]
    for i in range(7):
        bounds = torch.linspace(0.1, 1, 2**i + 1)
        means = 10 ** (i - 6) * ((bounds[:-1] + bounds[1:]) / 2)
        values += [means, -means]
    return torch.cat(values).sort().values
