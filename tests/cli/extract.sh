#!/bin/sh
# scanscope extract: photographs of several kinds; extractors that hang, crash, die in mid-record and talk
# nonsense; interruption and resumption, appending, a full disk; the extractors that ship, where their
# packages are installed.
. "$SCANSCOPE_TESTS/support/tap.sh"
assets=${SCANSCOPE_ASSETS:-$SCANSCOPE_TESTS/../assets}
python=/usr/bin/python3

extract() {
    run "$SCANSCOPE" extract "$@"
}

# leaves_nothing FOLDER NAME: the folder does not exist
leaves_nothing() {
    [ ! -e "$1" ]
    ok $? "$2: no folder is left"
}

mkdir photos
for name in a b c d e; do
    cp "$assets/demo/images/test_0000.png" photos/$name.png
done
cp photos/a.png new.png

# An extractor in sh: two regions of three features in photographs of 360 x 270. What it does at photograph $odd
# (a name) is in $does.
cat >fake <<'END'
#!/bin/sh
say() {
    printf '{"image": "%s", "width": 360, "height": 270, "boxes": %s, "features": %s, "classes": [1, -1], "confidences": [0.5, 0]}\n' \
        "$path" "$1" "$2"
}
boxes='[[0, 0, 160, 270], [160, 0, 360.5, 270]]'
echo "a message of no importance" >&2
[ "$does" = mute ] && sleep 100
[ "$does" = rude ] && echo hello
printf '{"scanscope_extractor": 1, "name": "fake", "version": "%s", "weights": "w1", "size": 3, "classes": ["cat", "dog"]}\n' "${version:-1}"
[ "$does" = quits ] && exit 7
while read -r path; do
    name=${path##*/}
    echo "$name" >>seen
    [ -n "$slow" ] && sleep "$slow"
    features="[[1, 2, 3], [4, 5, $(printf %d "'$name")]]"
    case "$name:$does" in
    "$odd":hangs) sleep 100 ;;
    "$odd":crashes) echo "out of memory" >&2; kill -SEGV $$ ;;
    "$odd":once) if [ -e was ]; then say "$boxes" "$features"; else : >was; kill -9 $$; fi ;;
    "$odd":cut) printf '{"image": "%s", "wid' "$path"; exit 3 ;;
    "$odd":nonsense) echo "Loading weights 100%" ;;
    "$odd":other) path=x.png; say "$boxes" "$features" ;;
    "$odd":twice) say "$boxes" "$features"; say "$boxes" "$features" ;;
    "$odd":error) printf '{"image": "%s", "error": "too dark"}\n' "$path" ;;
    "$odd":count) say '[[0, 0, 1, 1], [0, 0, 1, 1], [0, 0, 1, 1]]' "$features" ;;
    "$odd":none) say '[]' '[]' ;;
    "$odd":fewer) printf '{"image": "%s", "width": 360, "height": 270, "boxes": [[1, 2, 3, 4]], "features": [[1, 2, 3]], "classes": ["dog"], "confidences": [0.75]}\n' "$path" ;;
    "$odd":order) say '[[0, 0, 160, 270], [320, 0, 160, 270]]' "$features" ;;
    "$odd":outside) say '[[0, 0, 160, 270], [160, 0, 380, 270]]' "$features" ;;
    "$odd":nan) say "$boxes" '"AAAAAAAAAAAAAAAAAACAPwAAgD8AAMB/"' ;;
    "$odd":size) say "$boxes" '[[1, 2, 3, 4], [4, 5, 6, 7]]' ;;
    "$odd":base64) say "$boxes" '"AAAA!AAAAAAAAAAAAACAPwAAgD8AAMB/"' ;;
    *) say "$boxes" "$features" ;;
    esac
done
END
chmod +x fake
fake=$work/fake

extract photos -o good -s all --with ./fake --regions 2 --workers 3
[ "$status" -eq 0 ] && [ "$(tr '\n' ' ' <good/all_ids.txt)" = "a.png b.png c.png d.png e.png " ] && [ ! -s err ] &&
    grep -q '5 photographs, 2 regions x 3, by fake 1' out
