#!/bin/sh
# Images of any number of regions: whatever their padding holds, every command says what it says of the same images
# without padding.
. "$SCANSCOPE_TESTS/support/tap.sh"
demo=$(cd "$SCANSCOPE_ASSETS/demo" && pwd)
for python in "${SCANSCOPE_TEST_PYTHON:-}" /usr/bin/python3 python3 ""; do
    [ -n "$python" ] && "$python" -c 'import numpy' 2>/dev/null && break
done
if [ -z "$python" ]; then
    skip "images of any number of regions" "no Python with numpy (apt-get install python3-numpy)"
    done_testing
    exit
fi
"$python" "$SCANSCOPE_TESTS/cli/regions_made.py" "$demo" . >made 2>&1
ok $? "splits with padding and without"
cp "$demo/model.pth.tar" model.pth.tar

# in_folder FOLDER COMMAND...: the command beside FOLDER's data
in_folder() {
    folder=$1
    shift
    run sh -c 'cd "$0" && "$@"' "$folder" "$SCANSCOPE" "$@"
}
# same A B NAME COMMAND...: says the same in both folders, and succeeds; tiles of other sizes round otherwise
same() {
    a=$1 b=$2 name=$3
    shift 3
    in_folder "$a" "$@"
    first=$status
    sed '/^ *"regions": /d' out >first_out
    in_folder "$b" "$@"
    sed '/^ *"regions": /d' out >second_out
    [ "$first" -eq 0 ] && [ "$status" -eq 0 ] &&
        "$python" "$SCANSCOPE_TESTS/cli/regions_same.py" text first_out second_out
    ok $? "$name"
}

# ---- each number of regions against a split of its own ----

in_folder padded eval -m ../model.pth.tar -d d --no-index --save-sims sims.npy
[ "$status" -eq 0 ] && ! grep -q 'all zero' err
ok $? "eval, without a word about zeros"
for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
    in_folder only_$n eval -m ../model.pth.tar -d d --no-index --save-sims sims.npy -q
done
run "$python" "$SCANSCOPE_TESTS/cli/regions_same.py" sims .
ok $status "all scores are those of the images by themselves"
caption=$(sed -n 1p only_8/d/test_caps.txt)
in_folder padded query -m ../model.pth.tar -d d --no-index -k 0 --tsv "$caption" -q
cp out all
in_folder only_8 query -m ../model.pth.tar -d d --no-index -k 0 --tsv "$caption" -q
awk -F'\t' 'NR == FNR { score[$4] = $2; next }
    FNR > 1 { d = score[$4] - $2; n += d < 5e-6 && d > -5e-6 } END { exit !(n > 1 && n == FNR - 1) }' all out
ok $? "query: so are its scores"

# ---- what is in the padding changes nothing ----

for way in "eval --json" "query --caption-index 3 -k 0 --tsv" "query --image test_0002 -k 0 --tsv"; do
    # shellcheck disable=SC2086
    same padded zeros "NaN and 1e30 or zeros: $way" $way -m ../model.pth.tar -d d --no-index -q
done
in_folder padded eval -m ../model.pth.tar -d d --no-index -q --precision bf16
if grep -q 'this CPU has no' err; then
    skip "bfloat16" "this CPU has none"
else
    cp out half
    in_folder padded eval -m ../model.pth.tar -d d --no-index -q
    cmp -s out half
    ok $? "bfloat16: the recalls of float32"
fi

# ---- eight real regions of sixteen against eight ----

for way in "eval" "query --caption-index 3 -k 0 --tsv" "query --image test_0002 -k 0 --json" \
    "analyse alignment --json --resamples 50" "analyse failures --csv" "analyse words"; do
    # shellcheck disable=SC2086
    same eight cut "eight of sixteen regions or eight: ${way%% --*}" $way -m ../model.pth.tar -d d --no-index -q
