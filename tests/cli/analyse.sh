#!/bin/sh
# scanscope analyse: what each kind prints in each form, agreement with eval, and errors.
. "$SCANSCOPE_TESTS/support/tap.sh"
. "$SCANSCOPE_TESTS/cli/split.sh"
need_fixtures

make_split split t2i_avg
a=$fixtures/t2i_avg/model.pth.tar
b=$fixtures/i2t_lse/model.pth.tar
ln -s "$SCANSCOPE_ASSETS" assets
demo="-m assets/demo/model.pth.tar -d assets/demo -q"

analyse() {
    run "$SCANSCOPE" analyse "$@"
}
# value KEY: the first number with that key in the JSON on stdin
value() {
    grep -o "\"$1\": [-0-9.e]*" | head -n 1 | sed 's/.*: //'
}
# same A B: the numbers are equal to about seven digits
same() {
    awk -v a="$1" -v b="$2" 'BEGIN { exit !(a != "" && b != "" && (a - b) ^ 2 < 1e-14 * (1 + a * a)) }'
}

# ---- the command

analyse
fails_with 2 "say what to analyse" "no kind"
analyse nothing
fails_with 2 "there is no kind of analysis 'nothing'" "an unknown kind"
analyse --help
grep -q '^  failures' out && grep -q '^  compare' out && grep -q '^  words' out
ok $? "--help lists the kinds"
for kind in $(sed -n '/^Kinds:/,$s/^  \([a-z]*\) .*/\1/p' out); do
    analyse "$kind" --help
    [ "$status" -eq 0 ] && grep -q "^Usage: scanscope analyse $kind" out && awk 'length > 80 { exit 1 }' out
    ok $? "analyse $kind --help fits 80 columns"
    grep -q "^.SH KIND: *$kind\|^.SH KIND: $kind" "$(dirname "$SCANSCOPE")/man/scanscope-analyse.1"
    ok $? "the manual has its section"
    sed -n '/^Examples:/,$s/^  //p' out | sed -n '/^scanscope/,$p' >"examples.$kind"
done
mkdir bin && ln -s "$SCANSCOPE" bin/scanscope
for kind in failures compare words; do
    run env PATH="$work/bin:$PATH" sh -e "examples.$kind"
    [ "$status" -eq 0 ] && [ -s "examples.$kind" ]
    ok $? "the examples of analyse $kind run"
done

# ---- failures

run "$SCANSCOPE" eval -m "$a" -d split --json -q
cp out eval.json
analyse failures -m "$a" -d split -q --json
t2i=$(sed 's/.*"t2i": \[\([^,]*\),.*/\1/' eval.json)
i2t=$(sed 's/.*"i2t": \[\([^,]*\),.*/\1/' eval.json)
same "$(value r1 <out)" "$i2t" && same "$(grep -A9 '"t2i": {' out | value r1)" "$t2i"
ok $? "failures --json: the recalls are eval's"
[ "$(grep -c '"direction": "t2i"' out)" -eq 120 ] && [ "$(grep -c '"direction": "i2t"' out)" -eq 24 ]
ok $? "... and every query is listed, though text shows 20"
analyse failures -m "$a" -d split -q --csv
[ "$(wc -l <out)" -eq 145 ] && head -n 1 out | grep -q '^direction,query,rank,score,margin,length,unknown,'
ok $? "failures --csv has one line per query"
run "$SCANSCOPE" eval -m "$a" -d split --save-sims sims.npy -q
analyse failures -m sims.npy -d split -q --csv
cp out matrix.csv
analyse failures -m "$a" -d split -q --csv
cut -d, -f1-3 out >ranks.model
cut -d, -f1-3 matrix.csv >ranks.matrix
cmp -s ranks.model ranks.matrix
ok $? "a saved matrix instead of the model gives the same ranks"
analyse failures -m "$a" -m "$b" -d split -q --json
cp out both.json
run "$SCANSCOPE" eval -m "$a" -m "$b" -d split --json -q
same "$(value r1 <both.json)" "$(sed 's/.*"i2t": \[\([^,]*\),.*/\1/' out)"
ok $? "two models make the same ensemble as in eval"
analyse failures -m "$a" -d split -q --csv --where 'rank > 5 and direction = t2i'
awk -F, 'NR > 1 && ($1 != "t2i" || $3 <= 5) { exit 1 } END { exit NR < 2 }' out
ok $? "--where"
analyse failures -m "$a" -d split -q --csv --where 'words ~ w10' --sort length --reverse
awk -F, 'NR > 2 && $6 < last { exit 1 } { last = $6 } END { exit NR < 2 }' out &&
    ! sed 1d out | grep -vq '\bw10\b'
