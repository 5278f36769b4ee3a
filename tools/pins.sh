#!/bin/sh
# modernc.org/sqlite is generated C that calls modernc.org/libc by layout, so
# the two must be of one making: the version in use has to be the one that
# sqlite's own go.mod names.
set -eu
cd "$(dirname "$0")/.."
used=$(go list -m -f '{{.Version}}' modernc.org/libc)
file=$(go list -m -f '{{.GoMod}}' modernc.org/sqlite)
want=$(awk '$1 == "modernc.org/libc" { print $2 } $2 == "modernc.org/libc" { print $3 }' "$file")
if [ "$used" != "$want" ]; then
	echo "modernc.org/libc is $used, but modernc.org/sqlite was made with ${want:-another}; set it in go.mod" >&2
	exit 1
fi
