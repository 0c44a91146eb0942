#!/bin/sh
# Makes .venv and installs the pinned requirements into it; a second call finds its stamp and does nothing.
#   tools/setup.sh runtime        what `make run` needs
#   tools/setup.sh development    that, and what the tests and the checks need
set -eu
cd "$(dirname "$0")/.."

wanted=${1:-development}
venv=.venv

fits() { "$1" -c 'import sys, venv, ensurepip, sqlite3; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
    for name in ${PYTHON:-} python3.13 python3.12 python3.11 python3 python; do
        if fits "$name"; then
            echo "$name"
            return
        fi
    done
    echo "The portal needs Python 3.11 or newer, with its venv module." >&2
    echo "Found: $(python3 --version 2>&1 || true)" >&2
    echo "On Debian and Ubuntu: apt install python3 python3-venv. Or name an interpreter: make PYTHON=/path/to/python3.12" >&2
    exit 1
}

install_development() {
    "$venv/bin/uv" --no-config pip sync -q --compile-bytecode --require-hashes --python "$venv/bin/python" \
        requirements.txt requirements-dev.txt requirements-uv.txt
}

install_runtime() {
    "$venv/bin/uv" --no-config pip install -q --compile-bytecode --require-hashes --python "$venv/bin/python" -r requirements.txt
}

# A stamp holds the pins it was made from, so a changed pin is noticed whatever the clocks say.
stamp="$venv/.installed-$wanted"
pins() {
    cat requirements-uv.txt requirements.txt
    if [ "$wanted" = development ]; then cat requirements-dev.txt; fi
}
if [ -x "$venv/bin/python" ] && [ -f "$stamp" ] && pins | cmp -s - "$stamp"; then
    exit 0
fi

# An environment whose interpreter has gone, or is too old, is made again.
if ! fits "$venv/bin/python"; then
    python=$(find_python)
    echo "Making $venv with $("$python" --version) ..." >&2
    "$python" -m venv --clear "$venv"
fi
# Someone without a writable home keeps the downloads beside the environment.
cache=${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}
if ! mkdir -p "$cache" 2>/dev/null || ! [ -w "$cache" ]; then
    export UV_CACHE_DIR="$PWD/$venv/cache" PIP_NO_CACHE_DIR=1
fi
echo "Installing the pinned requirements ($wanted) ..." >&2
"$venv/bin/python" -m pip install -q --disable-pip-version-check --require-hashes -r requirements-uv.txt
"install_$wanted"
pins >"$stamp"
