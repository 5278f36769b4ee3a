#!/bin/sh
# Lists the Go files of the tree, generated and vendored ones apart.
set -eu
cd "$(dirname "$0")/.."
find . -name '*.go' -not -path './bin/*' -not -path './.git/*' -not -path '*/testdata/*' | sort
