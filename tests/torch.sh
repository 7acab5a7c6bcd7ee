#!/bin/sh
# Compares what we read and write with what PyTorch reads and writes. Skipped, visibly, without PyTorch.
set -u
for python in "${SCANSCOPE_TEST_PYTHON:-}" /usr/bin/python3 python3; do
    [ -n "$python" ] || continue
    if "$python" -c 'import torch, numpy' 2>/dev/null; then
        exec "$python" "$SCANSCOPE_TESTS/torch_check.py" "$SCANSCOPE_BUILD/tests/torchdump"
    fi
done
echo "1..0 # SKIP no Python with torch and numpy (apt-get install python3-torch)"
