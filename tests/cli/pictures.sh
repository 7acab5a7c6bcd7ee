#!/bin/sh
# Photographs and boxes that disagree with each other: figure, info and eval say so, each on the case that
# stands for its kind. Skipped, visibly, if the data is missing.
. "$SCANSCOPE_TESTS/support/tap.sh"

cases=$SCANSCOPE_TEST_DATA/cases
if [ ! -d "$cases/cropped" ]; then
    skip "photographs and boxes that disagree" "no $cases (set SCANSCOPE_TEST_DATA)"
    done_testing
    exit 0
fi

# Any model of that feature size: one that has seen two photographs.
mkdir two
for part in ims.npy caps.txt ids.txt; do
    ln -s "$cases/cropped/dev_$part" "two/dev_$part"
    ln -s "$cases/cropped/dev_$part" "two/train_$part"
done
ln -s "$cases/cropped/vocab.json" two/vocab.json
run "$SCANSCOPE" train -d two --img_dim 738 --embed_size 16 --word_dim 16 --num_epochs 1 --batch_size 10 \
    --model_name model --logger_name model -q
ok "$status" "a small model"

# says CASE TEXT: figure and info have the text among their notes, the figure also in its metadata and data.
says() {
    run "$SCANSCOPE" figure words -m model/model_best.pth.tar -d "$cases/$1" -s dev --caption-index 0 \
        --style heat --words 2,6 --dpi 60 --save-data -o "$1.png"
    [ "$status" -eq 0 ] && grep -qF -e "$2" err
    ok $? "$1: the figure says so"
    [ "$(grep -cF -e "$2" err)" -eq 1 ]
    ok $? "$1: once"
    grep -qaF "Notes" "$1.png" && grep -qaF -e "$2" "$1.png"
    ok $? "$1: in its metadata"
    grep -qF -e "$2" "$1.json" && ! grep -F -e "$2" "$1.json" | grep -q "$cases"
    ok $? "$1: in its data"
    run "$SCANSCOPE" figure "$1.json" --images "$cases/$1/images" -o again.png
    [ "$status" -eq 0 ] && cmp "$1.png" again.png
    ok $? "$1: the same figure from the data"
    run "$SCANSCOPE" info "$cases/$1"
    [ "$status" -eq 0 ] && grep -qF -e "$2" out
    ok $? "$1: info says so"
    run "$SCANSCOPE" info --json "$cases/$1"
    grep -qF -e "$2" out && grep -q "\"$3" out
    ok $? "$1: info counts it: $3"
}
says exif6_pil_features "not turned by its EXIF orientation (6)" 'not_turned": 1'
says cropped "the photograph is 500 x 166, but the image sizes say 500 x 333" 'other_shape": 1'
says boxes_normalised "all coordinates lie between 0 and 1" 'fractions": true'
says boxes_detector_scale "65 of 72 boxes, of 2 of 2 images, reach beyond the image" 'beyond_image": 65'
says truncated_95 "is a damaged or truncated JPEG at row 30" 'damaged": 1'

# Boxes are of no matter to eval; figures say why there are none.
fixtures=${SCANSCOPE_TEST_FIXTURES:-$SCANSCOPE_TEST_DATA/../fixtures}
few="test_boxes.npy has 23 images, but the features have 24"
run "$SCANSCOPE" eval -m "$fixtures/t2i_lse/model.pth.tar" -d "$cases/boxes_few" --no-index
[ "$status" -eq 0 ] && grep -q "^rsum: 122.5" out && grep -qF "$few: no boxes" err
ok $? "boxes_few: eval notes it and goes on"
run "$SCANSCOPE" figure words -m "$fixtures/t2i_lse/model.pth.tar" -d "$cases/boxes_few" --caption-index 0 \
    -q -o few.png
fails_with 1 "has no boxes, so attention cannot be shown on the picture: $few" "boxes_few: a figure says why"
done_testing
