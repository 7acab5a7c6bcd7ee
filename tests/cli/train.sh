#!/bin/sh
# scanscope train on a tiny data set: what it writes, resuming bit for bit, Ctrl-C, bad input.
. "$SCANSCOPE_TESTS/support/tap.sh"

tinydata=$(dirname "$SCANSCOPE")/tests/cli/tinydata
"$tinydata" data || exit 99

# A tiny model; more flags follow. The folders are relative: runs in two folders have equal options.
train() {
    run "$SCANSCOPE" train -d "$work/data" --embed_size 16 --word-dim 8 --batch_size 32 \
        --learning_rate .01 --bi_gru --threads 1 --model_name run --logger_name log --quiet "$@"
}

# The losses and recalls in a log, without times and folders.
numbers() {
    grep -E '"event": "(step|validation|epoch)"' "$1" | sed 's/, "seconds": [^,}]*//'
}

# ---- a run ----
mkdir whole && cd whole || exit 99
train --num_epochs 4 --seed 3
ok "$status" "four epochs"
for name in checkpoint_0 checkpoint_1 checkpoint_2 checkpoint_3 model_best; do
    [ -s run/$name.pth.tar ]
    ok $? "$name.pth.tar is there"
done
[ "$(grep -c '^Image to text: ' ../out)" -eq 4 ] && [ "$(grep -c '^Text to image: ' ../out)" -eq 4 ]
ok $? "the reference's lines, once per epoch"
[ "$(grep -c '"event": "step"' log/train.jsonl)" -eq 16 ]
ok $? "the log has every step, the smaller last batches too"
awk -F'"loss": ' '/"event": "epoch"/ {split($2, a, ","); if (!n++) first = a[1]; last = a[1]}
    END {exit !(last < first)}' log/train.jsonl
ok $? "the loss falls"
run "$SCANSCOPE" eval -m run/model_best.pth.tar -d "$work/data" -s dev --json --quiet
best=$(sed -n 's/.*"rsum": \([0-9.]*\).*/\1/p' ../out)
grep -q "\"best_rsum\": ${best%.*}" log/train.jsonl
ok $? "eval of model_best gives the log's best rsum ($best)"
cd ..

# ---- captions of the same image ----
cp -r data mapped || exit 99
for split in train dev; do
    awk '{print int((NR - 1) / 5)}' data/${split}_caps.txt >mapped/${split}_cap_img.txt
done
each=$(awk 'END {print NR}' data/train_caps.txt)
mkdir negatives && cd negatives || exit 99
# negatives NAME DATA FLAGS...: two epochs; the log of steps in NAME
negatives() {
    name=$1 data=$2
    shift 2
    run "$SCANSCOPE" train -d "$work/$data" --data_name data --embed_size 16 --word-dim 8 --batch_size 32 --learning_rate .01 \
        --threads 1 --model_name "$name" --logger_name "$name" --num_epochs 2 --quiet "$@"
    ok "$status" "two epochs ($each captions): $name"
    numbers "$name/train.jsonl" | sed 's/, "checkpoint".*//' >"$name.numbers"
}
negatives unmapped data
negatives all mapped --same-image-negatives yes
negatives masked mapped
negatives asked data --same-image-negatives no
cmp -s unmapped.numbers all.numbers && cmp -s masked.numbers asked.numbers && ! cmp -s all.numbers masked.numbers
ok $? "a file of the captions' images masks those of the same image unless asked"
grep -q 'are no negatives of each other' masked/train.jsonl && grep -q 'are negatives of each other' all/train.jsonl &&
    ! grep -q 'negatives of each' unmapped/train.jsonl
ok $? "and the log says which"
run "$SCANSCOPE" train -d "$work/data" --embed_size 16 --word-dim 8 --batch_size 32 --learning_rate .01 --threads 1 \
    --model_name again --logger_name again --num_epochs 2 --quiet --resume asked/checkpoint_0.pth.tar
numbers again/train.jsonl | sed 's/, "checkpoint".*//' >again.numbers
[ -s again.numbers ] && [ "$(tail -n "$(awk 'END {print NR}' again.numbers)" asked.numbers)" = "$(cat again.numbers)" ]
ok $? "--resume keeps it"
cd ..

