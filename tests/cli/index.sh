#!/bin/sh
# scanscope index: embeddings kept in files; that other commands use and make them, and say what is wrong with them.
. "$SCANSCOPE_TESTS/support/tap.sh"
. "$SCANSCOPE_TESTS/cli/split.sh"
need_fixtures
model=$fixtures/t2i_avg/model.pth.tar
XDG_CACHE_HOME=$work/cache
export XDG_CACHE_HOME
make_split split t2i_avg

index() {
    run "$SCANSCOPE" index "$@"
}
query() {
    run "$SCANSCOPE" query -m "$model" -d split "w4 w9 w12" --tsv -k 0 "$@"
}
only_index() {
    ls "$work/${1:-cache/scanscope}"
}

# ---- making and using

query --no-index
cp out without
query
[ ! -e cache ] && cmp -s out without
ok $? "a small split is not worth a file"
index --list
[ "$status" -eq 0 ] && [ ! -s out ] && grep -q "no indexes in $work/cache/scanscope" err
ok $? "no index yet"
index -m "$model" -d split
[ "$status" -eq 0 ] && grep -q "^built $work/cache/scanscope/.*\.idx: 24 images" out && [ ! -s err ]
ok $? "an index is built on request"
kept=$work/cache/scanscope/$(only_index)
index -m "$model" -d split
[ "$status" -eq 0 ] && grep -q "^exists: $kept: 24 images" out
ok $? "and is there the second time"
query
cmp -s out without && [ ! -s err ]
ok $? "scores are the same, to the last digit"
for variant in i2t_lse i2t_avg t2i_lse; do
    make_split "$variant" $variant
    m=$fixtures/$variant/model.pth.tar
    "$SCANSCOPE" eval -m "$m" -d "$variant" --no-index --save-sims without.npy >out 2>err
    index -m "$m" -d "$variant" --index-dir "$variant-index"
    "$SCANSCOPE" eval -m "$m" -d "$variant" --index-dir "$variant-index" --save-sims with.npy >out 2>err
    cmp without.npy with.npy >>err 2>&1 && [ ! -s err ]
    ok $? "$variant: similarities are the same, bit for bit"
done
cp -r split other
index -m "$model" -d other
grep -q "^exists: $kept" out
ok $? "the same content in another folder finds the same file"
index --list
[ "$(wc -l <out)" -eq 1 ] && grep -q "24 images: .*/model.pth.tar with .*/other/test_ims.npy" out
ok $? "--list"
index --check
[ "$status" -eq 0 ] && grep -q "$kept: sound" out
ok $? "--check"

# ---- damage and change

