#!/bin/sh
# `scanscope demo`: the shipped split without a terminal, and the generator.
. "$SCANSCOPE_TESTS/support/tap.sh"
demo=$SCANSCOPE_ASSETS/demo

run "$SCANSCOPE" demo -o figure.png
[ "$status" -eq 0 ] && [ "$(grep -c '^ *1 .*test_0038$' out)" -eq 2 ]
ok $? "demo without a terminal ranks the images for its caption by both models, the right one first"
grep -q 'explore -m .*model.pth.tar -m .*bfan.pth.tar -d ' out
ok $? "and says how to compare them"
[ "$(head -c 4 figure.png | tail -c 3)" = PNG ]
ok $? "and exports the figure"
run "$SCANSCOPE" demo
[ "$status" -eq 0 ] && [ -s demo-query.png ]
ok $? "without -o to demo-query.png"
if [ -w /dev/full ]; then
    ln -s /dev/full full.png
    run "$SCANSCOPE" demo -o full.png
    [ "$status" -eq 1 ] && grep -q "No space left" err
    ok $? "a full disk is a failure"
else
    skip "a full disk" "no /dev/full"
fi

run "$SCANSCOPE" eval -m "$demo/model.pth.tar" -d "$demo" -s test --json --quiet
awk '{gsub(/[^0-9.,]+/, " "); gsub(/,/, " ")
      ok = $2 >= 60 && $8 >= 50 && $10 >= 90} END {exit !ok}' out
ok $? "recalls of the shipped split: $(cut -c 1-100 out)"
run "$SCANSCOPE" eval -m "$demo/bfan.pth.tar" -d "$demo" -s test --json --quiet
awk '{gsub(/[^0-9.,]+/, " "); gsub(/,/, " ")
      ok = $2 >= 60 && $8 >= 50 && $10 >= 90} END {exit !ok}' out
ok $? "and of its BFAN: $(cut -c 1-100 out)"
[ "$(wc -c <"$demo/bfan.pth.tar")" -lt 3000000 ]
ok $? "which is small"
run "$SCANSCOPE" figure compare -m "$demo/model.pth.tar" -m "$demo/bfan.pth.tar" -d "$demo" --caption "a red car" -o compare.png
[ "$status" -eq 0 ] && [ "$(head -c 4 compare.png | tail -c 3)" = PNG ]
ok $? "a figure compares the two"

run "$SCANSCOPE" demo --generate scenes
fails_with 2 "nothing to generate" "no number of scenes"
run "$SCANSCOPE" demo --generate /dev/null/scenes --test 1
fails_with 1 "/dev/null" "a folder that cannot be made"
run "$SCANSCOPE" demo --generate scenes --train 4 --dev 2 --test 2 --seed 9 --quiet
ok "$status" "draws three splits"
run "$SCANSCOPE" demo --generate again --train 4 --dev 2 --test 2 --seed 9 --quiet --threads 1
ok "$status" "and once more, with one thread"
diff -r scenes again >out 2>&1
ok $? "the same seed gives the same bytes"
run "$SCANSCOPE" eval -m "$demo/model.pth.tar" -d scenes -s test --vocab "$demo/vocab.json" --quiet
ok "$status" "the shipped model opens a generated folder"
done_testing
