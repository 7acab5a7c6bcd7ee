#!/bin/sh
# The options of a model that its checkpoint does not say: asked for, given or assumed, and told in every output.
. "$SCANSCOPE_TESTS/support/tap.sh"
. "$SCANSCOPE_TESTS/cli/split.sh"
need_fixtures
reopt=$(dirname "$SCANSCOPE")/tests/cli/reopt

make_split split i2t_avg
whole=$fixtures/i2t_avg/model.pth.tar
other=$fixtures/t2i_lse/model.pth.tar
"$reopt" "$whole" none.pth.tar -all || exit 99
"$reopt" "$whole" part.pth.tar -lambda_softmax -no_txtnorm || exit 99
"$reopt" "$whole" text.pth.tar lambda_softmax:four || exit 99
"$reopt" "$whole" more.pth.tar gpu_id=3 wandb:on || exit 99

# ev ARGS...: eval on the split
ev() {
    run "$SCANSCOPE" eval -d split --no-index "$@"
}
rsum() {
    sed -n 's/^rsum: //p' out
}
ev -m "$whole"
right=$(rsum)
said="--cross_attn i2t --agg_func Mean --lambda_softmax 4"

"$reopt" "$whole" wrong.pth.tar embed_size=99 bi_gru=false || exit 99
ev -m wrong.pth.tar
[ "$status" -eq 0 ] && [ "$(rsum)" = "$right" ] && grep -q "tensors, which are followed: embed_size is 99 (the tensors say" err
ok $? "options that the tensors contradict: the tensors are followed, and it is said"
run "$SCANSCOPE" info wrong.pth.tar
grep -q "not followed .*embed_size is 99 (the tensors say" out
ok $? "info says so too"

# ---- asked

ev -m none.pth.tar
fails_with 1 "none.pth.tar: has no options" "no options: one line, status 1"
grep -q "family, cross_attn, agg_func, lambda_softmax, lambda_lse and raw_feature_norm are missing" err &&
    grep -q -- "--assume-defaults for scan, t2i, LogSumExp, 9, 6, clipped_l2norm" err
ok $? "... which names what is missing and what would be assumed"
ev -m part.pth.tar
fails_with 1 "its options (opt) lack lambda_softmax; give --lambda_softmax, or --assume-defaults for 9" \
    "some options: only what is missing; lambda_lse is not needed for Mean, no_txtnorm is off where it is not mentioned"
# shellcheck disable=SC2086
ev -m none.pth.tar $said --raw_feature_norm clipped_l2norm
[ "$status" -eq 0 ] && [ "$(rsum)" = "$right" ]
ok $? "all of them given: the scores of the whole checkpoint"
[ "$(grep -c 'none: given by options, as the checkpoint does not say: cross_attn i2t, agg_func Mean, lambda_softmax 4' err)" -eq 1 ]
ok $? "... and said once"
# shellcheck disable=SC2086
ev -m none.pth.tar $said
fails_with 1 "raw_feature_norm is missing" "one of them is still missing"
ev -m part.pth.tar --lambda-softmax=4
[ "$status" -eq 0 ] && [ "$(rsum)" = "$right" ]
ok $? "hyphens and = as elsewhere"
ev -m none.pth.tar --assume-defaults
[ "$status" -eq 0 ] && [ "$(rsum)" != "$right" ] &&
    grep -q "none: assumed, as the checkpoint does not say: family scan, cross_attn t2i, agg_func LogSumExp, lambda_softmax 9, lambda_lse 6" err
ok $? "--assume-defaults goes on and says so"

# ---- refused

ev -m text.pth.tar
fails_with 1 "text.pth.tar: lambda_softmax is text; it must be a number (in opt); --lambda_softmax VALUE overrides it" \
    "an option of the wrong type"
