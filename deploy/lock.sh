#!/bin/sh
# Writes locks/ anew: every file that set-up may install, by its hash, in the versions of constraints.txt.
#   python3 -m venv /tmp/lock && /tmp/lock/bin/pip install uv && PATH=/tmp/lock/bin:$PATH deploy/lock.sh
set -eu
cd "$(dirname "$0")/.."
lock="uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-annotate \
    --no-emit-index-url --no-header --constraint constraints.txt --output-file"
$lock locks/run.txt pyproject.toml
$lock locks/dev.txt --extra dev --extra eval --extra llm --extra otel pyproject.toml
$lock locks/build.txt locks/build.in
