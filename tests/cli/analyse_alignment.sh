#!/bin/sh
# scanscope analyse alignment: the shipped model against the exact truth of the drawn scenes, random regions
# against COCO's own annotation, a folder of Flickr30K Entities, and errors.
. "$SCANSCOPE_TESTS/support/tap.sh"
demo=$SCANSCOPE_ASSETS/demo
align() {
    run "$SCANSCOPE" analyse alignment --quiet --resamples 100 "$@"
}
on_demo() {
    align -m "$demo/model.pth.tar" -d "$demo" "$@"
}
# value LEVEL GROUP MEASURE COLUMN, of $work/out as CSV: 7 value, 8 low, 9 high, 10 uniform, 11 shuffled, 12 bound
value() {
    awk -F, -v l="$1" -v g="$2" -v m="$3" -v c="$4" '$2 == l && $3 == g && $6 == m { print $c }' out
}
# holds EXPRESSION: an awk expression is true
holds() {
    awk "BEGIN { exit !($1) }"
}

on_demo --csv
[ "$status" -eq 0 ] && [ "$(head -n 1 out)" = "model,level,group,words,images,measure,value,low,high,uniform,shuffled,bound" ]
ok $? "CSV of the shipped model on the exact truth"
cp out demo.csv
for measure in pointing mass recall_1 recall_5 recall_10 ap precision recall f1; do
    v=$(value class nouns $measure 7) low=$(value class nouns $measure 8) high=$(value class nouns $measure 9)
    uniform=$(value class nouns $measure 10) bound=$(value class nouns $measure 12)
    holds "$low <= $v && $v <= $high && $v <= $bound + 1e-9 && $bound <= 1 && $uniform <= $bound + 1e-9"
    ok $? "nouns, $measure: inside the interval, below the bound"
done
holds "$(value class nouns pointing 7) > 0.9 && $(value class nouns pointing 10) < 0.3 && $(value class nouns pointing 11) < 0.5"
ok $? "the shipped model's nouns point at their things; uniform and other words' attention does not"
holds "$(value class nouns recall_1 7) > 0.85 && $(value class nouns f1 7) > 3 * $(value class nouns f1 10)"
ok $? "... and match their boxes"
[ -n "$(value class 'function words' mass 7)" ] && [ -n "$(value class modifiers mass 7)" ]
ok $? "function words and modifiers separately"
# The categories add up to the nouns, and so do the words.
awk -F, '$6 == "mass" { words[$2] += $4; sum[$2] += $4 * $7 }
         $6 == "mass" && $3 == "nouns" { n = $4; v = $7 }
         END { d = sum["category"] / n - v; e = sum["word"] / n - v
               exit !(words["category"] == n && words["word"] == n && d * d < 1e-18 && e * e < 1e-18) }' demo.csv
ok $? "categories and words add up to the nouns"
on_demo --csv --threads 1
cmp -s out demo.csv
ok $? "the same numbers on one thread"
on_demo --csv --seed 2
! cmp -s out demo.csv && [ "$(value class nouns mass 7)" = "$(awk -F, '$3 == "nouns" && $6 == "mass" { print $7 }' demo.csv)" ]
ok $? "another seed changes only the intervals"
on_demo --json
[ "$status" -eq 0 ] && grep -q '"rows"' out && grep -q '"annotation"' out && grep -q '"t2i"' out
ok $? "JSON"
on_demo -k 3 --measure f1
[ "$status" -eq 0 ] && grep -q 'Nouns by category, attention F1' out && grep -q '^2720 nouns *pointing game' out
ok $? "text, with another measure for the groups"
on_demo --attended 2 --csv
holds "$(value class nouns precision 7) > 0.929 && $(value class nouns recall 10) == 0"
ok $? "--attended 2: fewer regions, more of them right; uniform attention attends to none"
on_demo --html page.html --figures 1 -k 3
[ "$status" -eq 0 ] && grep -q 'data:image/png' page.html && grep -q 'attention F1' page.html
ok $? "a page with a figure"
on_demo -m "$demo/model.pth.tar" --csv
[ "$(grep -c ',nouns,.*,mass,' out)" -eq 2 ]
ok $? "two models"

# ---- errors

