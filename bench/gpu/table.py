"""Prints what results.jsonl of bench/gpu/run.sh holds as tables: table.py FILE"""

import json
import sys

# Dense half-precision operations a second with sums in float32, as the vendor states them.
PEAKS = {"H200": 989e12, "H100": 989e12, "A100": 312e12, "L40S": 362e12, "4090": 165e12, "3090": 71e12}
COLUMNS = {
    "update": ["seconds_update", "seconds_micro_batch", "seconds_optimizer", "images_per_second", "gigabytes", "peak_share", "over_eager", "memory_over_eager", "loss"],
    "eager": ["seconds_update", "seconds_micro_batch", "seconds_optimizer", "images_per_second", "gigabytes", "peak_share", "loss"],
    "vae": ["images_per_second", "gigabytes", "largest_difference", "size"],
}


def number(value):
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}"


def known(line):
    """A line of eager.py under the names that our own lines have."""
    if "part" in line:
        return line
    for ours, theirs in {"seconds_update": "seconds_per_update", "seconds_micro_batch": "seconds_per_micro_batch", "bytes_peak": "peak_reserved_bytes"}.items():
        if line.get(theirs) is not None:
            line[ours] = line[theirs]
    if line.get("peak_reserved_bytes") is None and line.get("peak_bytes") is not None:
        line["bytes_peak"] = line["peak_bytes"]
    line["part"] = "eager"
    return {key: value for key, value in line.items() if value is not None}


def complete(lines):
    """Adds what follows from several lines: gigabytes, shares of the card's peak, ratios to eager."""
    card = next((line["card"] for line in lines if line.get("name") == "card"), "")
    peak = next((value for name, value in PEAKS.items() if name in card), None)
    operations = {
        (line["width"], line["height"]): line["operations_per_image"]
        for line in lines
        if "operations_per_image" in line
    }
    eager = {}
    for line in lines:
        if "bytes_peak" in line:
            line["gigabytes"] = line["bytes_peak"] / 1e9
        each = operations.get((line.get("width"), line.get("height")))
        if each and peak and "images_per_second" in line and line.get("part") in ("update", "eager"):
            line["peak_share"] = each * line["images_per_second"] / peak
        if line.get("part") == "eager" and line.get("kind") == "update" and "images_per_second" in line:
            key = (line["width"], line["height"], line["batch"])
            if key not in eager or eager[key]["images_per_second"] < line["images_per_second"]:
                eager[key] = line
    for line in lines:
        best = eager.get((line.get("width"), line.get("height"), line.get("batch")))
        if line.get("part") == "update" and best and "images_per_second" in line:
            line["over_eager"] = line["images_per_second"] / best["images_per_second"]
            line["memory_over_eager"] = line["bytes_peak"] / best["bytes_peak"]


def table(part, lines):
    columns = [c for c in COLUMNS[part] if any(c in line for line in lines)]
    rows = [[part, *columns]]
    for line in lines:
        if "error" in line:
            rows.append([line["name"], line["error"][:100]])
        else:
            rows.append([line["name"], *(number(line.get(c, "")) for c in columns)])
    widths = [max(len(row[i]) for row in rows if len(row) == len(rows[0])) if i else max(len(row[0]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.rjust(width) if i else cell.ljust(width) for i, (cell, width) in enumerate(zip(row, widths)))) if len(row) == len(rows[0]) else print(row[0].ljust(widths[0]) + "  " + row[1])


def main():
    lines = []
    with open(sys.argv[1], encoding="utf-8") as file:
        for text in file:
            try:
                lines.append(known(json.loads(text)))
            except json.JSONDecodeError:
                pass  # The line that a part was cut off in.
    complete(lines)
    parts = list(dict.fromkeys(line["part"] for line in lines))
    for part in parts:
        own = [line for line in lines if line["part"] == part and line["name"] != "whole"]
        print()
        rows = [line for line in own if "error" in line or any(c in line for c in COLUMNS.get(part, []))]
        if part in COLUMNS and rows:
            table(part, rows)
        for line in own:
            if part not in COLUMNS or line not in rows:
                print(f"{part} {line['name']}: " + ", ".join(f"{k} {number(v)}" for k, v in line.items() if k not in ("part", "name", "impl")))
        for line in lines:
            if line["part"] == part and line["name"] == "whole":
                cut = " (cut off)" if line["exit"] in (124, 137) else f" (failed with {line['exit']})" if line["exit"] else ""
                print(f"{part} took {line['seconds']} s of at most {line['limit']} s{cut}")


main()
