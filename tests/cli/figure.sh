#!/bin/sh
# scanscope figure: every kind to every format, again from its data, and what can be wrong.
. "$SCANSCOPE_TESTS/support/tap.sh"
. "$SCANSCOPE_TESTS/cli/split.sh"
need_fixtures
make_split split t2i_avg
model=$(realpath "$fixtures/t2i_avg/model.pth.tar") # as a session names it

figure() {
    run "$SCANSCOPE" figure "$@"
}
with() {
    kind=$1
    shift
    figure "$kind" -m "$model" -d split --dpi 60 "$@"
}

# How many regions an image has, from the array's header.
regions=$(head -c 128 split/test_ims.npy | LC_ALL=C sed -n "s/.*'shape': (24, \([0-9]*\), .*/\1/p")
with words --caption-index 12 -o words.png
fails_with 1 "has no boxes" "without boxes: what is missing"
grep -q "scanscope convert" err
ok $? "and how to get it"
[ ! -e words.png ]
ok $? "and no file is left"
with matrix --caption-index 12 -o matrix.png
[ "$status" -eq 0 ] && [ -s matrix.png ]
ok $? "the matrix needs no boxes"

# Boxes, the same four corners for every region, and sizes.
make_boxes() {
    printf '\223NUMPY\001\000v\000'
    printf '%-117s\n' "{'descr': '<f4', 'fortran_order': False, 'shape': (24, $regions, 4), }"
    n=0
    while [ $n -lt $((24 * regions)) ]; do
        printf '\000\000\200\077\000\000\200\077\000\000\360\101\000\000\240\101' # 1 1 30 20
        n=$((n + 1))
    done
}
make_boxes >split/test_boxes.npy
{
    printf '\223NUMPY\001\000v\000'
    printf '%-117s\n' "{'descr': '<i4', 'fortran_order': False, 'shape': (24, 2), }"
    n=0
    while [ $n -lt 24 ]; do
        printf '\050\000\000\000\036\000\000\000' # 40 x 30
        n=$((n + 1))
    done
} >split/test_img_sizes.npy

for kind in words regions strip captions matrix failures curves; do
    for ending in png pdf svg; do
        with $kind --caption-index 12 --scores --letters --footer -o $kind.$ending --save-data
        [ "$status" -eq 0 ] && [ -s $kind.$ending ] && [ -s $kind.csv ]
        ok $? "$kind as $ending"
        figure $kind.json -o again.$ending
        [ "$status" -eq 0 ] && cmp -s $kind.$ending again.$ending
        ok $? "$kind as $ending is the same again from its data"
    done
done
with compare --caption "w4 w9" --caption "w12 w5 w7" -o compare.svg
[ "$status" -eq 0 ] && [ "$(grep -c '>w1*[24]</text>' compare.svg)" -ge 2 ]
ok $? "two captions compared"
with compare -m "$fixtures/t2i_avg/model.pth.tar" --caption-index 3 --style heat -o compare.pdf
[ "$status" -eq 0 ] && [ -s compare.pdf ]
ok $? "two models compared"
for ending in png pdf svg; do
    with compare --caption "w4 w9" --caption "w12 w5 w7" -o compare.$ending --save-data
    figure compare.json -o again.$ending
    [ "$status" -eq 0 ] && cmp -s compare.$ending again.$ending
    ok $? "compare as $ending is the same again from its data"
done
with words --caption-index 12 -o words.png
grep -q "no photograph for image 391003" err
ok $? "a photograph that is missing is said; the figure is made"
with words --caption-index 12 -o words.png --quiet
[ "$status" -eq 0 ] && [ ! -s err ]
ok $? "unless --quiet"
with words --caption "w4 w9 zebra" --words 1,zebra -o words.svg
[ "$status" -eq 0 ] && grep -q '>zebra</text>' words.svg && ! grep -q '>w9</text>' words.svg
ok $? "chosen words, an unknown one among them"
with words --caption-index 12 --image 391007 -o words.svg
grep -q '<s:Image>391007</s:Image>' words.svg
ok $? "a chosen image"
with strip --caption-index 12 -k 3 -o strip.svg
[ "$(grep -o '<s:Image>.*</s:Image>' strip.svg | wc -w)" -eq 3 ]
ok $? "the best three"

