#!/usr/bin/env bash
# Runs the kit on the machine that it was carried to. Each part is a process with a time limit of its
# own, in order of worth; figures are on the disk as soon as they are had, and the table is printed
# anew after each part, so a run that is cut off loses the part that it was in and no more.
#
#   run.sh [PART…]      without a name all parts: parity update eager vae profile mixing host training
#
# DEVICE    gpu (default) or cpu
# SIZE      real (default) or tiny, to try all of it where no GPU is
# OUT       folder of results.jsonl, table.txt and logs (./results)
# PYTHON    the Python whose PyTorch is used (python3)
# SECONDS_ALL   for all of it (480)
# PATIENCE      what the limits of all parts are multiplied by (1), for a CPU
# SIDE      pixels that stand for 1024, to try the real model where memory or time is short
# CASES     of the update part, as `plain,all levers`; without it all of them
#
# Ends with 1 if a part failed; a part whose time was up has not failed.
set -uo pipefail
kit=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
device=${DEVICE:-gpu} size=${SIZE:-real} out=${OUT:-$PWD/results} python=${PYTHON:-python3}
all=${SECONDS_ALL:-480} patience=${PATIENCE:-1}
results=$out/results.jsonl
begin=$(date +%s)
parts=(parity update eager vae profile mixing host training)
wanted=("$@")
for name in ${wanted[@]+"${wanted[@]}"}; do
  [[ " ${parts[*]} " == *" $name "* ]] || { echo "Unknown part: $name (one of ${parts[*]})" >&2; exit 2; }
done
mkdir -p "$out" 2>/dev/null && touch "$results" 2>/dev/null || { echo "Cannot write into OUT: $out" >&2; exit 2; }
# Figures of an earlier run stay, beside those of this one.
[[ -s $results ]] && mv "$results" "$out/results-$(date -u -r "$results" +%Y%m%dT%H%M%S).jsonl"

# Where PyTorch lies, and which one it is.
read -r torch version flavour < <("$python" - <<'P'
import os, re, torch
cuda = torch.version.cuda
print(os.path.dirname(torch.__file__), torch.__version__.split("+")[0], "cu" + cuda.replace(".", "") if cuda else "cpu")
P
)
[[ -n ${torch:-} ]] || { echo "Missing PyTorch: $python has none (set PYTHON)" >&2; exit 1; }
if [[ $device == gpu ]] && ! "$python" -c 'import sys, torch; sys.exit(not torch.cuda.is_available())' 2>"$out/cuda.log"; then
  why=$(tail -n 1 "$out/cuda.log")
  echo "Missing GPU: PyTorch $version ($flavour) of $python sees none${why:+ ($why)}; DEVICE=cpu tries all of it without" >&2
  exit 1
