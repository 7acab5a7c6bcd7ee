#!/bin/sh
# Every variant of the cross attention trains on the real data set without collapse: both directions, four
# aggregations. Part of `make check-long`.
. "$SCANSCOPE_TESTS/support/tap.sh"

data=$SCANSCOPE_TEST_DATA/f8k_precomp
epochs=${SCANSCOPE_VARIANT_EPOCHS:-4}
if [ ! -f "$data/train_ims.npy" ]; then
    skip "training every variant" "no $data (set SCANSCOPE_TEST_DATA)"
    done_testing
    exit 0
fi
for cross in t2i i2t; do
    for agg in LogSumExp Mean Max Sum; do
        case $cross in t2i) softmax=9 ;; i2t) softmax=4 ;; esac
        run "$SCANSCOPE" train -d "$data" --cross_attn $cross --agg_func $agg --bi_gru \
            --embed_size 256 --word_dim 150 --batch_size 64 --learning_rate .001 --lr_update 6 \
            --lambda_softmax "$softmax" --num_epochs "$epochs" --model_name run --logger_name log \
            --seed 1 --quiet
        ok "$status" "train $cross $agg"
        run "$SCANSCOPE" eval -m run/model_best.pth.tar -d "$data" -s dev --json --quiet
        rsum=$(sed 's/.*"rsum": *\([0-9.]*\).*/\1/' out)
        awk "BEGIN {exit !($rsum >= 84)}"
        ok $? "$cross $agg after $epochs epochs: rsum ${rsum:-none}, three times chance (28)"
        rm -rf run log
    done
done
done_testing
