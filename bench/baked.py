"""Recomputes with numpy what baking a LoKr file with norms did to a checkpoint: one linear layer of each network, one
convolution, a group norm and a layer norm, fp16 files. Prints each and how many numbers differ; ends with 1 if any does.

Usage: baked.py BASE ADAPTER BAKED
"""

import json
import sys

import numpy

UNET = "model.diffusion_model."
FIRST = "conditioner.embedders.0.transformer."
SECOND = "conditioner.embedders.1.model.transformer.resblocks.0."
LAYERS = {  # the adapter's name: the checkpoint's tensor and which third of its rows
    "lora_unet_input_blocks_4_1_transformer_blocks_0_attn1_to_q": (UNET + "input_blocks.4.1.transformer_blocks.0.attn1.to_q.weight", None),
    "lora_unet_output_blocks_2_2_conv": (UNET + "output_blocks.2.2.conv.weight", None),
    "lora_unet_time_embed_2": (UNET + "time_embed.2.weight", None),
    "lora_te1_text_model_encoder_layers_0_mlp_fc1": (FIRST + "text_model.encoder.layers.0.mlp.fc1.weight", None),
    "lora_te2_text_model_encoder_layers_0_self_attn_k_proj": (SECOND + "attn.in_proj_weight", 1),
}
NORMS = ["input_blocks.1.0.in_layers.0", "middle_block.1.transformer_blocks.9.norm3", "out.0"]


class File:
    def __init__(self, path):
        with open(path, "rb") as file:
            length = int.from_bytes(file.read(8), "little")
            self.tensors = json.loads(file.read(length))
        self.data = numpy.memmap(path, numpy.uint8, "r", 8 + length)

    def read(self, name):
        entry = self.tensors[name]
        assert entry["dtype"] == "F16", entry
        begin, end = entry["data_offsets"]
        return self.data[begin:end].view(numpy.float16).reshape(entry["shape"]).astype(numpy.float32)


def third(weight, part):
    if part is None:
        return weight
    rows = weight.shape[0] // 3
    return weight[part * rows : (part + 1) * rows]


def main():
    base, adapter, baked = map(File, sys.argv[1:])
    wrong = 0
    changes = []
    for name, (key, part) in LAYERS.items():
        w1, w2 = adapter.read(name + ".lokr_w1"), adapter.read(name + ".lokr_w2")
        w1 = w1.reshape(w1.shape + (1,) * (w2.ndim - 2))
        changes.append((key, part, numpy.kron(w1, w2)))
    for norm in NORMS:
        name = "lora_unet_" + norm.replace(".", "_")
        changes.append((UNET + norm + ".weight", None, adapter.read(name + ".w_norm")))
        changes.append((UNET + norm + ".bias", None, adapter.read(name + ".b_norm")))
    for key, part, change in changes:
        before, after = third(base.read(key), part), third(baked.read(key), part)
        expected = (before + change).astype(numpy.float16).astype(numpy.float32)
        different = int((expected != after).sum())
        moved = int((before != after).sum())
        wrong += different + (moved == 0)
        print(f"{key}: {after.size:,} numbers, {moved:,} moved, {different} other than recomputed")
    sys.exit(wrong > 0)


main()