fi
libraries=$torch/lib
for folder in "$(dirname "$torch")"/nvidia/*/lib; do
  [[ -d $folder ]] && libraries=$libraries:$folder
done
# DJL asks for the CUDA runtime by its plain name.
mkdir -p "$out/.libraries"
for library in libcudart; do
  found=$(find ${libraries//:/ } -maxdepth 1 -name "$library.so*" 2>/dev/null | sort | tail -1)
  [[ -n $found ]] && ln -sf "$found" "$out/.libraries/$library.so"
done
export LD_LIBRARY_PATH=$out/.libraries:${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$libraries
export PYTORCH_LIBRARY_PATH=$torch/lib PYTORCH_VERSION=$version PYTORCH_FLAVOR=$flavour
export ENGINE_CACHE_DIR=$out/.engine DJL_CACHE_DIR=$out/.engine OMP_WAIT_POLICY=passive
if [[ ! -f $kit/native/libdjl_torch.so ]]; then
  # DJL's own libraries are for the CPU and for one CUDA, which later minor versions of it take too.
  [[ $flavour == cpu ]] || export PYTORCH_FLAVOR=cu128
else
  engine=$ENGINE_CACHE_DIR/pytorch/$version-$flavour-linux-x86_64
  mkdir -p "$engine"
  cp "$kit/native/libdjl_torch.so" "$engine/0.35.1-libdjl_torch.so"
fi
jars=$(find "$kit/jars" -name '*.jar' | tr '\n' ':')

program() { # java options… -- part key=value…
  local jvm=()
  while [[ $1 != -- ]]; do jvm+=("$1"); shift; done
  shift
  # shellcheck disable=SC2046
  "$kit/java/bin/java" -Xmx4g $(cat "$kit/opens") -Dai.djl.offline=true -Djna.library.path="$out/.libraries" \
    -Dgolden.dir="$kit/golden" "${jvm[@]}" -cp "$jars" io.kohaku.gpu.Kit "$@" \
    device="$device" size="$size" kit="$kit" out="$results" ${SIDE:+side="$SIDE"}
}

part() { # name, seconds, command…
  local name=$1 limit=$(($2 * patience)) left=$((begin + all - $(date +%s)))
  shift 2
  [[ ${#wanted[@]} -eq 0 || " ${wanted[*]} " == *" $name "* ]] || return 0
  [[ $left -lt $limit ]] && limit=$left
  if [[ $limit -lt 5 ]]; then
    echo "{\"part\": \"$name\", \"name\": \"left out\", \"error\": \"no time was left\"}" >>"$results"
    return 0
  fi
  local started=$(date +%s)
  LIMIT=$limit timeout -k 5 "$limit" bash -c "$(declare -f program); $*" >"$out/$name.log" 2>&1 &
  running=$!
  wait "$running"
  local code=$?
  running=
  echo "{\"part\": \"$name\", \"name\": \"whole\", \"exit\": $code, \"seconds\": $(($(date +%s) - started)), \"limit\": $limit}" >>"$results"
  if [[ $code -ne 0 && $code -ne 124 && $code -ne 137 ]]; then
    failed=1
    echo "$name failed with $code, see $out/$name.log:" >&2
    grep -E -m 3 'Exception|Error|Cannot|Missing|Invalid' "$out/$name.log" >&2 || tail -n 3 "$out/$name.log" >&2
  fi
  "$python" "$kit/table.py" "$results" >"$out/table.txt"
}

# CUPTI tells what each kernel took; the compiler and its headers come with PyTorch's CUDA or not at all.
injection() {
  local headers compiler
  if [[ -f $kit/native/libkernels.so ]]; then
    echo "$kit/native/libkernels.so"
    return
  fi
  headers=$(find "$(dirname "$torch")/nvidia" /usr/local/cuda -name cupti.h -printf '%h\n' 2>/dev/null | head -1)
  compiler=$(command -v g++ || command -v c++) || return 1
  [[ -n $headers ]] || return 1
  "$compiler" -O2 -std=c++17 -shared -fPIC -I"$headers" -I"$headers/../../../include" \
    -o "$out/.libraries/libkernels.so" "$kit/kernels.cpp" \
    "$(find ${libraries//:/ } /usr/local/cuda -name 'libcupti.so*' 2>/dev/null | sort | tail -1)" || return 1
  echo "$out/.libraries/libkernels.so"
}

export kit python out results device size jars
running= failed=0
trap '[[ -z $running ]] || kill "$running"; exit 143' TERM INT
case $size in
  real) eager="--size real --configs standard" updates=100 ;;
  *) eager="--size tiny --width 64 --height 64 --configs plain,channels-last+bypass,fp16,vae+fp32" updates=10 ;;
esac
[[ $device == gpu ]] && eager_device=cuda || eager_device=cpu
export CASES=${CASES:-all}
{
  echo "{\"part\": \"machine\", \"name\": \"versions\", \"torch\": \"$version\", \"flavour\": \"$flavour\", \"date\": \"$(date -u +%F)\", \"device\": \"$device\", \"size\": \"$size\", \"cores\": $(nproc)}"
  if [[ $device == gpu ]]; then
    nvidia-smi --query-gpu=name,driver_version,memory.total,clocks.max.sm --format=csv,noheader 2>/dev/null |
      awk -F', ' '{ printf "{\"part\": \"machine\", \"name\": \"card\", \"card\": \"%s\", \"driver\": \"%s\", \"memory\": \"%s\", \"clock\": \"%s\"}\n", $1, $2, $3, $4 }'
  fi
} >>"$results"

part parity 60 NVIDIA_TF32_OVERRIDE=0 program -- parity
part update 170 program -Dai.djl.pytorch.cudnn_benchmark=true -- update 'limit=$((LIMIT - 5))' 'cases="$CASES"'
part eager 110 "$python" "$kit/eager.py" $eager --device $eager_device --preset "$kit/delta.toml" --limit '$((LIMIT - 5))' --out "$results"
part vae 50 program -Dai.djl.pytorch.cudnn_benchmark=true -- vae 'limit=$((LIMIT - 5))'
if [[ $device == gpu ]] && library=$(injection 2>"$out/injection.log"); then
  part profile 45 CUDA_INJECTION64_PATH="$library" KERNELS_OUT="$results" program -- profile 'limit=$((LIMIT - 5))'
else
  part profile 45 program -- profile 'limit=$((LIMIT - 5))'
fi
part mixing 20 program -- mixing
part host 60 program -- host 'limit=$((LIMIT - 5))'
part training 60 program -- training updates=$updates
"$python" "$kit/table.py" "$results" | tee "$out/table.txt"
exit "$failed"
