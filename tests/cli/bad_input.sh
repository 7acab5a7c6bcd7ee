#!/bin/sh
# Every file that a command takes, broken in every way: missing, a folder, empty, cut in half, of another kind,
# a pipe without a writer, an endless device, unreadable. Each time: status 1, one line on stderr that names the
# file, nothing left behind, no waiting. Also writing to a full disk.
. "$SCANSCOPE_TESTS/support/tap.sh"
. "$SCANSCOPE_TESTS/cli/split.sh"
need_fixtures

cp "$fixtures/t2i_avg/model.pth.tar" "$fixtures/t2i_avg/tokens.txt" .
make_split data t2i_avg
for split in train dev; do
    for file in ims.npy caps.txt ids.txt; do
        cp "data/test_$file" "data/${split}_$file"
    done
done
awk 'BEGIN { printf "{" } { printf "%s\"%s\": \"%s.png\"", (NR > 1 ? ", " : ""), $1, $1 } END { print "}" }' \
    data/test_ids.txt >map.json
printf 'wait idle\ntype w4 w9\nkey Enter\nwait ranked\n' >script
boxes=AAAAAAAAAAAAAABBAAAAQQAAAAAAAAAAAAAAQQAAAEE=
for id in 7 8 9; do
    printf '%s\t40\t30\t2\t%s\tAAAAAAAAgD8AAABAAABAQAAAgEAAAKBA\n' $id $boxes
done >three.tsv
printf '7\n8\n9\n' >ids.txt
printf 'a\nb\nc\nd\ne\nf\n' >six.txt
printf '7 40 30\n8 40 30\n9 40 30\n' >sizes.txt
echo '{"kind": "matrix", "caption_index": 3, "output": "a.png"}' >batch.jsonl
run_of() {
    echo "train -d data --quiet --embed_size 8 --word_dim 8 --batch_size 40 --model_name $1 --logger_name $1"
}
# shellcheck disable=SC2046
run "$SCANSCOPE" $(run_of run) --num_epochs 1
[ "$status" -eq 0 ]
ok $? "a small run"
cp run/checkpoint_0.pth.tar trained.pth.tar
cp run/train.jsonl log.jsonl
run "$SCANSCOPE" figure matrix -m model.pth.tar -d data --caption-index 3 -o kept.svg --save-data --quiet
[ "$status" -eq 0 ]
ok $? "a figure's data"

mkdir folder
: >empty
printf '\211PNG\r\n\032\n\0\0\0\015IHDR\0\0\0\001\0\0\0\001\010\002\0\0\0' >picture.png
{ npy_bytes "7, " && printf abcdefg; } >array.npy
printf 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 4096\n' >pointer
printf '<!DOCTYPE html>\n<html><title>Google Drive</title></html>\n' >page
head -c 4096 /dev/zero >zeros
printf '\037\213\010\0\0\0\0\0\0\003\003\0\0\0\0\0\0\0\0\0' >packed
stand_ins="pointer:Git_LFS_pointer page:web_page zeros:zero_bytes packed:gzip"
mkfifo pipe
echo text >unreadable
chmod 000 unreadable
bad="none folder empty cut picture.png array.npy pipe /dev/zero"
if [ -r unreadable ]; then
    skip "files that may not be read" "this user reads everything"
else
    bad="$bad unreadable"
fi

