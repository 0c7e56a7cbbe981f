#!/bin/sh
# Builds the wheel into the folder $1 with the locked build backend.
set -eu

out=${1:?say where to}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
pip="$folder/venv/bin/python -m pip --disable-pip-version-check"
$pip install --quiet --no-compile --require-hashes -r requirements/build.txt
$pip wheel --quiet --no-deps --no-build-isolation --wheel-dir "$out" .
