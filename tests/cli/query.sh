#!/bin/sh
# scanscope query: ranked images for a caption and captions for an image, the ground truth, and what can be wrong.
. "$SCANSCOPE_TESTS/support/tap.sh"
. "$SCANSCOPE_TESTS/cli/split.sh"
need_fixtures
make_split split t2i_avg
model=$fixtures/t2i_avg/model.pth.tar

query() {
    run "$SCANSCOPE" query -m "$model" -d split "$@"
}

# score_of IMAGE CAPTION: from the matrix that eval saves, behind its header
"$SCANSCOPE" eval -m "$model" -d split --save-sims sims.npy >eval.out 2>&1
header=$(($(wc -c <sims.npy) - 4 * 24 * 120))
score_of() {
    od -An -tf4 -j $((header + 4 * ($1 * 120 + $2))) -N 4 sims.npy | tr -d ' '
}
near() {
    awk -v a="$1" -v b="$2" 'BEGIN { d = a - b; exit !(d < 2e-6 && d > -2e-6) }'
}

caption=$(sed -n 13p split/test_caps.txt) # of image 2
query "$caption" --tsv -k 0
[ "$status" -eq 0 ] && [ "$(wc -l <out)" -eq 25 ]
ok $? "all images for a caption"
[ "$(awk -F'\t' '$5 == 1 { print $3 }' out)" = 2 ]
ok $? "the ground truth is known from the caption's text"
near "$(awk -F'\t' '$3 == 7 { print $2 }' out)" "$(score_of 7 12)"
ok $? "the score is eval's"
sort -t"$(printf '\t')" -k2,2gr out | head -n 24 >sorted
tail -n +2 out | cmp -s - sorted
ok $? "best first"
rank=$(awk -F'\t' '$5 == 1 { print $1 }' out)
query "$caption"
grep -q "^\* ground truth: rank $rank of 24$" out
ok $? "the table gives the rank of the ground truth"
[ "$(grep -c '39100[0-9]\|39101[0-9]\|39102[0-9]' out)" -eq 10 ]
ok $? "ten results with ids by default"
cp out table
query --caption-index 12
cmp -s out table
ok $? "--caption-index queries the same caption"
# shellcheck disable=SC2086
query $caption
cmp -s out table
ok $? "a caption in several arguments"
query "  $(echo "$caption" | tr a-z A-Z) "
cmp -s out table
ok $? "case and blanks around do not matter"

query "w4 w9 w12" --json -k 3
[ "$status" -eq 0 ] && grep -q '"truth_ranks": \[\]' out && [ "$(grep -c '"rank"' out)" -eq 3 ]
ok $? "JSON; no ground truth for a new caption"
query "w4 zebra w9 unicorn" --json
grep -q "not in the vocabulary: zebra, unicorn" err && grep -q '"unicorn"' out
ok $? "unknown words are reported"
query "w4 zebra" --quiet
[ ! -s err ]
ok $? "unless --quiet"

query --image 391003 --tsv -k 0
[ "$(awk -F'\t' '$5 == 1 { print $3 }' out | sort -n | tr '\n' ' ')" = "10 11 12 13 14 " ]
ok $? "captions for an image: its own are the ground truth"
near "$(awk -F'\t' '$3 == 55 { print $2 }' out)" "$(score_of 2 55)"
ok $? "the score is eval's there too"
best=$(awk -F'\t' '$5 == 1 { print $1 }' out | head -n 1)
query --image 391003
grep -q "^\* ground truth: rank $best, " out
ok $? "the ranks of its captions"
query --image 391003 --json -k 1
[ "$status" -eq 0 ] && grep -q '"image": "391003"' out
ok $? "as JSON"

# In a terminal of 60 columns nothing is wider.
if command -v tmux >/dev/null && tmux -V >/dev/null 2>&1; then
    cat >in_tmux <<EOF
"$SCANSCOPE" query -m "$model" -d split --image 391003 --quiet
sleep 60
EOF
    tmux -L scanscope-query-$$ -f /dev/null new-session -d -x 60 -y 24 "sh $work/in_tmux"
    tries=0
    until tmux -L scanscope-query-$$ capture-pane -p 2>/dev/null | grep -q 'ground truth'; do
        tries=$((tries + 1))
        [ $tries -gt 100 ] && break
        sleep 0.1
    done
    tmux -L scanscope-query-$$ capture-pane -p >out
    tmux -L scanscope-query-$$ kill-server
    [ "$(grep -c '^ *[0-9][0-9]*  ' out)" -eq 10 ] && grep -q '…' out
    ok $? "long captions are cut to the terminal's width"
else
    skip "the terminal's width" "no tmux"
fi

# ---- token ids in place of captions

run "$SCANSCOPE" query -m "$model" --ims "$fixtures/t2i_avg/ims.npy" --token-ids "$fixtures/t2i_avg/tokens.txt" \
    --caption-index 12 --tsv -k 0
near "$(awk -F'\t' '$3 == 7 { print $2 }' out)" "$(score_of 7 12)"
ok $? "a caption of token ids, without a vocabulary"
run "$SCANSCOPE" query -m "$model" --ims "$fixtures/t2i_avg/ims.npy" "w4 w5"
fails_with 1 "no vocabulary" "words without a vocabulary"

# ---- what can be wrong

query
fails_with 2 "give a caption" "no query"
query "w4" --image 391001
fails_with 2 "give one of" "two queries"
query "w4" --json --tsv
fails_with 2 "one of --json and --tsv" "two formats"
query "w4" -m "$model"
fails_with 2 "one model" "two models"
query ""
fails_with 1 "the caption is empty" "an empty caption"
query "   "
fails_with 1 "the caption is empty" "a blank caption"
query "zebra unicorn"
tail -n 1 err >last && mv last err
fails_with 1 "no word of the caption is in the vocabulary" "only unknown words"
query "$(printf '\377\376')"
fails_with 1 "the caption has no words" "a caption that is not text"
query "$(seq 10000 | sed 's/.*/w5/' | tr '\n' ' ')"
fails_with 1 "the caption has 10000 words; at most 1022 are supported" "10,000 words"
query "$(seq 1022 | sed 's/.*/w5/' | tr '\n' ' ')"
[ "$status" -eq 0 ]
ok $? "1022 words"
query --image nobody
fails_with 1 "no image 'nobody' among the 24 of the split" "an image that does not exist"
query --caption-index 120
fails_with 1 "no caption 120: the split has 120, counted from 0" "a caption that does not exist"
query --caption-index x
fails_with 1 "--caption-index takes an integer, not 'x'" "a caption index that is not a number"
done_testing
