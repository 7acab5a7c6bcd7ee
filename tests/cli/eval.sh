#!/bin/sh
# scanscope eval: the reference's recalls on its ten models, ensembles, folds, and what can be wrong.
. "$SCANSCOPE_TESTS/support/tap.sh"
. "$SCANSCOPE_TESTS/cli/split.sh"
need_fixtures

# fixture_eval FIXTURE ARGS...: a SCAN's by name, any by folder
fixture_eval() {
    fixture=$1
    [ -d "$fixture" ] || fixture=$fixtures/$1
    shift
    run "$SCANSCOPE" eval -m "$fixture/model.pth.tar" --ims "$fixture/ims.npy" \
        --token-ids "$fixture/tokens.txt" "$@"
}

# numbers_of KEY: the five numbers of that list in JSON on stdin, to nine digits
numbers_of() {
    tr -d '\n' | sed "s/.*\"$1\": *\[\([^]]*\)\].*/\1/" |
        awk -F, '{ for (i = 1; i <= 5; i++) printf "%.9g ", $i; print "" }'
}

# Every pair's own score (--save-sims), and the faster scores whose bounds decide ranks: both are the reference's.
for folder in "$fixtures"/*/ "$family_fixtures"/*/; do
    name=$(basename "$folder")
    if [ ! -f "$folder/expected.json" ]; then
        skip "the kinds of models beside SCAN" "no fixtures in $family_fixtures"
        continue
    fi
    fixture_eval "$folder" --json --no-index
    [ "$status" -eq 0 ] &&
        [ "$(numbers_of i2t <out)" = "$(numbers_of i2t <"$folder/expected.json")" ] &&
        [ "$(numbers_of t2i <out)" = "$(numbers_of t2i <"$folder/expected.json")" ]
    ok $? "$name: recalls, medians and means as the reference's"
    cp out without.json
    fixture_eval "$folder" --json --no-index --save-sims own.npy
    cmp -s out without.json && near_sims 2e-5 own.npy "$folder/sims.npy"
    ok $? "$name: similarities within 2e-5 of the reference's"
    run "$SCANSCOPE" index -m "$folder/model.pth.tar" --ims "$folder/ims.npy" --index-dir "index_$name"
    grep -q "^built index_$name/" out
    built=$?
    fixture_eval "$folder" --json --index-dir "index_$name" --save-sims kept.npy
    [ "$built" -eq 0 ] && cmp -s out without.json && cmp -s kept.npy own.npy
    ok $? "$name: with an index the same bits"
    cp own.npy "sims_$name.npy"
done

# ---- bfloat16: the same ranks

fixture_eval t2i_avg --precision bf16 --json
if [ "$status" -ne 0 ]; then
    fails_with 1 "omit --precision bf16" "without bfloat16 --precision says so in a line"
    skip "ranks in bf16" "$(cat err)"
else
    for folder in "$fixtures"/*/; do
        name=$(basename "$folder")
        fixture_eval "$name" --json
        cp out f32.json
        fixture_eval "$name" --precision bf16 --json
        grep -q '"rescored": [0-9]' out && sed 's/, "rescored": [^}]*//' out | cmp -s - f32.json &&
            grep -q '% of the pairs scored again in f32' err
        ok $? "$name: bf16 ranks as f32"
    done
fi
fixture_eval t2i_avg --precision f16
fails_with 2 "--precision takes f32|bf16" "a precision that does not exist"

fixture_eval t2i_avg
cat >expected <<'EOF'
rsum: 149.2
Average i2t Recall: 27.8
Image to text: 12.5 25.0 45.8 12.0 17.0
Average t2i Recall: 21.9
Text to image: 2.5 20.0 43.3 12.0 12.1
EOF
cmp -s out expected
ok $? "the reference's lines"

make_split split t2i_avg
run "$SCANSCOPE" eval -m "$fixtures/t2i_avg/model.pth.tar" -d split
head -n 5 out | cmp -s - expected && [ "$(tail -n +6 out)" = "0.00 % of the captions' words are unknown (0 of 984)" ]
ok $? "a folder with captions and a vocabulary gives the same as the token ids"

# ---- ensembles

