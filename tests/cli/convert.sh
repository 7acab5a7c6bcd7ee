#!/bin/sh
# scanscope convert: real bottom-up files give the folders that numpy made of them; the options; what can be
# wrong.
. "$SCANSCOPE_TESTS/support/tap.sh"
real=$SCANSCOPE_TEST_DATA/bottom_up20

# line ID [COUNT]: two regions of three features, 40 x 30 pixels
boxes=AAAAAAAAAAAAAABBAAAAQQAAAAAAAAAAAAAAQQAAAEE=
features=AAAAAAAAgD8AAABAAABAQAAAgEAAAKBA
line() {
    printf '%s\t40\t30\t%s\t%s\t%s\n' "$1" "${2:-2}" "$boxes" "$features"
}
{ line 7 && line 8 && line 9; } >three.tsv
{ line 7 && line 8 3; } >broken.tsv
{ line 7 && printf '%s\t40\t30\t1\tAAAAAAAAAAAAAABBAAAAQQ==\tAAAAAAAAgD8AAABA\n' 8; } >uneven.tsv
printf 'a\nb\nc\nd\ne\nf\n' >captions.txt

convert() {
    run "$SCANSCOPE" convert "$@"
}

# same_numbers FILE FILE COUNT: their last COUNT bytes (the headers differ in length) are equal
same_numbers() {
    tail -c "$3" "$1" >"$work/numbers.1" && tail -c "$3" "$2" >"$work/numbers.2" &&
        cmp -s "$work/numbers.1" "$work/numbers.2"
}

if [ -f "$real/trainval_36.zip" ]; then
    convert "$real/train2014_obj36.tsv" "$real/trainval_36.zip" -o real -s test
    [ "$status" -eq 0 ] && grep -q '20 images, 36 regions x 2048 (float32), boxes, sizes, classes' out &&
        grep -q 'numbers without names; --class-names' err && grep -q '10 images have no classes' err
    ok $? "both layouts, the second inside a zip; classes of the first"
    same_numbers real/test_ims.npy "$real/real20_ims.npy" $((20 * 36 * 2048 * 4))
    ok $? "the features are those of real20_ims.npy"
    same_numbers real/test_boxes.npy "$real/real20_boxes.npy" $((20 * 36 * 4 * 4))
    ok $? "the boxes are those of real20_boxes.npy"
    [ "$(sed -n '1p;11p' real/test_ids.txt | tr '\n' ' ')" = "COCO_train2014_000000132417 150367 " ]
    ok $? "the ids are as in the files"

    printf '%s\n' 150367 207647 207647 COCO_train2014_000000132417 >ids
    convert "$real/trainval_36.zip" "$real/train2014_obj36.tsv" -o real -s chosen --ids ids
    [ "$status" -eq 0 ] && grep -q '3 images' out
    ok $? "--ids chooses, also by COCO's numbers"
    row=$((36 * 2048 * 4))
    {
        tail -c $((10 * row)) "$real/real20_ims.npy" | head -c $row
        tail -c $((16 * row)) "$real/real20_ims.npy" | head -c $row
        tail -c $((20 * row)) "$real/real20_ims.npy" | head -c $row
    } >expected
    same_numbers real/chosen_ims.npy expected $((3 * row))
    ok $? "--ids sets the order, whatever the order of the input"

    convert real/test_ims.npy -o half --f16 -q
    [ "$status" -eq 0 ] && [ "$(wc -c <half/test_ims.npy)" -lt $((20 * 36 * 2048 * 2 + 400)) ] &&
        cmp -s half/test_boxes.npy real/test_boxes.npy && cmp -s half/test_ids.txt real/test_ids.txt &&
        cmp -s half/test_img_sizes.npy real/test_img_sizes.npy
    ok $? "a precomp folder as input; --f16 halves the features"
    head -c 1000000 "$real/trainval_36.zip" >cut.zip
    convert cut.zip -o cut
    fails_with 1 "damaged or truncated zip" "a truncated zip"
    [ ! -e cut ]
    ok $? "... and no folder is left"
    head -c 1000000 "$real/train2014_obj36.tsv" >cut.tsv
    convert cut.tsv -o cut -q
    fails_with 1 "cut.tsv: line 3: image COCO_train2014_000000578174: num_boxes" "a truncated TSV: the cut image is listed"
    [ "$(wc -l <cut/test_ids.txt)" -eq 2 ]
    ok $? "... and the two before are written"
    convert "$real/train2014_obj36.tsv" -o named --class-names "$real/classes/objects_vocab.txt"
    [ "$status" -eq 0 ] && [ "$(cat named/test_class_names.txt)" = "$(cat "$real/classes/objects_vocab.txt")" ] && [ ! -s err ]
    ok $? "--class-names"
    convert "$real/train2014_obj36.tsv" -o short --class-names three.tsv
    fails_with 1 ", which three.tsv does not name (and so on" "too few names: every image is bad"
    [ ! -e short ]
    ok $? "... and no folder is left"
