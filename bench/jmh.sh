#!/usr/bin/env bash
# Runs a benchmark of src/jmh, which prints its ratios at the end.
# Usage: bench/jmh.sh OptimizerBenchmark
set -euo pipefail
cd "$(dirname "$0")/.."

benchmark=${1:?Missing benchmark: the name of a class in src/jmh/java}
mvn -q -B -Pbench compile
path=$(mktemp)
trap 'rm -f "$path"' EXIT
mvn -q -B -Pbench dependency:build-classpath -Dmdep.outputFile="$path"
# Waiting threads of libtorch sleep, so that other work on the machine costs less.
export OMP_WAIT_POLICY=${OMP_WAIT_POLICY:-PASSIVE}
java -cp "target/classes:$(cat "$path")" "io.kohaku.benchmark.$benchmark"
