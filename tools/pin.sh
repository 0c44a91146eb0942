#!/bin/sh
# Resolves requirements*.in into requirements*.txt for Python 3.11 and newer, with hashes. UPGRADE=1 takes the newest.
set -eu
cd "$(dirname "$0")/.."

resolve() {
    name=$1
    shift
    .venv/bin/uv --no-config pip compile -q --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-annotate --no-header ${UPGRADE:+--upgrade} "$@" "$name.in" -o "$name.txt"
}

resolve requirements-uv
resolve requirements
resolve requirements-dev -c requirements.txt
