#!/bin/sh
# safetensors: trained, resumed, converted and scored like torch.save's files; what can be wrong with a file.
. "$SCANSCOPE_TESTS/support/tap.sh"
. "$SCANSCOPE_TESTS/cli/split.sh"

tinydata=$(dirname "$SCANSCOPE")/tests/cli/tinydata
dump=$(dirname "$SCANSCOPE")/tests/cli/torchdump
"$tinydata" data || exit 99

train() {
    run "$SCANSCOPE" train -d "$work/data" --embed_size 16 --word-dim 8 --batch_size 32 --learning_rate .01 \
        --bi_gru --threads 1 --model_name run --logger_name log --quiet "$@"
}

# scores MODEL DIR SPLIT FILE: all similarities
scores() {
    "$SCANSCOPE" eval -m "$1" -d "$2" -s "$3" --no-index --quiet --save-sims "$4" >/dev/null 2>"$work/err"
}

# ---- training ----
mkdir torch && cd torch || exit 99
train --num_epochs 4 --seed 3
cd ..
mkdir whole && cd whole || exit 99
train --num_epochs 4 --seed 3 --format safetensors
[ "$status" -eq 0 ] && [ -s run/checkpoint_3.safetensors ] && [ -s run/model_best.safetensors ] &&
    [ ! -e run/checkpoint_3.pth.tar ]
ok $? "train --format safetensors writes checkpoints and the best model so"
cd ..
"$dump" load torch/run/checkpoint_3.pth.tar | sort >torch.txt
"$dump" load whole/run/checkpoint_3.safetensors | sort >whole.txt
[ "$(grep -c adam whole.txt)" -ge 20 ] && cmp -s torch.txt whole.txt
ok $? "tensors, optimiser, generator and options are those that torch.save's file has, every bit"
mkdir resumed && cd resumed || exit 99
train --num_epochs 2 --seed 3 --format safetensors
train --num_epochs 4 --resume run/checkpoint_1.safetensors
[ "$status" -eq 0 ] && [ ! -e run/checkpoint_3.pth.tar ]
ok $? "a resumed run keeps the format"
cd ..
"$dump" load resumed/run/checkpoint_3.safetensors | grep -v '^opt' | sort >resumed.txt
grep -v '^opt' whole.txt | cmp -s - resumed.txt
ok $? "and ends with the unbroken run's numbers, every bit"
train --num_epochs 1 --format hdf5
fails_with 2 "torch|safetensors" "another format"

# ---- conversion ----
run "$SCANSCOPE" convert whole/run/checkpoint_3.safetensors -o back.pth.tar
"$dump" load back.pth.tar | sort >back.txt
[ "$status" -eq 0 ] && cmp -s torch.txt back.txt
ok $? "convert to torch.save's format: every bit, the optimiser too"
run "$SCANSCOPE" convert back.pth.tar -o back.safetensors
[ "$status" -eq 0 ] && cmp -s back.safetensors whole/run/checkpoint_3.safetensors
ok $? "and back: the file that train wrote"
run "$SCANSCOPE" convert back.pth.tar -o back.safetensors
fails_with 1 "back.safetensors: already exists; give --force" "an existing file is kept"
run "$SCANSCOPE" convert back.pth.tar -o back.safetensors --force
ok "$status" "unless --force"
run "$SCANSCOPE" convert back.safetensors -o folder
fails_with 1 "give -o FILE.safetensors or -o FILE.pth.tar" "a model to a folder"
run "$SCANSCOPE" convert back.safetensors --f16 -o x.pth.tar
fails_with 2 "only --force and --quiet" "an option of features"
run "$SCANSCOPE" convert back.safetensors back.pth.tar -o x.pth.tar
fails_with 2 "give one to convert" "two models"
run "$SCANSCOPE" convert data/dev_caps.txt -o x.pth.tar
fails_with 1 "dev_caps.txt: is not a PyTorch checkpoint" "captions as a model"
[ ! -e x.pth.tar ]
ok $? "after an error there is no file"

torch_python
if [ -n "$python" ]; then
    cat >check.py <<'PY'
"""The rules of the format, by the book, and the tensors of two files."""
import json, struct, sys, torch
raw = open(sys.argv[1], 'rb').read()
n, = struct.unpack('<Q', raw[:8])
header = json.loads(raw[8:8 + n].decode('utf-8'))
assert raw[8:9] == b'{' and n % 8 == 0
meta = header.pop('__metadata__')
assert all(isinstance(v, str) for v in meta.values()) and json.loads(meta['opt'])['embed_size'] == 16
types = {'F32': torch.float32, 'F64': torch.float64, 'I64': torch.int64}
at, found, last = 0, {}, 8
for name, t in sorted(header.items(), key=lambda kv: kv[1]['data_offsets']):
    begin, end = t['data_offsets']
    assert begin == at
    at = end
    found[name] = torch.frombuffer(bytearray(raw[8 + n + begin:8 + n + end]), dtype=types[t['dtype']]).reshape(t['shape'])
    assert found[name].element_size() <= last and (8 + n + begin) % found[name].element_size() == 0
    last = found[name].element_size()
