#!/bin/sh
# Compares what we read and write with what PyTorch reads and writes. Skipped, visibly, without PyTorch.
. "$SCANSCOPE_TESTS/support/tap.sh"

torch_python
if [ -z "$python" ]; then
    echo "1..0 # SKIP $no_torch"
    exit 0
fi
"$python" "$SCANSCOPE_TESTS/cli/torch_check.py" "$SCANSCOPE_BUILD/tests/cli/torchdump"