ok $? "--sort and --reverse, whole words"
sed '1s/.*/zzz yyy w5/' split/test_caps.txt >unknown.txt
analyse failures -m "$a" -d split --captions unknown.txt -q --csv --where 'unknown = 2'
grep -q '^t2i,0,.*,zzz yyy,' out
ok $? "unknown words are counted and listed"
analyse failures -m "$a" -d split -q --group length --direction t2i --json
[ "$(grep -o '"queries": [0-9]*' out | awk '{ n += $2 } END { print n }')" -eq 120 ]
ok $? "--group length: every query is in a group"
for group in word frequency unknown; do
    analyse failures -m "$a" -d split -q --group "$group" --csv
    [ "$status" -eq 0 ] && head -n 1 out | grep -q '^direction,queries,r1' && [ "$(wc -l <out)" -gt 1 ]
    ok $? "--group $group"
done
echo 'w5 w5 w5 w6' >counted.txt
analyse failures -m "$a" -d split -q --counts counted.txt --csv --where 'frequency > 0'
[ "$status" -eq 0 ] && [ "$(wc -l <out)" -eq 1 ]
ok $? "--counts: frequencies are those of the file"
# shellcheck disable=SC2086
analyse failures $demo -k 3 --figures 2 --html report.html
[ "$status" -eq 0 ] && [ "$(grep -c '<img alt="" src="data:image/png;base64,' report.html)" -eq 2 ] &&
    ! grep -q 'src="[^d]\|href=' report.html && grep -q '<table>' report.html
ok $? "--html: tables and figures, no external references"
analyse failures -m sims.npy -d split -q --html matrix.html
[ "$status" -eq 0 ] && grep -q "No figures: a matrix" matrix.html
ok $? "--html of a matrix says why there are no figures"

# ---- compare

analyse compare -m "$a" -m "$a" -d split -q --json
[ "$(grep '"difference": ' out | sort -u | tr -d ' ,')" = '"difference":0.0' ] ||
    [ "$(grep '"difference": ' out | sort -u | grep -vc ': 0\(\.0\)\?,')" -eq 0 ]
ok $? "a model compared with itself: no difference"
same "$(value same <out)" 24 && same "$(value p_exact <out)" 1
ok $? "... all ranks the same, p 1"
analyse compare -m "$a" -m "$b" -d split -q --json
cp out ab.json
run "$SCANSCOPE" eval -m "$b" -d split --json -q
same "$(grep -A7 '"rsum": {' ab.json | value b)" "$(sed 's/.*"rsum": //; s/}//' out)"
ok $? "B's rsum is eval's"
# the same statistics wherever they are printed: eval, and analyse of the same ranks
run "$SCANSCOPE" eval -m "$b" -d split --json -q
cp out eval.json
analyse failures -m "$b" -d split -q --json
cp out failures.json
if /usr/bin/python3 -c '' 2>/dev/null; then
    /usr/bin/python3 - <<'EOF'
import json
e, f = json.load(open("eval.json")), json.load(open("failures.json"))
for d in ("i2t", "t2i"):
    ours = [f[d][k] for k in ("r1", "r5", "r10", "median_rank", "mean_rank")]
    assert all(abs(a - b) < 1e-9 for a, b in zip(ours, e[d])), (d, ours, e[d])
EOF
    ok $? "recalls, median and mean rank are those of eval"
else
    skip "recalls, median and mean rank are those of eval" "no python3"
fi
analyse compare -m "$b" -m "$a" -d split -q --json
same "$(grep -A7 '"rsum": {' ab.json | value difference)" "$(grep -A7 '"rsum": {' out | value difference | sed 's/^/0 - /; s/0 - -//')" ||
    same "$(grep -A7 '"rsum": {' ab.json | value difference)" "-$(grep -A7 '"rsum": {' out | value difference)"
ok $? "swapped models negate the difference"
# both commands say A - B, and the same intervals of it
run "$SCANSCOPE" eval -m "$a" -m "$b" -d split --ci --json -q
cp out eval.json
analyse compare -m "$a" -m "$b" -d split -q --json
cp out compare.json
if "${python:=/usr/bin/python3}" -c '' 2>/dev/null; then
    "$python" - <<'EOF'
import json, sys
e, c = json.load(open("eval.json")), json.load(open("compare.json"))
theirs = {(r["direction"], r["k"]): [r["difference"], r["low"], r["high"]] for r in c["recalls"]}
ours = {(d["direction"], d["k"]): d["difference"] for d in e["differences"][:6]}
near = lambda x, y: len(x) == len(y) and all(abs(a - b) < 1e-9 for a, b in zip(x, y))
assert len(theirs) == 6 and all(near(theirs[k], ours[k]) for k in ours), (theirs, ours)
assert any(v[0] for v in ours.values())
r = c["rsum"]
assert near([r["difference"], r["low"], r["high"]], e["rsum_differences"][0]["difference"])
assert abs(r["difference"] - (r["a"] - r["b"])) < 1e-9 and r["difference"]
EOF
    ok $? "eval --ci and analyse compare agree on differences, signs and intervals"
else
    skip "eval --ci and analyse compare" "no python3"
fi
analyse compare -m "$a,$b" -m "$b,$a" -d split -q --json
same "$(value same <out)" 24
ok $? "ensembles separated by commas, in either order"
cp sims.npy "with,comma.npy"
analyse compare -m with,comma.npy -m "$a" -d split -q --json
same "$(value same <out)" 24
ok $? "a file whose name has a comma"
analyse compare -m "$a" -m "$b" -d split -q --csv --queries won
awk -F, 'NR > 1 && !($3 > 1 && $4 == 1) { exit 1 }' out && head -n 1 out | grep -q '^direction,query,rank_a,rank_b,'
ok $? "--queries won"
analyse compare -m "$a" -m "$b" -d split -q --csv --queries all
[ "$(wc -l <out)" -eq 145 ]
ok $? "--queries all"
cp assets/demo/model.pth.tar copy.pth.tar
analyse compare -m assets/demo/model.pth.tar -m copy.pth.tar -d assets/demo -q --queries both -k 2 --figures 1 --html c.html
[ "$status" -eq 0 ] && [ "$(grep -c '<img' c.html)" -eq 1 ]
ok $? "compare --html"
analyse compare -m "$a" -d split
fails_with 2 "give two models" "compare with one model"
analyse compare -m "$a" -m "$a" -m "$a" -d split
fails_with 2 "give two models" "compare with three"
analyse compare -m "$a" -m , -d split -q
[ "$status" -eq 2 ]
ok $? "an empty name"
analyse compare -m "$a" -m "$b" -d split --level 1.5
fails_with 2 "--level is more than 0 and less than 1" "an invalid level"
{
    npy_bytes "20, 100"
    seq 100000 400000 | tr -d '\n' | head -c 2000
} >small.npy
analyse compare -m "$a" -m small.npy -d split -q
fails_with 1 "small.npy: has 20 images x 100 captions, the split 24 x 120" "a matrix of another split"

# ---- words

analyse words -m "$a" -d split -q --json
[ "$status" -eq 0 ] && for key in words harmful nowhere image_hubs caption_hubs image_twins caption_twins suspects near_misses hubness; do
    grep -q "\"$key\": " out || exit 1
done
ok $? "words --json has all tables"
analyse words -m "$b" -d split -q --csv words --sample 0
awk -F, 'NR > 2 && $3 > last { exit 1 } { last = $3 } END { exit NR < 3 }' out
ok $? "words --csv words, of an i2t model: the most helpful first"
analyse words -m "$a" -d split -q --csv image_hubs --neighbours 3
[ "$(awk -F, 'NR > 1 { n += $2 } END { print n }' out)" -eq 360 ]
ok $? "hubs: each of 120 captions counts three images"
{
    cat split/test_caps.txt
} | sed '7s/.*/w5 w6 w7 w8/; 31s/.*/w8 w7 w6 w5/' >twins.txt
analyse words -m "$a" -d split --captions twins.txt -q --csv caption_twins --alike 1
grep -q '^6,30,1,' out
ok $? "captions with the same words are found"
analyse words -m "$a" -d split -q --caption-index 3 --json
n=$(sed -n 4p split/test_caps.txt | wc -w)
[ "$(grep -c '"rank_without"' out)" -eq "$n" ]
ok $? "--caption-index: one row per word"
# shellcheck disable=SC2086
analyse words $demo --caption-index 3 --html w.html
[ "$status" -eq 0 ] && [ "$(grep -c '<img' w.html)" -eq 1 ]
ok $? "--caption-index --html shows what the words attend to"
analyse words -m sims.npy -d split -q
[ "$status" -eq 0 ] && grep -q "not for a matrix" out && grep -q "^Hubs: images" out
ok $? "a matrix: everything that needs no model"
analyse words -m "$a" -d split --caption-index 120
fails_with 1 "there is no caption 120: the split has 120" "a caption that does not exist"
analyse words -m "$a" -d split --caption-index x
fails_with 1 "--caption-index takes a number" "a caption that is not a number"
analyse words -m sims.npy -d split -q --caption-index 1
fails_with 1 "needs a model" "a matrix has no words"
analyse words -m "$a" -d split --alike 0
fails_with 2 "--alike" "a share of zero"
analyse words -m "$a" -d split --csv uses
fails_with 2 "--csv uses goes with --caption-index" "a table of the other mode"

analyse words -m "$a" -d split --csv nothing
fails_with 2 "--csv takes the name of a table" "an unknown table"
analyse words -m "$a" -d split --csv right_answers
fails_with 2 "goes with --positives" "right answers without an annotation"

# more right answers: the id of caption 5 i + j is 1000 + 5 i + j, that of image i 391001 + i
seq 1000 1119 >ids.txt
awk 'BEGIN { for (c = 0; c < 120; c++) printf "%s\"%d\": [%d, %d]", c ? ", " : "{", 1000 + c, 391001 + int(c / 5), 391001 + (int(c / 5) + 1) % 24
             print "}" }' >eccv_caption_to_image.json
