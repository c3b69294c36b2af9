"""SDXL's U-Net, text encoders and the encoder half of its autoencoder in eager PyTorch. Paths and classes of modules
are those of sd-scripts, so that a LyCORIS preset selects the same layers.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.checkpoint import checkpoint

from eager_lokr import Conv2d, Linear

TOKENS, ROWS = 77, 3


@dataclass(frozen=True)
class Sizes:
    """The networks' sizes; a text encoder is (width, layers)."""

    channels: int
    depths: tuple
    head: int
    texts: tuple
    vocabulary: int
    vae: tuple

    @property
    def context(self):
        return sum(width for width, _ in self.texts)

    @property
    def vector(self):
        return self.texts[1][0] + 6 * 256


SIZES = {
    "real": Sizes(320, (0, 2, 10), 64, ((768, 12), (1280, 32)), 49408, (128, 256, 512, 512)),
    "tiny": Sizes(32, (0, 1, 2), 16, ((32, 3), (64, 4)), 1024, (32, 64, 64, 64)),
}


def through(block, *inputs):
    """Runs a block; one that is marked so computes again on the way back (nothing in it is random)."""
    if getattr(block, "checkpointed", False):
        return checkpoint(block, *inputs, use_reentrant=False, preserve_rng_state=False)
    return block(*inputs)


def attention(q, k, v, heads, causal=False):
    q, k, v = (x.view(*x.shape[:2], heads, -1).transpose(1, 2) for x in (q, k, v))
    return F.scaled_dot_product_attention(q, k, v, is_causal=causal).transpose(1, 2).flatten(2)


def sinusoids(x, width):
    half = width // 2
    frequencies = torch.exp(torch.arange(half, device=x.device) * (-math.log(10000) / half))
    angles = x.float()[..., None] * frequencies
    return torch.cat([angles.cos(), angles.sin()], -1)


class ResnetBlock2D(nn.Module):
    def __init__(self, into, out, emb):
        super().__init__()
        self.in_layers = nn.Sequential(nn.GroupNorm(32, into), nn.SiLU(), Conv2d(into, out, 3, padding=1))
        self.emb_layers = nn.Sequential(nn.SiLU(), Linear(emb, out))
        self.out_layers = nn.Sequential(nn.GroupNorm(32, out), nn.SiLU(), nn.Identity(), Conv2d(out, out, 3, padding=1))
        self.skip_connection = Conv2d(into, out, 1) if into != out else nn.Identity()

    def forward(self, x, emb):
        h = self.in_layers(x) + self.emb_layers(emb)[:, :, None, None]
        return self.skip_connection(x) + self.out_layers(h)


class CrossAttention(nn.Module):
    def __init__(self, width, context, head):
        super().__init__()
        self.heads = width // head
        self.to_q, self.to_k, self.to_v = (Linear(n, width, bias=False) for n in (width, context, context))
        self.to_out = nn.ModuleList([Linear(width, width)])

    def forward(self, x, context):
        return self.to_out[0](attention(self.to_q(x), self.to_k(context), self.to_v(context), self.heads))


