#!/bin/sh
# What figures and analyses show of VSE++, BFAN and SGRAF: every kind of figure with every kind of model draws the
# right thing, or says in one line why not and what there is instead; no number that is none is printed.
. "$SCANSCOPE_TESTS/support/tap.sh"
. "$SCANSCOPE_TESTS/cli/split.sh"
reopt=$(dirname "$SCANSCOPE")/tests/cli/reopt
from=$family_fixtures/bfan_prob
if [ ! -f "$from/model.pth.tar" ]; then
    echo "1..0 # SKIP no fixtures in $family_fixtures"
    exit 0
fi
kinds="bfan_equal bfan_prob sgraf_saf sgraf_sgr vse_cosine vse_order"
for kind in $kinds; do
    cp "$family_fixtures/$kind/model.pth.tar" $kind.pth.tar
done
# BFAN has SCAN's tensors: with SCAN's options it is one.
for way in t2i i2t; do
    "$reopt" "$from/model.pth.tar" $way.pth.tar -focal_type cross_attn:$way raw_feature_norm:clipped_l2norm \
        agg_func:Mean lambda_softmax=9 lambda_lse=6 || exit 99
done

# A split of 18 images of 12 regions, which suit all of them, with boxes in rows of three.
fixtures=$family_fixtures
make_split split bfan_prob
awk 'NR <= 18 { print 391000 + NR }' split/test_caps.txt >split/test_ids.txt
{
    printf '\223NUMPY\001\000v\000'
    printf '%-117s\n' "{'descr': '|u1', 'fortran_order': False, 'shape': (18, 12, 4), }"
    n=0
    while [ $n -lt 216 ]; do
        # shellcheck disable=SC2059
        printf "$(printf '\\%03o\\%03o\\%03o\\%03o' $((n % 3 * 10 + 1)) $((n % 12 / 3 * 7 + 1)) \
            $((n % 3 * 10 + 12)) $((n % 12 / 3 * 7 + 8)))"
        n=$((n + 1))
    done
} >split/test_boxes.npy
{
    printf '\223NUMPY\001\000v\000'
    printf '%-117s\n' "{'descr': '|u1', 'fortran_order': False, 'shape': (18, 2), }"
    n=0
    while [ $n -lt 18 ]; do
        printf '\050\036' # 40 x 30
        n=$((n + 1))
    done
} >split/test_img_sizes.npy

# figure KIND MODEL...
figure() {
    kind=$1 model=$2
    shift 2
    run "$SCANSCOPE" figure "$kind" -m "$model.pth.tar" -d split --dpi 60 --quiet "$@"
}
# numbers FILE...: no value in them is NaN or infinite
numbers() {
    ! grep -Eiq '(^|[^a-z])(nan|inf|null)([^a-z]|$)' "$@"
}
# says FILE TEXT: the SVG has the text, which may be broken into lines
says() {
    sed 's/<[^>]*>/ /g' "$1" | tr '\n' ' ' | tr -s ' ' | grep -qF -e "$2"
}

# ---- every kind of figure with every kind of model

for model in $kinds t2i i2t; do
    for kind in words regions strip captions matrix failures curves; do
        case $model-$kind in
        vse_*-regions | vse_*-matrix)
            figure $kind $model --caption-index 12 -o refused.svg
            grep -q "figure words' draws what each word contributes" err
            told=$?
            fails_with 1 "there is no attention for a figure of $kind" "$kind of $model: refused"
            [ $told -eq 0 ] && [ ! -e refused.svg ]
            ok $? "... with what there is instead, and no file"
            continue
            ;;
        esac
        figure $kind $model --caption-index 12 --scores --footer -o $model-$kind.svg --save-data
        [ "$status" -eq 0 ] && [ -s $model-$kind.svg ] && numbers $model-$kind.json $model-$kind.csv
        ok $? "$kind of $model"
        run "$SCANSCOPE" figure $model-$kind.json --quiet -o again.svg
        [ "$status" -eq 0 ] && cmp -s $model-$kind.svg again.svg
        ok $? "... the same again from its data"
    done
done
for model in bfan_equal bfan_prob; do
    for kind in words regions matrix; do
        says $model-$kind.svg "Weights: each word's attention to the regions, after the focal step" ||
            [ $kind = matrix ] && grep -q "after the focal step" $model-$kind.json
        ok $? "$kind of $model: says what its weights are"
    done