awk 'BEGIN { for (i = 0; i < 24; i++) printf "%s\"%d\": [%d]", i ? ", " : "{", 391001 + i, 1000 + 5 * i
             print "}" }' >eccv_image_to_caption.json
mkdir eccv && cp eccv_*.json eccv
analyse words -m "$a" -d split -q --sample 5 --positives eccv --caption-ids ids.txt --json
grep -q '"right_answers": ' out && awk '/"annotated"/ { seen = 1 } END { exit !seen }' out
ok $? "--positives: ECCV Caption's folder"
analyse words -m "$a" -d split -q --sample 5 --positives eccv_caption_to_image.json --caption-ids ids.txt --csv right_answers
awk -F, 'NR > 1 && $4 != (int($2 / 5) + 1) % 24 { exit 1 } END { exit NR < 2 }' out
ok $? "... the wrong answers that it marks as right"
words_with() {
    analyse words -m "$a" -d split -q --sample 5 "$@"
}
words_with --positives eccv
fails_with 2 "--positives and --caption-ids go together" "--positives without ids"
words_with --positives none_t2i.json --caption-ids ids.txt
fails_with 1 "none_t2i.json: cannot open" "a missing annotation"
words_with --positives split --caption-ids ids.txt
fails_with 1 "eccv_caption_to_image.json: cannot open" "a folder without the annotation"
cp split/vocab.json vocab_t2i.json
words_with --positives vocab_t2i.json --caption-ids ids.txt
fails_with 1 "vocab_t2i.json: 'word2idx': not an id with the list of its answers" "a different kind of JSON"
cp eccv_image_to_caption.json wrong_t2i.json
words_with --positives wrong_t2i.json --caption-ids ids.txt
fails_with 1 "none of its queries is a caption of the split" "the other direction's annotation"
words_with --positives ids.txt --caption-ids ids.txt
fails_with 1 "its name does not give its direction" "a file name without a direction"
head -n 100 ids.txt >few.txt
words_with --positives eccv --caption-ids few.txt
fails_with 1 "few.txt: has 100 ids, but the split has 120 captions" "too few ids"
sed 5s/.*/1000/ ids.txt >twice.txt
words_with --positives eccv --caption-ids twice.txt
fails_with 1 "twice.txt: has the id 1000 twice" "an id twice"
sed '5s/.*/five/' ids.txt >odd.txt
words_with --positives eccv --caption-ids odd.txt
fails_with 1 "odd.txt: line 5 is not an integer" "an invalid id"
seq 2000 2119 >others.txt
words_with --positives eccv --caption-ids others.txt
fails_with 1 "none of its queries is a caption of the split" "ids of other captions"