python=/usr/bin/python3
if "$python" -c 'import torch' 2>/dev/null; then
    cat >load.py <<'PY'
import sys, torch
c = torch.load(sys.argv[1])
image, text = c["model"]
fc, embed = torch.nn.Linear(16, 16), torch.nn.Embedding(14, 8)
rnn = torch.nn.GRU(8, 16, 1, batch_first=True, bidirectional=True)
fc.load_state_dict({k[3:]: v for k, v in image.items()})
embed.load_state_dict({k[6:]: v for k, v in text.items() if k.startswith("embed")})
rnn.load_state_dict({k[4:]: v for k, v in text.items() if k.startswith("rnn")})
assert c["epoch"] == 3 and c["Eiters"] == 16 and c["best_rsum"] > 0
assert c["opt"].bi_gru is True and c["opt"].agg_func == "LogSumExp" and c["opt"].batch_size == 32
PY
    run "$python" load.py whole/run/checkpoint_3.pth.tar
    ok "$status" "torch.load opens it, and torch's layers take its tensors"
else
    skip "torch.load" "no python3-torch"
fi

# ---- the same again, and again from a checkpoint ----
mkdir again && cd again || exit 99
train --num-epochs=4 --seed=3
numbers log/train.jsonl >../again.txt
numbers ../whole/log/train.jsonl >../whole.txt
cmp -s ../again.txt ../whole.txt
ok $? "the same seed gives the same numbers, all digits; hyphens are underscores"
cd ..
mkdir resumed && cd resumed || exit 99
train --num_epochs 2 --seed 3
train --num_epochs 4 --resume run/checkpoint_1.pth.tar
ok "$status" "resume after an epoch"
numbers log/train.jsonl >../resumed.txt
cmp -s ../resumed.txt ../whole.txt
ok $? "its log equals that of the unbroken run, all digits"
train --num_epochs 4 --resume run/checkpoint_3.pth.tar
ok "$status" "resuming what is finished is no failure"
cd ..

# ---- two threads (and the reader's): the parameters and moments of equal runs are equal, byte for byte ----
dump=$(dirname "$SCANSCOPE")/tests/cli/torchdump
for name in two1 two2 two3; do
    mkdir "$name" && cd "$name" || exit 99
    case $name in
    two3)
        train --num_epochs 2 --seed 3 --threads 2 --max_violation
        train --num_epochs 4 --threads 2 --max_violation --resume run/checkpoint_1.pth.tar
        ;;
    *) train --num_epochs 4 --seed 3 --threads 2 --max_violation ;;
    esac
    "$dump" tree run/checkpoint_3.pth.tar >"../$name.txt"
    cd ..
done
[ "$(grep -c adam two1.txt)" -ge 20 ] && cmp -s two1/run/checkpoint_3.pth.tar two2/run/checkpoint_3.pth.tar
ok $? "two runs write the same checkpoint, byte for byte"
cmp -s two1.txt two3.txt
ok $? "so are the arrays of a resumed run"
mkdir other && cd other || exit 99
train --num_epochs 1 --seed 4
! grep -qF "$(head -n 1 ../whole.txt | sed 's/.*\("loss": [^,]*\).*/\1/')" log/train.jsonl
ok $? "another seed gives other numbers"
cd ..

# ---- Ctrl-C: wherever it strikes, the resumed run ends as the unbroken one ----
mkdir long && cd long || exit 99
train --num_epochs 100 --seed 5 --val_step 7
cd ..
mkdir cut && cd cut || exit 99
"$SCANSCOPE" train -d "$work/data" --embed_size 16 --word_dim 8 --batch_size 32 --learning_rate .01 \
    --bi_gru --threads 1 --model_name run --logger_name log --num_epochs 100 --seed 5 --val_step 7 \
    >../out 2>../err &
pid=$!
while [ "$(cat log/train.jsonl 2>/dev/null | grep -c '"event": "epoch"')" -lt 3 ] &&
    kill -0 "$pid" 2>/dev/null; do :; done