split_eval() {
    run "$SCANSCOPE" eval -d split --quiet "$@"
}
a=$fixtures/t2i_avg/model.pth.tar
b=$fixtures/i2t_lse/model.pth.tar
split_eval -m "$a" --save-sims a.npy
split_eval -m "$b" --save-sims b.npy
split_eval -m "$a" -m "$b" --save-sims ab.npy --json
[ "$status" -eq 0 ]
ok $? "two models with different attention make an ensemble"
cp out ab.json
split_eval -m a.npy -m b.npy --save-sims ab2.npy --json
sed -i 's/"unknown_words": {[^}]*}, //; s/, "models".*/}/; s/, "notes".*/}/' out ab.json
cmp -s ab.npy ab2.npy && cmp -s out ab.json
ok $? "it is the mean of the two models' own matrices (the second model is not the first again)"
if command -v zip >/dev/null; then
    zip -q one.npz b.npy && zip -q both.npz a.npy b.npy
    split_eval -m a.npy -m one.npz --save-sims ab3.npy
    cmp -s ab3.npy ab.npy
    ok $? "an .npz with one matrix is one"
    split_eval -m a.npy -m both.npz
    fails_with 1 "both.npz: holds the matrices a, b: say which" "one with two is refused with their names"
else
    skip "an .npz with one matrix" "no zip (apt-get install zip)"
fi
split_eval -m "$a" -m "$a" --save-sims aa.npy
cmp -s aa.npy a.npy && ! cmp -s ab.npy a.npy && ! cmp -s ab.npy b.npy
ok $? "a model with itself changes nothing, another one does"
split_eval -m b.npy -m "$a" --save-sims ba.npy
cmp -s ba.npy ab.npy
ok $? "a matrix and a model, in the other order"
split_eval -m "$a" -m "$b" --vocab split/vocab.json --vocab split/vocab.json --save-sims two.npy
cmp -s two.npy ab.npy
ok $? "a vocabulary for each model"
make_vocab short.json 50
split_eval -m "$a" -m "$b" --vocab split/vocab.json --vocab short.json
fails_with 1 "short.json has 50 words, the embedding of $b has 60" "the second vocabulary is the second model's"
split_eval -m "$a" -m "$b" -m "$a" --vocab split/vocab.json --vocab short.json
fails_with 1 "2 vocabularies for 3 models" "vocabularies and models that do not pair"

# The data folder's vocabulary is another one: the one beside the model is taken.
make_split other t2i_avg
mkdir beside
cp "$a" beside/model.pth.tar
mv other/vocab.json beside/fixture_precomp_vocab.json
cp short.json other/vocab.json
run "$SCANSCOPE" eval -m beside/model.pth.tar -d other
head -n 5 out | cmp -s - expected
ok $? "the vocabulary that fits, beside the model"

python=
for p in /usr/bin/python3 python3; do
    "$p" -c 'import numpy' 2>/dev/null && python=$p && break
done
if [ -n "$python" ]; then
    "$python" -c '
import numpy as np
np.save("results_b.npy", {"npts": 24, "sims": np.load("b.npy")})
np.save("results_odd.npy", {"npts": 20, "sims": np.load("b.npy")[:20]})'
    split_eval -m "$a" -m results_b.npy --save-sims pickled.npy
    cmp -s pickled.npy ab.npy
    ok $? "a pickled results_*.npy of the reference joins"
    split_eval -m "$a" -m results_odd.npy
    fails_with 1 "results_odd.npy: has 20 images x 120 captions" "a matrix of another split"
else
    skip "pickled results_*.npy" "no Python with numpy"
fi

# ---- folds: 5000 images of one region

bytes() {
    seq 100000 400000 | tr -d '\n' | head -c "$1"
}
{
    npy_bytes "5000, 1, 48"
    bytes 240000
} >five.npy
seq 1 25000 | awk '{ print 1, 4 + $1 % 53, 4 + int($1 / 53) % 53, 4 + int($1 / 2809), 2 }' >five.txt
{
    npy_bytes "1000, 1, 48"
    bytes 48000
} >one.npy
head -n 5000 five.txt >one.txt
run "$SCANSCOPE" eval -m "$a" --ims five.npy --token-ids five.txt --fold5 --json
[ "$status" -eq 0 ] && [ "$(grep -o '"rsum"' out | wc -l)" -eq 6 ]
ok $? "--fold5: five folds and their mean"
cp out five.json
run "$SCANSCOPE" eval -m "$a" --ims one.npy --token-ids one.txt --json
fold=$(sed 's/.*"folds": \[\({[^}]*}\).*/\1/' five.json)
[ "$fold" = "$(sed 's|, "notes".*|}|' out)" ]
ok $? "the first fold is the first thousand images by themselves"
run "$SCANSCOPE" eval -m "$a" --ims five.npy --token-ids five.txt --fold5
[ "$(grep -c '^Image to text: .*,' out)" -eq 5 ] && grep -q '^Mean metrics: $' out &&
    [ "$(grep -c '^rsum: [0-9.]* ar: [0-9.]* ari: [0-9.]*$' out)" -eq 5 ]
