#!/bin/sh
# tests/bench/scale at tiny sizes: the made-up sets are encoded, ranked and evaluated alike in both precisions. Its
# times mean nothing here and are not checked. Skipped, visibly, without PyTorch.
. "$SCANSCOPE_TESTS/support/tap.sh"

torch_python
if [ -z "$python" ]; then
    skip "whole commands on made-up sets" "$no_torch"
    done_testing
    exit 0
fi

set -- --precision f32
"$SCANSCOPE" bench query --quick --quiet | grep -q bf16 && set -- "$@" --precision bf16
run "$python" "$SCANSCOPE_TESTS/bench/scale" --quick --folder "$work" "$@"
ok "$status" "scale --quick $*"
for line in 'index of 300 images' 'query, second' 'a typed caption to its ranking' 'eval of 20 x 100' \
    'eval of 40 x 200' 'eval of 32000 pairs' 'pairs a second'; do
    grep -q "$line.*[0-9]" out
    ok $? "$line"
done
if [ $# -gt 2 ]; then
    grep -q '^the rankings of both precisions are the same' out
    ok $? "both precisions rank alike"
else
    skip "both precisions rank alike" "no bfloat16 here"
fi
[ -z "$(ls -d "$work"/scanscope-scale-* 2>/dev/null)" ]
ok $? "the made-up sets are removed"
done_testing
