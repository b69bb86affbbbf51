#!/bin/sh
# Measures SinkQA beside txtai and Haystack over the same passages, questions and encoder:
#   deploy/peers.sh PEERS [--json]
# PEERS is a virtual environment of theirs (1.5 GB), made in the versions of deploy/peers.txt where there is none. Needs
# SinkQA in .venv with its extra dev, and the reference documents in $SHARED, by default ../shared. PyPI's torch for Linux
# brings CUDA: TORCH_INDEX=https://download.pytorch.org/whl/cpu takes the smaller one.
set -eu
peers=$1
shift
here=$(cd "$(dirname "$0")/.." && pwd)
shared=${SHARED:-$here/../shared}
if [ ! -e "$peers/.ready" ]; then
    python3 -m venv "$peers"
    pip="$peers/bin/python -m pip install --quiet --disable-pip-version-check"
    $pip ${TORCH_INDEX:+"--index-url=$TORCH_INDEX"} "$(grep '^torch==' "$here/deploy/peers.txt")"
    $pip --requirement "$here/deploy/peers.txt"
    touch "$peers/.ready"
fi
"$here/.venv/bin/python" -m eval peers --python "$peers/bin/python" --questions "$shared/gold/dev.jsonl" \
    --document "$shared/paper" --beside "$shared/policy/docs" "$@"
