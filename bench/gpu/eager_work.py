"""What is measured: an update of SDXL's LoKr, or the encoding of pictures, with random weights and inputs."""

import time

import torch
import torch.nn.functional as F

import eager_lokr
import eager_model
from eager_lion import Lion, Lion8bit, Tensors

DTYPES = {"bf16": torch.bfloat16, "fp16": torch.float16, "fp32": torch.float32}


class Clock:
    """Seconds between marks, those of a CUDA device by its own events."""

    def __init__(self, device):
        self.cuda, self.marks = device.type == "cuda", []

    def mark(self):
        if self.cuda:
            self.marks.append(torch.cuda.Event(enable_timing=True))
            self.marks[-1].record()
        else:
            self.marks.append(time.perf_counter())

    def seconds(self):
        if self.cuda:
            torch.cuda.synchronize()
            return [a.elapsed_time(b) / 1000 for a, b in zip(self.marks, self.marks[1:])]
        return [b - a for a, b in zip(self.marks, self.marks[1:])]


def filled(make, dtype, device):
    """A frozen network with random weights, made in its type on its device; norms are the identity's."""
    with torch.device("meta"):
        network = make()
    network = network.to(dtype).requires_grad_(False)
    if device.type == "meta":
        return network
    network.to_empty(device=device)
    for module in network.modules():
        norm = isinstance(module, (torch.nn.GroupNorm, torch.nn.LayerNorm))
        for name, tensor in module.named_parameters(recurse=False):
            if norm:
                tensor.fill_(1.0 if name == "weight" else 0.0)
            elif tensor.dim() > 1 and not isinstance(module, torch.nn.Embedding):
                tensor.normal_(0.0, tensor[0].numel() ** -0.5)
            else:
                tensor.normal_(0.0, 0.02)
    return network


def numbers(tensors):
    return sum(tensor.numel() for tensor in tensors)


