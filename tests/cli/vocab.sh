#!/bin/sh
# scanscope vocab: small captions counted by hand, what is refused, and the vocabulary of a real data set
# rebuilt.
. "$SCANSCOPE_TESTS/support/tap.sh"
. "$SCANSCOPE_TESTS/cli/split.sh"

vocab() {
    run "$SCANSCOPE" vocab "$@"
}

mkdir data
printf 'A red dog.\r\nThe red dog runs.\n\nTwo dogs, a cat.\n' >data/train_caps.txt
printf 'A red fox.\n' >data/dev_caps.txt
vocab -d data --threshold 2 --json
[ "$status" -eq 0 ] && [ -s data/vocab.json ]
ok $? "a vocabulary of the train and dev splits"
cat >want.lines <<'END'
{"word2idx": {"<pad>": 0, "<start>": 1, "<end>": 2, "<unk>": 3, "a": 4, "red": 5, "dog": 6, ".": 7},
 "idx2word": {"0": "<pad>", "1": "<start>", "2": "<end>", "3": "<unk>", "4": "a", "5": "red",
 "6": "dog", "7": "."}, "idx": 8}
END
tr -d '\n' <want.lines >want
cmp -s want data/vocab.json
ok $? "words in order of first use, in the reference's form"
grep -q '"captions": 5, "words": 19, "different": 11, "threshold": 2, "kept": 8, ' out &&
    grep -q '"coverage": 63.157.*, "dev_coverage": 75}$' out
ok $? "its counts"
vocab -d data --captions data/train_caps.txt --threshold 2 -o train.json --json
[ "$status" -eq 0 ] &&
    grep -q '"captions": 4, "words": 15, "different": 10, ' out &&
    grep -q '"coverage": 60, "dev_coverage": 75}$' out
ok $? "the train split alone, with its coverage of the dev split"

vocab -d data
fails_with 1 "data/vocab.json" "an existing vocabulary is not overwritten unless requested"
vocab -d data -o data/vocab.json -q
[ "$status" -eq 0 ] && [ ! -s err ] && grep -q '^kept  *5 ' out
ok $? "with -o it is; -q is quiet"
cd data || exit 99
vocab --captions train_caps.txt --captions dev_caps.txt --threshold 1 -o ../both.json
cd .. || exit 99
[ "$status" -eq 0 ] && grep -q '"fox": 14' both.json && grep -q 'coverage  100.00 %' out
ok $? "several files of captions"
vocab --captions data/dev_caps.txt --threshold 1 --token-compat py3bytes -o bytes.json
[ "$status" -eq 0 ] && grep -q "\"b\": 4, \"'\": 5, \"a\": 6" bytes.json
ok $? "captions as seen by a Python 3 port"

vocab
fails_with 2 "-d DIR" "no captions named"
vocab -d nowhere
fails_with 1 "nowhere/train_caps.txt" "no folder"
: >empty.txt
vocab --captions empty.txt -o x.json
fails_with 1 "empty.txt" "an empty file"
vocab --captions data -o x.json
fails_with 1 "folder" "a folder instead of a file"
vocab --captions data/dev_caps.txt --threshold -1 -o x.json
fails_with 2 "threshold" "a negative threshold"
vocab --captions data/dev_caps.txt -o nowhere/x.json
fails_with 1 "nowhere/x.json" "a missing folder"
[ ! -e x.json ]
ok $? "nothing is written then"
if [ -w /dev/full ]; then
    vocab --captions data/dev_caps.txt -o /dev/full
    fails_with 1 "No space left" "a full disk"
else
    skip "a full disk" "no /dev/full"
fi

real=${SCANSCOPE_TEST_DATA:-}/f8k_precomp
if [ -f "$real/train_caps.txt" ] && [ -f "$real/vocab.json" ]; then
    vocab -d "$real" -o f8k.json
    [ "$status" -eq 0 ] && cmp -s f8k.json "$real/vocab.json"
    ok $? "the vocabulary of a real data set, rebuilt byte for byte"
else
    skip "the vocabulary of a real data set built again" "no $real"
fi
# ---- pickled by Python ----
cat >pickle_it.py <<'PY'
import json, pickle, sys
class Vocabulary(object):
    pass
v, j = Vocabulary(), json.load(open(sys.argv[1]))
v.word2idx, v.idx2word, v.idx = j['word2idx'], {int(i): w for i, w in j['idx2word'].items()}, j['idx']
pickle.dump(v, open(sys.argv[2], 'wb'), int(sys.argv[3]))
PY
fixture=$fixtures/t2i_avg/model.pth.tar
if [ -f "$fixture" ] && /usr/bin/python3 -c '' 2>/dev/null; then
    make_split split t2i_avg
    run "$SCANSCOPE" eval -m "$fixture" -d split --no-index --quiet
    mv out json.txt
    for protocol in 0 1 2 4; do
        [ -f all.json ] || mv split/vocab.json all.json
        /usr/bin/python3 pickle_it.py all.json split/x_vocab.pkl $protocol
        run "$SCANSCOPE" eval -m "$fixture" -d split --no-index --quiet
        [ "$status" -eq 0 ] && cmp -s out json.txt
        ok $? "a vocabulary pickled with protocol $protocol is found in the data folder, and scores the same"
        run "$SCANSCOPE" convert split/x_vocab.pkl -o again.json --force
        "$SCANSCOPE" info all.json | sed -n 's/.*; mapping//p' >all.txt
        run "$SCANSCOPE" info again.json
        [ -s all.txt ] && grep -qF "$(cat all.txt)" out
        ok $? "convert writes it as JSON with the same ids"
    done
    run "$SCANSCOPE" info "$fixture" split/x_vocab.pkl
    grep -q 'only the sizes could be compared' out
    ok $? "info says that only sizes were compared"
    mkdir own && cp "$fixture" own && sed 's/"w4"/"x4"/g' all.json >own/vocab.json
    run "$SCANSCOPE" eval -m own/model.pth.tar -d split --no-index
    [ "$status" -eq 0 ] && grep -q 'x_vocab.pkl and own/vocab.json both have the 60 words' err
    ok $? "two vocabularies of the model's size that differ: a note"
    cp all.json own/vocab.json
    run "$SCANSCOPE" eval -m own/model.pth.tar -d split --no-index
    ! grep -q 'both have' err
    ok $? "none if they are the same"
else
    skip "a pickled vocabulary" "no $fixture, or no python3"
fi
done_testing
