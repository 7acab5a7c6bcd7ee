#!/bin/sh
# scanscope bench at tiny sizes: every section prints its numbers, as text and as JSON. No speed is asserted.
. "$SCANSCOPE_TESTS/support/tap.sh"

TMPDIR=$work/tmp && mkdir "$TMPDIR" && export TMPDIR

run "$SCANSCOPE" bench --quick --quiet
[ "$status" -eq 0 ] && grep -q '^this machine: ' out
ok $? "bench --quick, all sections"
for section in score family query encode train index ui; do
    grep -q "^$section  *[^ ]" out
    ok $? "$section has a result"
done
[ "$(grep '^score' out | grep -cv ' bf16 ')" -eq 4 ] # and bf16's, if the CPU has it
ok $? "the four variants are scored"
for part in "step" "attention both" "image encoder" "text encoder" "attention, loss" "attention back" "image back" \
    "text back" "clip, Adam"; do
    [ "$(grep -c "^train .*  $part  *seconds" out)" -eq 4 ]
    ok $? "train: $part, of each variant"
done
[ "$(grep -cE '^family .*(BFAN|SGRAF|VSE\+\+) [A-Za-z]+ .*product_share' out)" -eq 6 ]
ok $? "each of the other kinds is scored"
! grep -qE 'nan|inf' out
ok $? "every number is finite"
[ -z "$(ls -A "$TMPDIR")" ]
ok $? "the made-up files of the index are removed"

run "$SCANSCOPE" bench score train index --quick --quiet --json
[ "$status" -eq 0 ]
ok $? "--json"
for key in pairs_per_s gflops sgemm_share step_share build_s second_open_s sgemm_gflops own_gflops; do
    grep -q "\"$key\": [0-9.e+-]*[]},]*$" out
    ok $? "--json has $key"
done
! grep -q '"query"\|"ui"' out
ok $? "other sections are not run"

run "$SCANSCOPE" bench --ui --quick --json --quiet
[ "$status" -eq 0 ] && grep -q '"ui"' out && ! grep -q '"score"' out
ok $? "--ui is the ui section"

run "$SCANSCOPE" bench score query train --variant i2t-Mean --quick --quiet
[ "$status" -eq 0 ] && [ "$(grep -v ' bf16 ' out | grep -c '^\(score\|query\|train\)  *i2t Mean ')" -eq 11 ] && ! grep -q 't2i\|LogS' out
ok $? "--variant: only that one"
run "$SCANSCOPE" bench score --variant i2t-Max --quick
fails_with 2 "t2i-LogSumExp|t2i-Mean" "an unknown variant"

run "$SCANSCOPE" bench speed
fails_with 2 "score, family, query, encode, train, index or ui" "an unknown section"

TMPDIR=$work/nowhere
run "$SCANSCOPE" bench index --quick --quiet
fails_with 1 "nowhere" "a TMPDIR that is not there"
TMPDIR=$work/tmp
(
    trap '' XFSZ
    ulimit -f 64
    run "$SCANSCOPE" bench index --quick --quiet
    echo "$status" >status
)
status=$(cat status)
fails_with 1 "scanscope-bench-" "a full disk while the index is made"
[ -z "$(ls -A "$TMPDIR")" ]
ok $? "leaves nothing behind"
done_testing
