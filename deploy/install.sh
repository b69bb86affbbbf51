#!/bin/sh
# Installs SinkQA into a virtual environment, every file held against the hashes in locks/, and lists what that is:
#   deploy/install.sh VENV [--editable]
# What builds the package stays in VENV/tools, the list (CycloneDX) in VENV/sbom.cdx.json. A VENV that has no pip of its
# own is installed into by that of the machine.
set -eu
venv=$(cd "$1" && pwd)
shift
cd "$(dirname "$0")/.."
pip="$venv/bin/python -m pip"
$pip --version > /dev/null 2>&1 || pip="python -m pip --python $venv/bin/python"
pip="$pip install --quiet --disable-pip-version-check --no-deps"
$pip --require-hashes --requirement locks/run.txt
rm -rf "$venv/tools"
$pip --require-hashes --requirement locks/build.txt --target "$venv/tools"
PYTHONPATH="$venv/tools" $pip --no-build-isolation "$@" .
PYTHONPATH="$venv/tools" "$venv/bin/python" deploy/sbom.py "$venv/sbom.cdx.json"