ok $? "an extractor of one's own"
[ "$(ls good | tr '\n' ' ')" = "all_boxes.npy all_class_names.txt all_classes.npy all_confidences.npy all_features.json all_ids.txt all_img_sizes.npy all_ims.npy " ]
ok $? "the files of the split, and no others"
grep -q '"extractor": "fake"' good/all_features.json && grep -q '"weights": "w1"' good/all_features.json
ok $? "features are named"
run "$SCANSCOPE" info good/all_ims.npy
[ "$status" -eq 0 ] && grep -q '5 x 2 x 3' out
ok $? "info reads them"
extract photos -o one -s all --with ./fake --regions 2 --workers 1
cmp -s one/all_ims.npy good/all_ims.npy && cmp -s one/all_boxes.npy good/all_boxes.npy
ok $? "the same files whatever the number of workers"
extract photos -o good -s all --with ./fake --regions 2
fails_with 1 "give --append" "a split that exists is not replaced"

# odd WHAT TEXT: photograph c does it: it is left out, with TEXT as the reason
odd() {
    rm -f was
    odd=c.png does=$1
    export odd does
    extract photos -o "odd_$1" -s all --with ./fake --regions 2 --timeout 3 --workers 2
    unset odd does
    [ "$status" -eq 1 ] && [ "$(tr '\n' ' ' <"odd_$1/all_ids.txt")" = "a.png b.png d.png e.png " ] &&
        [ "$(wc -l <err)" -eq 1 ] && grep -q "c.png: .*$2" err && grep -q '4 photographs.*1 left out' out
    ok $? "an extractor that $1: listed, the rest goes on"
}
odd hangs "no answer in 3 s"
odd crashes "died (Segmentation fault): out of memory"
odd cut "ended with status 3"
odd nonsense "not JSON"
odd other "another image"
odd error "too dark"
odd count "has 3 boxes, not 1 to 2"
odd none "has 0 boxes, not 1 to 2"
odd order "ends before it begins"
odd outside "not inside the 360 x 270"
odd nan "NaN"
odd size "4 numbers, not 3"
odd base64 "base64 at character 4"
pgrep -f "$fake" >pids 2>/dev/null || true
[ ! -s pids ]
ok $? "no extractor is left running"

for how in once twice; do
    odd=c.png does=$how
    export odd does
    extract photos -o "again_$how" -s all --with ./fake --regions 2 --workers 1
    unset odd does
    [ "$status" -eq 0 ] && cmp -s "again_$how/all_ims.npy" good/all_ims.npy
    ok $? "an extractor that dies once, or says it twice ($how), is started again"
done
does=mute extract photos -o mute --with ./fake --regions 2 --timeout 1
fails_with 1 "no answer in 1 s" "an extractor that never greets"
leaves_nothing mute "an extractor that never greets"
does=rude extract photos -o rude --with ./fake --regions 2
fails_with 1 "is not a greeting" "one that greets otherwise"
does=quits extract photos -o quits --with ./fake --regions 2
[ "$status" -eq 1 ] && grep -q "none of the 5 .* a.png: the extractor ended with status 7" err
ok $? "one that always quits"
leaves_nothing quits "one that always quits"
extract photos -o none --with ./missing
fails_with 1 "cannot start the extractor" "one that is not there"
leaves_nothing none "one that is not there"
extract photos -o none --with "./fake 'x"
fails_with 1 "quote" "an open quote"

# ---- interruption ----
rm -f seen
slow=0.2 "$SCANSCOPE" extract photos -o cut -s all --with ./fake --regions 2 --workers 1 >out 2>err &
pid=$!
while [ "$(cat seen 2>/dev/null | wc -l)" -lt 3 ]; do sleep 0.05; done
kill -TERM $pid
status=0
wait $pid || status=$?
[ "$status" -eq 130 ] && grep -q interrupted err && [ "$(ls cut)" = all_extract.part ]
ok $? "interrupted: only the part file is there"
rm -f seen
version=2 extract photos -o cut -s all --with ./fake --regions 2
fails_with 1 "another extractor" "another extractor does not resume it"
extract photos -o cut -s all --with ./fake --regions 2
[ "$status" -eq 0 ] && cmp -s cut/all_ims.npy good/all_ims.npy && [ "$(sort -u seen | wc -l)" -lt 5 ] &&
    grep -q 'from the interrupted run' out && [ ! -e cut/all_extract.part ]
ok $? "resumed: the rest only, and the same features"
mkdir torn
slow=0.2 "$SCANSCOPE" extract photos -o torn -s all --with ./fake --regions 2 --workers 1 >out 2>err &
pid=$!
rm -f seen
while [ "$(cat seen 2>/dev/null | wc -l)" -lt 4 ]; do sleep 0.05; done
kill -KILL $pid
wait $pid 2>/dev/null
size=$(wc -c <torn/all_extract.part)
head -c $((size - 5)) torn/all_extract.part >part && mv part torn/all_extract.part
extract photos -o torn -s all --with ./fake --regions 2
[ "$status" -eq 0 ] && cmp -s torn/all_ims.npy good/all_ims.npy
ok $? "killed with a record half written: resumed"

