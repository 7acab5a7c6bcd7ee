#!/bin/sh
# From photographs and captions to a model that is explored, step by step: what README describes, as one
# script that runs in a minute, on the 200 pictures of the demo and with the built-in extractor. The same on
# real photographs, with a detector: own_data.sh.
. "$SCANSCOPE_TESTS/support/tap.sh"
assets=${SCANSCOPE_ASSETS:-$SCANSCOPE_TESTS/../assets}
demo=$assets/demo

# Yours: folders of photographs, and five captions for each, in the order of the file names.
mkdir photos_train photos_dev
n=0
while read -r id; do
    n=$((n + 1))
    split=train
    [ "$n" -gt 160 ] && split=dev
    [ -f "$demo/images/$id" ] || id=$id.png
    ln -s "$demo/images/$id" "photos_$split/"
done <"$demo/test_ids.txt"

# 1. Photographs to regions and features. For results give a detector: --with 'opencv NET.cfg NET.weights NAMES'
for split in train dev; do
    run "$SCANSCOPE" extract "photos_$split" -o mine -s "$split" --regions 12 --quiet
    ok "$status" "extract: $(cat out)"
done

# 2. Captions: SPLIT_caps.txt, in the order of SPLIT_ids.txt. (`scanscope convert` makes it of JSON, CSV, ...)
head -n 800 "$demo/test_caps.txt" >mine/train_caps.txt
tail -n 200 "$demo/test_caps.txt" >mine/dev_caps.txt
run "$SCANSCOPE" vocab -d mine --threshold 1
ok "$status" "vocab"

# 3. A model.
run "$SCANSCOPE" train -d mine --cross_attn t2i --agg_func Mean --bi_gru --embed_size 128 --word_dim 64 --batch_size 32 \
    --learning_rate .002 --lr_update 12 --num_epochs 15 --model_name run --logger_name run --seed 1 --quiet
ok "$status" "train"
run "$SCANSCOPE" eval -m run/model_best.pth.tar -d mine -s dev --json --quiet
rsum=$(sed 's/.*"rsum": *\([0-9.]*\).*/\1/' out)
[ "$status" -eq 0 ] && [ "${rsum%%.*}" -ge 150 ]
ok $? "eval: rsum $rsum on 40 photographs that it has not seen, at least 150 (chance: 81)"

# 4. Questions, pictures, the explorer.
set -- -m run/model_best.pth.tar -d mine -s dev --images photos_dev --quiet
run "$SCANSCOPE" figure words --caption-index 0 -o words.png "$@"
[ "$status" -eq 0 ] && head -c 8 words.png | grep -q PNG
ok $? "figure"

# 5. Later, a new photograph, without a caption: it joins the split, and a typed caption finds it.
new=$(sed -n 2p mine/train_ids.txt)
run "$SCANSCOPE" index -m run/model_best.pth.tar -d mine -s dev --index-dir indexes
ok "$status" "an index of the split as it is"
run "$SCANSCOPE" extract "photos_train/$new" -o mine -s dev --append --regions 12
[ "$status" -eq 0 ] && grep -q '41 photographs (1 new)' out && grep -q 'have no captions' err
ok $? "extract --append: $(cat out)"
[ "$(wc -l <mine/dev_cap_img.txt)" -eq 200 ] && [ "$(tail -n 1 mine/dev_cap_img.txt)" = 39 ]
ok $? "the others keep their captions"
ln -s "$demo/images/$new" photos_dev/
for line in 6 7 8 9 10; do # it has five captions; a model as small as this need not know each
    caption=$(sed -n ${line}p mine/train_caps.txt)
    run "$SCANSCOPE" query "$caption" "$@" --tsv -k 3
    grep -q "$new" out && break
done
[ "$status" -eq 0 ] && grep -q "$new" out
ok $? "query: among the first three of 41"
cat >keys <<END
wait idle
type $caption
key Enter
wait ranked
wait idle
save screen.txt
END
run "$SCANSCOPE" explore "$@" --headless --script keys --size 120x40
[ "$status" -eq 0 ] && grep -q "$new" screen.txt
ok $? "explore: it is on the screen"
run "$SCANSCOPE" query "$caption" "$@" --index-dir indexes --tsv -k 3
[ "$status" -eq 0 ] && grep -q "$new" out
ok $? "an index of before does not hide it"
done_testing