# ---- other errors

for kind in failures words; do
    analyse $kind -d split
    fails_with 1 "no model" "$kind: no model"
    analyse $kind -m "$a"
    fails_with 1 "no data" "$kind: no data"
    analyse $kind -m none.pth.tar -d split
    fails_with 1 "none.pth.tar: cannot open" "$kind: a missing model"
    analyse $kind -m none.npy -d split
    fails_with 1 "none.npy: cannot open" "$kind: a missing matrix"
    analyse $kind -m split/vocab.json -d split
    fails_with 1 "split/vocab.json" "$kind: a file that is not a model"
    analyse $kind -m split/test_ims.npy -d split
    fails_with 1 "holds no matrix of similarities" "$kind: an array that is not a matrix"
    analyse $kind -m "$a" -d split -s dev
    fails_with 1 "dev" "$kind: a missing split"
    analyse $kind -m "$a" --ims "$fixtures/t2i_avg/ims.npy"
    fails_with 1 "no captions" "$kind: no captions"
    analyse $kind -m sims.npy --ims "$fixtures/t2i_avg/ims.npy"
    fails_with 1 "no captions" "$kind: a matrix and no captions"
    : >empty.txt
    analyse $kind -m "$a" -d split --captions empty.txt
    fails_with 1 "empty.txt" "$kind: an empty file of captions"
    analyse $kind -m "$a" -d split --csv words --json
    [ "$status" -eq 2 ]
    ok $? "$kind: two formats at once"
    analyse $kind -m "$a" -d split -q --html no/such/folder/x.html
    fails_with 1 "no/such/folder" "$kind: a page that cannot be written"
    analyse $kind -m "$a" -d split --counts none.txt
    fails_with 1 "none.txt" "$kind: a missing file of counts"
