#!/bin/sh
# The main job on a real data set with photographs (Flickr8k's own splits, 753 training and 113 dev
# pictures): train, evaluate, query, figure, explore. Part of `make check-long`. Skipped, visibly, if the
# data is missing. Twelve seeds, since one says little: on 113 images rsum has a spread of 8 between seeds
# (6 in PyTorch, tests/bench/torch_train.py, 12 seeds: 230 to 251, mean 244). The goal is a mean of 240;
# a mean more than two standard errors below that fails.
. "$SCANSCOPE_TESTS/support/tap.sh"

data=$SCANSCOPE_TEST_DATA/f8k_precomp
seeds=${SCANSCOPE_F8K_SEEDS:-1 2 3 4 5 6 7 8 9 10 11 12}
if [ ! -f "$data/train_ims.npy" ]; then
    skip "training on a real data set" "no $data (set SCANSCOPE_TEST_DATA)"
    done_testing
    exit 0
fi

rsums=
for seed in $seeds; do
    run "$SCANSCOPE" train -d "$data" --cross_attn t2i --agg_func Mean --bi_gru --embed_size 256 \
        --word_dim 150 --batch_size 64 --learning_rate .001 --lr_update 6 --num_epochs 9 \
        --model_name "run$seed" --logger_name "log$seed" --seed "$seed" --quiet
    ok "$status" "train, seed $seed"
    run "$SCANSCOPE" eval -m "run$seed/model_best.pth.tar" -d "$data" -s dev --json --quiet
    ok "$status" "eval on dev, seed $seed: $(cat out)"
    rsums="$rsums $(sed 's/.*"rsum": *\([0-9.]*\).*/\1/' out)"
done
said=$(echo "$rsums" | awk '{
    for (i = 1; i <= NF; i++) { sum += $i; squares += $i * $i }
    mean = sum / NF
    error = NF > 1 ? sqrt((squares - NF * mean * mean) / (NF - 1) / NF) : 6
    said = (mean + 2 * error >= 240) ? "reached" : "missed"
    printf "%s: %.1f, standard error %.1f", said, mean, error
}')
[ "${said%%:*}" = reached ]
ok $? "rsum 240 on dev (chance: 28), mean of the seeds $seeds: $said"

set -- -m "run${seeds%% *}/model_best.pth.tar" -d "$data" -s dev --quiet
run "$SCANSCOPE" query "two dogs run through the grass ." "$@" -k 5
[ "$status" -eq 0 ] && [ -s out ]
ok $? "query with a caption"
run "$SCANSCOPE" query --caption-index 0 "$@" --json
[ "$status" -eq 0 ] && grep -q '"truth' out
ok $? "query with a caption of the split knows its truth"
run "$SCANSCOPE" query --image 0 "$@" -k 5
[ "$status" -eq 0 ] && [ -s out ]
ok $? "query with an image"
run "$SCANSCOPE" figure words --caption-index 0 -o words.png "$@"
[ "$status" -eq 0 ] && head -c 8 words.png | grep -q PNG
ok $? "figure of words over a photograph"
run "$SCANSCOPE" figure strip --caption-index 0 -o strip.png "$@"
[ "$status" -eq 0 ] && head -c 8 strip.png | grep -q PNG
ok $? "strip of ranked photographs"
cat >keys <<'E2'
wait idle
type two dogs run through the grass
key Enter
wait ranked
save screen.txt
E2
run "$SCANSCOPE" explore "$@" --headless --script keys --size 120x40
[ "$status" -eq 0 ] && grep -q "dogs" screen.txt
ok $? "the explorer ranks a typed caption"
done_testing