# flip FILE OFFSET: another byte there
flip() {
    byte=$(od -An -tu1 -j "$2" -N 1 "$1" | tr -d ' ')
    # shellcheck disable=SC2059
    printf "\\$(printf %03o $(((byte + 1) % 256)))" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

flip "$kept" 9000
index -m "$model" -d split
[ "$status" -eq 0 ] && grep -q "^built" out && grep -q "^scanscope index: index $kept is damaged; it is rebuilt" err
ok $? "a damaged index is rebuilt, with a word"
flip "$kept" 9000
query
cmp -s out without && grep -q "is damaged; it is ignored" err
ok $? "a query does not use a damaged one"
query --quiet
cmp -s out without && [ ! -s err ]
ok $? "--quiet"
index --check
[ "$status" -eq 1 ] && grep -q "$kept: is damaged in block 0 of 1; removed" out && grep -q "1 of 1 indexes damaged" err &&
    [ ! -e "$kept" ]
ok $? "--check finds and removes it"
index -m "$model" -d split
head -c 5000 "$kept" >cut && mv cut "$kept"
index -m "$model" -d split
grep -q "is cut off; it is rebuilt" err
ok $? "one that is cut off"
cp "$fixtures/i2t_lse/ims.npy" split/test_ims.npy 2>/dev/null
flip split/test_ims.npy 600
query --no-index
cp out without
index -m "$model" -d split
[ "$status" -eq 0 ] && grep -q "is stale: .*has changed; it is rebuilt" err && [ "$(only_index | wc -l)" -eq 1 ]
ok $? "other features: the index is rebuilt, with a word, and the old one removed"
query
cmp -s out without
ok $? "scores are those of the new features"

# ---- a split of such a size that an index saves time: made-up features, a made-up model

python=/usr/bin/python3
if "$python" -c 'import numpy, torch' 2>/dev/null; then
    "$python" - >err 2>&1 <<'PY'
import sys, torch, argparse, collections, numpy as np
F, D, E, V = 512, 512, 8, 60
fc, emb, rnn = torch.nn.Linear(F, D), torch.nn.Embedding(V, E), torch.nn.GRU(E, D, 1, batch_first=True)
img = collections.OrderedDict([("fc." + k, v) for k, v in fc.state_dict().items()])
txt = collections.OrderedDict([("embed.weight", emb.weight.data)] + [("rnn." + k, v) for k, v in rnn.state_dict().items()])
opt = argparse.Namespace(img_dim=F, word_dim=E, embed_size=D, num_layers=1, vocab_size=V, bi_gru=False,
    cross_attn="t2i", agg_func="Mean", lambda_softmax=9.0, lambda_lse=6.0, raw_feature_norm="clipped_l2norm",
    no_imgnorm=False, no_txtnorm=False, data_name="x_precomp")
torch.save({"epoch": 1, "model": [img, txt], "best_rsum": 1.0, "opt": opt, "Eiters": 1}, "large.pth.tar")
np.save("large.npy", np.random.default_rng(1).random((1000, 36, F), dtype=np.float32))
PY
    large() {
        run "$SCANSCOPE" query -m large.pth.tar --ims large.npy --vocab split/vocab.json "w4 w9" --tsv -k 0 "$@"
    }
    large --no-index
    cp out without
    large
    [ "$status" -eq 0 ] && cmp -s out without && grep -q "the embeddings of 1000 images are kept in" err
    ok $? "a query keeps the embeddings of a large split, and says so"
    large
    cmp -s out without && [ ! -s err ]
    ok $? "and uses them the next time"
    rm -rf cache
    large & first=$!
    "$SCANSCOPE" query -m large.pth.tar --ims large.npy --vocab split/vocab.json "w4 w9" --tsv -k 0 >out2 2>err2
    wait $first
    cmp -s out without && cmp -s out2 without && [ "$(only_index | wc -l)" -eq 1 ]
    ok $? "two processes at once"
    printf 'wait opened\nexpect 1000 images\n' >script
    rm -rf cache
    run "$SCANSCOPE" explore -m large.pth.tar --ims large.npy --vocab split/vocab.json --headless --script script
    [ "$status" -eq 0 ] && [ ! -s err ] && [ "$(only_index | wc -l)" -eq 1 ]
    ok $? "the explorer makes one, without a word on standard error"
    run "$SCANSCOPE" explore -m large.pth.tar --ims large.npy --vocab split/vocab.json --headless --script script
    [ "$status" -eq 0 ] && [ ! -s err ]
    ok $? "and opens with it"

    # ---- no place for it

    echo x >file
    large --index-dir file/sub
    [ "$status" -eq 0 ] && cmp -s out without && grep -q "no index is kept: .*; continuing without it" err
    ok $? "a folder that cannot be made: a word, and the answer"
    run sh -c 'ulimit -f 100; exec "$SCANSCOPE" index -m large.pth.tar --ims large.npy --index-dir full'
    [ "$status" -eq 1 ] && grep -q "no index is kept: .*File too large" err && [ -z "$(ls full)" ]
    ok $? "a full disk: scanscope index fails, and leaves nothing behind"
    (ulimit -f 100 && "$SCANSCOPE" query -m large.pth.tar --ims large.npy --vocab split/vocab.json "w4 w9" --tsv -k 0 \
        --index-dir full >out 2>err)
    [ $? -eq 0 ] && cmp -s out without && grep -q "File too large; continuing without it" err
    ok $? "a query goes on without it"
    (unset HOME XDG_CACHE_HOME && "$SCANSCOPE" query -m large.pth.tar --ims large.npy --vocab split/vocab.json "w4 w9" \
        --tsv -k 0 >out 2>err)
    [ $? -eq 0 ] && cmp -s out without && grep -q "no folder for an index" err
    ok $? "neither HOME nor XDG_CACHE_HOME"
else
    skip "a split that is worth a file" "no torch for $python"
fi

# ---- removing

index --prune 1
[ "$status" -eq 0 ] && grep -q "^0 removed" out
ok $? "--prune with room enough"
index --prune 0
[ "$status" -eq 0 ] && [ -z "$(only_index)" ]
ok $? "--prune 0"

# ---- what can be wrong

index
fails_with 1 "no model" "nothing to index"
index -m "$model"
fails_with 1 "no data" "no data"
index --list --check
fails_with 2 "one of --list, --check and --prune" "two things at once"
index --prune -1
fails_with 2 "--prune takes gigabytes" "a negative size"
index --prune x
fails_with 2 "--prune takes a number" "no size"
index -m "$model" -d split -s dev
fails_with 1 "dev" "a split that does not exist"
done_testing