done
says sgraf_saf-words.svg "in the filter of SAF" && says sgraf_sgr-words.svg "the last step of SGR"
ok $? "words of SGRAF: says what gives its nodes their weights"
# Bars: a node for the whole pair, and one for each word, in the picture and in the data.
words=$(grep -o '"text": "w[0-9]*"' sgraf_saf-words.json | wc -l)
[ "$(grep -c '^node,0,' sgraf_saf-words.csv)" -eq $((words + 1)) ] && says sgraf_saf-words.svg whole
ok $? "... and has one for each word and for the whole pair"
says sgraf_saf-regions.svg "whole pair"
ok $? "regions of SGRAF: the nodes as bars"
says vse_order-words.svg "VSE++ has no attention; bars: the score minus the score without the word" &&
    ! grep -q '^weight' vse_order-words.csv && [ "$(grep -c '^share,0,' vse_order-words.csv)" -eq "$words" ]
ok $? "words of VSE++: what they contribute, and said so"
says vse_order-words.svg "(VSE++ order)" && says bfan_prob-strip.svg "(BFAN prob)"
ok $? "the footer names the kind"
! grep -q 'weights_are\|shares_are\|nodes_are\|model_kind' t2i-words.json i2t-regions.json &&
    ! says t2i-words.svg "Weights:"
ok $? "SCAN's are as they were"

# The score without a word, again by itself: caption 12 without its first word is asked for as a text.
share=$(awk -F, '$1 == "share" && $5 == 1 { print $7 }' vse_cosine-words.csv)
rest=$(sed -n 13p split/test_caps.txt | cut -d ' ' -f 2-)
score() {
    figure words vse_cosine --image 391003 --save-data -o one.svg "$@"
    sed -n 's/^  "score": \(.*\),$/\1/p' one.json
}
whole=$(score --caption-index 12) less=$(score --caption "$rest")
awk "BEGIN { d = $whole - ($less) - ($share); exit !(d * d < 1e-11) }"
ok $? "what a word contributes is the score minus that of the caption without it"

# ---- directions

figure words bfan_prob --caption-index 12 --direction words -o words.svg --footer --scores
cmp -s words.svg bfan_prob-words.svg
ok $? "--direction words is the default"
for kind in words regions matrix; do
    figure $kind bfan_prob --caption-index 12 --direction regions --save-data -o turned.svg
    [ "$status" -eq 0 ] && ! cmp -s turned.svg bfan_prob-$kind.svg &&
        says turned.svg "Weights: each region's attention to the words, after the focal step" &&
        numbers turned.json && grep -q region_similarity turned.json
    ok $? "$kind of BFAN, regions to words"
done
# Each region's weights over all words are 1 with <start> and <end>, so at most 1 here; each word's over the regions 1.
sums() {
    awk -F, -v by="$1" '$1 == "weight" { s[by == "region" ? $9 : $5] += $14 }
        END { for (k in s) { if (s[k] > 1 + 1e-4 || by == "word" && s[k] < 1 - 1e-4) exit 1 } }' "$2"
}
figure words bfan_prob --caption-index 12 --direction regions --save-data -o turned.svg
sums region turned.csv && sums word bfan_prob-words.csv
ok $? "and the weights add up"
figure words sgraf_saf --caption-index 12 --direction regions -o x.svg
fails_with 1 "sgraf_saf has no attention of regions to words, only of words to regions" "SGRAF has one direction"
figure words i2t --caption-index 12 --direction words -o x.svg
fails_with 1 "i2t has no attention of words to regions" "SCAN i-t too"
figure words vse_cosine --caption-index 12 --direction words -o x.svg
fails_with 1 "vse_cosine has no attention" "VSE++ none"
figure words bfan_prob --caption-index 12 --direction left -o x.svg
fails_with 2 "--direction takes words|regions, not 'left'" "an unknown direction"
run "$SCANSCOPE" figure strip -m bfan_prob.pth.tar -d split --caption-index 12 --direction words -o x.svg
grep -q "direction has no effect in a figure of strip" err
ok $? "a strip has none"

# ---- side by side

run "$SCANSCOPE" figure compare -m t2i.pth.tar -m bfan_prob.pth.tar -m sgraf_saf.pth.tar -m vse_cosine.pth.tar \
    --name "SCAN t-i" --name BFAN --name SGRAF --name VSE -d split --caption-index 12 --scale figure --save-data -o all.svg
[ "$status" -eq 0 ] && says all.svg "A SCAN t-i" && says all.svg "B BFAN BFAN prob" &&
    says all.svg "C SGRAF SGRAF SAF" && says all.svg "D VSE VSE++"
