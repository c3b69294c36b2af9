"""Decodes by Pillow, resizes by cv2 INTER_AREA and crops to 832x1216 on one thread.

Usage: pil_cv2.py FILE COUNT; prints images per second of CPU time."""
import sys
import time

import cv2
import numpy
from PIL import Image

cv2.setNumThreads(1)
path, count = sys.argv[1], int(sys.argv[2])


def prepare():
    pixels = numpy.array(Image.open(path).convert("RGB"))
    height, width = pixels.shape[:2]
    scale = max(832 / width, 1216 / height)
    size = (int(width * scale + 0.5), int(height * scale + 0.5))
    resized = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    left, top = (size[0] - 832) // 2, (size[1] - 1216) // 2
    return resized[top : top + 1216, left : left + 832].copy()


prepare()
start = time.process_time()
for _ in range(count):
    prepare()
print(count / (time.process_time() - start))