class Update:
    """What is trained, and an update of it."""

    def __init__(self, case, device):
        self.case, self.device, self.dtype = case, device, DTYPES[case.dtype]
        self.sizes = sizes = eager_model.SIZES[case.size]
        self.unet = filled(lambda: eager_model.UNet(sizes), self.dtype, device)
        self.texts = [filled(lambda: eager_model.Text(sizes, first), self.dtype, device) for first in (True, False)]
        self.channels_last = case.memory_format == "channels-last"
        if self.channels_last:
            self.unet.to(memory_format=torch.channels_last)
        of_unet, of_text = eager_lokr.preset(case.preset)
        self.parameters = numbers(p for network in (self.unet, *self.texts) for p in network.parameters())
        layers = [found for text in self.texts for found in of_text(text)] if case.text else []
        groups = [(layers, 1e-5)] * bool(layers) + [(of_unet(self.unet), 4e-5)]
        self.layers = [found for found, _ in groups]
        self.groups = [Tensors(found, rate, device) for found, rate in groups]
        self.tensors = [tensor for group in self.groups for tensor in group.all()]
        self.trainable = numbers(self.tensors)
        self.optimizer = {"lion": Lion, "lion8bit": Lion8bit}[case.optimizer](self.groups)
        betas = torch.linspace(0.00085**0.5, 0.012**0.5, 1000, device=device) ** 2
        self.alphas = torch.cumprod(1 - betas, 0)
        self.scale, self.skipped, self.loss = (8192.0 if case.dtype == "fp16" else 1.0), 0, None
        self.prepare()

    def prepare(self):
        """Sets how blocks run."""
        blocks = [eager_model.BasicTransformerBlock, eager_model.CLIPEncoderLayer]
        residuals = [eager_model.ResnetBlock2D, eager_model.Downsample2D, eager_model.Upsample2D]
        for network in (self.unet, *self.texts):
            for module in network.modules():
                if isinstance(module, eager_lokr.Adapted):
                    module.mode = self.case.mode
                if isinstance(module, tuple(blocks + residuals)):
                    trained = self.case.text or network is self.unet
                    module.checkpointed = bool(self.case.checkpointing and trained)
                compiled = blocks + residuals * (self.case.compile > 1)
                if self.case.compile and isinstance(module, tuple(compiled)):
                    torch._dynamo.config.cache_size_limit = 64  # shapes of one class of block
                    module.compile(dynamic=False)

    def inputs(self):
        """Latents, noise, timesteps, tokens of both encoders, sizes and crops."""
        batch, vocabulary = self.case.batch, self.sizes.vocabulary
        side = (batch, 4, self.case.height // 8, self.case.width // 8)
        images = [torch.randn(side, device=self.device) for _ in range(2)]
        timesteps = torch.randint(0, 1000, (batch,), device=self.device)
        rows = (batch, eager_model.ROWS, eager_model.TOKENS)
        tokens = [torch.randint(0, vocabulary - 2, rows, device=self.device) for _ in range(2)]
        for ids in tokens:
            ids[:, :, 0], ids[:, :, -1] = vocabulary - 2, vocabulary - 1
        case = self.case
        frame = [case.height, case.width, 0, 0, case.height, case.width]
        return *images, timesteps, tokens, torch.tensor([frame] * batch, device=self.device)

    def context(self, tokens, frames):
        with torch.set_grad_enabled(bool(self.case.text)):
            (first, _), (second, pooled) = (text(ids) for text, ids in zip(self.texts, tokens))
        vector = torch.cat([pooled.float(), eager_model.sinusoids(frames, 256).flatten(1)], -1)
        return torch.cat([first, second], -1), vector.to(self.dtype)

    def micro_batch(self):
        """Walks forward and back; the loss."""
        latents, noise, timesteps, tokens, frames = self.inputs()
        alpha = self.alphas[timesteps].view(-1, 1, 1, 1)
        noisy = (alpha.sqrt() * latents + (1 - alpha).sqrt() * noise).to(self.dtype)
        if self.channels_last:
            noisy = noisy.contiguous(memory_format=torch.channels_last)
        with torch.autocast(self.device.type, dtype=self.dtype, enabled=self.dtype != torch.float32):
            context, vector = self.context(tokens, frames)
            prediction = self.unet(noisy, timesteps, context, vector)
        each = F.mse_loss(prediction.float(), noise, reduction="none").mean([1, 2, 3])
        snr = (alpha / (1 - alpha)).flatten()
        loss = (each * snr.clamp(max=5) / snr).mean()
        (loss * (self.scale / self.case.micro)).backward()
        return loss.detach()

    def step(self):
        """Clips and steps, if the gradients are numbers."""
        gradients = [tensor.grad for tensor in self.tensors]
        if self.scale != 1.0:
            torch._foreach_mul_(gradients, 1 / self.scale)
        norm = torch.nn.utils.clip_grad_norm_(self.tensors, 1.0)
        if self.case.dtype == "fp16" and not torch.isfinite(norm):
            self.scale, self.skipped = self.scale / 2, self.skipped + 1
        else:
            self.optimizer.step()
        for group in self.groups:
            group.zero()

    def run(self, micro):
        """An update; the seconds of each micro-batch, and those of clip and optimizer."""
        clock = Clock(self.device)
        clock.mark()
        for _ in range(micro):
            self.loss = self.micro_batch()
            if self.case.read_loss:
                self.loss.item()
            clock.mark()
        self.step()
        clock.mark()
        *walks, stepping = clock.seconds()
        return walks, stepping


class Encode:
    """The autoencoder in its own type, without autocast."""

    def __init__(self, case, device):
        self.case, self.device, self.dtype = case, device, DTYPES[case.dtype]
        self.vae = filled(lambda: eager_model.VaeEncoder(eager_model.SIZES[case.size]), self.dtype, device)
        self.format = torch.channels_last if case.memory_format == "channels-last" else torch.contiguous_format
        self.vae.to(memory_format=self.format)
        self.parameters, self.trainable, self.loss, self.skipped = numbers(self.vae.parameters()), 0, None, 0

    @torch.inference_mode()
    def run(self, micro):
        clock = Clock(self.device)
        shape = (self.case.batch, self.case.height, self.case.width, 3)
        pixels = torch.randint(0, 256, shape, dtype=torch.uint8, device=self.device)
        clock.mark()
        for _ in range(micro):
            pictures = (pixels.permute(0, 3, 1, 2).float() / 255 - 0.5) / 0.5
            self.loss = self.vae(pictures.to(self.dtype).contiguous(memory_format=self.format)).abs().mean()
            clock.mark()
        return clock.seconds(), 0.0
