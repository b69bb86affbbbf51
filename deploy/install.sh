#!/bin/sh
# Installs SinkQA into a virtual environment, every file held against the hashes in locks/, and lists what that is:
#   deploy/install.sh VENV [--editable]
# What builds the package stays in VENV/tools, the list (CycloneDX) in VENV/sbom.cdx.json. A VENV that has no pip of its
# own is installed into by that of the machine.
set -eu
venv=$(cd "$1" && pwd)
shift
cd "$(dirname "$0")/.."
python=$venv/bin/python
if "$python" -m pip --version > /dev/null 2>&1; then
    pip() { "$python" -m pip "$@"; }
else
    pip() { python3 -m pip --python "$python" "$@"; }
fi
install() { pip install --quiet --disable-pip-version-check --no-deps "$@"; }
install --require-hashes --requirement locks/run.txt
rm -rf "$venv/tools"
install --require-hashes --requirement locks/build.txt --target "$venv/tools"
export PYTHONPATH="$venv/tools"
install --no-build-isolation "$@" .
"$python" deploy/sbom.py "$venv/sbom.cdx.json"
