#!/usr/bin/env bash
# Submits one job: ./submit.sh <job> [--conf FILE]… [--set key=value]…
# ./submit.sh <job> … --why says of each stage whether it would be made again and why, and runs nothing.
# ./submit.sh --doctor says in five lines what this machine would train with, by the same options.
#
# MASTER       the Spark master, for example yarn; without it the properties', the cluster's, or local[*].
# SPARK_HOME   a Spark 3.5 distribution; without it an embedded one is laid out under target/.
# PROPERTIES   a spark-submit properties file in place of jobs/<job>.properties.
# jobs/<job>.properties   what the cluster must give.
# conf/<job>.conf         what the job must do, if there is such a file; --conf and --set stand above it.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
application=$root/target/kohaku-spark.jar
embedded=$root/target/spark

# Whether the jar has CUDA natives: it lists its files at its end.
built_with_cuda() {
  [[ -f $application ]] && tail -c 4000000 "$application" | LC_ALL=C grep -ac 'pytorch/cu[0-9]' >/dev/null
}

build() {
  if [[ ! -f $application || ! -d $embedded/jars ]] ||
    [[ -n $(find "$root/pom.xml" "$root/src/main" -newer "$application" -print -quit) ]]; then
    # The flavour stays that of the last build: mvn package, with -Dgpu or without.
    local flavour=""
    built_with_cuda && flavour=-Dgpu
    echo "Building Kohaku Spark${flavour:+ with $flavour}…" >&2
    mvn -q -B -f "$root/pom.xml" $flavour -DskipTests package >&2
    touch "$application"
  fi
}

# The embedded Spark has no scripts: its launcher gives the command, as in spark-class. There the
# application is on the class path from the start, which saves copying it to every local executor.
embedded_submit() {
  local command=()
  while IFS= read -r -d '' part; do command+=("$part"); done < <(
    SPARK_HOME=$embedded SPARK_SCALA_VERSION=2.12 "$java" -cp "$embedded/jars/*" \
      org.apache.spark.launcher.Main org.apache.spark.deploy.SparkSubmit \
      --driver-class-path "$application" \
      --conf "spark.executor.extraClassPath=$application" "$@"
  )
  # The launcher's answer begins with an empty part and a line end.
  command=("${command[@]:1}")
  command[0]=${command[0]#$'\n'}
  export LOG4J_CONFIGURATION_FILE=$logs
  SPARK_HOME=$embedded SPARK_SCALA_VERSION=2.12 exec "${command[@]}"
}

logs=${LOG4J_CONFIGURATION_FILE:-$root/jobs/log4j2.properties}
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
job=${1:---help}
[[ $# -gt 0 ]] && shift
[[ $job == --doctor ]] && job=doctor
build

arguments=("$job")
[[ -f $root/conf/$job.conf ]] && arguments+=(--conf "$root/conf/$job.conf")
arguments+=("$@")

# jobs/<job>.properties as single settings, so that the cluster's spark-defaults.conf still counts.
# A local master has neither executors nor resources to schedule: what asks for them is left out.
properties=${PROPERTIES:-$root/jobs/$job.properties}
if [[ ! -f $properties ]]; then
  [[ -z ${PROPERTIES:-} ]] || { echo "Missing properties file: $properties" >&2; exit 2; }
  properties=/dev/null
fi
master=${MASTER:-$(sed -n 's/^spark\.master=//p' "$properties")}
[[ -z $master && -z ${SPARK_HOME:-} ]] && master="local[*]"
spark=(--class io.kohaku.Main ${master:+--master "$master"})
while IFS= read -r line; do
  [[ $line =~ ^[[:space:]]*(#|$) || $line == spark.master=* ]] && continue
  [[ $master =~ ^local(\[|$) && $line =~ ^spark\.(executor\.(instances|cores|memory|resource)|task\.) ]] && continue
  spark+=(--conf "$line")
done <"$properties"

# Wrong settings are told here and now, before anything is submitted anywhere; and what a job would do
# and why is told without submitting it, as it would be with the cluster's settings.
here=(--check)
said=" $* "
[[ $said == *" --check "* || $said == *" --why "* ]] && here=()
told=(${master:+"-Dspark.master=$master"})
for setting in "${spark[@]}"; do [[ $setting == spark.*=* ]] && told+=("-D$setting"); done
checked=0
LOG4J_CONFIGURATION_FILE=$logs "$java" -Xshare:auto -XX:TieredStopAtLevel=1 ${told[@]+"${told[@]}"} -cp "$application:$embedded/jars/*" \
  io.kohaku.Main "${arguments[@]}" ${here[@]+"${here[@]}"} || checked=$?
if [[ $checked -ne 0 || ${#here[@]} -eq 0 || $job == -* || $job == doctor || $said == *" --help "* || $said == *" -h "* ]]; then
  exit "$checked"
fi

if [[ -n ${SPARK_HOME:-} ]]; then
  exec "$SPARK_HOME/bin/spark-submit" "${spark[@]}" "$application" "${arguments[@]}"
else
  embedded_submit "${spark[@]}" "$application" "${arguments[@]}"
fi
