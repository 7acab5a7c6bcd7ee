#!/bin/sh
# VSE++, BFAN and SGRAF in the commands that score: ensembles across kinds, images of any number of regions, queries,
# folds and runs, and what does not fit. (Parity with the published code: eval.sh.)
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
    cp "$family_fixtures/$kind/model.pth.tar" "$kind.pth.tar"
done
# BFAN has SCAN's tensors: with SCAN's options it is one.
for way in t2i i2t; do
    "$reopt" "$from/model.pth.tar" $way.pth.tar -focal_type cross_attn:$way raw_feature_norm:clipped_l2norm \
        agg_func:Mean lambda_softmax=9 lambda_lse=6 || exit 99
done

# on DATA COMMAND...: without an index, on DATA's features and token ids
on() {
    data=$1 command=$2
    shift 2
    run "$SCANSCOPE" "$command" --no-index --ims "$data/ims.npy" --token-ids "$data/tokens.txt" "$@"
}

# ---- ensembles, on features of 12 regions that fit all of them

mkdir own
for model in $kinds t2i i2t; do
    on "$from" eval -m $model.pth.tar --save-sims own/$model.npy
    ok $status "$model on 12 regions"
done
# numbers FILE: recalls, medians, means, their sum
numbers() {
    sed 's/, "\(notes\|models\|unknown_words\)".*//' "$1"
}
# ensemble MODEL...: its matrix is the mean of the members', its ranks those of the mean
ensemble() {
    models='' matrices='' sims=''
    for member; do
        models="$models -m $member.pth.tar"
        matrices="$matrices -m own/$member.npy"
        sims="$sims own/$member.npy"
    done
    # shellcheck disable=SC2086
    on "$from" eval $models --save-sims mean.npy --quiet
    first=$status
    # shellcheck disable=SC2086
    near_sims 1e-6 mean.npy $sims
    near=$?
    # shellcheck disable=SC2086
    on "$from" eval $models --json --quiet
    numbers out >by_models
    # shellcheck disable=SC2086
    run "$SCANSCOPE" eval $matrices --json --quiet
    numbers out | cmp -s - by_models &&
        [ "$first" -eq 0 ] && [ "$near" -eq 0 ] && [ -s by_models ]
    ok $? "$*: the mean of their matrices, and its ranks"
}
ensemble sgraf_sgr sgraf_saf
ensemble t2i i2t bfan_prob
ensemble vse_cosine t2i
ensemble vse_order bfan_equal sgraf_sgr i2t
cmp -s mean.npy own/bfan_equal.npy
[ $? -eq 1 ]
ok $? "an ensemble is none of its members"

# ---- one caption, one image: the scores of the matrix

for model in $kinds; do
    on "$from" query -m $model.pth.tar --caption-index 7 -k 0 --tsv --quiet
    cp out by_caption
    on "$from" query -m $model.pth.tar --image 4 -k 0 --tsv --quiet
    cp out by_image
    [ "$status" -eq 0 ] && floats_of own/$model.npy >own/$model.txt && awk -F'\t' '
        FILENAME ~ /txt$/ { sim[n++] = $1; next }
        FNR == 1 { next }
        { want = FILENAME == "by_caption" ? sim[$3 * 90 + 7] : sim[4 * 90 + $3]
          d = want - $2; count++; if (!(d < 2e-6 && d > -2e-6)) bad = 1 }
        END { exit bad || count != 18 + 90 }' own/$model.txt by_caption by_image
    ok $? "$model: query by a caption and by an image"
done

# ---- images of any number of regions: padding takes part in nothing

for python in "${SCANSCOPE_TEST_PYTHON:-}" /usr/bin/python3 python3 ""; do
    [ -n "$python" ] && "$python" -c 'import numpy' 2>/dev/null && break
done
if [ -n "$python" ]; then
    "$python" - "$family_fixtures/sgraf_sgr" <<'EOF' || exit 99
import os, sys
import numpy as np
ims = np.load(sys.argv[1] + "/ims.npy")
lines = open(sys.argv[1] + "/tokens.txt").read().splitlines()
counts = np.array([2 + (7 * i) % 35 for i in range(len(ims))], np.int32)
def save(folder, ims, lines, counts=None):
    os.makedirs(folder)
    np.save(folder + "/test_ims.npy", ims)
    open(folder + "/tokens.txt", "w").write("\n".join(lines) + "\n")
    if counts is not None:
        np.save(folder + "/test_num_boxes.npy", counts)
def fill(value):
    out = ims.copy()
    for i, n in enumerate(counts):
        out[i, n:] = value
    return out
save("padded", fill(np.nan), lines, counts)
save("zeros", fill(0), lines, counts)
for i in range(0, len(ims), 3):
    save("alone_%d" % i, ims[i:i + 1, :counts[i]], lines[5 * i:5 * i + 5])