ok $? "--fold5 in the reference's lines"
mean=$(awk '/^rsum: .* ar:/ { s += $2 } END { printf "%.1f", s / 5 }' out)
awk -v m="$mean" '/^Mean metrics/ { getline; d = $2 - m; exit !(d < 0.15 && d > -0.15) }' out
ok $? "the mean of the folds"
run "$SCANSCOPE" eval -m "$a" -d split --fold5
fails_with 1 "the split has 24 images, too few for 5 folds of 1000 images" "--fold5 on a small split"
grep -q testall err
ok $? "... and says which split has more"
run "$SCANSCOPE" eval -m "$a" --ims five.npy --token-ids five.txt --fold5 --save-sims x.npy
fails_with 2 "--save-sims excludes folds" "--fold5 with --save-sims"

# ---- what can be wrong

run "$SCANSCOPE" eval -d split
fails_with 1 "no model" "no model"
run "$SCANSCOPE" eval -m "$a"
fails_with 1 "no data" "no data"
run "$SCANSCOPE" eval -m none.pth.tar -d split
fails_with 1 "none.pth.tar: cannot open" "a missing model"
run "$SCANSCOPE" eval -m "$a" -d split -s dev
fails_with 1 "dev" "a missing split"
run "$SCANSCOPE" eval -m "$a" --ims "$fixtures/t2i_avg/ims.npy"
fails_with 1 "no captions" "no captions"
head -c 20000 "$a" >cut.pth.tar
run "$SCANSCOPE" eval -m cut.pth.tar -d split
fails_with 1 "cut.pth.tar" "a truncated model"
: >empty.pth.tar
run "$SCANSCOPE" eval -m empty.pth.tar -d split
fails_with 1 "empty.pth.tar" "an empty model"
run "$SCANSCOPE" eval -m split/vocab.json -d split
fails_with 1 "split/vocab.json" "a file that is not a model"
{
    npy_bytes "24, 2, 40"
    bytes 1920
} >narrow.npy
run "$SCANSCOPE" eval -m "$a" --ims narrow.npy --token-ids "$fixtures/t2i_avg/tokens.txt"
fails_with 1 "features of size 48 (img_dim), narrow.npy has 40" "img_dim against features"
mv split/vocab.json kept.json
run "$SCANSCOPE" eval -m "$a" -d split
fails_with 1 "no vocabulary" "no vocabulary"
run "$SCANSCOPE" eval -m "$a" -d split --vocab short.json
fails_with 1 "short.json has 50 words, the embedding of $a has 60" "vocabulary against embedding"
mv kept.json split/vocab.json
sed '3s/.*/1 8 60 2/' "$fixtures/t2i_avg/tokens.txt" >outside.txt
run "$SCANSCOPE" eval -m "$a" --ims "$fixtures/t2i_avg/ims.npy" --token-ids outside.txt
fails_with 1 "the id 60; the model knows 0 to 59" "a word id outside the embedding"
cp "$fixtures/t2i_avg/ims.npy" nan.npy
chmod u+w nan.npy
printf '\377\377\377\377' | dd of=nan.npy bs=1 seek=4000 conv=notrunc 2>dd.err
run "$SCANSCOPE" eval -m "$a" --ims nan.npy --token-ids "$fixtures/t2i_avg/tokens.txt"
fails_with 1 "nan.npy" "NaN among the features"
printf '\0\0\200\177' | dd of=nan.npy bs=1 seek=4000 conv=notrunc 2>dd.err
run "$SCANSCOPE" eval -m "$a" --ims nan.npy --token-ids "$fixtures/t2i_avg/tokens.txt"
fails_with 1 "nan.npy" "an infinity among the features"
split_eval -m "$a" -m kept.npy
fails_with 1 "kept.npy" "a missing matrix"
split_eval -m split/test_ims.npy
fails_with 1 "no matrix of similarities" "an array that is not a matrix"
fixture_eval t2i_avg --save-sims no/such/folder/x.npy
fails_with 1 "no/such/folder" "similarities that cannot be written"
if [ -w /dev/full ]; then
    fixture_eval t2i_avg --save-sims /dev/full
    fails_with 1 "No space left" "a full disk"
else
    skip "a full disk" "no /dev/full"
fi
done_testing