ok $? "four kinds side by side, each with its name"
[ "$(sed 's/<[^>]*>/ /g' all.svg | tr '\n' ' ' | grep -o 'rank [0-9]* of 18' | wc -l)" -eq 4 ]
ok $? "... and the image's rank by it"
says all.svg "different kinds of models are on different scales" &&
    grep -q 'scaled to the largest of each kind of model' all.svg && says all.svg "D: VSE++ has no attention"
ok $? "... and what is not to be compared"
for kind in t2i bfan_prob sgraf_saf vse_cosine; do
    run "$SCANSCOPE" query -m $kind.pth.tar -d split --caption-index 12 -k 0 --json --quiet
    tr -d ' \n' <out | grep -o '"truth_ranks":[^]]*' | tr -cd '0-9\n'
done >ranks
tr -d ' \n' <all.json | grep -o '"rank":[0-9]*,"rank_of"' | tr -cd '0-9\n' | cmp -s - ranks
ok $? "... the same rank as query's"
run "$SCANSCOPE" figure all.json --quiet -o again.svg
cmp -s all.svg again.svg
ok $? "... the same again from its data"
run "$SCANSCOPE" figure compare -m bfan_prob.pth.tar -m sgraf_saf.pth.tar -d split --caption-index 12 \
    --direction regions -o two.svg
[ "$status" -eq 0 ] && grep -q "sgraf_saf has no attention of regions to words" err &&
    says two.svg "A: Weights: each region's attention to the words"
ok $? "a direction is for the models that have it, the others are named"
run "$SCANSCOPE" figure compare -m t2i.pth.tar -m i2t.pth.tar -d split --caption-index 12 -o two.svg
! says two.svg "different scales"
ok $? "nothing of the kind between two of SCAN"
figure compare vse_cosine --caption "w4 w9" --caption "w12 w5 w7" -o two.svg
[ "$status" -eq 0 ] && [ "$(sed 's/<[^>]*>/ /g' two.svg | grep -c '+0\.0\|-0\.0')" -ge 5 ]
ok $? "two captions by VSE++"
cat >batch.jsonl <<'END'
{"kind": "words", "caption_index": 12, "output": "a.svg"}
{"kind": "regions", "caption_index": 12, "direction": "regions", "output": "b.svg"}
{"kind": "regions", "caption_index": 12, "direction": "up", "output": "c.svg"}
END
run "$SCANSCOPE" figure --batch batch.jsonl -m bfan_prob.pth.tar -d split -o many --html many.html --quiet
[ "$status" -eq 1 ] && says many/b.svg "each region's attention" && [ -s many.html ] &&
    grep -q "line 3: no direction 'up'" err
ok $? "a batch with directions"
run "$SCANSCOPE" figure --batch batch.jsonl -m vse_cosine.pth.tar -d split -o few --html few.html --quiet
says few/a.svg "VSE++ has no attention" && [ "$(grep -c 'is no attention\|no direction' err)" -eq 2 ] &&
    grep -q 'VSE++' few.html
ok $? "a batch of a model without attention draws what it can, and says the rest"

# ---- analyses

for model in $kinds; do
    for what in words failures "words --caption-index 3"; do
        # shellcheck disable=SC2086
        run "$SCANSCOPE" analyse $what -m $model.pth.tar -d split --quiet --html page.html
        [ "$status" -eq 0 ] && ! grep -Eiq '(^|[^a-z])(nan|inf)([^a-z]|$)' out page.html
        ok $? "analyse $what of $model, without a number that is none"
    done
done
run "$SCANSCOPE" analyse words -m vse_cosine.pth.tar -d split --quiet
grep -q "VSE++) compares whole images with whole captions: it has no attention" out &&
    ! grep -q "Words that attend nowhere" out
ok $? "analyse words of VSE++ says why there is no entropy"
run "$SCANSCOPE" analyse words -m vse_cosine.pth.tar -d split --quiet --csv nowhere
fails_with 1 "has no attention" "... and gives no table of it"
run "$SCANSCOPE" analyse compare -m t2i.pth.tar -m vse_cosine.pth.tar -d split --quiet --html page.html
[ "$status" -eq 0 ] && grep -q 'data:image/png' page.html && ! grep -Eiq '(^|[^a-z])nan([^a-z]|$)' out
ok $? "analyse compare of two kinds, with figures"
done_testing
