#!/usr/bin/env bash
# Updates of the demo's training over one rank and over two: time of an update, share of the sum over
# ranks, scaling. Usage: bench/train.sh [key=value]… ; more settings such as train.steps=40.
set -euo pipefail
cd "$(dirname "$0")/.."

settings=()
for setting in "$@"; do settings+=(--set "$setting"); done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for ranks in 1 2; do
  # The number of ranks changes no result, so the second training must be asked for.
  job=(demo)
  [[ $ranks == 2 ]] && job=(train --force --conf conf/demo.conf)
  ./submit.sh "${job[@]}" --set run.work="$work" --set cluster.ranks=$ranks \
    --set train.checkpoint.folder="$work/checkpoints-$ranks" \
    --set train.validation.every=0 "${settings[@]}" >"$work/log-$ranks" 2>&1 ||
    { tail -40 "$work/log-$ranks"; exit 1; }
  metrics=$(find "$work/train" -name metrics.jsonl -printf '%T@ %p\n' | sort -n | tail -1 | cut -d' ' -f2)
  cp "$metrics" "$work/metrics-$ranks.jsonl"
done
# The first two updates warm up.
summary() {
  grep -o '"time/update":[^,]*\|"time/waiting":[^,]*\|"time/reducing":[^,}]*' "$1" |
    awk -F: -v skip=2 '
      { n[$1]++; if (n[$1] > skip) { s[$1] += $2; c[$1]++ } }
      END { u = "\"time/update\""; w = "\"time/waiting\""; r = "\"time/reducing\"";
            printf "%.4f %.4f %.4f\n", s[u] / c[u], s[w] / s[u], s[r] / s[u] }'
}
read -r one waiting1 _ < <(summary "$work/metrics-1.jsonl")
read -r two waiting2 reducing2 < <(summary "$work/metrics-2.jsonl")
printf '1 rank:  %s s an update, %s of it waiting for data\n' "$one" "$waiting1"
printf '2 ranks: %s s an update, %s of it waiting for data, %s summing over ranks\n' \
  "$two" "$waiting2" "$reducing2"
awk -v a="$one" -v b="$two" 'BEGIN { printf "speed of 2 ranks over 1: %.2f\n", a / b }'
