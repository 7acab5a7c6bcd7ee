#!/bin/sh
# Photographs with texts beside them, and in tar files, to a data folder: extract and convert in either order, with the
# same ids; bad photographs and texts; what comes out is evaluated.
. "$SCANSCOPE_TESTS/support/tap.sh"

mkdir -p photos/below
n=0
for picture in "$SCANSCOPE_ASSETS"/demo/images/*.png; do
    n=$((n + 1))
    [ $n -gt 7 ] && break
    [ $n -gt 5 ] && folder=photos/below || folder=photos
    cp "$picture" "$folder/p$n.png"
    for k in 1 2 3; do
        [ $k -le $((n % 3 + 1)) ] && echo "a red ball number $k of picture $n"
    done >"$folder/p$n.txt"
done
extract() {
    run "$SCANSCOPE" extract "$@" --regions 4 --quiet
}
convert() {
    run "$SCANSCOPE" convert "$@"
}
# same A B: the same captions for the same ids
same() {
    cmp -s "$1/test_ids.txt" "$2/test_ids.txt" && cmp -s "$1/test_caps.txt" "$2/test_caps.txt" &&
        cmp -s "$1/test_cap_img.txt" "$2/test_cap_img.txt" && cmp -s "$1/test_ims.npy" "$2/test_ims.npy"
}

# ---- in either order ----
extract photos -o first
ok "$status" "extract, of folders below as well"
convert photos -o first
[ "$status" -eq 0 ] && [ "$(tr '\n' ' ' <first/test_cap_img.txt)" = "0 0 1 1 1 2 3 3 4 4 4 5 6 6 " ] &&
    grep -q '14 captions of 7 images (1 to 3 per image' out
ok $? "then convert"
convert photos -o then
ok "$status" "convert"
extract photos -o then
[ "$status" -eq 0 ] && same first then
ok $? "then extract: the same files"
mkdir own && sed '1!G;h;$!d' first/test_ids.txt >own/test_ids.txt && cp own/test_ids.txt reversed
convert photos -o own
extract photos -o own
[ "$status" -eq 0 ] && cmp -s own/test_ids.txt reversed &&
    [ "$(head -n 1 own/test_caps.txt)" = "a red ball number 1 of picture 7" ]
ok $? "the order of ids that are there is kept by both"

# ---- what does not fit ----
sed '$d' reversed >fewer_ids
mkdir fewer more && cp fewer_ids fewer/test_ids.txt && { cat reversed && echo q.png; } >more/test_ids.txt
convert photos -o fewer
[ "$status" -eq 1 ] && grep -q 'p1.txt: line 1: image p1.png: it is not in fewer/test_ids.txt; left out' err
ok $? "captions of an image that is not in the ids are listed"
run "$SCANSCOPE" extract photos -o fewer --regions 4
[ "$status" -eq 0 ] && grep -q '1 of the photographs are not in test_ids.txt.*left out (the first: p1.png)' err &&
    cmp -s fewer/test_ids.txt fewer_ids
ok $? "its photograph is left out, with a note"
extract photos -o more
fails_with 1 "1 are not among these photographs (the first: q.png)" "a photograph of the ids that is missing"
[ ! -e more/test_ims.npy ] && [ ! -e more/test_boxes.npy ]
ok $? "nothing is written"
cp -r photos broken && head -c 300 photos/p3.png >broken/p3.png
convert broken -o bad
ok "$status" "captions beside a damaged photograph"
extract broken -o bad
[ "$status" -eq 1 ] && grep -q 'p3.png: failed, but test_ids.txt, which is there already, has it' err && [ ! -e bad/test_ims.npy ]
ok $? "it does not fit the ids"
extract broken -o bad --force
[ "$status" -eq 1 ] && convert broken -o bad --force
[ "$status" -eq 1 ] && grep -q 'p3.txt: line 1: image p3.png: it is not in bad/test_ids.txt' err &&
    [ "$(wc -l <bad/test_caps.txt)" -eq 13 ] && [ "$(wc -l <bad/test_ids.txt)" -eq 6 ]
ok $? "the ids anew, and then the captions"

for i in $(seq 1 24); do
    printf '{"image": "n%d.png", "caption": "%s"}\n' "$i" "$([ "$i" -gt 22 ] && echo a dog)"
done >many.jsonl
convert many.jsonl -o many --errors many.txt
[ "$status" -eq 1 ] && grep -q 'and 2 more: see many.txt' err && [ "$(wc -l <many.txt)" -eq 22 ] &&
    grep -q 'line 22: image n22.png: .*; left out' many.txt
ok $? "captions that are left out: the first are shown, --errors lists all"
convert many.jsonl -o other --f16
fails_with 2 "many.jsonl holds captions" "options of features do not go with captions"
convert "$SCANSCOPE_ASSETS/demo/test_ims.npy" -o other --columns a,b
fails_with 2 "test_ims.npy holds no captions" "nor options of captions with features"
[ ! -e other ]
ok $? "and nothing is written"

# ---- tar files ----
tar -C photos -czf one.tar.gz p1.png p1.txt p2.txt p2.png ./p3.png ./p3.txt p4.png p4.txt &&
    tar -C photos -cf two.tar p5.png p5.txt below
convert one.tar.gz two.tar -o shards --unpack unpacked
[ "$status" -eq 0 ] && grep -q '^unpacked: 7 photographs' out
ok $? "shards"
extract unpacked -o shards
[ "$status" -eq 0 ] && same first shards
ok $? "extract what was unpacked: the same files"
cp shards/test_caps.txt before
convert one.tar.gz two.tar -o shards --unpack unpacked --force
[ "$status" -eq 0 ] && cmp -s shards/test_caps.txt before
ok $? "again: the same bytes"
gzip -dc one.tar.gz >one.tar && head -c $(($(wc -c <one.tar) / 2 + 100)) one.tar >cut.tar
convert cut.tar -o cut --unpack cut_photos
[ "$status" -eq 1 ] && grep -q 'cut.tar.*runcated' err && head -n 1 cut/test_caps.txt | grep -q 'of picture 1' &&
    cmp -s cut_photos/p1.png photos/p1.png && [ ! -e cut_photos/p4.png ]
ok $? "a shard that was cut off: what comes before is taken"
head -c 100 one.tar.gz >cut.tar.gz
convert cut.tar.gz -o cut2 --unpack cut_photos2
[ "$status" -eq 1 ] && [ ! -e cut2 ] && [ ! -e cut_photos2 ]
ok $? "nothing comes before: nothing is left"
convert cut.tar.gz two.tar -o cut3
[ "$status" -eq 1 ] && grep -q 'cut.tar.gz: cannot be read: .*; left out' err && [ "$(wc -l <cut3/test_ids.txt)" -eq 3 ]
ok $? "a shard that cannot be read at all beside one that can"

done_testing
