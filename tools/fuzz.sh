#!/bin/sh
# Runs every fuzz target for FUZZTIME, one after the other. Minimising is kept
# short: in so little time it would leave none for trying.
set -eu
cd "$(dirname "$0")/.."
tools/sources.sh | grep '_test\.go$' | xargs grep -H '^func Fuzz' |
	sed 's|^\(.*\)/[^/]*:func \(Fuzz[A-Za-z0-9_]*\).*|\1 \2|' |
	while read -r dir target; do
		echo "fuzz $dir $target"
		go test "$dir" -run='^$' -fuzz="^$target\$" -fuzztime="${FUZZTIME:-3s}" -fuzzminimizetime=10x </dev/null
	done