# ---- appending ----
extract new.png -o good -s all --with ./fake --regions 2 --append
[ "$status" -eq 0 ] && [ "$(tail -n 1 good/all_ids.txt)" = new.png ] && grep -q '6 photographs (1 new)' out &&
    [ "$(wc -c <good/all_ims.npy)" -eq $(($(wc -c <one/all_ims.npy) + 24)) ] &&
    [ "$(wc -c <good/all_classes.npy)" -eq $(($(wc -c <one/all_classes.npy) + 8)) ]
ok $? "--append adds a photograph"
extract photos new.png -o good -s all --with ./fake --regions 2 --append
fails_with 1 "already in all" "nothing new to append"
version=2 extract fake -o good -s all --with ./fake --regions 2 --append
fails_with 1 "are those of fake 1, weights w1" "another extractor's features are not mixed in"
extract new.png -o one -s all --with ./fake --regions 1 --append
fails_with 1 "same --regions" "--append with another number of regions"

cp -r good halved && rm halved/all_confidences.npy && cp new.png halved.png
extract halved.png -o halved -s all --with ./fake --regions 2 --append
fails_with 1 "all_confidences.npy one is missing" "--append to classes without confidences"

# ---- appending to a split with captions ----
cp -r one captioned && printf '%s\n' a1 a2 b1 b2 c1 c2 d1 d2 e1 e2 >captioned/all_caps.txt
cp -r captioned uneven && echo more >>uneven/all_caps.txt
extract new.png -o captioned -s all --with ./fake --regions 2 --append
[ "$status" -eq 0 ] && grep -q "the 1 new photographs have no captions" err &&
    [ "$(tr '\n' ' ' <captioned/all_cap_img.txt)" = "0 0 1 1 2 2 3 3 4 4 " ]
ok $? "the captions stay those of their photographs, and it is stated whose they are"
run "$SCANSCOPE" info captioned
[ "$status" -eq 0 ] && grep -q '6 images.*10 captions' out && ! grep -q damage out
ok $? "info reads it"
cp new.png newer.png
echo "10 is of the new one" >>captioned/all_caps.txt && echo 5 >>captioned/all_cap_img.txt
extract newer.png -o captioned -s all --with ./fake --regions 2 --append
[ "$status" -eq 0 ] && [ "$(tail -n 1 captioned/all_cap_img.txt)" = 5 ] && [ "$(wc -l <captioned/all_cap_img.txt)" -eq 11 ] &&
    "$SCANSCOPE" info captioned 2>&1 | grep -q '7 images.*11 captions'
ok $? "a file that says it is kept"
extract new.png -o uneven -s all --with ./fake --regions 2 --append
fails_with 1 "has 11 captions, not the same number" "captions that are nobody's"
[ "$(wc -l <uneven/all_ids.txt)" -eq 5 ] && [ ! -e uneven/all_extract.part ]
ok $? "... and nothing is done"

# ---- interrupted while files are put in place ----
cp -r one half && mkdir half/all_extract.ready
cp one/all_* half/all_extract.ready
for name in ids.txt ims.npy; do mv good/all_$name half/all_extract.ready/all_$name; done
cp half/all_extract.ready/all_ims.npy good/all_ims.npy && cp half/all_extract.ready/all_ids.txt good/all_ids.txt
for name in boxes classes confidences img_sizes; do cp good/all_$name.npy half/all_extract.ready; done
mv half/all_extract.ready/all_boxes.npy half/all_boxes.npy # the one that was moved
: >half/all_extract.ready/all_num_boxes.npy && echo stale >half/all_num_boxes.npy
run "$SCANSCOPE" info half
grep -q "run the same extract command again" out err
ok $? "half in place: it is not read, and what to do is said"
extract photos new.png -o half -s all --with ./fake --regions 2 --append
fails_with 1 "already in all" "the same command carries on: nothing is left to do"
diff -r half good >out 2>&1
ok $? "... and the split is whole"
mkdir half/all_extract.new && echo x >half/all_extract.new/all_ims.npy.tmp-123456
extract newer.png -o half -s all --with ./fake --regions 2 --append
[ "$status" -eq 0 ] && [ ! -e half/all_extract.new ] && [ "$(wc -l <half/all_ids.txt)" -eq 7 ]
ok $? "what was not finished before is thrown away"

