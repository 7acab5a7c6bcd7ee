#!/bin/sh
# scanscope info: what each kind of file holds, whether several fit together, and what cannot be read.
. "$SCANSCOPE_TESTS/support/tap.sh"
. "$SCANSCOPE_TESTS/cli/split.sh"

info() {
    run "$SCANSCOPE" info "$@"
}
# says TEXT NAME: the last run ended well and stdout has TEXT
says() {
    [ "$status" -eq 0 ] && [ ! -s err ] && grep -qF -e "$1" out
    ok $? "$2"
}

# line ID: two regions of three features, 40 x 30 pixels
line() {
    printf '%s\t40\t30\t2\t%s\t%s\n' "$1" AAAAAAAAAAAAAABBAAAAQQAAAAAAAAAAAAAAQQAAAEE= \
        AAAAAAAAgD8AAABAAABAQAAAgEAAAKBA
}
{ line 7 && line 8; } >two.tsv
printf 'w4 w5\r\nw6\n\nw4 w4\n\n' >captions.txt
"$SCANSCOPE" convert two.tsv -o made --captions captions.txt -q >/dev/null 2>&1
make_vocab vocab.json 10

info two.tsv
says 'image 7, 40 x 30 pixels, 2 regions x 3, boxes' "a bottom-up table: its first image"
grep -q '^  images *2$' out
ok $? "and how many there are"
info made/test_ims.npy
says 'float32 2 x 2 x 3' "an array: type and shape"
grep -q 'region features' out && grep -q '^  values *0 to 5$' out
ok $? "what it looks like, and its range"
info made/test_boxes.npy made/test_img_sizes.npy
says 'boxes: images x regions x 4' "boxes"
grep -q 'image sizes: images x 2' out
ok $? "image sizes"
info captions.txt
says '4, 1 of them empty' "captions: lines, and those that are empty"
info vocab.json
says '10 words, ids up to 9; <start> 1, <end> 2, <unk> 3' "a vocabulary"
info made
says 'test         2 images, 2 regions x 3 (file: float32 2 x 2 x 3), 4 captions (2 an image), 1 of them empty, boxes, image sizes, ids, no photographs' \
    "a data folder"
info made vocab.json
says 'fits: vocab.json and made, split test: 0.00 % of the captions' "its captions fit the vocabulary"
make_vocab other.json 5
info made other.json
[ "$status" -eq 1 ] && grep -q '^does not fit: other.json and made, split test: 40.00 % .* (2 of 5)' out
ok $? "and do not fit one that lacks their words"
info other.json vocab.json
[ "$status" -eq 1 ] && grep -q '^does not fit: other.json and vocab.json: not the same words' out
ok $? "two vocabularies that differ"
cp vocab.json copy.json
info vocab.json copy.json
says 'the same words with the same ids' "two that do not"
info made captions.txt
says '4 lines for 2 images' "captions against features"
info --json made vocab.json
[ "$status" -eq 0 ] && grep -q '"feature_size": 3' out && grep -q '"fits": true' out && grep -q '"size": 10' out
ok $? "--json reports the same"

