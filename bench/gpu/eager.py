"""A LoKr update of SDXL in eager PyTorch, in the way of sd-scripts and LyCORIS: frozen weights in half precision,
float32 factors, autocast, F.scaled_dot_product_attention; min-SNR loss, gradient clip, Lion. Random weights and
inputs. Prints a line and appends a JSON object to --out for each configuration.

--configs takes names with "," between them; a name is a list of words and settings with "+" between them that
differ from the other options: plain,channels-last,bypass+fp16,vae+batch=8+fp32. "standard" stands for STANDARD.
"""

import time

START = time.perf_counter()

import argparse
import copy
import gc
import json
import os
import signal
import statistics
import sys

import torch

import eager_model
from eager_work import DTYPES, Encode, Update, filled, numbers

HERE = os.path.dirname(os.path.abspath(__file__))
WORDS = {
    **{word: f"dtype={word}" for word in ("bf16", "fp16", "fp32")},
    **{word: f"mode={word}" for word in ("merged", "twice", "bypass")},
    **{word: f"memory-format={word}" for word in ("contiguous", "channels-last")},
    **{word: f"optimizer={word}" for word in ("lion", "lion8bit")},
    "checkpointing": "checkpointing=1",
    "no-checkpointing": "checkpointing=0",
    "compile": "compile=1",
    "no-text": "text=0",
    "vae": "vae=encode",
}
# In order of worth.
STANDARD = (
    "plain,channels-last,bypass,no-checkpointing,bypass+channels-last,fp16,vae+fp16+batch=4,"
    "vae+fp16+batch=4+channels-last,vae+bf16+batch=4+channels-last,vae+fp32+batch=4,vae+fp32+batch=4+channels-last,"
    "bypass+no-checkpointing,vae+fp16+channels-last+batch=1,vae+fp16+channels-last+batch=8,"
    "vae+fp16+channels-last+batch=16,twice,no-text,compile,bypass+compile,compile=2+channels-last"
)


class NoTime(Exception):
    """The limit was reached."""


def memory_reset(device):
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats()
        return
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        pass


def memory_peaks(device):
    """(allocated, reserved) since the reset; on the CPU both are the greatest resident size."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(), torch.cuda.max_memory_reserved()
    with open("/proc/self/status") as file:
        peak = 1024 * next(int(line.split()[1]) for line in file if line.startswith("VmHWM:"))
    return peak, peak


def profile(work, device):
    """The kernels of a micro-batch and step that take longest, and their seconds together."""
    kinds = torch.profiler.ProfilerActivity
    cuda = device.type == "cuda"
    with torch.profiler.profile(activities=[kinds.CUDA if cuda else kinds.CPU]) as seen:
        start = time.perf_counter()
        work.run(1)
        wall = time.perf_counter() - start

    def seconds(event):
        return (event.self_device_time_total if cuda else event.self_cpu_time_total) / 1e6

    events = seen.key_averages()
    if cuda:
        events = [event for event in events if event.device_type == torch.autograd.DeviceType.CUDA]
    total = sum(map(seconds, events))
    top = sorted(events, key=seconds, reverse=True)[:10]
    kernels = [
        {"name": e.key[:160], "calls": e.count, "seconds": seconds(e), "share": seconds(e) / total} for e in top
    ]
    launches = sum(event.count for event in events)
    return {"profiled_seconds": wall, "kernel_seconds": total, "launches": launches, "kernels": kernels}


def timed(work, case, left):
    """Seconds of all micro-batches, of each update's step and of each update, as many as there is time for."""
    walks, steps, updates = [], [], []
    try:
        while len(updates) < case.updates and (not updates or updates[-1] * 1.5 < left()):
            start = time.perf_counter()
            walked, stepping = work.run(case.micro)
            updates.append(time.perf_counter() - start)
            walks += walked
            steps.append(stepping)
    except NoTime:
        if not updates:
            raise
    return walks, steps, updates


