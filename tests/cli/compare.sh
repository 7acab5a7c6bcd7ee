#!/bin/sh
# tests/bench/compare at tiny sizes: both sides compute the same losses and scores, and ratios are printed. Their
# values mean nothing here and are not checked. Skipped, visibly, without PyTorch.
. "$SCANSCOPE_TESTS/support/tap.sh"

torch_python
if [ -z "$python" ]; then
    skip "comparison with PyTorch" "$no_torch"
    done_testing
    exit 0
fi

run "$python" "$SCANSCOPE_TESTS/bench/compare" --quick
ok "$status" "compare --quick"
for variant in "t2i LogSumExp" "i2t Mean"; do
    grep -q "^same: $variant" out
    ok $? "$variant: the losses and scores of both sides are the same"
done
[ "$(grep -cE '^training step .* [0-9.]+ +[0-9.]+ +[0-9.]+$' out)" -eq 2 ]
ok $? "ratios of training steps with their spread"
if grep -q '^not compared' out; then
    skip "ratios of the attention alone" "$(sed -n 's/^not compared: //p' out)"
else
    [ "$(grep -cE '^(score|attention).* [0-9.]+ +[0-9.]+ +[0-9.]+$' out)" -eq 6 ]
    ok $? "ratios of scoring and of the attention's gradients"
fi
done_testing
