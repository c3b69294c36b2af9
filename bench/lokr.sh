#!/usr/bin/env bash
# Merged against bypass LoKr at SDXL's shapes, and the cost model's choice; on a GPU if there is one.
# Usage: bench/lokr.sh [-Ddtype=BF16] [-Dbatch=4] [-Dshrink=1] [-Drounds=5] [-Donly="attention"]
# KOHAKU_CLASSPATH, if set, takes the place of what Maven builds (a machine without Maven).
# MAVEN_ARGS="-Dgpu" takes the CUDA natives.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ -z "${KOHAKU_CLASSPATH:-}" ]; then
  # shellcheck disable=SC2086
  mvn -q -B ${MAVEN_ARGS:-} -Pbench compile
  path=$(mktemp)
  trap 'rm -f "$path"' EXIT
  # shellcheck disable=SC2086
  mvn -q -B ${MAVEN_ARGS:-} -Pbench dependency:build-classpath -Dmdep.outputFile="$path"
  KOHAKU_CLASSPATH="target/classes:$(cat "$path")"
fi
export OMP_WAIT_POLICY=${OMP_WAIT_POLICY:-PASSIVE}
echo "time"
java "$@" -cp "$KOHAKU_CLASSPATH" io.kohaku.benchmark.LokrBenchmark
echo "memory"
# Freed tensors go back to the system at once, so that resident memory tells what is held.
MALLOC_MMAP_THRESHOLD_=65536 java "$@" -Dmemory=true -cp "$KOHAKU_CLASSPATH" io.kohaku.benchmark.LokrBenchmark
