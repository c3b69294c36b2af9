#!/usr/bin/env bash
# Training steps of a mid-size SDXL on one rank and on two, each rank an executor with one core: time
# of an update, scaling, share of the sum over ranks, peak memory; against the same step in eager PyTorch.
#
#   mvn -o package && bench/train.sh [key=value]…      more settings, such as cluster.wire=fp16
#
# SIDE     pixels of an image (192)          MICRO    micro-batches of an update (2)
# UPDATES  updates of a run (3, of which the first warms up)
# PyTorch is looked for in $PYTHON (python3); without it that ratio is left out, and it is said.
set -euo pipefail
cd "$(dirname "$0")/.."
side=${SIDE:-192} micro=${MICRO:-2} updates=${UPDATES:-3}
classes="$PWD/target/classes:$PWD/target/test-classes:$PWD/target/kohaku-spark.jar:$PWD/target/spark/jars/*"
threads="-Dai.djl.pytorch.num_threads=1 -Dai.djl.pytorch.num_interop_threads=1"
opens=$(grep -o -- '--add-opens[= ][^ <]*' pom.xml | sort -u | tr '\n' ' ')
export SPARK_HOME=$PWD/target/spark SPARK_SCALA_VERSION=2.12
export OMP_NUM_THREADS=1 OMP_WAIT_POLICY=passive MALLOC_MMAP_THRESHOLD_=65536
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

program() { # class, arguments…
  # shellcheck disable=SC2086
  java -Xmx2g $opens $threads -Dai.djl.offline=true "-Dkohaku.executor.options=$threads" \
    -cp "$classes" "io.kohaku.train.$@" 2>"$work/errors" || { tail -30 "$work/errors" >&2; exit 1; }
}

program TrainSpeed "$work" "$side" $((micro * updates + 1)) | grep U-Net
for ranks in 1 2; do
  program TrainingProgram "$work" "ranks-$ranks" "local-cluster[$ranks,1,1024]" \
    cluster.ranks=$ranks model.head-width=40 lokr.mode=auto lokr.preset="$PWD/conf/lycoris/delta.toml" \
    train.micro-batch=1 train.micro-batches-per-update="$micro" train.steps="$updates" \
    train.optimizer.algorithm=lion8bit train.checkpoint.every=1000 "$@" >"$work/log-$ranks"
  grep -qF "end=Finished[" "$work/log-$ranks" || { tail -40 "$work/log-$ranks"; exit 1; }
done

# Means over the updates after the first; the peak is that of the last.
summary() { # run
  grep '"time/update"' "$work/$1/output/logs/metrics.jsonl" | tail -n +2 | awk '
    function value(name) { match($0, "\"" name "\":[^,}]*"); s = substr($0, RSTART, RLENGTH); sub(/.*:/, "", s); return s + 0 }
    { n++; update += value("time/update"); waiting += value("time/waiting"); reducing += value("time/reducing"); stepping += value("time/stepping"); memory = value("memory/peak_megabytes") }
    END { printf "%.3f %.4f %.4f %.4f %d\n", update / n, waiting / update, reducing / update, stepping / update, memory }'
}
read -r one waiting1 _ stepping1 memory1 < <(summary ranks-1)
read -r two waiting2 reducing2 stepping2 memory2 < <(summary ranks-2)
printf 'adapter of %d MB in the checkpoint\n' $(($(stat -c %s "$work"/ranks-1/checkpoints/step-*/adapter.safetensors) / 1000000))
printf '1 rank:  %s s an update of %d images of %d x %d, of it %s waiting for data and %s in the optimizer, peak %d MB\n' \
  "$one" "$micro" "$side" "$side" "$waiting1" "$stepping1" "$memory1"
printf '2 ranks: %s s an update, of it %s waiting for data, %s in the optimizer and %s summing over ranks, peak %d MB\n' \
  "$two" "$waiting2" "$stepping2" "$reducing2" "$memory2"
awk -v a="$one" -v b="$two" 'BEGIN { printf "speed of 2 ranks over 1: %.2f\n", a / b }'
awk -v r="$reducing2" -v m="$micro" 'BEGIN {
  s = r * m / 32 / (1 - r + r * m / 32)
  printf "share of the sum at the 32 micro-batches of the recipe: %.4f\n", s }'

python=${PYTHON:-python3}
if "$python" -c 'import torch' 2>/dev/null; then
  read -r eager memory < <("$python" bench/train_eager.py $((side / 8)) "$micro" "$updates")
  awk -v a="$one" -v b="$eager" -v x="$memory1" -v y="$memory" 'BEGIN {
    printf "update / eager update: time %.2f (%.2f s / %.2f s)  memory %.2f\n", a / b, a, b, x / y }'
else
  echo "update / eager update: left out, $python has no torch"
fi
