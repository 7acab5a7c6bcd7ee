#!/bin/sh
# The inner kernels need no more instructions than tests/bench/callgrind.txt says (and a few per cent). Skipped,
# visibly, without valgrind, and if another compiler, other flags or another CPU make other code.
. "$SCANSCOPE_TESTS/support/tap.sh"

run "$SCANSCOPE_TESTS/bench/count-kernels"
if [ "$status" -eq 2 ]; then
    skip "instruction counts" "$(head -n 1 out)"
    done_testing
    exit 0
fi
[ "$status" -le 1 ] && [ "$(wc -l <out)" -ge 20 ]
ok $? "callgrind counts the kernels"
while read -r kernel before now change unit verdict; do
    [ -z "$verdict" ]
    ok $? "$kernel: $now instructions, $change $unit of $before${verdict:+, $verdict}"
done <out

# The comparison can fail: it does against counts a tenth smaller.
awk '/^#|^compiler/ {print; next} {print $1, int($2 * 0.9)}' "$SCANSCOPE_TESTS/bench/callgrind.txt" >smaller.txt
cp out all
run "$SCANSCOPE_TESTS/bench/count-kernels" --file "$work/smaller.txt"
[ "$status" -eq 1 ] && [ "$(grep -c 'more than 3 % above' out)" -eq "$(wc -l <all)" ]
ok $? "a regression of a tenth is found in every kernel"
done_testing
