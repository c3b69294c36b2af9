"""The modules that the model card's script trains, as LyCORIS itself lists them: delta-modules.json.gz.

sd-scripts' U-Net and transformers' CLIP at SDXL's shapes, without weights (torch's meta device), under
LyCORIS with the script's arguments and conf/lycoris/delta.toml. Writes names, kinds, tensors and shapes
in LyCORIS' order of creation. Needs lycoris-lora 4.1.3, torch, transformers 4.44 and einops:

    git clone https://github.com/kohya-ss/sd-scripts
    PYTHONPATH=sd-scripts python bench/golden/delta_modules.py src/test/resources/golden/delta-modules.json.gz
"""

import gzip
import json
import sys
import types
from importlib.metadata import version

import lycoris.kohya
import torch

# All that the U-Net takes from there; the module itself needs half of sd-scripts' packages.
sys.modules["library.utils"] = types.SimpleNamespace(setup_logging=lambda: None)
from library.sdxl_original_unet import SdxlUNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

PRESET = "conf/lycoris/delta.toml"


def text_encoder(kind, width, inner, depth, heads):
    config = CLIPTextConfig(
        hidden_size=width, intermediate_size=inner, num_hidden_layers=depth, num_attention_heads=heads,
        projection_dim=width, attn_implementation="eager")
    return kind(config)


def modules():
    with torch.device("meta"):
        unet = SdxlUNet2DConditionModel()
        texts = [
            text_encoder(CLIPTextModel, 768, 3072, 12, 12),
            text_encoder(CLIPTextModelWithProjection, 1280, 5120, 32, 20),
        ]
        network = lycoris.kohya.create_network(
            1.0, 10000, 10000, None, texts, unet, algo="lokr", preset=PRESET,
            conv_dim=10000, conv_alpha=10000, factor=8, dropout=0, train_norm=True)
    return network.text_encoder_loras + network.unet_loras


def row(module):
    tensors = {name: list(value.shape) for name, value in module.named_parameters()}
    tensors |= {name: list(value.shape) for name, value in module.named_buffers() if name == "alpha"}
    return {"name": module.lora_name, "kind": module.name, "tensors": tensors}


rows = [row(module) for module in modules()]
numbers = sum(torch.Size(shape).numel() for each in rows for shape in each["tensors"].values())
count = {kind: sum(each["kind"] == kind for each in rows) for kind in ("kron", "norm")}
print(count, numbers, 2 * numbers / 1e6)
golden = {"lycoris": version("lycoris-lora"), "torch": version("torch"), "numbers": numbers, "modules": rows}
with gzip.GzipFile(sys.argv[1], "wb", mtime=0) as file:
    file.write(json.dumps(golden, separators=(",", ":")).encode())
