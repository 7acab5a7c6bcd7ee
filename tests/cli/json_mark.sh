#!/bin/sh
# JSON that begins with a UTF-8 mark, as Windows' editors save it, reads as without one, whatever reads it; UTF-16 is
# named.
. "$SCANSCOPE_TESTS/support/tap.sh"
. "$SCANSCOPE_TESTS/cli/split.sh"
demo=$SCANSCOPE_TESTS/../assets/demo

# mark FILE NEW; wide FILE NEW: with a mark; as UTF-16 without one
mark() {
    { printf '\357\273\277' && cat "$1"; } >"$2"
}
wide() {
    tr -cd ' -~' <"$1" | head -c 400 | LC_ALL=C sed 's/./&\n/g' | tr '\n' '\0' >"$2"
}

# same NAME FILE COMMAND...: the command prints the same with FILE marked; FILE as UTF-16 is named. In the
# command, @ stands for the file.
same() {
    name=$1 file=$2
    shift 2
    mark "$file" marked.json
    wide "$file" wide.json
    for kind in plain marked wide; do
        [ $kind = plain ] && cp "$file" this.json || cp $kind.json this.json
        run "$SCANSCOPE" "$@"
        mv out out.$kind
        echo "$status" >>out.$kind
    done
    [ "$(tail -n 1 out.plain)" -eq 0 ] && cmp -s out.plain out.marked
    ok $? "$name with a mark"
    [ "$(tail -n 1 out.wide)" -ne 0 ] && grep -q 'UTF-16' err
    ok $? "$name as UTF-16"
}

cp "$demo/vocab.json" vocab.json
same "a vocabulary" vocab.json eval -m "$demo/model.pth.tar" -d "$demo" --vocab this.json --no-index
mark vocab.json marked.json
run "$SCANSCOPE" info marked.json
grep -q '^  vocabulary ' out
ok $? "info knows a marked vocabulary"
same "the truth of a split" "$demo/test_truth.json" analyse alignment -m "$demo/model.pth.tar" -d "$demo" \
    --truth this.json
run "$SCANSCOPE" figure words -m "$demo/model.pth.tar" -d "$demo" -s test --caption-index 0 -o words.svg --save-data
same "a figure's data" words.json figure this.json -o again.svg
echo '{"event": "step", "iteration": 1, "loss": 20.5}' >log.json
same "a training log" log.json figure curves --log this.json -o curves.svg
echo '{"caption_index": 3}' >batch.json
same "a batch" batch.json figure --batch this.json -m "$demo/model.pth.tar" -d "$demo" -s test --dpi 50 -o many
sed 's/.*/"&": "&.png"/; $!s/$/,/; 1s/^/{/; $s/$/}/' "$demo/test_ids.txt" >ids.json
same "an id mapping" ids.json figure words -m "$demo/model.pth.tar" -d "$demo" -s test --caption-index 0 \
    --images "$demo/images" --id-mapping this.json -o ids.svg
printf 'wait idle\nkey Space j Space\nkey q\n' >keys
"$SCANSCOPE" explore -m "$demo/model.pth.tar" -d "$demo" --headless --script keys --session session.json \
    --size 80x24 >/dev/null 2>&1
mark session.json marked.json
run "$SCANSCOPE" explore --session marked.json --headless --script keys --size 80x24
[ "$status" -eq 0 ] && [ ! -s err ]
ok $? "a session with a mark"

case=$SCANSCOPE_TEST_DATA/cases/v_bom.json
if [ -f "$case" ] && [ -f "$fixtures/t2i_lse/model.pth.tar" ]; then
    make_split split t2i_lse
    run "$SCANSCOPE" eval -m "$fixtures/t2i_lse/model.pth.tar" -d split --vocab "$case" --no-index
    ok "$status" "cases/v_bom.json"
else
    skip "cases/v_bom.json" "no $case, or no fixtures"
fi
done_testing
