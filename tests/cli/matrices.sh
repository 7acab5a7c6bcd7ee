#!/bin/sh
# Saved matrices of similarities in place of a model: what they can do, in which layouts, and what is refused.
. "$SCANSCOPE_TESTS/support/tap.sh"
demo=$SCANSCOPE_ASSETS/demo
model=$demo/model.pth.tar

# on MATRIX COMMAND...: on the demo's split
on() {
    matrix=$1
    shift
    run "$SCANSCOPE" "$@" -m "$matrix" -d "$demo" -s test
}
quietly() {
    on "$@" --quiet
}
# recalls FILE: recalls, medians, means, their sum
recalls() {
    sed 's/, "\(notes\|models\|unknown_words\)".*//' "$1"
}

quietly "$model" eval --no-index --json --save-sims sims.npy
ok "$status" "eval --save-sims"
recalls out >recalls.json
quietly "$demo/bfan.pth.tar" eval --no-index --save-sims bfan.npy
ok "$status" "of another model"

# ---- what a matrix can do

quietly sims.npy eval --json
recalls out >by_matrix
[ -s by_matrix ] && cmp -s by_matrix recalls.json
ok $? "eval: the model's recalls"
for way in "--caption-index 190" "--image 38"; do
    # shellcheck disable=SC2086
    quietly "$model" query --no-index $way -k 20 --tsv
    cut -f 1,3- out >by_model
    # shellcheck disable=SC2086
    quietly sims.npy query $way -k 20 --tsv
    cut -f 1,3- out >by_matrix
    [ "$status" -eq 0 ] && cmp -s by_model by_matrix && [ "$(wc -l <out)" -ge 20 ]
    ok $? "query $way: the same answers"
done
quietly sims.npy query "$(sed -n 191p "$demo/test_caps.txt")" -k 20 --tsv
cp out by_text
quietly sims.npy query --caption-index 190 -k 20 --tsv
[ -s out ] && cmp -s out by_text
ok $? "query TEXT: one of the split's own"
quietly sims.npy figure strip --caption-index 190 -o strip.svg
[ "$status" -eq 0 ] && grep -q '<svg' strip.svg
ok $? "figure strip"
quietly sims.npy figure captions --image 38 -o captions.svg
[ "$status" -eq 0 ] && grep -q '<svg' captions.svg
ok $? "figure captions"
quietly sims.npy analyse failures --json
[ "$status" -eq 0 ] && grep -q '"wrong_answer": "test_0040"' out
ok $? "analyse failures"
run "$SCANSCOPE" analyse compare -m sims.npy -m bfan.npy -d "$demo" -s test --quiet
ok "$status" "analyse compare: two matrices"
run "$SCANSCOPE" eval -m "$model" -m bfan.npy -d "$demo" -s test --no-index --json --quiet
recalls out >mixed
run "$SCANSCOPE" eval -m sims.npy -m bfan.npy -d "$demo" -s test --json --quiet
recalls out >matrices
[ -s mixed ] && cmp -s mixed matrices && ! cmp -s mixed recalls.json
ok $? "an ensemble of a model and a matrix is that of their matrices"
printf 'wait idle\nexpect matrix\n' >keys
on sims.npy explore --headless --script keys --size 120x30 --command "captions 190"
ok "$status" "explore: opens, at a caption of the split"

# ---- what it is

run "$SCANSCOPE" info sims.npy "$demo"
[ "$status" -eq 0 ] && grep -q 'looks like *similarities: images x captions' out &&
    grep -q '^fits: sims.npy and .*split test: a matrix of its similarities, 200 x 1000: images x captions' out
ok $? "info: a matrix and its split"

printf 'wait idle\nexpect sims.npy: 200 images x 1000\n' >keys
on sims.npy explore --start --headless --script keys --size 120x40
ok "$status" "explore --start: says that it fits the split"

# ---- what it cannot, in one line

quietly sims.npy query "a thing that no caption says"
fails_with 1 "without a model" "query: a caption that is not the split's"
quietly sims.npy index --index-dir kept
fails_with 1 "no embeddings to keep" "index"
for kind in words regions; do
    quietly sims.npy figure $kind --caption-index 190 --image 38 -o no.svg
    fails_with 1 "neither attention" "figure $kind"
