"""The one contract of import and export, against NumPy itself (needs numpy, no sd-scripts).

    python3 bench/npz.py check FOLDER     every <id>.npz of export-latents holds what sd-scripts takes as its cache
    python3 bench/npz.py make FOLDER      <id>.npz of every type, order and version for latents.imports; the same latents in all
"""
import os
import sys

import numpy as np


def check(folder):
    count = 0
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".npz"):
            continue
        with np.load(os.path.join(folder, name), allow_pickle=False) as npz:
            assert sorted(npz.files) == ["crop_ltrb", "latents", "original_size"], (name, npz.files)
            latents, size, box = npz["latents"], npz["original_size"].tolist(), npz["crop_ltrb"].tolist()
        assert latents.dtype == np.float32 and latents.ndim == 3 and latents.shape[0] == 4, (name, latents.dtype, latents.shape)
        assert np.isfinite(latents).all(), name
        height, width = (8 * side for side in latents.shape[1:])
        assert len(size) == 2 and all(isinstance(side, int) and side > 0 for side in size), (name, size)
        assert box == letter_box(size, width, height), (name, box)
        count += 1
    print(count, "files are as sd-scripts writes them")


def letter_box(size, width, height):
    """sd-scripts' get_crop_ltrb: the whole image inside of its bucket."""
    ratio = size[0] / size[1]
    fitted = (height * ratio, height) if width / height > ratio else (width, width / ratio)
    left, top = (width - fitted[0]) // 2, (height - fitted[1]) // 2
    return [left, top, left + fitted[0], top + fitted[1]]


def make(folder):
    os.makedirs(folder, exist_ok=True)
    latents = (np.arange(4 * 12 * 16).reshape(4, 12, 16) / 64 - 2).astype(np.float64)
    number = 0
    for kind in ("<f2", ">f2", "<f4", ">f4", "<f8", ">f8"):
        for order in "CF":
            for sizes in ("<i2", ">i4", "<i4", "<i8", "<u2", ">u8", "<f4"):
                number += 1
                save = np.savez if number % 2 else np.savez_compressed
                key = "_12x16" if number % 3 == 0 else ""
                arrays = {
                    "latents": np.asarray(latents.astype(kind), order=order),
                    "original_size": np.array([128, 96], dtype=sizes),
                    "crop_ltrb": np.array([0, 0, 128, 96], dtype=sizes if number % 5 else "<f8"),
                }
                save(os.path.join(folder, f"{number}.npz"), **{name + key: array for name, array in arrays.items()})
    print(number, "files of one latent")


if __name__ == "__main__":
    {"check": check, "make": make}[sys.argv[1]](sys.argv[2])
