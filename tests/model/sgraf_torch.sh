#!/bin/sh
# Repeats steps of SGRAF's training with PyTorch. Skipped, visibly, without PyTorch.
. "$SCANSCOPE_TESTS/support/tap.sh"

torch_python
if [ -z "$python" ]; then
    echo "1..0 # SKIP $no_torch"
    exit 0
fi
"$python" "$SCANSCOPE_TESTS/model/sgraf_torch.py" "$SCANSCOPE_BUILD/tests/model/sgraf_steps"
