#!/bin/sh
# scanscope convert and info on region features in HDF5, LMDB, .npz and .npy as the extractors of the field lay them
# out: the numbers are those that were written; damaged files are refused in one line.
. "$SCANSCOPE_TESTS/support/tap.sh"
python=/usr/bin/python3
kinds=$SCANSCOPE_TESTS/cli/region_kinds.py
if ! "$python" -c 'import numpy' 2>err; then
    skip "region features of every kind" "python3-numpy is missing"
    done_testing
    exit
fi
"$python" "$kinds" make made >list 2>missing
ok $? "the kinds are written"
while read -r why; do
    skip "kinds of region features" "$why"
done <missing
printf '%s 64 48\n' 9 132417 391895 >sizes

while read -r kind; do
    case $kind in
    npy_plain | sets.h5) lacks=boxes ;;
    *) lacks= ;;
    esac
    rm -rf data
    run "$SCANSCOPE" convert "made/$kind" -o data -s t --sizes sizes
    [ "$status" -eq 0 ] && "$python" "$kinds" check data/t_ims.npy $lacks >out.check 2>&1
    ok $? "$kind: as written"
    run "$SCANSCOPE" info "made/$kind"
    [ "$status" -eq 0 ] && grep -q '5 regions x 24' out
    ok $? "$kind: info"
done <list

# VinVL's files beside the features give sizes, boxes, classes; its .lineidx shows a cut between two lines.
for kind in vinvl_all/features.tsv vinvl_hw/train.feature.tsv; do
    rm -rf data
    run "$SCANSCOPE" convert "made/$kind" -o data -s t
    [ "$status" -eq 0 ] && "$python" "$kinds" check data/t_ims.npy >out.check 2>&1
    ok $? "$kind: sizes from hw.tsv"
done
run "$SCANSCOPE" convert made/vinvl_all/features.tsv -o named -s t
[ "$status" -eq 0 ] && [ -s named/t_class_names.txt ] && [ -s named/t_confidences.npy ]
ok $? "classes and confidences from predictions.tsv"
cp -r made/vinvl_hw cut_vinvl && head -n 2 made/vinvl_hw/train.feature.tsv >cut_vinvl/train.feature.tsv
run "$SCANSCOPE" convert cut_vinvl/train.feature.tsv -o cut_named -s t
[ "$status" -eq 1 ] && grep -q 'is cut off: it ends with line 2' err && [ "$(wc -l <cut_named/t_ids.txt)" -eq 2 ]
ok $? "cut off between two lines: said, what is there is written"

# The second of three images is bad: it is listed, the others are written.
while read -r kind message; do
    rm -rf data
    run "$SCANSCOPE" convert "made/$kind" -o data -s t
    [ "$status" -eq 1 ] && grep -q "132417: $message; left out" err && grep -q '2 images' out
    ok $? "$kind: the bad image is listed and left out"
done <<EOF
bad_large feature 4 of region 3 is 3e+20, which no feature is; is the file damaged?
bad_count num_boxes is 4, but there are 5 regions
EOF

# Cut off anywhere: one line, or the images before the cut; never a crash, nothing half-written.
for kind in rows.h5 groups.h5 lmdb_pickle/data.mdb file.lmdb npz_milvlg/9.npz npy_dict/9.npy; do
    [ -f "made/$kind" ] || continue
    size=$(wc -c <"made/$kind")
    bad=0
    for part in 0 1 3 8 20 50 80 97; do
        rm -rf cutting
        head -c $((size * part / 100)) "made/$kind" >"cut.${kind##*.}"
        run "$SCANSCOPE" convert "cut.${kind##*.}" -o cutting -s t -q --sizes sizes
        [ "$status" -eq 1 ] && [ -s err ] || [ "$status" -eq 0 ] || bad=$part
    done
    [ "$bad" -eq 0 ]
    ok $? "$kind cut off at many places"
done

# libhdf5 1.10 crashes on a heap of texts of which an object is too large.
if [ -f made/attributes.h5 ]; then
    "$python" "$kinds" break_heap made/attributes.h5 heap.h5 >out 2>&1
    ok $? "a damaged heap is written"
    rm -rf data
    run "$SCANSCOPE" convert heap.h5 -o data -s t -q
    # A sanitiser has its say about the library, in the child.
    [ "$status" -eq 1 ] && grep -q '^scanscope convert: heap.h5: ' err &&
        { grep -q AddressSanitizer err || ! grep -qv '^scanscope convert: ' err; }
    ok $? "a damaged heap of texts is an error, not a crash"
    run "$SCANSCOPE" info heap.h5
    [ "$status" -le 1 ]
    ok $? "info survives it"
fi

if [ -f made/rows.h5 ]; then
    run "$SCANSCOPE" query a --ims made/rows.h5 --model "$SCANSCOPE_TESTS/../assets/demo/model.pth.tar"
    [ "$status" -ne 0 ] && grep -q "scanscope convert" err
    ok $? "elsewhere an HDF5 file is refused with a hint at convert"
fi
done_testing