kill -INT "$pid" 2>/dev/null
wait "$pid"
status=$?
if [ -s run/checkpoint_interrupted.pth.tar ]; then
    [ "$status" -eq 130 ]
    ok $? "Ctrl-C ends the run with status 130"
    grep -q "continue with: scanscope train --resume run/checkpoint_interrupted.pth.tar" ../err
    ok $? "and a line says how to continue"
    run "$SCANSCOPE" train --resume run/checkpoint_interrupted.pth.tar --threads 1 --quiet
    ok "$status" "the line's command continues: data and options are the checkpoint's"
    numbers log/train.jsonl | grep '"step"' >../cut.txt
    numbers ../long/log/train.jsonl | grep '"step"' >../long.txt
    cmp -s ../cut.txt ../long.txt
    ok $? "the losses of the broken run are those of the unbroken one, all digits"
    numbers ../long/log/train.jsonl | grep '"validation"' | tail -n 1 >../long.txt
    numbers log/train.jsonl | grep '"validation"' | tail -n 1 | cmp -s - ../long.txt
    ok $? "and so are the last recalls"
else
    skip "Ctrl-C" "the run had ended before the signal came"
fi
cd ..

# ---- killed inside a line of the log ----
cp -r whole killed && cd killed || exit 99
last=$(ls run/checkpoint_*.pth.tar | sort | head -n 1)
printf '{"event": "step", "ep' >>log/train.jsonl
run "$SCANSCOPE" train --resume "$last" --threads 1
[ "$status" -eq 0 ] && grep -q "log ended inside a line: 21 bytes" ../err && ! grep -q '"ep{' log/train.jsonl
ok $? "the log of a killed run is cut to its last whole line"
run "$SCANSCOPE" figure curves --log log/train.jsonl -o curves.svg --save-data
[ "$status" -eq 0 ] && grep -q "steps that it repeats" ../err
ok $? "and reads: repeated steps replace the earlier ones"
run "$SCANSCOPE" figure curves --log ../whole/log/train.jsonl -o whole.svg --save-data
grep ^point curves.csv | cut -d, -f7- >../a.txt
[ -s ../a.txt ] && grep ^point whole.csv | cut -d, -f7- | cmp -s - ../a.txt
ok $? "as those of a run that was never killed"
cd ..

# ---- checkpoints of the reference ----
fixture=$SCANSCOPE_TEST_FIXTURES/t2i_avg/model.pth.tar
if [ -f "$fixture" ]; then
    "$tinydata" data48 48 60
    run "$SCANSCOPE" train -d data48 --resume "$fixture" --num_epochs 2 --batch_size 16 \
        --model_name ref --logger_name ref
    [ "$status" -eq 0 ] && grep -q "no optimiser state" err
    ok $? "the reference's checkpoint is resumed, and a line says what it lacks"
    run "$SCANSCOPE" train -d data --resume "$fixture" --model_name ref --logger_name ref --quiet
    fails_with 1 "14 words, the embedding" "a vocabulary of another size is refused with both sizes"
    "$tinydata" data60 16 60
    run "$SCANSCOPE" train -d data60 --resume "$fixture" --model_name ref --logger_name ref --quiet
    fails_with 1 "features of size 16, but img_dim is 48" "so are features"
    run "$SCANSCOPE" train -d data48 --resume "$fixture" --embed_size 32 --model_name ref \
        --logger_name ref --quiet
    fails_with 1 "embed_size 40, not 32" "so is a flag that does not fit the checkpoint"
else
    skip "checkpoints of the reference" "no $fixture (set SCANSCOPE_TEST_FIXTURES)"
fi

# ---- a checkpoint that does not say all of its options ----
reopt=$(dirname "$SCANSCOPE")/tests/cli/reopt
mkdir silent && cd silent || exit 99
"$reopt" ../whole/run/checkpoint_0.pth.tar lacks.pth.tar -lambda_softmax || exit 99
train --num_epochs 2 --resume lacks.pth.tar
fails_with 1 "lacks.pth.tar: its options (opt) lack lambda_softmax" "it is not resumed on a guess"
run "$SCANSCOPE" train -d "$work/data" --num_epochs 2 --resume lacks.pth.tar --threads 1 --model_name run \
    --logger_name log --assume-defaults