assert at == len(raw) - 8 - n
c = torch.load(sys.argv[2])
wanted = {p + k: v for p, d in zip(('img_enc.', 'txt_enc.', 'scanscope.'), c['model'] + [c['scanscope']]) for k, v in d.items()}
assert wanted.keys() == found.keys()
assert all(torch.equal(wanted[k], found[k]) and wanted[k].dtype == found[k].dtype for k in wanted)
assert vars(c['opt']) == json.loads(meta['opt']) and float(meta['best_rsum']) == c['best_rsum']
assert int(meta['epoch']) == c['epoch'] and int(meta['Eiters']) == c['Eiters']
PY
    run "$python" check.py whole/run/checkpoint_3.safetensors back.pth.tar
    ok "$status" "by the rules of the format, the file holds what torch.load finds in the other"
else
    skip "the rules of the format" "$no_torch"
fi

# ---- everything opens it ----
for command in "info model.safetensors" "eval -m model.safetensors -d data -s dev --no-index" \
    "query -m model.safetensors -d data -s dev --no-index dog"; do
    cp whole/run/model_best.safetensors model.safetensors
    # shellcheck disable=SC2086
    run "$SCANSCOPE" $command
    ok "$status" "scanscope ${command%% *} opens it"
done
run "$SCANSCOPE" info model.safetensors --json
grep -q '"format": "safetensors"' out && grep -q '"name": "img_enc.fc.weight"' out
ok $? "info's JSON lists its tensors"

# ---- the fixtures ----
if [ -f "$fixtures/t2i_avg/model.pth.tar" ]; then
    for path in "$fixtures"/*/model.pth.tar; do
        name=$(basename "$(dirname "$path")")
        make_split split "$name"
        "$SCANSCOPE" convert "$path" -o "$name.safetensors" --quiet >/dev/null
        scores "$path" split test torch.npy && scores "$name.safetensors" split test safe.npy &&
            cmp -s torch.npy safe.npy
        ok $? "$name: the same similarities, every bit"
        rm -rf split torch.npy safe.npy
    done
else
    skip "the fixtures" "none in $fixtures"
fi

# ---- a file of others: no options, text options, odd types ----
# made HEADER DATA-BYTES: made.safetensors
made() {
    printf '%s' "$1" >header
    n=$(wc -c <header)
    # shellcheck disable=SC2059
    { printf "$(printf '\\%03o\\%03o\\0\\0\\0\\0\\0\\0' $((n % 256)) $((n / 256)))" && cat header &&
        head -c "$2" /dev/zero; } >made.safetensors
}
made '{"a": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]}}' 8
run "$SCANSCOPE" eval -m made.safetensors -d data -s dev
fails_with 1 "made.safetensors: tensor a: its data_offsets end at 16, but only 8 bytes" "a truncated file"
made '{"a": {"dtype": "F8_E4M3", "shape": [2], "data_offsets": [0, 2]}}' 2
run "$SCANSCOPE" eval -m made.safetensors -d data -s dev
fails_with 1 "tensor a: its numbers are of type F8_E4M3, which is not read" "an unknown type is named"
printf 'x' >short.safetensors
run "$SCANSCOPE" eval -m short.safetensors -d data -s dev
fails_with 1 "safetensors begins with 8 that give its header's length" "one byte"

case=$SCANSCOPE_TEST_DATA/cases/model.safetensors
if [ -f "$case" ]; then
    run "$SCANSCOPE" info "$case"
    [ "$status" -eq 0 ] && grep -q 'regions 48 -> 40; vocabulary 60' out && grep -q 'safetensors file, 11 arrays' out
    ok $? "info names cases/model.safetensors"
else
    skip "cases/model.safetensors" "no $case"
fi

# What is more than two encoders, and what is a Python object.
if [ -f "$SCANSCOPE_TEST_DATA/cases/opt_date.pth.tar" ]; then
    for name in third_dict_similarity vseinf_like flat_prefixed wn_parametrized opt_date; do
        "$SCANSCOPE" convert "$SCANSCOPE_TEST_DATA/cases/$name.pth.tar" -o one.safetensors --quiet >/dev/null &&
            "$SCANSCOPE" convert one.safetensors -o two.pth.tar --quiet >/dev/null &&
            "$SCANSCOPE" convert two.pth.tar -o three.safetensors --quiet >/dev/null && cmp -s one.safetensors three.safetensors
        ok $? "$name: there and back, the same file"
        rm -f one.safetensors two.pth.tar three.safetensors
    done
    run "$SCANSCOPE" convert "$SCANSCOPE_TEST_DATA/cases/opt_date.pth.tar" -o date.safetensors
    [ "$status" -eq 0 ] && grep -q 'the option started, <datetime.datetime>, is not carried over' err &&
        ! grep -q started date.safetensors
    ok $? "an option that is a Python object is dropped, with a note"
else
    skip "models of others" "no $SCANSCOPE_TEST_DATA/cases"
fi
done_testing
