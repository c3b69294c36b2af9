#!/usr/bin/env bash
# Prepares rows on a small store and reads some at random: heap of a rank's training set, against rows as objects.
#
#   mvn -o package && bench/prepared.sh [ROWS]      (3700000; half a gigabyte of files)
set -euo pipefail
cd "$(dirname "$0")/.."
classes="$PWD/target/classes:$PWD/target/test-classes:$PWD/target/kohaku-spark.jar:$PWD/target/spark/jars/*"
opens=$(sed -n 's:.*<jvm.opens>\(.*\)</jvm.opens>.*:\1:p' pom.xml)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck disable=SC2086
java -Xmx2g $opens -cp "$classes" io.kohaku.train.data.PreparedHeap "$work/set" "${1:-3700000}" 2>"$work/errors" ||
  { tail -30 "$work/errors" >&2; exit 1; }