class GEGLU(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.proj = Linear(width, 8 * width)

    def forward(self, x):
        value, gate = self.proj(x).chunk(2, -1)
        return value * F.gelu(gate)


class FeedForward(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.net = nn.Sequential(GEGLU(width), nn.Identity(), Linear(4 * width, width))

    def forward(self, x):
        return self.net(x)


class BasicTransformerBlock(nn.Module):
    def __init__(self, width, context, head):
        super().__init__()
        self.attn1, self.attn2 = CrossAttention(width, width, head), CrossAttention(width, context, head)
        self.ff = FeedForward(width)
        self.norm1, self.norm2, self.norm3 = (nn.LayerNorm(width) for _ in range(3))

    def forward(self, x, context):
        n = self.norm1(x)
        x = x + self.attn1(n, n)
        x = x + self.attn2(self.norm2(x), context)
        return x + self.ff(self.norm3(x))


class Transformer2DModel(nn.Module):
    def __init__(self, width, depth, context, head):
        super().__init__()
        self.norm = nn.GroupNorm(32, width, eps=1e-6)
        self.proj_in, self.proj_out = Linear(width, width), Linear(width, width)
        self.transformer_blocks = nn.ModuleList(BasicTransformerBlock(width, context, head) for _ in range(depth))

    def forward(self, x, context):
        t = self.proj_in(self.norm(x).permute(0, 2, 3, 1).flatten(1, 2))
        for block in self.transformer_blocks:
            t = through(block, t, context)
        return self.proj_out(t).view(x.shape[0], *x.shape[2:], -1).permute(0, 3, 1, 2) + x


class Downsample2D(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.op = Conv2d(width, width, 3, stride=2, padding=1)

    def forward(self, x):
        return self.op(x)


class Upsample2D(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv = Conv2d(width, width, 3, padding=1)

    def forward(self, x):
        return self.conv(F.interpolate(x, scale_factor=2.0, mode="nearest"))


class UNet(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.sizes, channels = sizes, sizes.channels
        self.emb = emb = 4 * channels
        self.time_embed = nn.Sequential(Linear(channels, emb), nn.SiLU(), Linear(emb, emb))
        self.label_emb = nn.Sequential(nn.Sequential(Linear(sizes.vector, emb), nn.SiLU(), Linear(emb, emb)))
        widths, skips = [channels, 2 * channels, 4 * channels], [channels]
        self.input_blocks = nn.ModuleList([nn.ModuleList([Conv2d(4, channels, 3, padding=1)])])
        for level, width in enumerate(widths):
            for _ in range(2):
                self.input_blocks.append(self.pair(skips[-1], width, level))
                skips.append(width)
            if level < 2:
                self.input_blocks.append(nn.ModuleList([Downsample2D(width)]))
                skips.append(width)
        current = widths[2]
        self.middle_block = self.pair(current, current, 2).append(ResnetBlock2D(current, current, emb))
        self.output_blocks = nn.ModuleList()
        for level in (2, 1, 0):
            for i in range(3):
                block = self.pair(current + skips.pop(), widths[level], level)
                current = widths[level]
                self.output_blocks.append(block.append(Upsample2D(current)) if i == 2 and level else block)
        self.out = nn.Sequential(nn.GroupNorm(32, channels), nn.SiLU(), Conv2d(channels, 4, 3, padding=1))

    def pair(self, into, out, level):
        parts, sizes = [ResnetBlock2D(into, out, self.emb)], self.sizes
        if sizes.depths[level]:
            parts.append(Transformer2DModel(out, sizes.depths[level], sizes.context, sizes.head))
        return nn.ModuleList(parts)

    @staticmethod
    def run(parts, x, emb, context):
        for part in parts:
            if isinstance(part, ResnetBlock2D):
                x = through(part, x, emb)
            elif isinstance(part, Transformer2DModel):
                x = part(x, context)
            else:
                x = through(part, x)
        return x

    def forward(self, x, timesteps, context, vector):
        emb = self.time_embed(sinusoids(timesteps, self.sizes.channels).to(x.dtype)) + self.label_emb(vector)
        skips = []
        for block in self.input_blocks:
            x = self.run(block, x, emb, context)
            skips.append(x)
        x = self.run(self.middle_block, x, emb, context)
        for block in self.output_blocks:
            x = self.run(block, torch.cat([x, skips.pop()], 1), emb, context)
        return self.out(x)


class CLIPAttention(nn.Module):
    def __init__(self, width, head):
        super().__init__()
        self.heads = width // head
        self.k_proj, self.v_proj, self.q_proj, self.out_proj = (Linear(width, width) for _ in range(4))

    def forward(self, x):
        return self.out_proj(attention(self.q_proj(x), self.k_proj(x), self.v_proj(x), self.heads, causal=True))


class CLIPMLP(nn.Module):
    def __init__(self, width, quick):
        super().__init__()
        self.quick = quick
        self.fc1, self.fc2 = Linear(width, 4 * width), Linear(4 * width, width)

    def forward(self, x):
        h = self.fc1(x)
        return self.fc2(h * torch.sigmoid(1.702 * h) if self.quick else F.gelu(h))


class CLIPEncoderLayer(nn.Module):
    def __init__(self, width, head, quick):
        super().__init__()
        self.self_attn, self.mlp = CLIPAttention(width, head), CLIPMLP(width, quick)
        self.layer_norm1, self.layer_norm2 = nn.LayerNorm(width), nn.LayerNorm(width)

    def forward(self, x):
        x = x + self.self_attn(self.layer_norm1(x))
        return x + self.mlp(self.layer_norm2(x))


class Text(nn.Module):
    """CLIP-L (first) or bigG; three rows of 77 tokens become one context of 227 vectors."""

    def __init__(self, sizes, first):
        super().__init__()
        width, layers = sizes.texts[0 if first else 1]
        self.end = sizes.vocabulary - 1
        self.embeddings = nn.ModuleDict(
            {"token_embedding": nn.Embedding(self.end + 1, width), "position_embedding": nn.Embedding(TOKENS, width)}
        )
        self.layers = nn.ModuleList(CLIPEncoderLayer(width, sizes.head, first) for _ in range(layers))
        self.final_layer_norm = nn.LayerNorm(width)
        self.text_projection = None if first else nn.Parameter(torch.empty(width, width))

    def forward(self, ids):
        """[batch, rows, 77] -> [batch, 75 rows + 2, width] before the last layer, and [batch, width] or None."""
        x = self.embeddings["token_embedding"](ids.flatten(0, 1)) + self.embeddings["position_embedding"].weight
        for layer in self.layers[:-1]:
            x = through(layer, x)
        y = x.view(*ids.shape, -1)
        hidden = torch.cat([y[:, 0, :1], y[:, :, 1:-1].flatten(1, 2), y[:, -1, -1:]], 1)
        if self.text_projection is None:
            return hidden, None
        last = through(self.layers[-1], y[:, 0])
        ends = (ids[:, 0] == self.end).int().argmax(1)
        last = self.final_layer_norm(last[torch.arange(len(last), device=x.device), ends])
        return hidden, last @ self.text_projection


class VaeResidual(nn.Module):
    def __init__(self, into, out):
        super().__init__()
        self.norm1, self.conv1 = nn.GroupNorm(32, into, eps=1e-6), nn.Conv2d(into, out, 3, padding=1)
        self.norm2, self.conv2 = nn.GroupNorm(32, out, eps=1e-6), nn.Conv2d(out, out, 3, padding=1)
        self.nin_shortcut = nn.Conv2d(into, out, 1) if into != out else nn.Identity()

    def forward(self, x):
        return self.nin_shortcut(x) + self.conv2(F.silu(self.norm2(self.conv1(F.silu(self.norm1(x))))))


class VaeAttention(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm = nn.GroupNorm(32, width, eps=1e-6)
        self.q, self.k, self.v, self.proj_out = (nn.Conv2d(width, width, 1) for _ in range(4))

    def forward(self, x):
        n = self.norm(x)
        y = attention(*(layer(n).flatten(2).transpose(1, 2) for layer in (self.q, self.k, self.v)), heads=1)
        return x + self.proj_out(y.transpose(1, 2).reshape(x.shape))


class VaeDown(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv = nn.Conv2d(width, width, 3, stride=2)

    def forward(self, x):
        return self.conv(F.pad(x, (0, 1, 0, 1)))


class VaeEncoder(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        current = sizes.vae[0]
        parts = [nn.Conv2d(3, current, 3, padding=1)]
        for level, width in enumerate(sizes.vae):
            parts += [VaeResidual(current, width), VaeResidual(width, width)]
            parts += [VaeDown(width)] if level < len(sizes.vae) - 1 else []
            current = width
        parts += [VaeResidual(current, current), VaeAttention(current), VaeResidual(current, current)]
        head = [nn.GroupNorm(32, current, eps=1e-6), nn.SiLU(), nn.Conv2d(current, 8, 3, padding=1), nn.Conv2d(8, 8, 1)]
        self.parts = nn.Sequential(*parts, *head)

    def forward(self, x):
        """A sample of the latents of [batch, 3, height, width], float32."""
        mean, logarithm = self.parts(x).float().chunk(2, 1)
        return mean + torch.exp(0.5 * logarithm.clamp(-30, 20)) * torch.randn_like(mean)
