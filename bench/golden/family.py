"""Golden cases of LyCORIS' kinds of layers: what their files hold, and the weights that they make.

    pip install lycoris-lora==4.1.3 torch==2.7.1 safetensors numpy
    python bench/golden/family.py src/test/resources/golden

writes lycoris-cases.json (a list of cases: name, kind of module, shape, tensors of the file) and
lycoris-cases.safetensors: for each case its weight and bias, the file's tensors under
<case>.<suffix>, and <case>.merged.<multiplier> (and .merged_bias.<multiplier>), computed as the
module's forward pass does, which get_merged_weight of LoHa and LoKr does not (it multiplies by
alpha over rank twice). For norms also x, the gradient g that comes back, and gx, dw_norm, db_norm.
"""

import json
import sys
from pathlib import Path

import torch
import torch.nn as nn
from lycoris.modules.full import FullModule
from lycoris.modules.locon import LoConModule
from lycoris.modules.loha import LohaModule
from lycoris.modules.lokr import LokrModule
from lycoris.modules.norms import NormModule
from safetensors.torch import save_file

MULTIPLIERS = (1.0, 0.7, -1.0)
OUT, IN = 12, 8
LAYERS = {
    "linear": lambda: nn.Linear(IN, OUT),
    "conv1": lambda: nn.Conv2d(IN, OUT, 1),
    "conv3": lambda: nn.Conv2d(IN, OUT, 3, padding=1),
}
cases, tensors = [], {}


def randomise(module):
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(torch.randn_like(parameter) * 0.3)


def put(name, tensor):
    tensors[name] = tensor.detach().float().contiguous().clone()


def merged(module, base, shape, multiplier):
    """W' as the forward pass has it, read off by a forward pass on unit inputs."""
    module.multiplier = multiplier
    if isinstance(base, nn.Linear):
        return (module(torch.eye(IN)) - module(torch.zeros(1, IN))).T
    size = base.kernel_size[0]
    units = torch.zeros(IN * size * size, IN, size, size)
    for i in range(len(units)):
        units.view(len(units), -1)[i, i] = 1
    zero = module(torch.zeros(1, IN, size, size))
    centre = size // 2
    rows = (module(units) - zero)[:, :, centre, centre]
    return rows.T.reshape(shape)


def case(name, kind, layer, stored, frozen):
    cases.append(
        {"name": name, "kind": kind, "layer": layer, "tensors": sorted(stored)}
    )
    for key, value in {**frozen, **stored}.items():
        put(f"{name}.{key}", torch.as_tensor(value))


def values(base):
    return {key: parameter.detach().clone() for key, parameter in base.named_parameters()}


@torch.no_grad()
def adapted(name, kind, layer, make):
    base = LAYERS[layer]()
    frozen = values(base)
    module = make(base).eval()
    for key, parameter in module.named_parameters():
        if "dora_scale" in key:
            parameter.mul_(1 + 0.2 * torch.rand_like(parameter))
        else:
            parameter.copy_(torch.randn_like(parameter) * 0.3)
    module.apply_to()
    case(name, kind, layer, module.custom_state_dict(), frozen)
    for multiplier in MULTIPLIERS:
        put(f"{name}.merged.{multiplier}", merged(module, base, frozen["weight"].shape, multiplier))
        if isinstance(module, FullModule):
            put(f"{name}.merged_bias.{multiplier}", module.get_merged_weight(multiplier)[1])


def norm(name, base, shape):
    randomise(base)
    module = NormModule(name, base)
    randomise(module)
    case(name, "norm", type(base).__name__, values(module), values(base))
    for multiplier in MULTIPLIERS:
        weight, bias = module.get_merged_weight(multiplier)
        put(f"{name}.merged.{multiplier}", weight)
        put(f"{name}.merged_bias.{multiplier}", bias)
    x = torch.randn(shape, requires_grad=True)
    g = torch.randn(shape)
    module.multiplier = 1.0
    module.apply_to()
    y = base(x)
    y.backward(g)
    for key, value in {"x": x, "g": g, "y": y, "gx": x.grad}.items():
        put(f"{name}.{key}", value)
    put(f"{name}.dw_norm", module.w_norm.grad)
    put(f"{name}.db_norm", module.b_norm.grad)


def main(folder):
    torch.manual_seed(20)
    for layer in LAYERS:
        adapted(f"lora-{layer}", "LoRA", layer, lambda b: LoConModule("x", b, 1.0, 4, 2))
        adapted(f"loha-{layer}", "LoHa", layer, lambda b: LohaModule("x", b, 1.0, 3, 2))
        adapted(f"full-{layer}", "full", layer, lambda b: FullModule("x", b))
    core = {"use_tucker": True}
    adapted("lora-core", "LoRA", "conv3", lambda b: LoConModule("x", b, 1.0, 4, 3, **core))
    adapted("loha-core", "LoHa", "conv3", lambda b: LohaModule("x", b, 1.0, 3, 2, **core))
    adapted("lora-stabilised", "LoRA", "linear", lambda b: LoConModule("x", b, 1.0, 4, 1, rs_lora=True))
    kinds = {"LoRA": (LoConModule, {}), "LoHa": (LohaModule, {}), "LoKr": (LokrModule, {"factor": 4})}
    for kind, (make, more) in kinds.items():
        for layer in ("linear", "conv3"):
            for on_out in (True, False):
                options = dict(more, weight_decompose=True, wd_on_out=on_out)
                axis = "outputs" if on_out else "inputs"
                adapted(
                    f"dora-{kind.lower()}-{layer}-{axis}",
                    kind,
                    layer,
                    lambda b: make("x", b, 1.0, 1, 2, **options),
                )
    norm("group-norm", nn.GroupNorm(4, 16), (2, 16, 3, 3))
    norm("layer-norm", nn.LayerNorm(16), (2, 5, 16))
    folder.joinpath("lycoris-cases.json").write_text(json.dumps(cases, indent=1) + "\n")
    save_file(tensors, folder / "lycoris-cases.safetensors")
    print(len(cases), "cases")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
