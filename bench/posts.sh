#!/usr/bin/env bash
# Posts to captions on two cores: makes up posts, then draws, filters, fits and captions them.
# Prints rates and their ratios to DuckDB's and to HakuBooru's captioner on such a machine.
# Usage: bench/posts.sh [POSTS] [POSTS_OF_THE_DATABASE]     (500000 and 100000)
#
# PEERS   a folder with duckdb_captions.py, to run DuckDB here too if Python has it
# KEEP    a folder for the made-up posts, to use them again
# HEAP    the greatest heap (4g)
set -euo pipefail
cd "$(dirname "$0")/.."
posts=${1:-500000}
rows=${2:-100000}

mvn -q -B -Pbench compile
path=$(mktemp)
work=$(mktemp -d)
trap 'rm -rf "$path" "$work"' EXIT
mvn -q -B -Pbench dependency:build-classpath -Dmdep.outputFile="$path"
classes="target/classes:$(cat "$path")"
opens=$(sed -n 's:.*<jvm.opens>\(.*\)</jvm.opens>.*:\1:p' pom.xml)
data=${KEEP:-$work}
mkdir -p "$data"

make_posts() { # posts, files…
  [[ -s ${*: -1} ]] || java -cp "$classes" bench/MakePosts.java "$@"
}

# What select asks of Spark and of its JVM.
asked=$(sed -n 's/^spark\.\(sql\|hadoop\)\..*/-D&/p' jobs/select.properties)
flags=$(sed -n 's/^spark\.driver\.extraJavaOptions=//p' jobs/select.properties)

# The part of the posts with ids below 5,000,000, of which half are drawn.
measure() { # posts, source
  rm -rf "$work/out"
  cat "$2" >/dev/null # from here on in memory, as for a program that has just written it
  # shellcheck disable=SC2086
  java -Xmx${HEAP:-4g} -XX:+UseParallelGC $flags $asked $opens -cp "$classes" \
    io.kohaku.benchmark.PostsBenchmark "$2" "$work/out" $(($1 * 5000 / 6857 / 2)) | tee "$work/log" >&2
  sed -n 's/.* => \([0-9]*\) posts\/s/\1/p' "$work/log"
}

ratio() { # what, rate, peer's rate
  awk -v what="$1" -v rate="$2" -v peer="$3" 'BEGIN {printf "%-46s %8.2f\n", what, rate / peer}'
}

make_posts "$posts" "$data/posts-$posts.jsonl"
make_posts "$rows" "$data/rows-$rows.jsonl" "$data/rows-$rows.db"
echo "JSON lines, $posts posts:"
lines=$(measure "$posts" "$data/posts-$posts.jsonl")
echo "HakuBooru's database, $rows posts:"
database=$(measure "$rows" "$data/rows-$rows.db")

peer=""
if [[ -f ${PEERS:-}/duckdb_captions.py ]] && python3 -c 'import duckdb' 2>/dev/null; then
  peer=$(python3 "$PEERS/duckdb_captions.py" "$data/posts-$posts.jsonl" "$work/peer.parquet" |
    tee /dev/stderr | sed -n 's/.* => \([0-9]*\) posts\/s/\1/p')
else
  echo "DuckDB is not measured here (PEERS names no duckdb_captions.py, or Python has no duckdb)."
fi
echo
printf '%-46s %8s\n' "ratio of rates" "times"
ratio "JSON lines / DuckDB's 75,000 posts/s" "$lines" 75000
ratio "JSON lines / DuckDB's 130,000 posts/s" "$lines" 130000
[[ -n $peer ]] && ratio "JSON lines / DuckDB here" "$lines" "$peer"
ratio "JSON lines / HakuBooru's 1,600 captions/s" "$lines" 1600
ratio "database / 50,000 posts/s" "$database" 50000