def measured(case, device, left, result):
    """Adds the fields of a configuration's result."""
    memory_reset(device)
    start = time.perf_counter()
    work = (Encode if case.vae == "encode" else Update)(case, device)
    build = time.perf_counter() - start
    start = time.perf_counter()
    work.run(1)
    result |= {"build_seconds": build, "warmup_seconds": time.perf_counter() - start}
    skipped = work.skipped
    allocated, reserved = memory_peaks(device)
    memory_reset(device)
    walks, steps, updates = timed(work, case, left)
    update, micro = statistics.median(updates), statistics.median(walks)
    steady, _ = memory_peaks(device)
    result |= {
        "updates": len(updates),
        "seconds_per_micro_batch": micro,
        "seconds_per_update": update,
        "seconds_optimizer": statistics.median(steps),
        "images_per_second": case.batch * case.micro / update,
        "fastest_micro_batch": min(walks),
        "slowest_micro_batch": max(walks),
        "peak_bytes": steady,
        "peak_bytes_with_warmup": max(steady, allocated),
        "peak_reserved_bytes": reserved,
        "trainable": work.trainable,
        "parameters": work.parameters,
        "skipped_updates": work.skipped - skipped,
        "loss": float(work.loss) if torch.isfinite(work.loss) else None,
    }
    if case.profile and left() > 0:
        result |= profile(work, device)


def entry(case, device):
    """The fields that say what was measured, those of the result empty."""
    cuda = device.type == "cuda"
    setting = ("size", "dtype", "batch", "width", "height", "micro", "memory_format")
    trained = ("mode", "checkpointing", "compile", "text", "optimizer", "read_loss")
    fields = {name: getattr(case, name) for name in setting + trained * (case.vae == "none")}
    empty = ("per_micro_batch", "per_update", "optimizer")
    return {
        "name": case.name,
        "kind": "update" if case.vae == "none" else "vae-encode",
        **fields,
        **{f"seconds_{name}": None for name in empty},
        **{name: None for name in ("images_per_second", "peak_bytes", "trainable", "parameters")},
        "torch": torch.__version__,
        "cuda": torch.version.cuda,
        "cudnn": torch.backends.cudnn.version() if cuda else None,
        "device_name": torch.cuda.get_device_name() if cuda else "cpu",
        "cudnn_benchmark": torch.backends.cudnn.benchmark,
        "tf32_convolutions": torch.backends.cudnn.allow_tf32,
        "tf32_products": torch.backends.cuda.matmul.allow_tf32,
        "error": None,
    }


def measure(case, device, left):
    result = entry(case, device)
    signal.setitimer(signal.ITIMER_REAL, max(left(), 0.001))
    try:
        measured(case, device, left, result)
    except NoTime:
        result["error"] = "no time left"
    except Exception as error:  # an entry with what there is, and on with the next
        result["error"] = f"{type(error).__name__}: {str(error).strip()}".split("\n")[0][:400]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    gc.collect()
    if device.type == "cuda":
        torch.cuda.empty_cache()
    if case.compile:
        torch._dynamo.reset()
    return result


def line(result):
    if result["images_per_second"] is None:
        return f"{result['name']}: {result['error']}"
    return described(result) + (f"; {result['error']}" if result["error"] else "")


def described(result):
    size = f"{result['batch']} of {result['width']} x {result['height']}"
    memory = f"peak {result['peak_bytes'] / 1e9:.2f} GB"
    rate = f"{result['images_per_second']:.3f} images/s"
    if result["kind"] == "vae-encode":
        return f"{result['name']}: {result['seconds_per_micro_batch']:.4f} s for {size} encoded, {rate}, {memory}"
    return (
        f"{result['name']}: {result['seconds_per_micro_batch']:.4f} s a micro-batch of {size}, "
        f"{result['seconds_per_update']:.4f} s an update of {result['micro']}, of it "
        f"{result['seconds_optimizer']:.4f} s clip and {result['optimizer']}, {rate}, {memory}"
    )


