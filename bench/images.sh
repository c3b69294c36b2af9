#!/usr/bin/env bash
# Decode + resize + crop against Pillow and cv2, index rate, bytes read over bytes needed.
# Usage: bench/images.sh [-Drounds=5] [-Dpython=python3]
# A Python with Pillow, NumPy and cv2 is looked for (Debian: python3-pil, python3-opencv); without one only our own rates
# are printed.
# KOHAKU_CLASSPATH, if set, takes the place of what Maven builds.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
if [ -z "${KOHAKU_CLASSPATH:-}" ]; then
  mvn -q -B -Pbench compile
  mvn -q -B -Pbench dependency:build-classpath -Dmdep.outputFile="$folder/path"
  KOHAKU_CLASSPATH="target/classes:$(cat "$folder/path")"
fi
opens=$(sed -n 's:.*<jvm.opens>\(.*\)</jvm.opens>.*:\1:p' pom.xml)
export OPENCV_LOG_LEVEL=SILENT
for python in python3 /usr/bin/python3; do
  if "$python" -c 'import cv2, PIL; print("Pillow", PIL.__version__ + ", cv2", cv2.__version__)' 2>/dev/null; then
    set -- "-Dpython=$python" "$@"
    break
  fi
done
# shellcheck disable=SC2086
java $opens "$@" -cp "$KOHAKU_CLASSPATH" io.kohaku.benchmark.ImageBenchmark "$folder"
