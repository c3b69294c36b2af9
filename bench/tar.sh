#!/usr/bin/env bash
# Compares the index of tar archives, and the bytes that it leads to, with what GNU tar writes and unpacks: 50 kinds of
# archives. Needs GNU tar and Maven; prints how many agree.
set -euo pipefail
cd "$(dirname "$0")/.."
exec mvn -o -B test -Dtest=GnuTarPeer