[ "$status" -eq 0 ] && grep -q "lacks.*assumed, as the checkpoint does not say: lambda_softmax 9" ../err
ok $? "--assume-defaults says what it assumes"
train --num_epochs 3 --resume lacks.pth.tar --lambda_softmax 9
run "$SCANSCOPE" info run/checkpoint_2.pth.tar
grep -q "lambda_softmax 9, lambda_lse 6" ../out
ok $? "what was given is saved as an option like the others"
run "$SCANSCOPE" train -d "$work/data" --num_epochs 2 --resume ../whole/run/checkpoint_0.pth.tar --threads 1 \
    --model_name run --logger_name log --no_imgnorm
[ "$status" -eq 0 ] && grep -q "was trained with no_imgnorm false: it goes on with what the flags say" ../err
ok $? "a flag that changes what is computed is noted"
cd ..

# ---- bad input ----
train --num_epochs 1 --batch_size 1
fails_with 1 "batch_size is 1; it must be 2 to" "a batch of one"
train --num_epochs 1 --img_dim 2048
fails_with 1 "img_dim is 2048" "img_dim that disagrees with the data: both numbers"
grep -q "size 16" err
ok $? "and the other one"
train --agg_func Median
fails_with 2 "LogSumExp|Mean|Max|Sum" "an unknown aggregation"
train --num_epochs many
fails_with 1 "num_epochs is 'many'" "a number that is none"
train -d nowhere
fails_with 1 "nowhere" "no data folder"
train --resume nowhere.pth.tar
fails_with 1 "nowhere.pth.tar" "no checkpoint"
train --vocab nowhere.json
fails_with 1 "nowhere.json" "no vocabulary"
train --num_epochs 1 --validation test
fails_with 1 "test_" "no such split to validate on"

mkdir damaged
head -c 5000 whole/run/checkpoint_1.pth.tar >damaged/part.pth.tar
train --resume damaged/part.pth.tar
fails_with 1 "part.pth.tar" "a truncated checkpoint"

train --num_epochs 9 --learning_rate 1e30 --no_imgnorm
fails_with 1 "no longer finite" "a loss that is no longer finite ends the run"
train --num_epochs 9 --resume whole/run/checkpoint_0.pth.tar --learning_rate 1e30 --no_imgnorm
fails_with 1 "the last checkpoint is whole/run/checkpoint_0.pth.tar" "and says what is left"

cp -r data nan
if "$python" -c 'import numpy' 2>/dev/null; then
    "$python" -c 'import numpy; a = numpy.load("nan/train_ims.npy"); a[5, 2, 3] = float("nan")
numpy.save("nan/train_ims.npy", a)'
    train -d nan --num_epochs 1
    fails_with 1 "image 5" "NaN features: the image is named"
else
    skip "NaN features" "no numpy"
fi

cp -r data words
awk 'NR % 3 == 0 {print ""; next} NR % 3 == 1 {print "nothing known here"; next} {print}' \
    data/train_caps.txt >words/train_caps.txt
echo dog >>words/train_caps.txt # so that the last line is none that is dropped as blank
sed -i 120d words/train_caps.txt
train -d words --num_epochs 1
ok "$status" "empty captions and captions of unknown words only are trained on, as the reference does"

cp -r data few
head -n 1 data/train_caps.txt >few/train_caps.txt
train -d few --num_epochs 1
[ "$status" -eq 1 ] && [ "$(wc -l <err)" -eq 1 ]
ok $? "a single caption is refused"

mkdir full && cd full || exit 99
(
    trap '' XFSZ
    ulimit -f 20
    train --num_epochs 1
    echo "$status" >../status
)
status=$(cat ../status)
fails_with 1 "checkpoint_0.pth.tar" "a full disk while saving"
[ -z "$(find run -type f)" ]
ok $? "leaves no partial checkpoint"
cd ..

train --num_epochs 1 --json
[ "$status" -eq 0 ] && [ "$(grep -c '^{"event": "' out)" -eq "$(wc -l <out)" ]
ok $? "--json: every line of the output is an event"
done_testing
