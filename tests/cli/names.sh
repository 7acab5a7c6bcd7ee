#!/bin/sh
# What is passed on names models, not paths: figures of all kinds and formats, their data, pages, reports, runs.
. "$SCANSCOPE_TESTS/support/tap.sh"

demo=$SCANSCOPE_ASSETS/demo
home=$work/hidden-home
mkdir -p "$home/data" "$home/runs/first/checkpoint" "$home/runs/second/checkpoint" made
cp -r "$demo"/. "$home/data"
cp "$demo/model.pth.tar" "$home/runs/first/checkpoint/model_best.pth.tar"
cp "$demo/model.pth.tar" "$home/runs/second/checkpoint/model_best.pth.tar"
one=$home/runs/first/checkpoint/model_best.pth.tar
two=$home/runs/second/checkpoint/model_best.pth.tar
data="-d $home/data --quiet --no-index"
mkdir -p "$home/runs/first/log"
echo '{"event": "step", "iteration": 1, "loss": 3}' >"$home/runs/first/log/train.jsonl"
printf '{"event": "st' >>"$home/runs/first/log/train.jsonl"

# shellcheck disable=SC2086
draw() {
    kind=$1
    shift
    for format in png svg pdf; do
        run "$SCANSCOPE" figure "$kind" "$@" --dpi 40 --footer --save-data -o "$work/made/$kind.$format"
        [ "$status" -eq 0 ] || echo "$kind.$format: $(cat err)" >>failed
    done
}
# shellcheck disable=SC2086
for kind in words regions matrix captions strip; do
    draw $kind -m "$one" $data --caption-index 3
done
# shellcheck disable=SC2086
draw compare -m "$one" -m "$two" $data --caption-index 3
# shellcheck disable=SC2086
draw failures -m "$one" $data
# shellcheck disable=SC2086
draw curves -m "$one" -m "$two" $data
[ ! -e failed ] && [ "$(ls made | wc -l)" -eq 40 ]
ok $? "figures of all kinds, in all formats, with their data"
run "$SCANSCOPE" figure curves --log "$home/runs/first/log/train.jsonl" --save-data --quiet -o "$work/made/log.svg"
ok "$status" "and of a log with a note"
grep -q '>first</text>' made/curves.svg && grep -q '>second</text>' made/curves.svg && grep -q '"model": "first, second"' made/compare.json
ok $? "they name the models' folders"
cat >batch.jsonl <<END
{"caption_index": 3, "output": "a.png"}
{"caption_index": 999999}
{"data": "$home/nowhere.json"}
{"kind": "curves", "logs": ["$home/no.jsonl"]}
END
# shellcheck disable=SC2086
run "$SCANSCOPE" figure --batch "$work/batch.jsonl" -m "$one" $data --dpi 40 -o "$work/made/batch" --html "$work/made/batch.html"
[ "$status" -eq 1 ] && grep -q 'nowhere.json: ' made/batch.html
ok $? "a page of a batch, with figures that failed"

# ---- reports
# shellcheck disable=SC2086
for format in "" --json; do
    run "$SCANSCOPE" eval -m "$one" -m "$two" $data --ci --resamples 50 --run "$work/made/run" --ranks "$work/made/ranks.csv" $format
    cp out "made/eval$format"
    run "$SCANSCOPE" analyse compare -m "$one" -m "$one,$two" $data --resamples 50 --figures 1 --html "$work/made/compare.html" $format
    cp out "made/compare$format"
    for kind in failures words alignment; do
        run "$SCANSCOPE" analyse $kind -m "$one" $data --figures 1 --html "$work/made/$kind.html" $format
        [ "$status" -eq 0 ] || echo "$kind: $(cat err)" >>failed
        cp out "made/$kind$format"
    done
done
[ ! -e failed ] && grep -q '^A first$' made/eval && grep -q '"a": "first", "b": "second"' made/eval--json &&
    grep -q '^A: first$' made/compare && grep -q '^B: first + second$' made/compare
ok $? "reports name them too"

# ---- nothing has a path in it
python=/usr/bin/python3
if "$python" -c '' 2>/dev/null; then # streams of a PDF are compressed
    "$python" - made/*.pdf <<'END'
import re, sys, zlib
for path in sys.argv[1:]:
    with open(path, "rb") as f, open(path + ".plain", "wb") as out:
        for stream in re.findall(rb"stream\r?\n(.*?)endstream", f.read(), re.S):
            try:
                out.write(zlib.decompress(stream))
            except zlib.error:
                out.write(stream)
END
fi
grep -rlaE "hidden-home/runs|$(basename "$work")|$work" made >found # photographs: relative to their data
[ ! -s found ]
ok $? "no path in any of them ($(tr '\n' ' ' <found))"
mkdir moved && cp made/words.* moved
run "$SCANSCOPE" figure moved/words.json --images "$home/data/images" -o moved/again.svg
[ "$status" -eq 0 ] && ! grep -q hidden-home moved/again.svg
ok $? "nor when drawn again"

# ---- --name
# shellcheck disable=SC2086
run "$SCANSCOPE" eval -m "$one" -m "$two" $data --ci --resamples 5 --name B=baseline --name A=t-i --json
grep -q '"a": "t-i", "b": "baseline"' out
ok $? "--name names a model by its letter"
# shellcheck disable=SC2086
run "$SCANSCOPE" figure curves -m "$one" -m "$two" $data --name t-i --name i-t -o named.svg
grep -q '>t-i</text>' named.svg && grep -q '<s:Model>t-i, i-t</s:Model>' named.svg
ok $? "or in order"
# shellcheck disable=SC2086
run "$SCANSCOPE" analyse compare -m "$one,$two" -m "$two" $data --resamples 5 --name A=both
grep -q '^A: both$' out && grep -q '^B: second$' out
ok $? "analyse compare: its sides"
for wrong in C=x A= A=x,A=y A=x,B=x; do
    set --
    for name in $(echo $wrong | tr , ' '); do set -- "$@" --name "$name"; done
    # shellcheck disable=SC2086
    run "$SCANSCOPE" eval -m "$one" -m "$two" $data "$@"
    fails_with 2 "--name" "refused: $wrong"
done
done_testing