mkdir run
for i in 1 2 3 4 5 6; do
    echo "{\"event\": \"step\", \"iteration\": $i, \"loss\": $((20 - 2 * i)).5}"
    echo "{\"event\": \"validation\", \"iteration\": $i, \"i2t\": [$i, 2$i, 3$i, 9, 9], \
\"t2i\": [$i, 1$i, 4$i, 9, 9], \"rsum\": 10$i}"
done >run/train.jsonl
printf '{"event": "st' >>run/train.jsonl # a run that was killed
figure curves --log run/train.jsonl -o run.svg --save-data
[ "$status" -eq 0 ] && grep -q '>Training loss</text>' run.svg && grep -q '^point,0,Training loss,,1,run,.*,1,18.5,,$' run.csv
ok $? "training curves from a log"
figure curves --log run/train.jsonl --log run/train.jsonl -o run.pdf
[ "$status" -eq 0 ]
ok $? "of two runs"
torn=$SCANSCOPE_TEST_DATA/cases/logs/torn-train.jsonl
if [ -s "$torn" ]; then
    figure curves --log "$torn" -o torn.svg --save-data
    [ "$status" -eq 0 ] && grep -q "line 166 was cut" err && grep -q '<s:Notes>.*line 166 was cut' torn.svg &&
        grep -q '"notes": ' torn.json
    ok $? "the log of a run that was killed and resumed; a note, in metadata and data too"
else
    skip "a torn log" "$torn is missing"
fi
figure curves --log split/test_caps.txt -o x.png
fails_with 1 "train.jsonl of a training run" "a log that is none"

cat >batch.jsonl <<'END'
{"kind": "words", "caption_index": 3, "output": "a.png", "style": "heat", "dpi": 50}
{"kind": "strip", "caption": "w4 w9 <b>", "output": "b.svg", "scores": true}

{"kind": "jet", "caption": "w4"}
not json
{"kind": "words", "caption": "zebra", "output": "c.png"}
{"kind": "matrix", "caption_index": 7, "regions": "0-3", "font-size": 6, "output": "d.pdf"}
{"kind": "words", "caption_index": 5, "image": 7}
{"kind": "captions", "caption_index": 5, "top": 3, "width": "column"}
END
figure --batch batch.jsonl -m "$model" -d split --dpi 60 -o many --html page.html --quiet
[ "$status" -eq 1 ] && [ "$(ls many | tr '\n' ' ')" = "0009.png a.png b.svg d.pdf " ]
ok $? "a batch: what can be drawn is"
[ "$(wc -l <err)" -eq 5 ] && grep -q "4 of 8 figures failed" err && grep -q "line 4: no figure kind" err &&
    grep -q "line 5: is not a JSON" err && grep -q "line 6: no word" err && grep -q "line 8: image: expected a string" err
ok $? "and what failed is listed at the end"
[ "$(grep -c '<figure data-kind' page.html)" -eq 8 ] && grep -q 'data:image/png;base64,' page.html &&
    grep -q 'w4 w9 &#60;b&#62;' page.html && ! grep -q 'src="[^d]' page.html
ok $? "on one page"
with words --caption-index 3 --style heat --dpi 50 -o single.png
cmp -s single.png many/a.png
ok $? "the same as one by one"