else
    skip "real files" "no $real"
fi

convert three.tsv -o out.d -s dev --captions captions.txt
[ "$status" -eq 0 ] && cmp -s captions.txt out.d/dev_caps.txt && [ "$(wc -l <out.d/dev_ids.txt)" -eq 3 ]
ok $? "--captions become the split's"
convert three.tsv -o out.d -s dev
fails_with 1 "give --force to replace it" "existing files are not replaced"
convert three.tsv -o out.d -s dev --force --ids /dev/null
fails_with 1 "/dev/null" "a missing ids file"
convert three.tsv -o out.d -s dev --force --regions 1
[ "$status" -eq 0 ] && grep -q '3 images, 1 regions x 3' out && grep -q 'had more regions' err
ok $? "--force and --regions"
convert three.tsv three.tsv -o doubles
[ "$status" -eq 1 ] && grep -q '3 images, 2' out &&
    grep -q 'three.tsv: line 3: image 9 came before, as image 3 of three.tsv' err && [ "$(grep -c 'left out' err)" -eq 3 ]
ok $? "an image that comes twice is kept once, and listed"
convert - -o nothing <three.tsv
fails_with 1 "No such file" "a missing input"
convert broken.tsv -o broken
fails_with 1 "broken.tsv: line 2: image 8: num_bo" "a wrong count of boxes"
[ "$(cat broken/test_ids.txt)" = 7 ] && [ "$(ls broken | wc -l)" -eq 4 ]
ok $? "... the rest is written, and no work file is left"
line 12 3 >bad.tsv
convert bad.tsv -o a/b/bad
fails_with 1 "bad.tsv: line 1: image 12: num_bo" "not one good image"
convert three.tsv bad.tsv -o a/b/bad
fails_with 1 "bad.tsv: line 1: image 12: num_bo" "not one good image in the second file"
[ ! -e a ]
ok $? "... and no folder is left, nor those above that were made for it"
convert uneven.tsv -o uneven
[ "$status" -eq 0 ] && grep -q '2 images, 1 to 2 regions x 3' out && grep -q 'padded with zeros to 2' err &&
    [ "$(tail -c 8 uneven/test_num_boxes.npy | od -An -td4 | tr -s ' ')" = " 2 1" ] &&
    [ "$(tail -c 12 uneven/test_ims.npy | od -An -tx4 | tr -d ' 0')" = "" ]
ok $? "counts that differ: padded and counted"
convert uneven.tsv -o uneven --regions 1
fails_with 1 "already exists" "a finished split is not replaced"
convert uneven.tsv -o uneven --regions 1 --force
[ "$status" -eq 0 ] && grep -q '2 images, 1 regions' out && [ ! -e uneven/test_num_boxes.npy ]
ok $? "--regions as many as all have: the count of before is removed"
convert uneven.tsv -o uneven --regions 2 --force
[ "$status" -eq 0 ] && [ -e uneven/test_num_boxes.npy ]
ok $? "--regions more than one has"
printf '7\n123\n' >ids
convert three.tsv -o missing --ids ids
fails_with 1 "1 of the 2 requested images are not in the input (the first: 123)" "ids that are not in the input"
head -n 5 captions.txt >five.txt
convert three.tsv -o missing --captions five.txt
fails_with 1 "five.txt: has 5 captions" "captions that do not fit"
echo '7 40' >sizes
convert three.tsv -o missing --sizes sizes
fails_with 1 "sizes: line 1" "a bad line of sizes"
convert three.tsv -o three.tsv
fails_with 1 "three.tsv" "a file instead of a folder"
if [ -w /dev/full ]; then
    mkdir full && ln -s /dev/full full/test_ims.npy
    convert three.tsv -o full --force
    fails_with 1 "No space left" "a full disk"
else
    skip "a full disk" "no /dev/full"
