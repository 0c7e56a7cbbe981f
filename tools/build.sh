#!/bin/sh
# Builds the wheel into the folder $1 with the locked build backend, by the pip of $PYTHON.
set -eu

out=${1:?say where to}
python=${PYTHON:-python3}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# To install a pip of its own there takes most of the time of a build.
"$python" -m venv --without-pip "$folder/venv"
pip="-m pip --disable-pip-version-check --python $folder/venv/bin/python"
"$python" $pip install --quiet --no-compile --require-hashes -r requirements/build.txt
"$python" $pip wheel --quiet --no-deps --no-build-isolation --wheel-dir "$out" .