cat >more.jsonl <<END
{"kind": "compare", "captions": ["w4 w9", "w12 w5"], "output": "two.pdf"}
{"kind": "curves", "logs": ["$work/run/train.jsonl"], "output": "run.svg"}
{"data": "$work/words.json", "output": "again.png"}
{"data": "$work/words.json", "letters": false, "width": "column", "output": "smaller.png"}
{"kind": "words", "logs": ["$work/run/train.jsonl"], "output": "x.png"}
{"kind": "words", "caption_index": 1, "output": "again.png"}
12
-3
{"data": "$work/nowhere.json"}
END
with words --caption-index 12 --scores --letters --footer -o words.png --save-data --quiet
figure --batch more.jsonl -m "$model" -d split --dpi 60 -o more --html more.html --save-data --quiet
[ "$status" -eq 1 ] && [ "$(ls more | wc -l)" -eq 15 ] &&
    [ "$(ls more | grep -v -e csv -e json | tr '\n' ' ')" = "again.png caption-0012.png run.svg smaller.png two.pdf " ]
ok $? "a batch with two captions, logs, data files and plain numbers; their data beside them"
cmp -s words.png more/again.png && ! cmp -s words.png more/smaller.png
ok $? "data drawn again by a batch is the same, but for what the line changes"
grep -q "4 of 9 figures failed" err && grep -q "line 5: logs are drawn as curves" err &&
    grep -q "line 6: .*again.png is already the figure of line 3" err && grep -q "line 8: caption_index" err &&
    grep -q "line 9: .*nowhere.json: .*No such file" err
ok $? "two lines for one file and the other mistakes are listed"
[ "$(grep -c 'data:image/svg+xml;base64' more.html)" -eq 2 ] && grep -q 'data-name="two.svg"' more.html &&
    ! grep -q -E '(src|href)="(https?:|/|[^d#"])' more.html
ok $? "the page shows PDFs as SVG and loads nothing from elsewhere"
echo 12 >none.jsonl
with words --caption-index 12 --dpi 60 -o one.png --quiet
figure --batch none.jsonl -m "$model" -d split --dpi 60 -o few --html missing/page.html --quiet
fails_with 1 "No such file" "a page that cannot be written"
cmp -s one.png few/caption-0012.png
ok $? "a line with a caption's number draws its words"

# What the explorer keeps of marked captions.
printf 'wait idle\nkey Esc 4 j Space j Space\nwait idle\nkey o\nkey q\n' >keys
run "$SCANSCOPE" explore -m "$model" -d split --headless --script keys --session session.json --size 80x24
figure --batch session.json --dpi 60 -o marked --quiet
marks=$(sed -n '/"marks"/,/]/p' session.json | grep -c '^ *[0-9]')
[ "$status" -eq 0 ] && [ "$marks" -ge 2 ] && [ "$(ls marked | grep -c '^caption-[0-9]*.png$')" -eq "$marks" ]
ok $? "the captions marked in an explorer's session, $marks of them"
index=$(ls marked | sed -n '1s/caption-0*\([0-9][0-9]*\).png/\1/p')
# the session names the model by its full path, which is in the metadata
figure words -m "$(readlink -f "$model")" -d split --dpi 60 --caption-index "$index" --style heat -o looks.png --quiet
cmp -s looks.png "marked/$(ls marked | head -n 1)"
ok $? "look as they did there"
figure --batch session.json --dpi 60 --style fade -m "$model" -d split -o faded --quiet
[ "$status" -eq 0 ] && ! cmp -s looks.png "faded/$(ls faded | head -n 1)"
ok $? "unless options say otherwise"
sed '/"marks"/,/]/c "marks": []' session.json >unmarked.json
figure --batch unmarked.json -o marked
fails_with 1 "marks no caption" "a session without marks"