ev -m text.pth.tar --assume-defaults
fails_with 1 "lambda_softmax is text" "... is not replaced by a default"
ev -m text.pth.tar --lambda_softmax 4
[ "$status" -eq 0 ] && [ "$(rsum)" = "$right" ]
ok $? "... but by a value that is given"
ev -m "$whole" --cross_attn t2i
fails_with 1 "--cross_attn t2i contradicts the file, whose opt has i2t" "a value that contradicts the file"
ev -m "$whole" --cross_attn i2t --lambda_softmax 4.0
[ "$status" -eq 0 ] && [ "$(rsum)" = "$right" ] && [ ! -s err ]
ok $? "one that says the same"
ev -m none.pth.tar --lambda_softmax -3
fails_with 1 "lambda_softmax is -3" "a value out of range"
ev -m none.pth.tar --agg_func Median
fails_with 2 "--agg-func takes LogSumExp|Mean|Max|Sum" "a value that is no choice"
"$reopt" "$whole" abs.pth.tar use_abs=1 && ev -m abs.pth.tar
fails_with 1 "use_abs is" "an option of another family that changes the scores"

# ---- options of nobody

ev -m more.pth.tar
[ "$status" -eq 0 ] && [ "$(rsum)" = "$right" ] &&
    grep -q "more.pth.tar: options that SCAN does not have, ignored: gpu_id, wandb" err
ok $? "unknown options are named"
ev -m "$whole"
[ ! -s err ]
ok $? "the reference's own are not"

# ---- several models

ev -m "$other" -m "$whole" --quiet --json
sed 's/, "notes".*//' out >both
# shellcheck disable=SC2086
ev -m "$other" -m none.pth.tar $said --raw_feature_norm clipped_l2norm --json
[ "$status" -eq 0 ] && sed 's/, "notes".*//' out | cmp -s - both &&
    grep -q ": options to the contrary do not apply; the checkpoint says: cross_attn t2i" err
ok $? "values go to the model that does not say them; that the other keeps its own is said"
ev -m none.pth.tar -m "$other" --cross_attn i2t --cross_attn t2i --agg_func Mean --agg_func LogSumExp \
    --lambda_softmax 4 --lambda_softmax 9 --assume-defaults --json
[ "$status" -eq 0 ] && grep -q '"given": \["cross_attn", "agg_func", "lambda_softmax"\]' out
ok $? "or once per model"
ev -m none.pth.tar -m "$other" --cross_attn i2t --cross_attn t2i --cross_attn t2i
fails_with 1 "3 values of --cross_attn for 2 models" "not one per model"

# ---- every output says it

assumed="family scan, cross_attn t2i"
model="-m none.pth.tar --assume-defaults"
# shellcheck disable=SC2086
ev $model --json --ranks ranks.csv --run run.txt
grep -q '"assumed": \["family", "cross_attn", "agg_func", "lambda_softmax", "lambda_lse", "raw_feature_norm", "no_imgnorm", "no_txtnorm"\]' out &&
    grep -q "\"notes\": \[\"none: assumed.*$assumed" out && grep -q '"cross_attn": "t2i"' out
ok $? "eval --json"
head -n 1 ranks.csv | grep -q "^# none: assumed.*$assumed" && sed -n 2p ranks.csv | grep -q '^direction,'
ok $? "the table of ranks"
[ "$(cut -d' ' -f6 run.txt | sort -u)" = scanscope-assumed ]
ok $? "the TREC run's tag"
# shellcheck disable=SC2086
run "$SCANSCOPE" query -d split --no-index $model --caption-index 3 --json
grep -q '"assumed"' out && grep -q "\"none: assumed.*$assumed" out
ok $? "query --json"
# shellcheck disable=SC2086
run "$SCANSCOPE" query -d split --no-index $model --caption-index 3
[ "$status" -eq 0 ] && grep -q "assumed.*$assumed" err
ok $? "query for people"
# shellcheck disable=SC2086
run "$SCANSCOPE" analyse failures -d split --no-index $model --json --html page.html --figures 0
grep -q "\"none: assumed.*$assumed" out && grep -q "Note: none: assumed.*$assumed" page.html
ok $? "analyse --json and --html"
# shellcheck disable=SC2086
run "$SCANSCOPE" analyse failures -d split --no-index $model --csv
head -n 1 out | grep -q "^# none: assumed.*$assumed"
ok $? "analyse --csv"
# shellcheck disable=SC2086
run "$SCANSCOPE" figure curves -d split --no-index $model --save-data -o curves.svg
grep -q "assumed $assumed" curves.svg && grep -q "assumed $assumed" curves.json
ok $? "a figure's metadata and data"
run "$SCANSCOPE" info --json none.pth.tar --assume-defaults
grep -q '"assumed": \[' out && grep -q 't2i (assumed)' out
ok $? "info --json"