done
quietly sims.npy analyse alignment
fails_with 1 "there is no attention to measure" "analyse alignment"
quietly sims.npy analyse words
[ "$status" -eq 0 ] && [ "$(grep -c "Words omitted: not for a matrix" out)" -eq 1 ]
ok $? "analyse words: says that it leaves words out"
npy_of() { # DESCR SHAPE, the numbers are to follow
    printf '\223NUMPY\001\000v\000'
    printf '%-117s\n' "{'descr': '$1', 'fortran_order': False, 'shape': ($2), }"
}
head_of() { # of sims.npy
    head -c $((10 + $(od -An -tu2 -j 8 -N 2 sims.npy))) sims.npy
}
{
    npy_of '<f4' '100, 500'
    head -c 200000 /dev/zero
} >half.npy
run "$SCANSCOPE" info half.npy "$demo"
[ "$status" -eq 1 ] && grep -q '^does not fit: half.npy and .* 100 x 500 is of none of its splits.* 200 x 1000' out
ok $? "info: a matrix of none of the splits"
quietly half.npy eval
fails_with 1 "half.npy: has 100 images x 500 captions" "another shape"
cp sims.npy nan.npy
at=$(($(head_of | wc -c) + 4 * (3 * 1000 + 7)))
printf '\0\0\300\177' | dd of=nan.npy bs=1 seek=$at conv=notrunc 2>dd.err
quietly nan.npy query --caption-index 190
fails_with 1 "nan.npy: image 3, caption 7: the similarity is NaN" "NaN, with its place"
head -c 100000 sims.npy >cut.npy
quietly cut.npy query --caption-index 190
fails_with 1 "cut.npy" "a file that was cut off"
{
    npy_of '<f4' '4611686018427387904, 4611686018427387904'
    head -c 100 /dev/zero
} >huge.npy
quietly huge.npy query --caption-index 190
fails_with 1 "huge.npy" "a shape larger than any memory"
quietly sims.npy eval --matrix ranks
[ "$status" -ne 0 ] && grep -q "takes similarities, distances" err
ok $? "--matrix: another word"
quietly sims.npy eval --matrix distances
fails_with 1 "as similarities do: omit it" "--matrix distances of similarities"

# ---- layouts

torch_python
if [ -z "$python" ]; then
    skip "layouts" "$no_torch"
    done_testing
    exit
fi
"$python" -c '
import numpy as np
s = np.load("sims.npy")
np.save("turned.npy", s.T.copy())
np.save("fortran.npy", np.asfortranarray(s))
np.save("big_end.npy", s.astype(">f8"))
np.save("folded.npy", np.repeat(s, 5, axis=0))
np.save("distances.npy", 1 - s)
np.save("pickled.npy", {"npts": 200, "sims": s})
np.savez("several.npz", sims=s, other=-s)
np.savez("unnamed.npz", one=s, two=s)
np.save("ranks.npy", np.argsort(-s, axis=1))
np.save("float_ranks.npy", np.argsort(-s, axis=1).astype("f4"))
b = open("pickled.npy", "rb").read()
open("unknown.npy", "wb").write(b.replace(b"O8", b"Q8", 1))
r = np.repeat(s, 5, axis=0); r[6, 9] += 1
np.save("unequal.npy", r)
np.save("objects.npy", np.array([[None, 1], [2, {}]], dtype=object))
' || exit 99
# same_as MATRIX WORDS NAME [OPTION...]: the recalls and a note
same_as() {
    file=$1 words=$2 name=$3
    shift 3
    on "$file" eval --json "$@"
    recalls out >layout
    cmp -s layout recalls.json && grep -q "$words" out err
    ok $? "$name"
}
same_as turned.npy "captions x images, and is turned" "captions x images"
same_as fortran.npy "" "Fortran's order"
same_as big_end.npy "" "big-endian float64"
same_as folded.npy "read as 200 images x 1000 captions" "a row per caption"
same_as distances.npy "their negatives" "distances" --matrix distances
same_as pickled.npy "" "a pickled dict"
same_as several.npz "'sims' is read" "the array 'sims' of several"
same_as unnamed.npz:two "" "an array by its name"
for file in turned.npy folded.npy pickled.npy unnamed.npz:one; do
    quietly $file query --caption-index 190 -k 20 --tsv
    cmp -s out by_text
    ok $? "query: $file"
done
quietly distances.npy eval
fails_with 1 "say --matrix distances" "distances, and nobody says so"
quietly unnamed.npz eval
fails_with 1 "say which, as in unnamed.npz:NAME" "several, none named"
quietly unnamed.npz:three eval
fails_with 1 "three" "a name that is not there"
quietly ranks.npy query --caption-index 190
fails_with 1 "ranks or indices" "whole numbers: ranks"
run "$SCANSCOPE" info ranks.npy turned.npy folded.npy pickled.npy "$demo"
[ "$status" -eq 0 ] && grep -q 'looks like *ranks or indices .* not similarities' out &&
    [ "$(grep -c '^fits: .*: a matrix of its similarities' out)" -eq 3 ] && ! grep -q '^fits: ranks' out
ok $? "info: ranks are no similarities; what fits in another layout"
quietly float_ranks.npy query --caption-index 190
fails_with 1 "ranks or indices" "ranks as floats"
quietly unequal.npy eval
fails_with 1 "rows 5 and 6 are of the same image but differ in column 9" "rows of an image that differ"
quietly unknown.npy eval
fails_with 1 "unknown.npy" "a dict in an array of an unknown type"
quietly objects.npy eval
fails_with 1 "objects.npy" "objects"
done_testing
