#!/bin/sh
# The whole way on one's own data, from photographs and captions to a model that is explored: extract, vocab,
# train, eval, query, explore, figure, analyse alignment, and a new photograph. Part of `make check-long`.
# Photographs of Flickr8k (753 train, 113 dev), with the detector YOLO-Fastest and with the built-in
# extractor, and COCO's with annotated boxes. Skipped, visibly, without the data or python3-opencv.
. "$SCANSCOPE_TESTS/support/tap.sh"
python=/usr/bin/python3
f8k=$SCANSCOPE_TEST_DATA/f8k_precomp
coco=$SCANSCOPE_TEST_DATA/coco_mini
net=$SCANSCOPE_TEST_DATA/detectors/yolo-fastest-1.1-xl
names=$SCANSCOPE_TEST_DATA/detectors/coco.names
if [ ! -f "$f8k/train_caps.txt" ] || [ ! -f "$net.weights" ] || [ ! -d "$coco" ]; then
    skip "one's own data" "no $f8k, $coco or $net (set SCANSCOPE_TEST_DATA)"
    done_testing
    exit 0
fi
if "$python" -c 'import cv2' 2>/dev/null; then
    with="opencv $net.cfg $net.weights $names"
else
    with=
    skip "the extractor opencv" "no cv2 in $python (apt-get install python3-opencv)"
fi

# captions IDS CAPTIONS FOLDER/SPLIT: SPLIT_caps.txt, from five captions for each line of IDS, in the order of
# SPLIT_ids.txt
captions() {
    awk 'FILENAME == ARGV[1] { id[NR] = $0; next }
        FILENAME == ARGV[2] { n = int((FNR - 1) / 5) + 1; text[id[n]] = text[id[n]] $0 "\n"; next }
        { printf "%s", text[$0] }' "$1" "$2" "$3_ids.txt" >"$3_caps.txt"
    [ "$(wc -l <"$3_caps.txt")" -eq $((5 * $(wc -l <"$3_ids.txt"))) ]
}

# rsum FOLDER: trains on train and prints rsum on dev
rsum() {
    "$SCANSCOPE" train -d "$1" --cross_attn t2i --agg_func Mean --bi_gru --embed_size 256 --word_dim 150 \
        --batch_size 64 --learning_rate .001 --lr_update 6 --num_epochs 9 --model_name "$1/run" \
        --logger_name "$1/log" --seed 1 --quiet >train.out 2>&1 &&
        "$SCANSCOPE" eval -m "$1/run/model_best.pth.tar" -d "$1" -s dev --json --quiet >eval.out 2>&1 &&
        sed 's/.*"rsum": *\([0-9.]*\).*/\1/' eval.out
}

for split in train dev; do
    mkdir "photos_$split"
    while read -r id; do
        ln -s "$f8k/photos/$id" "photos_$split/$id"
    done <"$f8k/${split}_ids.txt"
done

# whole FOLDER LEAST [--with EXTRACTOR]: extract, vocab, train, eval on Flickr8k
whole() {
    folder=$1 least=$2
    shift 2
    for split in train dev; do
        run "$SCANSCOPE" extract "photos_$split" -o "$folder" -s "$split" --quiet "$@"
        ok "$status" "$folder: extract $split: $(cat out)"
        captions "$f8k/${split}_ids.txt" "$f8k/${split}_caps.txt" "$folder/$split"
        ok $? "$folder: captions of $split"
    done
    run "$SCANSCOPE" vocab -d "$folder"
    ok "$status" "$folder: vocab"
    reached=$(rsum "$folder")
    [ -n "$reached" ] && [ "${reached%%.*}" -ge "$least" ]
    ok $? "$folder: rsum $reached on dev, at least $least (chance: 28)"
}
whole pixels 100
[ -n "$with" ] && whole yolo 200 --with "$with"

folder=pixels
[ -n "$with" ] && folder=yolo
set -- -m "$folder/run/model_best.pth.tar" -d "$folder" -s dev --images "$f8k/photos" --quiet
run "$SCANSCOPE" figure words --caption-index 0 -o words.png "$@"
[ "$status" -eq 0 ] && head -c 8 words.png | grep -q PNG
ok $? "figure of words over a photograph"
cat >keys <<'END'
wait idle
type two dogs run through the grass
key Enter
wait ranked
save screen.txt
END
run "$SCANSCOPE" explore "$@" --headless --script keys --size 120x40
[ "$status" -eq 0 ] && grep -q "dogs" screen.txt
ok $? "the explorer ranks a typed caption"

