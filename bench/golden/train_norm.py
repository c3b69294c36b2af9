"""Three updates of the tiny SDXL with trained norms by the reference: sd-scripts' U-Net, transformers' text encoders,
LyCORIS' kohya network with train_norm. Makes lokr-norms.safetensors of the golden vectors.

Usage: train_norm.py SD_SCRIPTS GOLDEN OUT [plain]
SD_SCRIPTS is a checkout of sd-scripts, GOLDEN the folder of the golden vectors (with tiny-sdxl.json), OUT a file. With
`plain` no norm is trained, and the result is held against lokr-after3-sample.safetensors instead of written.
Needs torch, transformers, einops, safetensors and lycoris-lora 4.1.3.
"""

import json
import sys
import types
from pathlib import Path

import torch
import torch.nn.functional as F
from lycoris.kohya import create_network
from safetensors.torch import load_file, save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

MASK = (1 << 64) - 1


def mix(state):
    z = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def formula(key, shape):
    """The tensor that the golden vectors' README gives for a key."""
    state = 0xCBF29CE484222325
    for octet in key.encode():
        state = ((state ^ octet) * 0x100000001B3) & MASK
    count = torch.Size(shape).numel()
    units = [(mix((state + (i + 1) * 0x9E3779B97F4A7C15) & MASK) >> 40) / 2**24 for i in range(count)]
    values = 2 * torch.tensor(units, dtype=torch.float64) - 1
    if key.endswith("bias"):
        values = 0.1 * values
    elif len(shape) == 1:
        values = 1 + 0.1 * values
    else:
        values = values * (3 / (count // shape[0])) ** 0.5
    return values.float().reshape(shape)


def unet(sd_scripts, sizes):
    """sd-scripts' U-Net, which has SDXL's sizes written into its text, at other sizes."""
    text = (Path(sd_scripts) / "library/sdxl_original_unet.py").read_text()
    _, second, third = sizes["transformer_depth"]
    for old, new in {
        "from library.utils import setup_logging": "setup_logging = lambda: None",
        "ADM_IN_CHANNELS: int = 2816": f"ADM_IN_CHANNELS: int = {sizes['adm_in_channels']}",
        "CONTEXT_DIM: int = 2048": f"CONTEXT_DIM: int = {sizes['context_dim']}",
        "cross_attention_dim=2048": f"cross_attention_dim={sizes['context_dim']}",
        "MODEL_CHANNELS: int = 320": f"MODEL_CHANNELS: int = {sizes['model_channels']}",
        "TIME_EMBED_DIM = 320 * 4": f"TIME_EMBED_DIM = {sizes['model_channels']} * 4",
        "self.model_channels // 64": f"self.model_channels // {sizes['head_dim']}",
        "attention_head_dim=64": f"attention_head_dim={sizes['head_dim']}",
        "num_transformer_layers=2,": f"num_transformer_layers={second},",
        "num_transformer_layers=10,": f"num_transformer_layers={third},",
    }.items():
        assert old in text, old
        text = text.replace(old, new)
    module = types.ModuleType("tiny_unet")
    exec(compile(text, "tiny_unet", "exec"), module.__dict__)
    return module.SdxlUNet2DConditionModel()


def text_encoder(kind, sizes):
    config = CLIPTextConfig(
        vocab_size=sizes["vocab"],
        hidden_size=sizes["width"],
        intermediate_size=sizes["mlp"],
        projection_dim=sizes.get("proj", sizes["width"]),
        num_hidden_layers=sizes["layers"],
        num_attention_heads=sizes["heads"],
        hidden_act=sizes["act"],
        bos_token_id=1022,
        eos_token_id=1023,
        attn_implementation="eager",
    )
    return kind(config)


def second_encoder(names):
    """The weights of OpenCLIP's names under transformers' names."""
    prefix = "conditioner.embedders.1.model."
    weights = {}
    for key, shape in names.items():
        if not key.startswith(prefix):
            continue
        value, name = formula(key, shape), key[len(prefix) :]
        name = name.replace("transformer.resblocks.", "text_model.encoder.layers.")
        for old, new in {".ln_1.": ".layer_norm1.", ".ln_2.": ".layer_norm2.", ".mlp.c_fc.": ".mlp.fc1.",
                         ".mlp.c_proj.": ".mlp.fc2.", ".attn.out_proj.": ".self_attn.out_proj.",
                         "ln_final.": "text_model.final_layer_norm."}.items():
            name = name.replace(old, new)
        if ".attn.in_proj_" in name:
            layer, part = name.split(".attn.in_proj_")
            for letter, third in zip("qkv", value.chunk(3)):
                weights[f"{layer}.self_attn.{letter}_proj.{part}"] = third
        elif name == "text_projection":
            weights["text_projection.weight"] = value.t()
        elif name == "token_embedding.weight":
            weights["text_model.embeddings.token_embedding.weight"] = value
        elif name == "positional_embedding":
            weights["text_model.embeddings.position_embedding.weight"] = value
        elif name != "logit_scale":
            weights[name] = value
    return weights


def load(model, weights):
    missing, unexpected = model.load_state_dict(weights, strict=False)
    assert not unexpected and all(name.endswith("position_ids") for name in missing), (missing, unexpected)
    return model.requires_grad_(False)


def joined(hidden, ids):
    rows = hidden.view(*ids.shape, -1)
    return torch.cat([rows[:, 0, :1], rows[:, :, 1:-1].flatten(1, 2), rows[:, -1, -1:]], 1)


def main():
    sd_scripts, golden, out, *rest = sys.argv[1:]
    plain = rest == ["plain"]
    golden = Path(golden)
    description = json.loads((golden / "tiny-sdxl.json").read_text())
    names, sizes = description["tensors"], description["config"]
    vectors = load_file(golden / "tiny-sdxl-vectors.safetensors")
    prefix = "model.diffusion_model."
    network_unet = load(
        unet(sd_scripts, sizes),
        {k[len(prefix) :]: formula(k, s) for k, s in names.items() if k.startswith(prefix)},
    )
    prefix = "conditioner.embedders.0.transformer."
    first = load(
        text_encoder(CLIPTextModel, sizes["te1"]),
        {k[len(prefix) :]: formula(k, s) for k, s in names.items() if k.startswith(prefix) and "position_ids" not in k},
    )
    second = load(text_encoder(CLIPTextModelWithProjection, sizes["te2"]), second_encoder(names))
    network = create_network(
        1.0, 4, 1, None, [first, second], network_unet, algo="lokr", preset=str(golden / "parity-preset.toml"),
        factor=4, full_matrix=True, train_norm=not plain,
    )
    network.apply_to([first, second], network_unet, True, True)
    network.requires_grad_(True)
    parameters = dict(network.named_parameters())
    with torch.no_grad():
        for name, parameter in parameters.items():
            parameter.copy_(0.5 * formula(name, list(parameter.shape)))
    tokens = [vectors["te_ids1"].long(), vectors["te_ids2"].long()]
    pixel = torch.cat([vectors["size_original_hw"], vectors["size_crop_tl"], vectors["size_target_hw"]], 1)

    def loss(latents, noise, timesteps):
        context, pooled = [], None
        for encoder, ids in zip([first, second], tokens):
            output = encoder(ids.flatten(0, 1), output_hidden_states=True)
            context.append(joined(output.hidden_states[-2], ids))
            pooled = output.text_embeds.view(*ids.shape[:2], -1)[:, 0] if encoder is second else None
        y = torch.cat([pooled, vectors["size_embedding"]], 1)
        timesteps = timesteps.long()
        alpha = vectors["alphas_cumprod"][timesteps].view(-1, 1, 1, 1)
        noisy = alpha.sqrt() * latents + (1 - alpha).sqrt() * noise
        prediction = network_unet(noisy, timesteps, torch.cat(context, -1), y)
        each = F.mse_loss(prediction, noise, reduction="none").mean([1, 2, 3])
        return (each * vectors["min_snr5_eps"][timesteps]).mean()

    result = {}
    value = loss(vectors["latents"], vectors["noise"], vectors["timesteps"])
    value.backward()
    result["loss"] = value.detach().reshape(1)
    norms = [name for name in parameters if name.endswith("_norm")]
    sample = load_file(golden / "lokr-after3-sample.safetensors")
    for name in norms:
        result["gradient/" + name] = parameters[name].grad.clone()
    network.zero_grad(set_to_none=True)
    momentum, course = {}, []
    for step in range(3):
        total = 0
        for micro in range(2):
            value = loss(*(vectors[f"s{step}m{micro}/{part}"] for part in ("latents", "noise", "timesteps"))) / 2
            value.backward()
            total += value.item()
        reached = {name: p for name, p in parameters.items() if p.grad is not None}
        norm = torch.nn.utils.clip_grad_norm_(reached.values(), 1.0)
        course += [total, norm.item()]
        with torch.no_grad():
            for name, parameter in reached.items():
                rate = 4e-5 if name.startswith("lora_unet") else 1e-5
                state = momentum.setdefault(name, torch.zeros_like(parameter))
                parameter.mul_(1 - rate * 0.1).sub_(rate * (0.9 * state + 0.1 * parameter.grad).sign())
                state.mul_(0.95).add_(parameter.grad, alpha=0.05)
        network.zero_grad(set_to_none=True)
    result["course"] = torch.tensor(course)
    print(len(parameters), "tensors,", len(norms), "of norms; loss", result["loss"].item(), "course", course)
    if plain:
        print("expected", vectors["train_loss"].item(), vectors["three_steps_loss_and_gradnorm"].tolist())
        near = [(parameters[name] - expected).abs() <= 1e-6 for name, expected in sample.items()]
        print("equal after three updates", sum(n.sum().item() for n in near) / sum(n.numel() for n in near))
        return
    for name in norms + list(sample)[::8]:
        result["after/" + name] = parameters[name].detach()
    save_file({name: tensor.contiguous() for name, tensor in result.items()}, out)


main()