fi
convert -o out.d
fails_with 2 "give the files" "no input"
convert three.tsv
fails_with 2 "-o DIR" "no output"
convert three.tsv -o out.d -s a/b
fails_with 2 "not the name of a split" "a split with a slash"
convert three.tsv -o out.d --regions 5000
fails_with 2 "--regions" "too many regions"

python=/usr/bin/python3
if "$python" -c 'import numpy' 2>/dev/null; then
    "$python" - <<'END'
import os, numpy as np
os.makedirs('npz'), os.makedirs('uniter'), os.makedirs('p_att'), os.makedirs('p_box')
for name, k in (('3', 1), ('20', 2)):
    x = np.arange(6, dtype='f4').reshape(2, 3) * k
    box = np.array([[0, 0, 20, 30], [10, 15, 40, 30]], 'f4')
    np.savez_compressed('npz/' + name, x=x, bbox=box, num_bbox=2, image_w=40, image_h=30,
                        info={'image_id': name, 'objects_id': np.zeros(2)})
    np.savez_compressed('uniter/coco_val2014_%012d' % int(name), features=x.astype('f2'), conf=np.ones(2, 'f2'),
                        soft_labels=np.ones((2, 5), 'f2'),
                        norm_bb=np.hstack([box / [40, 30, 40, 30], np.ones((2, 2))]).astype('f2'))
    np.savez_compressed('p_att/' + name, feat=x)
    np.save('p_box/' + name, box)
END
    convert npz -o npz.d
    [ "$status" -eq 0 ] && [ "$(tr '\n' ' ' <npz.d/test_ids.txt)" = "3 20 " ] && grep -q 'numbers without names' err && [ "$(wc -l <err)" -eq 1 ]
    ok $? "MILVLG's npz, a pickled dict among the members"
    convert uniter -o uniter.d -q
    fails_with 1 "give --sizes FILE" "UNITER's npz without sizes"
    printf '3 40 30\n20 40 30\n' >sizes
    convert uniter -o uniter.d --sizes sizes
    [ "$status" -eq 0 ] && cmp -s npz.d/test_ims.npy uniter.d/test_ims.npy &&
        cmp -s npz.d/test_boxes.npy uniter.d/test_boxes.npy &&
        cmp -s npz.d/test_img_sizes.npy uniter.d/test_img_sizes.npy
    ok $? "UNITER's npz with sizes: the same folder"
    convert p_att/ -o pair.d
    [ "$status" -eq 0 ] && cmp -s npz.d/test_ims.npy pair.d/test_ims.npy &&
        cmp -s npz.d/test_boxes.npy pair.d/test_boxes.npy && [ ! -e pair.d/test_img_sizes.npy ] &&
        grep -q 'lack the images. sizes' err
    ok $? "folders p_att and p_box: the same, without sizes, with a note"
    "$python" - <<'END'
import numpy as np
ims, boxes = np.load('npz.d/test_ims.npy'), np.load('npz.d/test_boxes.npy')
sizes = np.load('npz.d/test_img_sizes.npy')
assert ims.shape == (2, 2, 3) and (ims[1] == np.arange(6).reshape(2, 3) * 2).all()
assert boxes[0].tolist() == [[0, 0, 20, 30], [10, 15, 40, 30]] and sizes.tolist() == [[40, 30]] * 2
END
    ok $? "numpy reads back the numbers it wrote"
else
    skip "npz" "no numpy in $python"
fi

# What a folder knows of its regions stays with them when the split is written anew.
mkdir photos.d && cp "$SCANSCOPE_ASSETS"/demo/images/*0.* photos.d/
run "$SCANSCOPE" extract photos.d -o known -s a --quiet
n=$(wc -l <known/a_ids.txt)
mkdir other && cp known/a_ims.npy known/a_boxes.npy known/a_img_sizes.npy other/
cp known/a_features.json was.json
run "$SCANSCOPE" convert known/a_ims.npy -o anew -s b
[ "$status" -eq 0 ] && [ "$n" -gt 1 ] && cmp -s was.json anew/b_features.json && cmp -s known/a_ims.npy anew/b_ims.npy
ok $? "a split written anew: the same features, by the same extractor"
run "$SCANSCOPE" convert other/a_ims.npy known/a_ims.npy -o mixed
[ "$status" -eq 0 ] && [ ! -e mixed/test_features.json ] && grep -q 'not all by the same extractor' err
ok $? "features of which only some say by which extractor: none is named, with a note"
done_testing
