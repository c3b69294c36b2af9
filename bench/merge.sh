#!/usr/bin/env bash
# Merges two random checkpoints of SDXL's size (6.9 GB each) and tells seconds, GB/s and peak memory,
# and its time over that of copying as many bytes. Needs 21 GB in TMPDIR, which are removed after.
# Usage: bench/merge.sh
# KOHAKU_CLASSPATH, if set, takes the place of what Maven builds (a machine without Maven).
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
if [ -z "${KOHAKU_CLASSPATH:-}" ]; then
  mvn -q -B -Pbench compile
  mvn -q -B -Pbench dependency:build-classpath -Dmdep.outputFile="$folder/path"
  KOHAKU_CLASSPATH="target/classes:$(cat "$folder/path")"
fi
export OMP_WAIT_POLICY=${OMP_WAIT_POLICY:-PASSIVE}
merge() {
  java -Xmx256m -cp "$KOHAKU_CLASSPATH" io.kohaku.benchmark.MergeBenchmark "$@"
}

merge write "$folder/one.safetensors" 1
merge write "$folder/two.safetensors" 2
started=$(date +%s.%N)
cat "$folder/one.safetensors" "$folder/two.safetensors" >/dev/null
cp "$folder/one.safetensors" "$folder/copy.safetensors"
copied=$(date +%s.%N)
rm "$folder/copy.safetensors"
merge merge "$folder/merged.safetensors" "$folder/one.safetensors" "$folder/two.safetensors"
merged=$(date +%s.%N)
awk -v a="$started" -v b="$copied" -v c="$merged" \
  'BEGIN { printf "reading two and writing one without arithmetic: %.1f s; merge takes %.2f times that\n", b - a, (c - b) / (b - a) }'
