"""The update of bench/train.sh in eager PyTorch, in the way of sd-scripts and LyCORIS: the mid-size U-Net and
two text encoders, frozen, with W + kron(w1, w2) built in every forward; blocks computed again on the way back;
min-SNR loss; Lion in float32. Prints the mean seconds of an update, the first left out, and peak megabytes.

Usage: train_eager.py SIDE MICRO_BATCHES UPDATES
"""

import sys
import time

import sdxl_eager
import torch
import torch.nn.functional as F
from torch.utils.checkpoint import checkpoint

sdxl_eager.CONTEXT, sdxl_eager.VECTOR = 1040, 2176
HEAD, TOKENS, VOCABULARY = sdxl_eager.HEAD, 77, 1024


class TextLayer(torch.nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm1, self.norm2 = torch.nn.LayerNorm(width), torch.nn.LayerNorm(width)
        self.attention = torch.nn.ModuleList(torch.nn.Linear(width, width) for _ in range(4))
        self.mlp = torch.nn.Sequential(
            torch.nn.Linear(width, 4 * width), torch.nn.GELU(), torch.nn.Linear(4 * width, width)
        )

    def forward(self, x):
        n, heads = self.norm1(x), x.shape[-1] // HEAD
        q, k, v = (
            layer(n).view(*x.shape[:2], heads, HEAD).transpose(1, 2) for layer in self.attention[:3]
        )
        mask = torch.full(x.shape[1:2] * 2, float("-inf")).triu(1)
        weights = (q @ k.transpose(-1, -2) * HEAD**-0.5 + mask).softmax(-1)
        x = x + self.attention[3]((weights @ v).transpose(1, 2).flatten(2))
        return x + self.mlp(self.norm2(x))


class Text(torch.nn.Module):
    def __init__(self, width, layers):
        super().__init__()
        self.tokens = torch.nn.Embedding(VOCABULARY, width)
        self.layers = torch.nn.ModuleList(TextLayer(width) for _ in range(layers))

    def forward(self, ids):
        x = self.tokens(ids).requires_grad_()
        for layer in self.layers:
            before, x = x, checkpoint(layer, x)
        return before, x


def adapt(layer, factor):
    """Puts a LoKr with full matrices on a layer; its tensors."""
    out, into = layer.weight.shape[:2]
    w1 = (torch.randn(factor, factor) * 0.1).requires_grad_()
    w2 = torch.zeros(out // factor, into // factor, *layer.weight.shape[2:]).requires_grad_()

    def weight():
        small = w1.reshape(w1.shape + (1,) * (w2.dim() - 2))
        return layer.weight + torch.kron(small, w2).reshape(layer.weight.shape)

    if w2.dim() == 2:
        layer.forward = lambda x: F.linear(x, weight(), layer.bias)
    else:
        layer.forward = lambda x: F.conv2d(x, weight(), layer.bias, layer.stride, layer.padding)
    return [w1, w2]


def adapter(unet, texts):
    tensors = []
    for module in [m for text in texts for m in text.modules()]:
        if isinstance(module, torch.nn.Linear):
            tensors += adapt(module, 8)
    for path, module in unet.named_modules():
        if isinstance(module, (torch.nn.Linear, torch.nn.Conv2d)) and path.split(".")[0] in ("down", "middle", "up", "resize"):
            attention = ".attn" in path
            feed_forward = path.endswith((".proj", ".back"))
            tensors += adapt(module, 4 if attention else 2 if feed_forward else 8)
    return tensors


def checkpointed(unet):
    for module in unet.modules():
        if isinstance(module, (sdxl_eager.Residual, sdxl_eager.Transformer)):
            inner = module.forward
            module.forward = lambda *x, inner=inner: checkpoint(inner, *x)


def micro_batch(unet, texts, alphas, side):
    latents, noise = torch.randn(1, 4, side, side), torch.randn(1, 4, side, side)
    step = torch.randint(0, 1000, (1,))
    alpha = alphas[step].view(-1, 1, 1, 1)
    ids = torch.randint(0, VOCABULARY, (1, TOKENS))
    (first, _), (second, last) = texts[0](ids), texts[1](ids)
    context = torch.cat([first, second], -1)
    vector = torch.cat([last[:, -1], torch.randn(1, sdxl_eager.VECTOR - last.shape[-1])], -1)
    prediction = unet(alpha.sqrt() * latents + (1 - alpha).sqrt() * noise, step, context, vector)
    snr = alpha / (1 - alpha)
    return ((prediction - noise) ** 2).mean() * (snr.clamp(max=5) / snr).mean()


@torch.no_grad()
def lion(tensors, momenta, rate=4e-5, decay=0.1, betas=(0.9, 0.95)):
    for p, m in zip(tensors, momenta):
        if p.grad is not None:
            p.mul_(1 - rate * decay).sub_(rate * torch.sign(betas[0] * m + (1 - betas[0]) * p.grad))
            m.mul_(betas[1]).add_(p.grad, alpha=1 - betas[1])


def main():
    side, micro_batches, updates = (int(argument) for argument in sys.argv[1:4])
    torch.set_num_threads(1)
    unet, texts = sdxl_eager.UNet().requires_grad_(False), [Text(400, 2), Text(640, 4)]
    for text in texts:
        text.requires_grad_(False)
    tensors = adapter(unet, texts)
    checkpointed(unet)
    momenta = [torch.zeros_like(tensor) for tensor in tensors]
    alphas = torch.cumprod(1 - torch.linspace(0.00085**0.5, 0.012**0.5, 1000) ** 2, 0)
    seconds = []
    for _ in range(updates):
        start = time.perf_counter()
        for _ in range(micro_batches):
            (micro_batch(unet, texts, alphas, side) / micro_batches).backward()
        torch.nn.utils.clip_grad_norm_(tensors, 1.0)
        lion(tensors, momenta)
        for tensor in tensors:
            tensor.grad = None
        seconds.append(time.perf_counter() - start)
    print(f"{sum(seconds[1:]) / len(seconds[1:]):.3f} {sdxl_eager.kilobytes('VmHWM') // 1024}")


main()