# A line's file stays below -o, whatever it says; the other lines go on.
mkdir outside under && ln -s ../outside under/way && ln -s ../outside/new.png under/link.png && ln -s nowhere under/sub
cat >escape.jsonl <<END
{"caption_index": 3, "output": "../x.png"}
{"caption_index": 3, "output": "$work/outside/x.png"}
{"caption_index": 3, "output": "a/../../x.png"}
{"caption_index": 3, "output": "way/x.png"}
{"caption_index": 3, "output": "link.png"}
{"caption_index": 3, "output": ".."}
{"caption_index": 3, "output": ""}
{"caption_index": 3, "output": "way/deep/x.png"}
{"caption_index": 3, "output": ".//good.png"}
{"caption_index": 4, "output": "good.png"}
{"caption_index": 4, "output": "good.svg"}
END
figure --batch escape.jsonl -m "$model" -d split --dpi 50 -o under --quiet
[ "$status" -eq 1 ] && [ -z "$(ls underside)" ] && [ ! -e x.png ] && [ "$(ls -p under | grep -v / | tr '\n' ' ')" = "good.png good.svg link.png sub way " ]
ok $? "a batch writes below its folder only"
[ "$(grep -c 'leads out of the folder under' err)" -eq 7 ] && grep -q "line 7: '' is not the name" err &&
    grep -q "line 10: under/good.png is already the figure of line 9" err
ok $? "and says so by line"
rm -rf under && mkdir under && tail -n 3 escape.jsonl >three.jsonl && ln -s ../outside/x.json under/good.json
figure --batch three.jsonl -m "$model" -d split --dpi 50 -o under --quiet --save-data
[ -z "$(ls underside)" ] && [ "$(ls under)" = good.json ]
ok $? "so do the data beside a figure"
rm under/good.json
figure --batch three.jsonl -m "$model" -d split --dpi 50 -o under --quiet --save-data
[ "$(ls under | tr '\n' ' ')" = "good.csv good.json good.png " ] && grep -q "line 3: under/good.json is already the data of line 1" err
ok $? "and two figures never share them"

