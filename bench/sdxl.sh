#!/usr/bin/env bash
# The networks against eager PyTorch, checkpointed against plain training, and SDXL at its real size.
#
#   mvn -o package && bench/sdxl.sh [SIDE [ROUNDS]]     a mid-size U-Net and its blocks, SIDE x SIDE
#   bench/sdxl.sh real FILE [DTYPE [cpu|gpu]]           writes FILE (6.9 GB), loads and runs it, deletes it
#
# PyTorch is looked for in $PYTHON (python3); without it those ratios are left out, and it is said.
set -euo pipefail
cd "$(dirname "$0")/.."
classes="target/classes:target/test-classes:target/kohaku-spark.jar:target/spark/jars/*"
export OMP_WAIT_POLICY=passive MALLOC_MMAP_THRESHOLD_=65536
# The heap has its pages from the start: only what tensors take is measured.
heap="-Xms2g -Xmx2g -XX:+UseSerialGC -XX:+AlwaysPreTouch"
java_tool() { java $heap -cp "$classes" "io.kohaku.sdxl.$@" 2>/dev/null; }

if [ "${1:-}" = real ]; then
  file=${2:?the file to write}
  trap 'rm -f "$file"' EXIT
  java_tool RealSize write "$file"
  java_tool RealSize load "$file"
  java_tool RealSize run "$file" "${3:-BF16}" "${4:-cpu}"
  exit
fi

side=${1:-32}
rounds=${2:-5}
python=${PYTHON:-python3}
ratio() { # name, ours, theirs: "seconds megabytes" each
  awk -v name="$1" -v a="$2" -v b="$3" 'BEGIN {
    split(a, x, " "); split(b, y, " ")
    printf "%-36s time %.2f (%.2f s / %.2f s)  memory %.2f (%d MB / %d MB)\n",
      name, x[1] / y[1], x[1], y[1], x[2] / y[2], x[2], y[2] }'
}
torch=$("$python" -c 'import torch; print(torch.__version__)' 2>/dev/null || true)
for part in residual transformer unet; do
  forward=$(java_tool BlockSpeed "$part" forward "$side" "$rounds")
  plain=$(java_tool BlockSpeed "$part" plain "$side" "$rounds")
  if [ -n "$torch" ]; then
    ratio "$part: forward / eager" "$forward" "$("$python" bench/sdxl_eager.py "$part" forward "$side" "$rounds")"
    ratio "$part: forward and backward / eager" "$plain" "$("$python" bench/sdxl_eager.py "$part" plain "$side" "$rounds")"
  fi
done
ratio "unet: plain / forward" "$plain" "$forward"
ratio "unet: checkpointed / plain" "$(java_tool BlockSpeed unet checkpointed "$side" "$rounds")" "$plain"
if [ -n "$torch" ]; then
  echo "eager is PyTorch $torch"
else
  echo "ratios to eager PyTorch: left out, $python has no torch"
fi