# ---- info and the explorer say the same

run "$SCANSCOPE" info none.pth.tar part.pth.tar more.pth.tar
[ "$status" -eq 0 ] && grep -q "SCAN or another?, cross_attn?, agg_func?" out &&
    grep -q "its options (opt) lack lambda_softmax; give --lambda_softmax, or --assume-defaults for 9" out &&
    grep -q "options that SCAN does not have: gpu_id, wandb" out
ok $? "info names what is missing"
run "$SCANSCOPE" info part.pth.tar --lambda_softmax 4
grep -q "lambda_softmax 4 (given)" out
ok $? "info takes what is given"
run "$SCANSCOPE" info "$whole" --cross_attn t2i
grep -q "none that scanscope can use: --cross_attn t2i contradicts" out
ok $? "... and refuses what eval refuses"
printf 'wait idle\nprint\n' >script
run "$SCANSCOPE" explore --headless --script script -d split -m part.pth.tar
fails_with 1 "part.pth.tar: its options (opt) lack lambda_softmax" "the explorer without a terminal"
run "$SCANSCOPE" explore --headless --script script -d split -m part.pth.tar --assume-defaults
[ "$status" -eq 0 ] && grep -q 'i-t AVG (assumed)' out
ok $? "... with --assume-defaults says so on every screen"
run "$SCANSCOPE" explore --start --headless --script script -d split -s test -m part.pth.tar
grep -q 'part.pth.tar does not say lambda_softmax' out && grep -q '9 (lambda_softmax) would be assumed' out
ok $? "its start screen asks"

# ---- an explorer's session
printf '{"models": [{"model": "part.pth.tar", "data": "split", "split": "test"%s}], "marks": [3]}' \
    ', "lambda_softmax": "4"' >said.json
printf '{"models": [{"model": "part.pth.tar", "data": "split", "split": "test"}], "marks": [3]}' >silent.json
run "$SCANSCOPE" figure --batch said.json -o figures
grep -q "part: given by options, as the checkpoint does not say: lambda_softmax 4" err
ok $? "figure --batch takes what was said in the explorer"
run "$SCANSCOPE" figure --batch silent.json -o figures
fails_with 1 "lack lambda_softmax" "... or asks"
run "$SCANSCOPE" figure --batch silent.json -o figures --lambda_softmax 7
grep -q "say: lambda_softmax 7" err
ok $? "... or takes it from its options"

# ---- index

run "$SCANSCOPE" index -d split --index-dir idx -m none.pth.tar
[ "$status" -eq 0 ] && grep -q "assumed.*no_imgnorm false" err
ok $? "index needs no attention options, only whether images are normalised"
run "$SCANSCOPE" index -d split --index-dir idx -m none.pth.tar --no_imgnorm
grep -q '^built' out
ok $? "... and does not take the one for the other"

if [ -f "$SCANSCOPE_TEST_DATA/cases/i2t_opt_as_args.pth.tar" ]; then
    run "$SCANSCOPE" eval -m "$SCANSCOPE_TEST_DATA/cases/i2t_opt_as_args.pth.tar" --no-index \
        --ims "$fixtures/i2t_avg/ims.npy" --token-ids "$fixtures/i2t_avg/tokens.txt"
    [ "$status" -eq 0 ] && [ "$(rsum)" = 123.3 ] && [ ! -s err ]
    ok $? "options under another name are read"
else
    skip "options under another name" "no case i2t_opt_as_args.pth.tar"
fi
done_testing