def counted(case):
    """The numbers of the networks and of the adapter, by meta tensors."""
    work = Update(case, torch.device("meta"))
    sizes = eager_model.SIZES[case.size]
    vae = filled(lambda: eager_model.VaeEncoder(sizes), torch.float32, torch.device("meta"))
    networks = {"unet": work.unet, "text_1": work.texts[0], "text_2": work.texts[1]}
    return {
        **{name: numbers(p for p in network.parameters() if not p.requires_grad) for name, network in networks.items()},
        "vae_encoder": numbers(vae.parameters()),
        "layers": [len(found) for found in work.layers],
        "trainable": work.trainable,
    }


def parser():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--configs", default="plain", help="names, in order of worth")
    add("--size", choices=eager_model.SIZES, default="real")
    add("--width", type=int, default=1024, help="pixels")
    add("--height", type=int, default=1024, help="pixels")
    add("--batch", type=int, default=4, help="images of a micro-batch")
    add("--micro", type=int, default=2, help="micro-batches of an update; batches encoded in a row")
    add("--updates", type=int, default=3, help="updates measured, after one of one micro-batch that warms up")
    add("--dtype", choices=DTYPES, default="bf16")
    add("--checkpointing", type=int, choices=(0, 1), default=1)
    add("--memory-format", choices=("contiguous", "channels-last"), default="contiguous", help="of the U-Net or VAE")
    add("--mode", choices=("merged", "twice", "bypass"), default="merged", help="see eager_lokr.Adapted")
    add("--compile", type=int, choices=(0, 1, 2), default=0, help="1 transformer blocks and text layers, 2 all blocks")
    add("--text", type=int, choices=(0, 1), default=1, help="whether text encoders are trained")
    add("--no-text", dest="text", action="store_const", const=0)
    add("--vae", choices=("none", "encode"), default="none", help="measure the autoencoder's encoder instead")
    add("--optimizer", choices=("lion8bit", "lion"), default="lion8bit")
    add("--read-loss", type=int, choices=(0, 1), default=1, help="whether each micro-batch's loss is waited for")
    add("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    add("--limit", type=float, default=1e9, help="seconds from the start after which nothing begins")
    add("--profile", type=int, choices=(0, 1), nargs="?", const=1, default=0, help="add the ten longest kernels")
    add("--preset", default=os.path.join(HERE, "../../conf/lycoris/delta.toml"), help="LyCORIS preset")
    add("--out", help="file to append to, a JSON object a line")
    add("--count", action="store_true", help="only count the networks' numbers")
    return parser


def cases(given):
    for name in given.configs.replace("standard", STANDARD).split(","):
        settings = [WORDS.get(word, word) for word in name.split("+") if word != "plain"]
        wrong = [setting for setting in settings if "=" not in setting]
        if wrong:
            sys.exit(f"Unknown in --configs: {wrong[0]} (a setting=value, plain, {', '.join(WORDS)})")
        case = parser().parse_args([f"--{setting}" for setting in settings], copy.copy(given))
        case.name = name
        yield case


def no_time(*_):
    raise NoTime


def main():
    given = parser().parse_args()
    if given.count:
        print(json.dumps(counted(given)))
        return
    device = torch.device(given.device)
    torch.backends.cudnn.benchmark = True
    torch.manual_seed(0)
    signal.signal(signal.SIGALRM, no_time)
    took = {}
    for case in list(cases(given)):
        start = time.perf_counter()
        left = lambda: given.limit - (time.perf_counter() - START)
        if left() < took.get(case.vae, 0):
            result = entry(case, device) | {"error": "no time left"}
        else:
            result = measure(case, device, left)
            took[case.vae] = time.perf_counter() - start
        result["at_seconds"] = time.perf_counter() - START
        print(line(result), flush=True)
        if given.out:
            with open(given.out, "a") as file:
                file.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