# ---- fewer regions ----
odd=c.png does=fewer
export odd does
extract photos -o fewer -s all --with ./fake --regions 2
grep -q "1 of 5 photographs have fewer than 2 regions (the fewest: 1)" err && grep -q all_num_boxes.npy err
ok $? "a photograph of fewer regions: noted"
[ "$(tail -c 20 fewer/all_num_boxes.npy | od -An -tu4 | tr -s ' ' '\n' | tr '\n' ' ')" = " 2 2 1 2 2 " ]
ok $? "... their numbers"
[ "$(tail -c 24 fewer/all_classes.npy | head -c 8 | od -An -td4 | tr -s ' ')" = " 1 -1" ]
ok $? "... padding has no class"
extract photos -o repeated -s all --with ./fake --regions 2 --repeat
[ "$status" -eq 0 ] && [ ! -e repeated/all_num_boxes.npy ] && grep -q "they are repeated" err
ok $? "--repeat"
extract new.png -o fewer -s all --with ./fake --regions 2 --append
[ "$(tail -c 24 fewer/all_num_boxes.npy | od -An -tu4 | tr -s ' \n' ' ')" = " 2 2 1 2 2 2 " ]
ok $? "--append keeps the numbers"
unset odd does
extract photos -o fewer -s all --with ./fake --regions 2 --force
[ "$status" -eq 0 ] && [ ! -e fewer/all_num_boxes.npy ] && cmp -s fewer/all_ims.npy one/all_ims.npy
ok $? "--force: no numbers of before are left"
awk '{ print "of " $0 }' fewer/all_ids.txt >fewer/all_caps.txt
extract photos -o fewer -s all --with ./fake --regions 2 --force
[ "$status" -eq 0 ] && ! grep -q "all_caps.txt" err
ok $? "--force on the same photographs: the captions are still theirs"
extract photos new.png -o fewer -s all --with ./fake --regions 2 --force
[ "$status" -eq 0 ] && grep -q "all_ids.txt had 5 and now has 6; convert the captions again" err
ok $? "--force on others: the captions are not"

# ---- features by name ----
for split in train dev; do
    extract photos -o named -s $split --with ./fake --regions 2 -q
    awk '{ print "one " NR; print "two " NR }' named/${split}_ids.txt >named/${split}_caps.txt
done
"$SCANSCOPE" vocab -d named --threshold 1 >out 2>err
run "$SCANSCOPE" train -d named --num_epochs 1 --embed_size 8 --word_dim 4 --batch_size 5 --model_name named/run \
    --logger_name named/run --quiet
run "$SCANSCOPE" eval -m named/run/model_best.pth.tar -d named -s dev --quiet
ok "$status" "a model takes the features of the extractor that it was trained on"
version=2 extract photos -o named -s dev --with ./fake --regions 2 -q --force
run "$SCANSCOPE" eval -m named/run/model_best.pth.tar -d named -s dev --quiet
fails_with 1 "features of fake 2, weights w1, but the model was trained on those of fake 1, weights w1" \
    "and refuses those of another by name, of the same size"
run "$SCANSCOPE" train -d named --num_epochs 1 --embed_size 8 --word_dim 4 --batch_size 5 --model_name named/run2 \
    --logger_name named/run2 --quiet
fails_with 1 "trained on those of fake 1" "so does training whose dev split is another's"
echo '{"extractor": 7' >named/dev_features.json
run "$SCANSCOPE" eval -m named/run/model_best.pth.tar -d named -s dev --quiet
fails_with 1 "dev_features.json: line" "a file of features that is no JSON"

# ---- photographs ----
mkdir mixed mixed/below empty
cp photos/a.png mixed
cp photos/b.png mixed/B.PNG
head -c 1000 photos/a.png >mixed/cut.png
: >mixed/empty.jpg
echo text >mixed/notes.txt
cp photos/c.png mixed/below
cp photos/d.png mixed/below/.hidden.png
extract mixed photos/a.png photos -o mixed.d -s all --json
[ "$status" -eq 1 ] && [ "$(tr '\n' ' ' <mixed.d/all_ids.txt)" = "B.PNG a.png b.png c.png d.png e.png " ] &&
    [ "$(grep -c '"id": ' out)" -eq 4 ] && grep -q '"id": "cut.png"' out && grep -q '"id": "empty.jpg"' out && grep -q 'its id is that of' out
