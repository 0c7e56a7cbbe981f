#!/bin/sh
# Makes .venv and installs locked requirements into it, unless they are there already.
#
#   tools/environment.sh app|test|bench
#
# Speaks in one sentence when something is missing. PYTHON names the interpreter to use.
set -eu

set_name=${1:?say app, test or bench}
python=${PYTHON:-python3}
venv=${VENV:-.venv}
lock="requirements/$set_name.txt"
needed_mb=${NEEDED_MB:-700}

fail() {
    echo "$1" >&2
    exit 1
}

[ -f "$lock" ] || fail "There is no $lock: run this from the top folder of the checkout."

digest=$(cksum <"$lock")
stamp="$venv/.installed-$set_name"
if [ -x "$venv/bin/python" ] && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$digest" ]; then
    exit 0
fi

command -v "$python" >/dev/null 2>&1 ||
    fail "Python is missing: install Python 3.11 or newer (on Debian and Ubuntu: apt install python3 python3-venv)."

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
    fail "Python 3.11 or newer is needed, and $python is $("$python" -c 'import sys; print(sys.version.split()[0])'): install a newer one, or name it with PYTHON=python3.12 make."

"$python" -c 'import ensurepip, venv' 2>/dev/null ||
    fail "Python's venv package is missing: install it (on Debian and Ubuntu: apt install python3-venv)."

free_mb=$(df -Pk . | awk 'NR == 2 { print int($4 / 1024) }')
[ "$free_mb" -ge "$needed_mb" ] ||
    fail "There is too little room on the disk: $free_mb MB are free here, and the requirements need $needed_mb MB."

# Somebody may have interrupted the first installation: a half-made environment is made again.
if [ ! -x "$venv/bin/pip" ]; then
    echo "Making $venv ..."
    "$python" -m venv --clear "$venv" || fail "The environment $venv could not be made: see the message above."
fi

# What is never imported need not be compiled; the rest is with its first use.
install() {
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r "$1" ||
        fail "The requirements could not be installed: see the message above, then run the same command again."
}

echo "Installing $lock (the first time this takes a minute or two) ..."
# The pip that comes with Python 3.11 takes three times as long as this one.
install requirements/pip.txt
install "$lock"

echo "$digest" >"$stamp"
