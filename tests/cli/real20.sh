#!/bin/sh
# A full-size model (2048 -> 1024, word 300, bi-GRU, Flickr30K's vocabulary) on real bottom-up features: the
# two TSV layouts are converted; a fresh model trains for a few steps on them, ranks, and draws on the
# photographs. The captions are made up here. Skipped, visibly, if the data is missing.
. "$SCANSCOPE_TESTS/support/tap.sh"

data=$SCANSCOPE_TEST_DATA/bottom_up20
vocab=$SCANSCOPE_TEST_DATA/vocab/f30k_precomp_vocab.json
if [ ! -f "$data/train2014_obj36.tsv" ] || [ ! -f "$vocab" ]; then
    skip "a full-size model on real features" "no $data (set SCANSCOPE_TEST_DATA)"
    done_testing
    exit 0
fi

# Five captions per image that distinguish the images, whatever they show.
awk 'BEGIN {
    split("man woman dog car street horse kitchen train bird boat", thing)
    split("red blue green white black old young small large wooden", kind)
    for (i = 1; i <= 10; i++)
        for (j = 1; j <= 5; j++)
            printf "a %s %s beside the %s number %d .\n", kind[i], thing[i], thing[(i + j) % 10 + 1], j
}' >caps.txt

run "$SCANSCOPE" convert "$data/train2014_obj36.tsv" -o folder -s train --captions caps.txt --quiet
ok "$status" "convert the ten-column TSV"
run "$SCANSCOPE" convert "$data/trainval_36.zip" -o folder -s test --captions caps.txt --quiet
ok "$status" "convert the six-column TSV in its zip"
cp "$vocab" folder/vocab.json
run "$SCANSCOPE" train -d folder --validation train --cross_attn t2i --bi_gru --max_violation \
    --batch_size 10 --num_epochs 2 --learning_rate .0005 --model_name run --logger_name log --quiet
ok "$status" "train a full-size model on it"
run "$SCANSCOPE" info run/model_best.pth.tar folder
[ "$status" -eq 0 ] && grep -q '1024 x 2048' out
ok $? "info: the model is full-size, and fits"
set -- -m run/model_best.pth.tar -d folder -s train --images "$data/photos" --quiet
run "$SCANSCOPE" query "a young man with a dog in the kitchen" "$@"
[ "$status" -eq 0 ] && grep -q 'COCO_train2014' out
ok $? "query ranks the images"
run "$SCANSCOPE" query --image COCO_train2014_000000132417 "$@" --json
[ "$status" -eq 0 ] && grep -q 'beside the' out
ok $? "query --image ranks the captions"
run "$SCANSCOPE" figure words --caption-index 0 -o words.png "$@"
[ "$status" -eq 0 ] && [ ! -s err ] && [ "$(wc -c <words.png)" -gt 100000 ]
ok $? "figure words draws on the photograph"
run "$SCANSCOPE" figure strip --caption "a young man with a dog" -k 4 -o strip.png "$@"
[ "$status" -eq 0 ] && [ ! -s err ] && [ -s strip.png ]
ok $? "figure strip draws the ranked photographs"

# Sizes that disagree are reported in one line with both numbers.
run "$SCANSCOPE" eval "$@" --vocab "$SCANSCOPE_TEST_DATA/f8k_precomp/vocab.json"
[ "$status" -eq 1 ] && grep -q 1002 err && grep -q 8481 err && [ "$(wc -l <err)" -eq 1 ]
ok $? "a vocabulary of another size"
run "$SCANSCOPE" query x --vocab "$vocab" -m run/model_best.pth.tar -d "$SCANSCOPE_TEST_DATA/f8k_precomp" -s dev --quiet
[ "$status" -eq 1 ] && grep -q 2048 err && grep -q 738 err && [ "$(wc -l <err)" -eq 1 ]
ok $? "features of another size"
done_testing
