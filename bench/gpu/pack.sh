#!/usr/bin/env bash
# Packs what measures on a machine with a GPU, Python with PyTorch, and nothing else, into one folder
# below 60 MB: a Java runtime, DJL, our classes without Spark, the golden vectors.
#
#   mvn -DskipTests package && bench/gpu/pack.sh [FOLDER]        FOLDER: target/gpu-kit
#
# NATIVE   DJL's JNI library, libdjl_torch.so, built for the PyTorch of that machine; without it the
#          kit has the one for our own libtorch, and needs that one there.
# KERNELS  kernels.cpp as a library, for a machine without a compiler or CUPTI's headers.
# Then, over there: FOLDER/run.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
kit=$(realpath -m "${1:-target/gpu-kit}")
[[ -d target/test-classes && -d target/classes ]] || { echo "Missing classes: run mvn -DskipTests package first" >&2; exit 2; }
if [[ -e $kit && ! -f $kit/kernels.cpp && -n $(ls -A "$kit") ]]; then
  echo "Invalid folder: $kit (holds something else than an earlier kit)" >&2
  exit 2
fi
rm -rf "$kit"
mkdir -p "$kit/jars" "$kit/native"

classpath=$(mktemp)
trap 'rm -f "$classpath"' EXIT
mvn -q -B -o dependency:build-classpath -Dmdep.outputFile="$classpath" -Dmdep.includeScope=test
all=$(tr ':' '\n' <"$classpath")
for jar in api pytorch-engine gson jna slf4j-api commons-compress config \
  jackson-annotations jackson-core jackson-databind jackson-dataformat-toml; do
  found=$(grep -E "/$jar-[0-9][^/]*\.jar$" <<<"$all" | head -1)
  [[ -n $found ]] || { echo "Missing jar: $jar" >&2; exit 1; }
  cp "$found" "$kit/jars/"
done

# Our classes; what needs Spark among them is never loaded.
java=${JAVA_HOME:+$JAVA_HOME/bin/}
"${java}jar" --create --file "$kit/jars/kohaku.jar" -C target/classes .
(cd target/test-classes && find io/kohaku -name '*.class' -o -path 'io/kohaku/*.torch' | zip -q -@ "$kit/jars/tests.jar")
cp -r src/test/resources/golden "$kit/golden"
cp conf/lycoris/delta.toml "$kit/delta.toml"
sed 's/^text_encoder_target_module = .*/text_encoder_target_module = []/' "$kit/delta.toml" >"$kit/delta-unet.toml"
"${java}java" -cp "target/test-classes:target/classes:$(cat "$classpath")" \
  io.kohaku.gpu.PictureLatents "$kit" 2>/dev/null

if [[ -n ${NATIVE:-} ]]; then
  cp "$NATIVE" "$kit/native/libdjl_torch.so"
else
  jni=$(grep -E '/pytorch-jni-[^/]*\.jar$' <<<"$all")
  cp "$jni" "$kit/jars/"
fi
[[ -z ${KERNELS:-} ]] || cp "$KERNELS" "$kit/native/libkernels.so"
"${java}jlink" --output "$kit/java" --strip-debug --no-header-files --no-man-pages --compress=2 \
  --add-modules java.base,java.logging,java.management,java.naming,java.sql,java.xml,jdk.unsupported,jdk.zipfs
cp bench/gpu/run.sh bench/gpu/table.py bench/gpu/kernels.cpp bench/gpu/eager*.py "$kit/"
grep -o -- '--add-opens[= ][^ <]*' pom.xml | sort -u >"$kit/opens"

megabytes=$(du -sm "$kit" | cut -f1)
echo "$kit: $megabytes MB"
[[ $megabytes -lt 60 ]] || { echo "Too large: the kit must stay below 60 MB" >&2; exit 1; }
