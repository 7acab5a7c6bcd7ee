#!/bin/sh
# Files of the field that were once taken for something else: each of $SCANSCOPE_TEST_DATA/cases that is a file by itself.
. "$SCANSCOPE_TESTS/support/tap.sh"

cases=${SCANSCOPE_TEST_DATA:-}/cases
if [ ! -d "$cases" ]; then
    skip "files that were taken for something else" "no $cases"
    done_testing
    exit
fi
# shows FILE TEXT...: info ends well and says all of it
shows() {
    run "$SCANSCOPE" info "$cases/$1"
    file=$1
    shift
    for text in "$@"; do
        grep -qF -e "$text" out || status="no '$text'"
    done
    [ "$status" = 0 ]
    ok $? "info $file: $1"
}
shows object_3d.npy "an array of Python objects; save it as float32"
shows eccv_caption_to_image.json "right answers (ECCV Caption, CxC)" "1,332 queries"
shows id_mapping.json "31,014 ids to file names" "read by      --id-mapping"
shows vinvl_features.tsv "6 regions x 16" "the last six of 22 numbers"
shows logs/torn-train.jsonl "training log"
shows hostile/b.jsonl "batch of figures"

run "$SCANSCOPE" info "$cases/lfs_ims.npy"
fails_with 1 "lfs_ims.npy: is a Git LFS pointer, not the file; run git lfs pull in its folder" "a pointer: info"
run "$SCANSCOPE" convert "$cases/f16.tsv" -o f16
fails_with 1 "line 1: image 100: as float32, the features are 8 numbers per region" "float16 behind float32 boxes"
grep -q 'they seem to be float16, 16 per region' err && ! [ -e f16/test_ims.npy ]
ok $? "what they are is said, and nothing is written"
run "$SCANSCOPE" convert "$cases/vinvl_features.tsv" -o vinvl
[ "$status" -eq 0 ] && grep -q '4 images, 6 regions x 16 (float32), no boxes, no sizes' out && grep -q -- --sizes err
ok $? "VinVL's lines without sizes: features, and how to have the boxes"
printf '100 640 480\n101 630 480\n102 620 480\n103 610 480\n' >sizes
run "$SCANSCOPE" convert "$cases/vinvl_features.tsv" --sizes sizes -o boxes
[ "$status" -eq 0 ] && grep -q '4 images, 6 regions x 16 (float32), boxes, sizes' out
ok $? "and with sizes"
if [ -n "${SCANSCOPE_TEST_FIXTURES:-}" ] && [ -f "$SCANSCOPE_TEST_FIXTURES/t2i_lse/model.pth.tar" ]; then
    run "$SCANSCOPE" eval -m "$SCANSCOPE_TEST_FIXTURES/t2i_lse/model.pth.tar" --ims "$cases/lfs_ims.npy" \
        --token-ids "$SCANSCOPE_TEST_FIXTURES/t2i_lse/tokens.txt"
    fails_with 1 "is a Git LFS pointer" "a pointer: eval"
else
    skip "a pointer: eval" "no fixtures"
fi

# Hostile ones end soon, in 500 MB, with nothing raw on the terminal. (Sanitisers reserve far more.)
limit=1500000
(ulimit -v "$limit" && "$SCANSCOPE" --version) >/dev/null 2>&1 || limit=unlimited
for file in n_descr_c1.npy o_hugecount.npy z_overlap.npz z_title.npz p_isbranch_z.pth p_os_esc.pth; do
    run sh -c 'ulimit -v "$2"; exec timeout 60 "$0" info "$1"' "$SCANSCOPE" "$cases/hostile/$file" "$limit"
    [ "$status" -le 1 ] && [ -z "$(cat out err | tr -d '\n\t' | LC_ALL=C grep -a '[[:cntrl:]]')" ] &&
        ! LC_ALL=C grep -aq "$(printf '\302[\200-\237]')" out err
    ok $? "info hostile/$file"
done
done_testing
