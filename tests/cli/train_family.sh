#!/bin/sh
# scanscope train --family: what it writes, resuming bit for bit, defaults, what is refused.
. "$SCANSCOPE_TESTS/support/tap.sh"

tinydata=$(dirname "$SCANSCOPE")/tests/cli/tinydata
"$tinydata" data || exit 99

# train FAMILY FLAGS...
train() {
    family=$1
    shift
    run "$SCANSCOPE" train -d "$work/data" --family "$family" --embed_size 16 --word-dim 8 --batch_size 32 --learning_rate .01 \
        --threads 1 --model_name run --logger_name log --quiet "$@"
}

# The losses and recalls in a log, without times and folders.
numbers() {
    grep -E '"event": "(step|validation|epoch)"' "$1" | sed 's/, "seconds": [^,}]*//'
}

# kind NAME FAMILY FLAGS...: an uninterrupted run and one that is resumed after its first epoch.
kind() {
    name=$1
    shift
    mkdir "$name" "$name-resumed" && cd "$name" || exit 99
    train "$@" --num_epochs 3 --seed 3
    ok "$status" "$name: three epochs"
    run "$SCANSCOPE" eval -m run/model_best.pth.tar -d "$work/data" -s dev --json --quiet
    best=$(sed -n 's/.*"rsum": \([0-9.]*\).*/\1/p' "$work/out")
    [ -n "$best" ] && grep -q "\"best_rsum\": ${best%.*}" log/train.jsonl
    ok $? "$name: eval of model_best gives the log's best rsum ($best)"
    cd "../$name-resumed" && mkdir run && cp "../$name/run/checkpoint_0.pth.tar" run || exit 99
    train "$@" --num_epochs 3 --resume run/checkpoint_0.pth.tar
    numbers log/train.jsonl >resumed
    [ "$status" -eq 0 ] && [ -s resumed ] &&
        [ "$(numbers "../$name/log/train.jsonl" | tail -n "$(awk 'END {print NR}' resumed)")" = "$(cat resumed)" ]
    ok $? "$name: --resume goes on with the same numbers"
    cd "$work" || exit 99
}
kind vse vse --use_abs
kind order vse --measure order --max_violation
kind bfan bfan --focal_type prob
kind sgr sgraf --sim_dim 8
kind saf sgraf --module_name SAF --sim_dim 8 --no-bi-gru --no-max-violation

# has FOLDER FIELD...: the log's options
has() {
    folder=$1
    shift
    for field; do
        grep '"event": "begin"' "$folder/log/train.jsonl" | grep -q "$field" || return 1
    done
}
has sgr '"family": "sgraf"' '"lr_update": 30' '"max_violation": true' '"bi_gru": true' '"sgr_step": 3' &&
    has saf '"max_violation": false' '"bi_gru": false' && has bfan '"bi_gru": true' '"lambda_softmax": 20' &&
    has vse '"bi_gru": false' '"measure": "cosine"' && ! has vse '"cross_attn"'
ok $? "defaults are the published codes', and no other family's options stand in the log"

mkdir other && cd other || exit 99
run "$SCANSCOPE" train -d "$work/data" --family bfan --embed_size 16 --num_epochs 1 --model_name run --logger_name log
[ "$status" -eq 0 ] && grep -q '^BFAN, equal; lambda_softmax 20' "$work/err"
ok $? "it says what it trains"
train bfan --cross_attn t2i
fails_with 1 "cross-attn: BFAN has no such option" "an option of SCAN"
train vse --bi_gru
fails_with 1 "bi-gru: VSE++ has no such option" "two directions for VSE++"
train sgraf --precomp_enc_type weight_norm
fails_with 1 "precomp-enc-type: SGRAF has no such option" "weight norm for SGRAF"
train scan --focal_type prob
fails_with 1 "focal-type: SCAN has no such option" "an option of BFAN for SCAN"
train bfan --bi_gru --no-bi-gru
fails_with 1 "contradict" "both directions and one"
train nerf
fails_with 2 "family takes" "no family"
train bfan --num_epochs 5 --resume ../vse/run/checkpoint_0.pth.tar
fails_with 1 "family vse, not bfan" "another family than the checkpoint's"
train sgraf --num_epochs 5 --sim_dim 9 --resume ../sgr/run/checkpoint_0.pth.tar
fails_with 1 "sim_dim 8, not 9" "another size than the checkpoint's"

# Images with different numbers of regions.
cp -r ../data varied || exit 99
for split in train dev; do
    images=$(awk 'END {print NR / 5}' ../data/${split}_caps.txt)
    awk -v n="$images" 'BEGIN {for (i = 0; i < n; i++) print i % 2 + 2}' >varied/counts.txt
    /usr/bin/python3 - varied/counts.txt varied/${split}_num_boxes.npy <<'PY' || counts=no
import struct, sys
counts = [int(line) for line in open(sys.argv[1])]
header = "{'descr': '<i4', 'fortran_order': False, 'shape': (%d,), }" % len(counts)
header += " " * (63 - (10 + len(header)) % 64) + "\n"
with open(sys.argv[2], "wb") as out:
    out.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
    out.write(struct.pack("<%di" % len(counts), *counts))
PY
done
if [ -z "${counts:-}" ]; then
    for family in vse bfan; do
        run "$SCANSCOPE" train -d varied --family $family --embed_size 16 --num_epochs 1 --model_name $family \
            --logger_name $family --vocab varied/data_vocab.json --quiet
        [ "$status" -eq 0 ] || run "$SCANSCOPE" train -d varied --family $family --embed_size 16 --num_epochs 1 \
            --model_name $family --logger_name $family --quiet
        ok "$status" "$family: images with different numbers of regions"
    done
    run "$SCANSCOPE" train -d varied --family sgraf --embed_size 16 --num_epochs 1 --model_name sgraf --logger_name sgraf --quiet
    fails_with 1 "needs 4 in every image" "but not for SGRAF, whose norm has a place for each"
else
    skip "different numbers of regions" "no python3"
fi
done_testing