EOF
    for model in $kinds; do
        for folder in padded zeros alone_0 alone_3 alone_6 alone_9 alone_12 alone_15; do
            run "$SCANSCOPE" eval --no-index -m $model.pth.tar -d $folder --token-ids $folder/tokens.txt --quiet \
                --save-sims $folder/sims.npy
            [ "$status" -eq 0 ] || break
        done
        [ "$status" -eq 0 ] && cmp -s padded/sims.npy zeros/sims.npy && "$python" -c '
import numpy as np
all = np.load("padded/sims.npy")
worst = max(abs(all[i, 5 * i:5 * i + 5] - np.load("alone_%d/sims.npy" % i)[0]).max() for i in range(0, 18, 3))
print(worst)
exit(not worst < 2e-6)'
        ok $? "$model: images with padding score as the same images by themselves"
        run "$SCANSCOPE" index -m $model.pth.tar -d padded --index-dir kept
        built=$status
        run "$SCANSCOPE" eval -m $model.pth.tar -d padded --token-ids padded/tokens.txt --index-dir kept --quiet \
            --save-sims kept.npy
        [ "$built" -eq 0 ] && cmp -s kept.npy padded/sims.npy
        ok $? "$model: with an index too"
    done
    run "$SCANSCOPE" index --check --index-dir kept
    [ "$status" -eq 0 ] && [ "$(grep -c ': sound' out)" -eq 6 ]
    ok $? "six models, six sound indexes"
else
    skip "images of any number of regions" "no Python with numpy (apt-get install python3-numpy)"
fi

# ---- an index whose last part, the vectors of whole images, is damaged

for model in vse_order sgraf_saf; do
    run "$SCANSCOPE" index -m $model.pth.tar --ims "$from/ims.npy" --index-dir hurt_$model
    kept=$(ls hurt_$model/*.idx)
    at=$(($(wc -c <"$kept") - 4096 + 77))
    byte=$(od -An -tu1 -j $at -N 1 "$kept" | tr -d ' ')
    # shellcheck disable=SC2059
    printf "\\$(printf %03o $(((byte + 1) % 256)))" | dd of="$kept" bs=1 seek=$at conv=notrunc 2>/dev/null
    run "$SCANSCOPE" eval -m $model.pth.tar --ims "$from/ims.npy" --token-ids "$from/tokens.txt" \
        --index-dir hurt_$model --save-sims whole.npy
    [ "$status" -eq 0 ] && grep -q 'is damaged; it is ignored' err && cmp -s whole.npy own/$model.npy
    ok $? "$model: a damaged index is not used"
    run "$SCANSCOPE" index --check --index-dir hurt_$model
    [ "$status" -eq 1 ] && grep -q 'is damaged in block 0 of 1' out
    ok $? "$model: --check finds it"
done

# ---- what does not fit

bytes() {
    seq 100000 400000 | tr -d '\n' | head -c "$1"
}
# features IMAGES REGIONS: of 40 numbers
features() {
    mkdir -p "f$2"
    { npy_bytes "$1, $2, 40" && bytes $(($1 * $2 * 40)); } >"f$2/ims.npy"
    head -n $((5 * $1)) "$from/tokens.txt" >"f$2/tokens.txt"
}
features 6 50
features 6 10
features 6 1
on f50 eval -m sgraf_sgr.pth.tar
fails_with 1 "sgraf_sgr.pth.tar: SGRAF has a batch norm over 36 regions, but image 0 of f50/ims.npy has 50" \
    "SGRAF: more regions than it has weights for"
on f10 eval -m sgraf_saf.pth.tar
[ "$status" -eq 0 ] && grep -q 'was trained on images of 36 regions; 6 of 6 images have fewer' err
ok $? "SGRAF: fewer regions are noted"
on f1 eval -m bfan_prob.pth.tar
[ "$status" -eq 0 ] && grep -q 'rsum' out && ! grep -q nan out &&
    grep -q 'BFAN compares regions with each other: of 6 images with fewer than 2 ' err
ok $? "BFAN: one region, and that is noted"
on f50 eval -m vse_order.pth.tar
[ "$status" -eq 0 ] && grep -q 'the features of an image.s regions are averaged' err
ok $? "VSE++: regions are averaged, and that is noted"
on "$family_fixtures/vse_cosine" eval -m vse_cosine.pth.tar
[ "$status" -eq 0 ] && [ ! -s err ]
ok $? "VSE++: features of one vector per image need no word"
on "$family_fixtures/vse_cosine" eval -m t2i.pth.tar
[ "$status" -eq 0 ]
ok $? "... and are one region to SCAN"
on "$from" eval -m bfan_prob.pth.tar --precision bf16 --json
sed 's/, "notes".*//' out >half
on "$from" eval -m bfan_prob.pth.tar --json
[ "$status" -eq 0 ] && sed 's/, "notes".*//' out | cmp -s - half && [ -s half ]
ok $? "bf16 is float32 for other kinds than SCAN"
on "$from" eval -m bfan_prob.pth.tar --precision bf16
grep -q -- '--precision bf16 is for SCAN' err
ok $? "... and that is noted"
on "$fixtures/t2i_avg" eval -m vse_order.pth.tar
fails_with 1 "features of size 40" "features of another size"
done_testing