ok $? "damaged, empty and twice: listed; folders below are entered, other files passed over"
extract empty -o nothing
fails_with 1 "has no photographs" "a folder without photographs"
extract missing.jpg -o nothing
fails_with 1 "no such photograph" "a missing photograph"
extract mixed/cut.png mixed/empty.jpg -o nothing
[ "$status" -eq 1 ] && grep -q 'none of the 2 photographs could be used' err
ok $? "not one that can be used"
leaves_nothing nothing "not one that can be used"
extract mixed/cut.png -o nothing
[ "$(wc -l <err)" -eq 1 ] && [ "$(grep -o 'cut.png: ' err | wc -l)" -eq 1 ]
ok $? "one photograph that cannot be used: one line"
extract photos
fails_with 2 "-o DIR" "no output"
extract photos -o x -s a/b
fails_with 2 "not the name of a split" "a split with a slash"
extract photos -o x --regions 0
fails_with 2 "--regions" "no regions"
extract photos -o x --timeout 0
fails_with 2 "--timeout" "no time"

# ---- the built-in extractor ----
extract "$assets/demo/images" -o demo1 -s all --workers 1
[ "$status" -eq 0 ] && grep -q 'by pixels 1' out
ok $? "the built-in extractor"
extract "$assets/demo/images" -o demo3 -s all --workers 3
cmp -s demo1/all_ims.npy demo3/all_ims.npy && cmp -s demo1/all_boxes.npy demo3/all_boxes.npy
ok $? "the same numbers with more workers"
for n in 1 9 100; do
    extract photos/a.png -o "n$n" --regions $n
    [ "$status" -eq 0 ] && grep -q "$n regions" out
    ok $? "$n regions"
done

# ---- a full disk ----
if [ "$(id -u)" -eq 0 ] && mkdir disk && mount -t tmpfs -o size=64k tmpfs disk 2>/dev/null; then
    extract "$assets/demo/images" -o disk/full -s all --workers 1
    [ "$status" -eq 1 ] && grep -q 'No space left' err && [ "$(ls disk/full)" = all_extract.part ]
    ok $? "a full disk: what is done is kept, nothing is half-written"
    mount -o remount,size=64m disk
    extract "$assets/demo/images" -o disk/full -s all
    [ "$status" -eq 0 ] && cmp -s disk/full/all_ims.npy demo1/all_ims.npy
    ok $? "resumed when there is room"
    umount disk
else
    skip "a full disk" "cannot mount a tmpfs"
fi

# ---- opencv ----
detector=$SCANSCOPE_TEST_DATA/detectors
if ! "$python" -c 'import cv2' 2>/dev/null; then
    skip "the extractor opencv" "no cv2 in $python (apt-get install python3-opencv)"
elif [ ! -f "$detector/yolo-fastest-1.1-xl.weights" ]; then
    skip "the extractor opencv" "no $detector"
else
    net="opencv $detector/yolo-fastest-1.1-xl.cfg $detector/yolo-fastest-1.1-xl.weights $detector/coco.names"
    mkdir coco
    for id in $(ls "$SCANSCOPE_TEST_DATA/coco_mini/val2017" | head -n 6); do
        cp "$SCANSCOPE_TEST_DATA/coco_mini/val2017/$id" coco
    done
    extract coco -o yolo -s all --with "$net" --workers 1
    [ "$status" -eq 0 ] && grep -q '6 photographs, 36 regions x 1079, by opencv-darknet 1' out &&
        grep -qx person yolo/all_class_names.txt
    ok $? "a real Darknet detector"
    extract coco -o yolo -s again --with "$net" --workers 2
    cmp -s yolo/all_ims.npy yolo/again_ims.npy
    ok $? "the same features again"
    extract coco -o yolo -s layers --with "$net --layers shortcut_80:average" --regions 5 --workers 1
    [ "$status" -eq 0 ] && grep -q "5 regions x 199" out
    ok $? "a layer by name"
    extract coco -o no -s layers --with "$net --layers nothing" --workers 1
    fails_with 1 "is not a layer" "a layer that is not there"
    extract coco -o no --with "opencv $detector/yolo-fastest-1.1-xl.cfg $detector/coco.names"
    [ "$status" -eq 1 ] && grep -q "does not work" err
    ok $? "weights that are none"
    leaves_nothing no "weights that are none"
fi
for check in bottomup torchvision onnx; do
    if "$python" "$SCANSCOPE_TESTS/extract/check_$check.py" needs >why 2>&1; then
        run "$python" "$SCANSCOPE_TESTS/extract/check_$check.py" "$SCANSCOPE" "$assets/extractors" "$SCANSCOPE_TEST_DATA"
        ok "$status" "$check, compared with the same network in PyTorch"
    else
        skip "the extractor's $check" "$(tail -n 1 why)"
    fi
done
done_testing
