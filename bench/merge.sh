#!/usr/bin/env bash
# Merges two random checkpoints of SDXL's size (6.9 GB each) and bakes an adapter of conf/lycoris/delta.toml, norms and
# all, into one: seconds, GB/s and peak memory, and the time over that of reading and writing as many bytes without
# arithmetic. Where python3 has numpy, some of the baked tensors are recomputed by it. Needs 21 GB in TMPDIR, which are
# removed after.
#
#   mvn -o -Pbench test-compile && bench/merge.sh
#
# KOHAKU_CLASSPATH, if set, takes the place of what Maven builds (a machine without Maven).
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
if [ -z "${KOHAKU_CLASSPATH:-}" ]; then
  mvn -o -q -B -Pbench dependency:build-classpath -Dmdep.includeScope=test -Dmdep.outputFile="$folder/path"
  KOHAKU_CLASSPATH="target/classes:target/test-classes:$(cat "$folder/path")"
fi
export OMP_WAIT_POLICY=${OMP_WAIT_POLICY:-PASSIVE}
tool() { java -Xmx512m -cp "$KOHAKU_CLASSPATH" "io.kohaku.$@" 2>/dev/null; }
weights() { tool benchmark.MergeBenchmark "$@"; }
timed() { # variable, command…: its seconds
  local variable=$1 started ended
  shift
  started=$(date +%s.%N)
  "$@"
  ended=$(date +%s.%N)
  printf -v "$variable" '%s' "$(awk -v a="$started" -v b="$ended" 'BEGIN { print b - a }')"
}
plain() { # file, others…: reads all, writes one
  cat "${@:2}" >/dev/null
  cp "$1" "$folder/plain.safetensors"
  rm "$folder/plain.safetensors"
}
ratio() { awk -v n="$1" -v a="$2" -v b="$3" 'BEGIN { printf "%s: %.1f s, plain reading and writing %.1f s, ratio %.2f\n", n, a, b, a / b }'; }

one=$folder/one.safetensors two=$folder/two.safetensors adapter=$folder/adapter.safetensors
tool sdxl.RealSize write "$one"
cp "$one" "$two"
weights adapter "$adapter" "$one" conf/lycoris/delta.toml
sync
timed copying plain "$one" "$two"
sync
timed merging weights merge "$folder/merged.safetensors" "$one" "$two"
ratio merge "$merging" "$copying"
rm "$folder/merged.safetensors" "$two"
sync
timed copying plain "$one"
sync
timed baking weights bake "$folder/baked.safetensors" "$one" "$adapter"
ratio bake "$baking" "$copying"
if python3 -c 'import numpy' 2>/dev/null; then
  python3 bench/baked.py "$one" "$adapter" "$folder/baked.safetensors"
else
  echo "not recomputed: python3 has no numpy"
fi