# What a kind does not use is said.
for unused in "strip --words 1" "strip --image 391007" "words --regions 1" "words -k 3" "words --rows 2" "captions --words 1"; do
    # shellcheck disable=SC2086
    with $unused --caption-index 12 -o unused.svg
    name=${unused#* }; name=${name%% *}; name=${name#--}
    [ "$status" -eq 0 ] && grep -q "^scanscope: ${name#-}.* has no effect in a figure of ${unused%% *}, which uses: " err ||
        { [ "$name" = -k ] && grep -q '^scanscope: top has no effect' err; }
    ok $? "$unused: no effect, and a line says so"
done
with words --caption-index 12 --caption "w4" -o unused.svg
grep -q "caption-index, not the text" err
ok $? "two queries: which is used"
with words -m "$model" --caption-index 12 -o unused.svg
grep -q "shows one model: the first of 2" err
ok $? "two models for a figure of one"
echo '{"kind": "strip", "caption_index": 3, "words": "1", "output": "unused.png"}' >unused.jsonl
figure --batch unused.jsonl -m "$model" -d split --dpi 60 -o under
[ "$status" -eq 0 ] && grep -q "line 1: words has no effect" err
ok $? "the same in a batch, by line"

# The batch of the manual, on the demo.
sed -n '/^{"kind"/p; /^12$/p' "$SCANSCOPE_TESTS/../man/scanscope-figure.1.in" | sed 's/\\-/-/g' >manual.jsonl
demo=$SCANSCOPE_ASSETS/demo
figure --batch manual.jsonl -m "$demo/model.pth.tar" -d "$demo" --dpi 60 -o manual --quiet
[ "$status" -eq 0 ] && [ "$(ls manual | tr '\n' ' ')" = "0002.png 0003.png caption-0012.png matrix.svg words.pdf " ]
ok $? "the batch that the manual shows"
figure words --html page.html -m "$model" -d split -o x.png
fails_with 2 "--batch FILE" "a page without a batch"
figure --batch batch.jsonl --caption "w4" -m "$model" -d split -o x
fails_with 2 "lines of a batch say" "a caption beside a batch"
figure words.json --words 1 -o x.png
fails_with 2 "only style options" "other words of saved data"
with words --log run/train.jsonl -o x.png
fails_with 2 "figure curves" "a log that is not drawn as curves"

figure --batch missing.jsonl -m "$model" -d split -o many
fails_with 1 "No such file" "a batch that is not there"
figure words --batch batch.jsonl -m "$model" -d split -o many
fails_with 2 "give one kind" "a kind and a batch"

figure
fails_with 2 "give one kind" "no kind"
with jet -o x.png
fails_with 2 "there are: words, regions" "an unknown kind: those that there are"
with words --caption-index 12
fails_with 2 "-o FILE" "no output"
with words --caption-index 12 -o x.jpg
fails_with 1 ".png, .pdf, .svg" "an unknown format"
with words -o x.png
fails_with 1 "--caption-index" "no caption"
with words --caption-index 120 -o x.png
fails_with 1 "no caption 120" "a caption beyond the split"
with words --caption-index -1 -o x.png
fails_with 2 "takes an integer" "a caption that is not a number"
with words --caption "zebra unicorn" -o x.png
fails_with 1 "no word" "only unknown words"
with words --caption "" -o x.png
fails_with 1 "empty" "an empty caption"
with words --caption "w4 w9" --words 3 -o x.png
fails_with 1 "no word '3'" "a word that is not there"
with regions --caption "w4 w9" --regions 999 -o x.png
fails_with 1 "no region '999'" "a region that is not there"
with words --caption w4 --image 7777777 -o x.png
fails_with 1 "no image" "an image that is not there"
with words --caption w4 --width 85km -o x.png
fails_with 2 "is not a width" "an unknown unit"
with words --caption w4 --style jet -o x.png
fails_with 2 "fade|heat" "an unknown style"
with words --caption w4 --width 2000mm --dpi 2400 --quiet -o x.png
fails_with 1 "32767" "more pixels than can be drawn"
with words --caption w4 --quiet -o missing/x.png
fails_with 1 "No such file" "a folder that is not there"
printf '<?xml version="1.0"?><fontconfig><dir>%s/nowhere</dir></fontconfig>' "$work" >fonts.conf
FONTCONFIG_FILE=$work/fonts.conf
export FONTCONFIG_FILE
with words --caption w4 --quiet -o x.png
fails_with 1 "apt-get install fonts-dejavu-core" "no fonts"
unset FONTCONFIG_FILE
ln -s /dev/full full.png
with words --caption w4 --quiet -o full.png
fails_with 1 "No space" "a full disk"
echo '{"scanscope_figure": 1, "kind": "words", "sets": [{}]}' >empty.json
figure empty.json -o x.png
fails_with 1 "no word to show" "data without words"
echo '{"x": 1}' >other.json
figure other.json -o x.png
fails_with 1 "not a figure's data" "JSON of something else"
head -c 300 words.json >truncated.json
figure truncated.json -o x.png
fails_with 1 "truncated.json: at byte 300: is not JSON: line" "data that is cut"
sed 's/"scanscope_figure": 1/"scanscope_figure": 2/' words.json >version.json
figure version.json -o x.svg
fails_with 1 "another version" "data of another version"
{ printf '{"scanscope_figure": 1, "kind": "words", "sets": '; head -c 5000 /dev/zero | tr '\0' '['; } >deep.json
figure deep.json -o x.pdf
fails_with 1 "maximum parsing depth" "data that is nested deeply"
sed 's/"width": [0-9]*,/"width": 999999999999,/' words.json >huge.json
figure huge.json -o x.png
fails_with 1 "not too large" "data with a huge size"
sed 's/"score": [0-9.e-]*/"score": NaN/' words.json >nan.json
figure nan.json -o x.png
fails_with 1 "is not JSON" "data with NaN"
[ ! -e x.png ] && [ ! -e x.svg ] && [ ! -e x.pdf ] && [ -z "$(find . -name '*.tmp-*')" ]
ok $? "nothing is left of what failed"
done_testing