on_demo --coco a --truth b
fails_with 2 "give one of --truth, --entities and --coco" "two annotations"
on_demo --csv --json
fails_with 2 "one of --csv and --json" "two formats"
on_demo --measure nothing
fails_with 2 "--measure takes" "an unknown measure"
on_demo --attended 0
fails_with 2 "--attended" "an attended weight of 0"
on_demo --attended nan
fails_with 2 "--attended" "an attended weight of NaN"
on_demo --resamples 0
fails_with 2 "--resamples" "no resamples"
align -d "$demo"
fails_with 2 "give a model" "no model"
on_demo --truth none
fails_with 1 "none: cannot open" "a missing truth"
head -c 1000 "$demo/test_truth.json" >cut.json
on_demo --truth cut.json
fails_with 1 "is not JSON: line" "a truncated truth"
on_demo --coco cut.json
fails_with 1 "cut.json" "a truncated instances file"
on_demo --coco "$demo/test_ims.npy"
fails_with 1 "test_ims.npy" "an array instead of instances"
on_demo --entities .
fails_with 1 "has no Sentences/test_0000.txt" "a folder that is not Entities"
mkdir bare
cp "$demo"/test_ims.npy "$demo"/test_caps.txt "$demo"/test_ids.txt "$demo"/vocab.json bare
align -m "$demo/model.pth.tar" -d bare
fails_with 1 "no boxes of phrases are given" "no annotation"
align -m "$demo/model.pth.tar" -d bare --truth "$demo/test_truth.json"
fails_with 1 "has no boxes of the regions" "no boxes of regions"
sed 's/"images":\[{"id":"test_0000"/"images":[{"id":"other"/' "$demo/test_truth.json" >other.json
on_demo --truth other.json
fails_with 1 "image 0: its id is not the split's" "truth of another split"

# ---- Flickr30K Entities: a sentence of each of the first two images, with a box as large as the picture

mkdir -p ent/Sentences ent/Annotations
n=0
for id in test_0000 test_0001; do
    n=$((n + 1))
    sed -n "$((5 * n - 4))p" "$demo/test_caps.txt" | sed 's/^\([A-Za-z]* [a-z]* [a-z]*\) \(.*\)$/[\/EN#7\/other \1] \2/' >ent/Sentences/$id.txt
    echo "<annotation><object><name>7</name><bndbox><xmin>0</xmin><ymin>0</ymin><xmax>5000</xmax>" \
        "<ymax>5000</ymax></bndbox></object></annotation>" >ent/Annotations/$id.xml
done
on_demo --entities ent --csv
[ "$status" -eq 0 ] && holds "$(value class nouns mass 7) > 0.999 && $(value class nouns pointing 7) == 1" &&
    grep -q ',category,other,' out
ok $? "Entities: all attention is inside a box as large as the picture"
echo '<!DOCTYPE a SYSTEM "http://localhost/x"><annotation/>' >ent/Annotations/test_0001.xml
on_demo --entities ent
fails_with 1 "ent/Annotations/test_0001.xml: line 1: has a document type declaration" "a document type is refused"

# ---- COCO: random regions of the real photographs, a model that has learned nothing

mini=$SCANSCOPE_TEST_DATA/coco_mini/annotations
python=
for p in /usr/bin/python3 python3; do
    "$p" -c 'import numpy' 2>/dev/null && python=$p && break
done
if [ ! -d "$mini" ]; then
    skip "COCO's annotation" "no $mini"
elif [ -z "$python" ]; then
    skip "COCO's annotation" "no Python with numpy"
else
    mkdir coco
    "$python" - "$mini" <<'EOF'
import json, sys
import numpy as np
r = np.random.default_rng(3)
images = json.load(open(sys.argv[1] + "/instances_val2017.json"))["images"]
said = {}
for a in json.load(open(sys.argv[1] + "/captions_val2017.json"))["annotations"]:
    said.setdefault(a["image_id"], []).append(" ".join(a["caption"].split()))
size = np.array([[i["width"], i["height"]] for i in images], np.int32)
low = r.uniform(0, 0.7, (len(images), 36, 2))
high = low + r.uniform(0.05, 0.3, low.shape)
boxes = np.concatenate([low, high], 2) * np.tile(size, 2)[:, None, :]
for split in "train", "dev", "test":
    np.save(f"coco/{split}_ims.npy", r.normal(size=(len(images), 36, 16)).astype("f4"))
    np.save(f"coco/{split}_boxes.npy", boxes.astype("f4"))
    np.save(f"coco/{split}_img_sizes.npy", size)
    open(f"coco/{split}_ids.txt", "w").write("".join(f"{i['id']}\n" for i in images))
    open(f"coco/{split}_caps.txt", "w").write("".join(c + "\n" for i in images for c in said[i["id"]][:5]))
EOF
    "$SCANSCOPE" vocab -d coco --threshold 1 --quiet >/dev/null
    for direction in t2i i2t; do
        "$SCANSCOPE" train -d coco --quiet --num_epochs 1 --embed_size 16 --word_dim 8 --batch_size 128 \
            --cross_attn $direction --model_name $direction --logger_name $direction >/dev/null 2>train.err
        align -m $direction/checkpoint_0.pth.tar -d coco --coco "$mini/instances_val2017.json" --csv
        [ "$status" -eq 0 ] && [ "$(grep -c ',category,.*,mass,' out)" -gt 20 ]
        ok $? "$direction: COCO's categories as words"
        bad=0
        for measure in pointing mass recall_1 ap; do
            holds "($(value class nouns $measure 7) - $(value class nouns $measure 10)) ^ 2 < 0.05 ^ 2" || bad=1
        done
        [ "$bad" -eq 0 ]
        ok $? "$direction: untrained attention is as good as uniform attention"
    done
fi
done_testing