clear_output() {
    rm -rf out.d out.svg out.npy out.json
}
# attempt FILE COMMAND: runs it with FILE for @
attempt() {
    clear_output
    # shellcheck disable=SC2046
    run timeout 20 "$SCANSCOPE" $(echo "$2" | sed "s|@|$1|g")
}
# refused FILE: the last run failed because of that file, with one line, and left nothing behind
refused() {
    [ "$status" -eq 1 ] && [ "$(wc -l <err)" -eq 1 ] && grep -qF -e "$1" err &&
        [ -z "$(find . -name 'out.svg' -o -name 'out.npy' -o -name 'out.json' -o -name '*.tmp-*')" ] &&
        [ -z "$(find . -path './out.d/*')" ]
}
# stood_in COMMAND: every stand-in for @ is named for what it is
stood_in() {
    for kind in $stand_ins; do
        attempt "${kind%:*}" "$1"
        refused "${kind%:*}" && grep -q "$(echo "${kind#*:}" | tr _ ' ')" err ||
            wrong="$wrong ${kind%:*} (status $status: $(head -c 200 err))"
    done
}
# each GOOD EXCEPT COMMAND: @ is the file; EXCEPT: the kinds that are allowed
each() {
    good=$1
    head -c $(($(wc -c <"$good") / 2)) "$good" >cut
    attempt "$good" "$3"
    [ "$status" -eq 0 ]
    ok $? "$3: with $good"
    wrong=
    for kind in $bad; do
        case " $2 " in *" $kind "*) continue ;; esac
        attempt "$kind" "$3"
        refused "$kind" || wrong="$wrong $kind (status $status: $(head -c 200 err))"
    done
    stood_in "$3"
    [ -z "$wrong" ]
    ok $? "$3: every bad @${wrong:+ but$wrong}"
}
# never_for COMMAND: no stand-in for @
never_for() {
    wrong=
    stood_in "$1"
    [ -z "$wrong" ]
    ok $? "$1: no stand-in${wrong:+ but$wrong}"
}

model="-m model.pth.tar"
each model.pth.tar "" "eval -m @ -d data --save-sims out.npy"
each data/test_ims.npy "" "eval $model --ims @ --token-ids tokens.txt --save-sims out.npy"
each data/vocab.json "" "eval $model -d data --vocab @ --save-sims out.npy"
each data/test_caps.txt "" "eval $model -d data --captions @ --save-sims out.npy"
each tokens.txt "" "eval $model -d data --token-ids @ --save-sims out.npy"
each model.pth.tar "" "query -m @ -d data w4"
each data/test_ims.npy "" "query $model -d data --ims @ w4"
each data/vocab.json "" "query $model -d data --vocab @ w4"
each data/test_caps.txt "" "query $model -d data --captions @ w4"
each tokens.txt "" "query $model -d data --token-ids @ --caption-index 1"
each map.json "" "query $model -d data --id-mapping @ w4"
each model.pth.tar "" "figure matrix -m @ -d data --caption-index 3 -o out.svg"
each map.json "" "figure matrix $model -d data --id-mapping @ --caption-index 3 --quiet -o out.svg"
each batch.jsonl "cut" "figure --batch @ $model -d data --quiet -o out.d"
each log.jsonl "cut" "figure curves --log @ -o out.svg"
each data/vocab.json "" "$(run_of out.d) --num_epochs 1 --vocab @"
each trained.pth.tar "" "$(run_of out.d) --num_epochs 2 --resume @"
each three.tsv "pipe array.npy cut" "convert @ --quiet -o out.d"
each ids.txt "cut" "convert three.tsv --quiet --ids @ -o out.d"
each six.txt "cut" "convert three.tsv --quiet --captions @ -o out.d"
each sizes.txt "cut" "convert three.tsv --quiet --sizes @ -o out.d"
each data/test_caps.txt "cut" "vocab --captions @ --threshold 1 --quiet -o out.json"
explore="explore --headless --script script"
each model.pth.tar "" "$explore -m @ -d data"
each data/test_ims.npy "" "$explore $model -d data --ims @"
each data/vocab.json "" "$explore $model -d data --vocab @"
each script "cut empty" "explore --headless --script @ $model -d data"
never_for "eval -m @ -d data --save-sims out.npy"
never_for "eval $model -d data --qrels @"
never_for "eval $model -d data --caption-ids @ --run out.json"
never_for "analyse alignment $model -d data --coco @"
never_for "analyse alignment $model -d data --truth @"
never_for "analyse words $model -d data --counts @"
never_for "analyse compare -m $PWD/model.pth.tar -m @ -d data"
for kind in $stand_ins; do cp "${kind%:*}" "${kind%:*}.json"; done
never_for "figure @.json -o out.svg"
never_for "explore --headless --script script --config @ $model -d data"
never_for "explore --headless --script script --session @"
never_for "info @"