# Every file that a command reads or writes is named, with what it counts.
corpus=$SCANSCOPE_TESTS/fuzz/corpus/info
for case in "instances|COCO instances|annotations  1 a" "captions|COCO captions|images       1 i" \
    "karpathy|Karpathy's split|sentences    3 s" "mapping|id mapping|ids          2 ids to file names" \
    "list|id mapping|2 file names, by position" "bom|id mapping|1 ids to" "positives|right answers|answers      3 ids" \
    "figure|figure data|figure       words" "session|explorer session|marks        2 m" \
    "truth|truth of drawn scenes|1 kinds of things" "eval|results of scanscope eval|rsum         12.5" \
    "query|results of scanscope query|2 keys" "other|JSON|first        a, b, c" "value|JSON|3 elements" \
    "log|training log|last         validation of epoch 0: rsum 12.0" "log|training log|the last line is cut off" \
    "batch|batch of figures|2 figures" "run|rankings (a TREC run)|2 ranked items" \
    "qrels|judgements (TREC qrels)|relevant     1 of" "words|word ids of captions|lines        2 captions" \
    "ids|ids|2 ids" "sizes|image sizes|2 ids with" "phrases|sentences of Flickr30K Entities|phrases      2 p" \
    "boxes|boxes of Flickr30K Entities|4 x 3 pixels" "svg|SVG picture|scanscope figure" \
    "ranks|ranks (eval --ranks)|1 queries"; do
    file=${case%%|*} rest=${case#*|}
    info "$corpus/$file"
    grep -qF ": ${rest%%|*}" out || status=9
    says "${rest#*|}" "$file: ${rest%%|*}"
done
for case in "pointer|is a Git LFS pointer" "page|is a web page" "zeros|zero bytes" "index|scanscope info: .*index: is " \
    "hdf5|is an HDF5 file that cannot be read" "lmdb|is not an LMDB database" "cut|is not JSON\\|line 1" "deep|is not JSON\\|line 1"; do
    info "$corpus/${case%%|*}"
    [ "$status" -eq 1 ] && [ "$(wc -l <err)" -eq 1 ] && grep -q "${case#*|}" err
    ok $? "${case%%|*} is refused in one line"
done
mkdir -p entities/Sentences entities/Annotations
cp "$corpus/phrases" entities/Sentences/1.txt && cp "$corpus/boxes" entities/Annotations/1.xml
info entities
says 'Annotations  1 files of Flickr30K Entities' "a folder of Flickr30K Entities"
if command -v zip >/dev/null; then
    zip -qr entities.zip entities
    info entities.zip
    says 'members; unpack it to use them' "any zip archive"
fi
info --json "$corpus/mapping"
grep -q '"kind": "id mapping"' out && grep -q '"ids": 2' out
ok $? "--json has the counts as numbers"
info "$corpus/words" made
grep -q 'words and made, split test: 2 lines for 2 images' out
ok $? "word ids against features"

# What cannot be read is reported in one line; the rest is shown all the same.
: >empty.npy
head -c 200 made/test_ims.npy >cut.npy
printf 'GIF89a\001\002' >a.jpg
printf '\200\002garbage\000\001' >a.pth
printf '{"word2idx": ' >broken.json
mkdir nothing
for case in "empty.npy|is empty" "cut.npy|is cut off" "a.jpg|is a GIF" "a.pth|a.pth: " "broken.json|line 1, column 13" \
    "nothing|not a data folder" "missing|No such file"; do
    info "${case%%|*}"
    fails_with 1 "${case#*|}" "unreadable: $case"
done
info cut.npy vocab.json
[ "$status" -eq 1 ] && [ "$(wc -l <err)" -eq 1 ] && grep -q '10 words' out
ok $? "one that cannot be read does not hide the others"
info --json cut.npy
[ "$status" -eq 1 ] && [ ! -s err ] && grep -q '"error": "cut.npy' out
ok $? "--json has the error"
info
fails_with 2 "name a file" "no operand is wrong usage"

# NaN: 0x7fc00000 as the last of the features
{ head -c -4 made/test_ims.npy && printf '\000\000\300\177'; } >nan.npy
info nan.npy
[ "$status" -eq 1 ] && grep -q 'element 11 is NaN or infinite (row 1)' out
ok $? "NaN in an array is found"
# Another byte order than the header says: 1 becomes 4.6e-41.
sed 's/<f4/>f4/' made/test_ims.npy >swapped.npy
info swapped.npy
[ "$status" -eq 1 ] && grep -q 'damage  .*100 % of the numbers are below 1e-10 or above 1e10, so they are no features' out
ok $? "numbers that are no features are found"
cp made/test_ims.npy good.npy && cp swapped.npy made/test_ims.npy
info made
[ "$status" -eq 1 ] && grep -q 'so they are no features' err
ok $? "and refused in a folder"
cp nan.npy made/test_ims.npy
info made
[ "$status" -eq 1 ] && grep -q 'image 1 (id 8), region 1: a feature is NaN' out
ok $? "and in a folder, by image and region"
printf 'one\n' >made/test_ids.txt
info made
[ "$status" -eq 1 ] && grep -q 'has 1 ids, but the features have 2 images' err
ok $? "a split that does not open"
rm made/test_ids.txt
mkdir captions && cp captions.txt captions/dev_caps.txt && : >captions/a.jpg
info captions
says 'dev_caps.txt 4 captions' "a folder of captions and photographs without features"

if [ -f "$fixtures/t2i_avg/model.pth.tar" ]; then
    model=$fixtures/t2i_avg/model.pth.tar
    make_split split t2i_avg
    info "$model"
    says 'SCAN, t2i, Mean, clipped_l2norm' "a model: its options"
    grep -q 'regions 48 -> 40; vocabulary 60, words 20 -> bi-GRU of 1 layer -> 40' out &&
        grep -q 'float32 40 x 48' out && grep -q 'epoch 3, best rsum' out
    ok $? "its sizes, tensors and training"
    info "$model" split
    [ "$status" -eq 0 ] && [ "$(grep -c '^fits: ' out)" -eq 3 ] && ! grep -q '^does not' out
    ok $? "a model, its features, its vocabulary"
    info "$model" split vocab.json made
    grep -q "^does not fit: .* made, split test: the model wants region features of size 48 (img_dim), these are of size 3$" out
    ok $? "features of another size: both numbers"
    grep -q '^does not fit: .*model.pth.tar and vocab.json: .* 60 words, the vocabulary 10$' out
    ok $? "a vocabulary of another size: both numbers"
    [ "$status" -eq 1 ]
    ok $? "and the exit status is 1"
else
    skip "models" "no fixtures in $fixtures"
fi

real=$SCANSCOPE_TEST_DATA/checkpoints
if [ -d "$real" ]; then
    find "$real" -name '*.p*t*' -type f -o -name '*.th' -type f | sort >files
    bad=0
    while read -r file; do
        info "$file"
        [ "$status" -eq 0 ] && grep -q 'none that scanscope can use' out && grep -q 'arrays of [0-9]* numbers' out || {
            bad=1
            echo "# $file: status $status"
        }
    done <files
    [ -s files ] && [ $bad -eq 0 ]
    ok $? "every checkpoint of other projects is listed, and why it is no SCAN model"
else
    skip "checkpoints of other projects" "no $real"
fi
done_testing