done
for kind in words regions matrix strip; do
    for folder in eight cut; do
        in_folder $folder figure $kind --caption-index 7 -m ../model.pth.tar -d d --no-index -q -o $kind.svg --save-data
    done
    [ "$status" -eq 0 ] && cmp -s cut/$kind.svg eight/$kind.svg && cmp -s cut/$kind.json eight/$kind.json
    ok $? "eight of sixteen regions or eight: figure $kind, byte for byte"
done
for direction in t2i i2t; do
    for folder in eight cut; do
        in_folder $folder train -d d --num_epochs 1 --embed_size 32 --word_dim 16 --batch_size 16 --cross_attn $direction \
            --agg_func Mean --model_name run --logger_name run -q
    done
    cmp -s eight/run/model_best.pth.tar cut/run/model_best.pth.tar
    ok $? "eight of sixteen regions or eight: a model trained $direction, byte for byte"
    same eight cut "... and its recalls" eval -m run/model_best.pth.tar -d d --no-index -q
done
for folder in padded zeros; do
    in_folder $folder train -d d --num_epochs 1 --embed_size 32 --word_dim 16 --batch_size 16 --model_name run \
        --logger_name run -q
done
[ "$status" -eq 0 ] && cmp -s padded/run/model_best.pth.tar zeros/run/model_best.pth.tar
ok $? "training on NaN and 1e30 or zeros in the padding: byte for byte the same model"

# ---- regions that an image has not ----

in_folder padded figure regions --image test_0002 --caption-index 10 --regions 14 -m ../model.pth.tar -d d --no-index -o no.svg -q
ok $? "a region within the image's 15"
in_folder padded figure regions --image test_0001 --caption-index 10 --regions 8 -m ../model.pth.tar -d d --no-index -o no.svg -q
fails_with 1 "the image has no region '8': it has 8, counted from 0" "one beyond the image's 8 is refused by both numbers"

# ---- the index ----

index() {
    in_folder "$1" query -m ../model.pth.tar -d d --index-dir ../index --caption-index 3 -k 0 --tsv
}
in_folder padded query -m ../model.pth.tar -d d --no-index --caption-index 3 -k 0 --tsv -q
cp out without
in_folder padded index -m ../model.pth.tar -d d --index-dir ../index
cp err built
[ "$status" -eq 0 ] && [ "$(ls index | wc -l)" -eq 1 ]
ok $? "an index of them"
index padded
cmp -s out without
ok $? "a query with it says what it says without"
run "$SCANSCOPE" info index/*.idx
[ "$status" -eq 0 ] && grep -q 'up to 16 per image' out
ok $? "info of the index says up to how many regions"
index zeros
cmp -s out without
ok $? "padding is not part of it"
before=$(ls index)
"$python" -c '
import numpy
counts = numpy.load("padded/d/test_num_boxes.npy")
counts[2] -= 1
numpy.save("padded/d/test_num_boxes.npy", counts)'
in_folder padded index -m ../model.pth.tar -d d --index-dir ../index
[ "$status" -eq 0 ] && [ "$(ls index)" != "$before" ]
ok $? "other counts, another index"
in_folder padded query -m ../model.pth.tar -d d --no-index --caption-index 3 -k 0 --tsv -q
cp out without
index padded
cmp -s out without
ok $? "... and its scores"

# ---- what is wrong ----

run "$SCANSCOPE" info padded/d
grep -q '40 images, 1 to 16 regions x 246' out
ok $? "info counts them"
"$python" -c '
import numpy
numpy.save("padded/d/test_num_boxes.npy", numpy.full(40, 17))'
in_folder padded eval -m ../model.pth.tar -d d
fails_with 1 "d/test_num_boxes.npy: image 0 has 17 regions; the features have 16 rows per image, so it must be 1 to 16" \
    "too many are refused by both numbers"
rm zeros/d/test_num_boxes.npy
in_folder zeros eval -m ../model.pth.tar -d d --no-index
[ "$status" -eq 0 ] && grep -q 'the last rows of 3[0-9] of 40 images are all zero' err
ok $? "zeros without counts are noted"
done_testing