# member FILE EXCEPT: the same for a file in the data folder
member() {
    mv "data/$1" kept
    head -c $(($(wc -c <kept) / 2)) kept >cut
    wrong=
    for kind in $bad; do
        case " $2 " in *" $kind "*) continue ;; esac
        case $kind in
        none | /dev/zero) ;;
        pipe) mkfifo "data/$1" ;;
        *) cp -rp "$kind" "data/$1" ;;
        esac
        attempt - "eval $model -d data --save-sims out.npy"
        refused "${1%.*}" || wrong="$wrong $kind (status $status: $(head -c 200 err))"
        rm -rf "data/$1"
    done
    mv kept "data/$1"
    [ -z "$wrong" ]
    ok $? "data/$1: every bad one${wrong:+ but$wrong}"
}
member test_ims.npy ""
member test_caps.txt "none /dev/zero"
member test_ids.txt "none /dev/zero"

# ---- contents

mv data/test_caps.txt kept
attempt - "query $model -d data --caption-index 3"
fails_with 1 "the split has no captions" "a caption of a split without captions"
mv kept data/test_caps.txt
mv data/vocab.json data/a_vocab.json
attempt - "query $model -d data w4 --json"
[ "$status" -eq 0 ]
ok $? "the only *_vocab.json of the folder"
cp data/a_vocab.json data/b_vocab.json
attempt - "query $model -d data w4"
fails_with 1 "neither vocab.json nor a single *_vocab.json" "two vocabularies and no way to choose"
mv data/a_vocab.json data/vocab.json
rm data/b_vocab.json
attempt trained.pth.tar "$(run_of out.d) --num_epochs 2 --resume model.pth.tar"
fails_with 1 "model.pth.tar: this model has word_dim 20, not 8" "resuming from a model of another size"
{ npy_bytes "1, 5" | sed 's/|u1/<f4/' && printf '\0\0\0\0\0\0\200\077\0\0\300\177\0\0\0\0\0\0\0\0'; } >sims.npy
attempt sims.npy "eval -m @"
fails_with 1 "sims.npy: image 0, caption 2: the similarity is NaN or infinite" "NaN in a matrix of similarities"

# ---- a full disk

# full COMMAND: it fails because the disk is full and leaves nothing in full/
full() {
    # shellcheck disable=SC2086
    run timeout 60 "$SCANSCOPE" $1
    left=$(find full -type f ! -name ballast ! -name train.jsonl ! -name '*_convert*.part')
    [ "$status" -eq 1 ] && [ "$(wc -l <err)" -eq 1 ] && grep -q 'No space left' err && [ -z "$left" ]
    ok $? "a full disk: $1${left:+ leaves $left}"
    find full -mindepth 1 ! -name ballast -delete
}
mkdir full
if mount -t tmpfs -o size=64k,nr_inodes=64 scanscope-test full 2>mount.err; then
    trap 'umount "$work/full"; rm -rf "$work"' EXIT
    head -c 57344 /dev/zero >full/ballast
    full "eval $model -d data --quiet --save-sims full/sims.npy"
    full "figure matrix $model -d data --quiet --caption-index 3 -o full/x.png"
    full "$(run_of full) --num_epochs 1"
    full "convert data/test_ims.npy --quiet -o full"
    seq 4000 | sed 's/^/word/' >many.txt
    full "vocab --captions many.txt --threshold 1 --quiet -o full/vocab.json"
else
    skip "a full disk" "no tmpfs may be mounted here"
fi
if [ -w /dev/full ]; then
    for command in "eval $model -d data --quiet" "query $model -d data w4" "query --help" "vocab --captions six.txt -o v.json"; do
        status=0
        # shellcheck disable=SC2086
        "$SCANSCOPE" $command >/dev/full 2>err || status=$?
        fails_with 1 "No space left" "results that cannot be written: $command"
    done
else
    skip "results that cannot be written" "no /dev/full"
fi
done_testing
