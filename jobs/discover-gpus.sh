#!/usr/bin/env bash
# Spark's GPU discovery: prints the machine's GPUs in the form that spark.*.resource.gpu.discoveryScript wants.
# KOHAKU_SIMULATED_GPUS=N answers with N made-up addresses, to try a cluster without GPUs.
set -euo pipefail
if [[ -n ${KOHAKU_SIMULATED_GPUS:-} ]]; then
  addresses=$(seq 0 $((KOHAKU_SIMULATED_GPUS - 1)))
else
  addresses=$(nvidia-smi --query-gpu=index --format=csv,noheader)
fi
quoted=$(printf '"%s",' $addresses)
printf '{"name": "gpu", "addresses": [%s]}\n' "${quoted%,}"