done
{
    npy_bytes "0, 2, 48"
} >none_ims.npy
analyse failures -m "$a" --ims none_ims.npy --token-ids "$fixtures/t2i_avg/tokens.txt"
fails_with 1 "none_ims.npy" "an empty split"
analyse failures -m "$a" -d split --where 'rnk > 1'
fails_with 2 "--where, column 1: there is no field 'rnk', only query, direction, rank," "--where: an unknown field"
analyse failures -m "$a" -d split --where 'rank > 1 and'
fails_with 2 "--where, column 13: a field is expected here" "--where: unfinished"
analyse failures -m "$a" -d split --sort size
fails_with 2 "--sort takes query, direction, rank," "--sort: an unknown field"
analyse failures -m "$a" -d split --row 3
fails_with 2 "--row goes with --open" "--row without --open"
analyse failures -m "$a" -d split -q --open --where 'rank > 1000'
fails_with 1 "there is no row 1: 0 queries are listed" "--open with nothing to open"
analyse failures -m sims.npy -d split -q --open
fails_with 1 "needs a terminal" "--open of a matrix"
if [ -w /dev/full ]; then
    "$SCANSCOPE" analyse failures -m "$a" -d split -q >/dev/full 2>err
    [ $? -eq 1 ] && grep -q "No space left" err
    ok $? "a full disk"
else
    skip "a full disk" "no /dev/full"
fi

# ---- the explorer

row() {
    printf 'wait idle\n%s\n' "$1" >row.keys
    shift
    # shellcheck disable=SC2086
    run "$SCANSCOPE" explore $demo --headless --script row.keys --size 120x30 "$@"
}
row 'expect truth at 32' --command failures --command "captions 977"
ok "$status" "explore --command: at a caption of the split"
row 'expect 1 of 1000' --command "matches 8"
ok "$status" "explore --command: at an image"
row 'expect No caption 5000' --command "captions 5000"
ok "$status" "explore --command: a caption that is not there"
row 'expect No image -1' --command "matches -1"
ok "$status" "explore --command: an image that does not exist"
row 'expect No command "nothing"' --command nothing
ok "$status" "explore --command: an unknown command"
if command -v tmux >/dev/null 2>&1; then
    export TERM=screen-256color
    tmux -S "$work/tmux" -f /dev/null new-session -d -s keep cat # so that the server outlives the other sessions
    # in_tmux TEXT COMMAND...: waits until the command's screen shows the text
    in_tmux() {
        text=$1
        shift
        tmux -S "$work/tmux" new-session -d -s x -x 120 -y 30 "env XDG_STATE_HOME=$work/state $*; cat"
        tries=0
        until tmux -S "$work/tmux" capture-pane -p -t x >out && grep -qF "$text" out; do
            tries=$((tries + 1))
            [ $tries -gt 600 ] && break
            sleep 0.05
        done
        tmux -S "$work/tmux" kill-session -t x
        grep -qF "$text" out
    }
    in_tmux "truth at 32" "$SCANSCOPE" analyse failures "$demo" --open --direction t2i
    ok $? "failures --open: the explorer at the worst caption"
    in_tmux "A brown table" "$SCANSCOPE" analyse failures "$demo" --open --direction t2i --where "\"caption ~ 'A brown table'\""
    ok $? "failures --open --where"
    in_tmux "copy.pth.tar" "$SCANSCOPE" analyse compare -m assets/demo/model.pth.tar -m copy.pth.tar -d assets/demo -q --queries all --open
    ok $? "compare --open: both models side by side"
    tmux -S "$work/tmux" kill-server
else
    skip "--open" "tmux is not installed"
fi
done_testing
