#!/bin/sh
# Repeats training steps of VSE++, BFAN and SGRAF with PyTorch. Skipped, visibly, without PyTorch.
. "$SCANSCOPE_TESTS/support/tap.sh"

torch_python
if [ -z "$python" ]; then
    echo "1..0 # SKIP $no_torch"
    exit 0
fi
"$python" -W ignore "$SCANSCOPE_TESTS/train/family_torch.py" "$SCANSCOPE_BUILD/tests/train/family_steps"
