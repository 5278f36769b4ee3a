#!/bin/sh
# Fails with a list of the files that the given formatter would change.
set -eu
cd "$(dirname "$0")/.."
wrong=$("$@" -l $(tools/sources.sh))
if [ -n "$wrong" ]; then
	echo "not in form; run 'make fmt':" >&2
	echo "$wrong" >&2
	exit 1
fi