# A photograph is left out, and dropped into the folder later: its own caption finds it.
new=$(sed -n 1p "$f8k/train_ids.txt")
caption=$(sed -n 1p "$f8k/train_caps.txt")
mkdir some
head -n 40 "$folder/train_ids.txt" | while read -r id; do
    [ "$id" = "$new" ] || ln -s "$f8k/photos/$id" "some/$id"
done
extractor=--quiet
[ "$folder" = yolo ] && extractor="--with=$with"
run "$SCANSCOPE" extract some -o "$folder" -s some --quiet "$extractor"
ok "$status" "a split of 39 photographs"
captions "$f8k/train_ids.txt" "$f8k/train_caps.txt" "$folder/some"
ok $? "with captions"
run "$SCANSCOPE" extract "$f8k/photos/$new" -o "$folder" -s some --append --quiet "$extractor"
ok "$status" "a new photograph is appended"
run "$SCANSCOPE" query "$caption" -m "$folder/run/model_best.pth.tar" -d "$folder" -s some --tsv -k 3 --quiet
[ "$status" -eq 0 ] && grep -q "$new" out
ok $? "and found by a typed caption, among the first three of 40"
cat >keys <<END
wait idle
type $caption
key Enter
wait ranked
save screen.txt
END
run "$SCANSCOPE" explore -m "$folder/run/model_best.pth.tar" -d "$folder" -s some --images "$f8k/photos" --quiet --headless \
    --script keys --size 120x40
[ "$status" -eq 0 ] && grep -q "$new" screen.txt
ok $? "in the explorer as well"
if [ -n "$with" ]; then
    run "$SCANSCOPE" eval -m yolo/run/model_best.pth.tar -d pixels -s dev --quiet
    [ "$status" -eq 1 ]
    ok $? "a model does not take another extractor's features"
fi

# ---- COCO: in-sample, and the annotated boxes ----
mkdir from
set --
[ -n "$with" ] && set -- --with "$with"
run "$SCANSCOPE" extract "$coco/val2017" -o coco -s train --quiet "$@"
ok "$status" "coco: extract: $(cat out)"
run "$SCANSCOPE" convert "$coco/annotations/captions_val2017.json" -o from -s train
ok "$status" "coco: captions"
captions from/train_ids.txt from/train_caps.txt coco/train
ok $? "coco: captions in the order of the photographs"
for file in coco/train_*; do
    cp "$file" "coco/dev_${file#coco/train_}"
done
run "$SCANSCOPE" vocab -d coco --threshold 1
ok "$status" "coco: vocab"
run "$SCANSCOPE" train -d coco --cross_attn t2i --agg_func Mean --bi_gru --embed_size 256 --word_dim 150 \
    --batch_size 32 --learning_rate .001 --lr_update 20 --num_epochs 30 --model_name coco/run --logger_name coco/log \
    --seed 1 --quiet
ok "$status" "coco: train"
run "$SCANSCOPE" eval -m coco/run/model_best.pth.tar -d coco -s train --json --quiet
recalls=$("$python" -c 'import json; d = json.load(open("out")); print(d["i2t"][0] if isinstance(d["i2t"], list) else d["i2t"]["r1"], d["t2i"][0] if isinstance(d["t2i"], list) else d["t2i"]["r1"])' 2>/dev/null)
echo "$recalls" | awk '{ exit !($1 >= 95 && $2 >= 95) }'
ok $? "coco: in-sample R@1 is at least 95 % both ways: $recalls"
run "$SCANSCOPE" analyse alignment -m coco/run/model_best.pth.tar -d coco -s train --coco "$coco/annotations/instances_val2017.json" \
    --images "$coco/val2017" --quiet
ok "$status" "coco: alignment with the annotated boxes: $(sed -n '/ointing/p' out | head -n 2 | tr -s ' ' | tr '\n' ';')"
done_testing
