#!/bin/sh
# Captions in another form than one per line: refused by whatever scores them, read by convert. Empty last
# lines, and the share of unknown words.
. "$SCANSCOPE_TESTS/support/tap.sh"
cases=$SCANSCOPE_TEST_DATA/cases
model=$SCANSCOPE_TEST_FIXTURES/t2i_lse/model.pth.tar

convert() {
    run "$SCANSCOPE" convert "$@"
}
evaluate() {
    run "$SCANSCOPE" eval -m "$model" --no-index "$@"
}
# gives FILE NAME [OPTION...]: convert makes the expected captions and ids of it
gives() {
    file=$1 name=$2
    shift 2
    rm -rf made
    convert "$file" -o made "$@"
    [ "$status" -eq 0 ] && cmp -s made/test_caps.txt expected_caps && cmp -s made/test_ids.txt expected_ids
    ok $? "$name"
}

# six images, five captions each
for i in 1 2 3 4 5 6; do
    echo "pic$i.jpg" >>expected_ids
    for k in 0 1 2 3 4; do
        caption="a man $i rides, a \"horse\" $k"
        quoted="a man $i rides, a \"\"horse\"\" $k"
        escaped="a man $i rides, a \\\"horse\\\" $k"
        echo "$caption" >>expected_caps
        printf 'pic%s.jpg#%s\t%s\n' $i $k "$caption" >>token.txt
        printf 'pic%s.jpg\t%s\n' $i "$caption" >>ids.tsv
        printf '%s,%s,pic%s.jpg,"%s"\n' $i $k $i "$quoted" >>rows.csv
        printf 'pic%s.jpg| %s| %s\n' $i $k "$caption" >>rows.txt
        printf '{"image": "pic%s.jpg", "caption": "%s"}\n' $i "$escaped" >>lines.jsonl
        printf '%s{"image_id": %s, "id": %s%s, "caption": "%s"}' "${comma-}" $i $i $k "$escaped" >>coco_part
        comma=,
    done
done
{ echo 'number,k,image,caption' && cat rows.csv; } >table.csv
{ echo 'image_name| comment_number| comment' && sed 's/| 4| /| 4   /' rows.txt; } >results.csv
{
    printf '{"annotations": [' && cat coco_part && printf '], "images": ['
    for i in 1 2 3 4 5 6; do printf '%s{"id": %s, "file_name": "pic%s.jpg"}' "${sep-}" $i $i && sep=,; done
    printf ']}'
} >coco.json
{
    printf '{"dataset": "x", "images": ['
    for i in 1 2 3 4 5 6; do
        printf '%s{"filename": "pic%s.jpg", "imgid": %s, "split": "test", "sentences": [' "${next-}" $i $i && next=,
        for k in 0 1 2 3 4; do
            [ $k -gt 0 ] && printf ,
            printf '{"raw": "a man %s rides, a \\"horse\\" %s"}' $i $k
        done
        printf ']}'
    done
    printf ', {"filename": "other.jpg", "split": "restval", "sentences": [{"raw": "x"}]}]}'
} >karpathy.json

gives token.txt "a token file"
gives table.csv "CSV with a header and quotes"
gives results.csv "Flickr30K's results.csv, also where a delimiter is missing"
gives ids.tsv "TSV without a header"
gives lines.jsonl "JSON lines"
gives coco.json "COCO's captions, by the images' file names"
gives karpathy.json "Karpathy's JSON, one split of it"
gives table.csv "named columns" --columns 3,caption
if command -v iconv >/dev/null; then
    for encoding in UTF-16LE UTF-16BE UTF-16 UTF-32; do
        iconv -f UTF-8 -t $encoding token.txt >wide.txt
        gives wide.txt "a token file in $encoding"
    done
else
    skip "a token file in UTF-16" "no iconv"
fi
convert karpathy.json -o made2 --split train
fails_with 1 "has no split train; its splits are: test, restval" "a split that the file does not have"
convert karpathy.json -o made2 --split train --from-split test,restval
[ "$status" -eq 0 ] && [ "$(tail -n 2 made2/train_cap_img.txt | tr '\n' ' ')" = "5 6 " ] &&
    [ "$(wc -l <made2/train_cap_img.txt)" -eq 31 ] && grep -q '31 captions of 7 images (1 to 5 per image' out
ok $? "images with different numbers of captions"
convert token.txt -o made
fails_with 1 "give --force to replace it" "existing files are not replaced"

# the order of a folder's own ids
mkdir ordered && sed '1!G;h;$!d' expected_ids >ordered/test_ids.txt
convert token.txt -o ordered
[ "$status" -eq 0 ] && [ "$(head -n 1 ordered/test_caps.txt)" = 'a man 6 rides, a "horse" 0' ] &&
    [ "$(head -n 1 ordered/test_ids.txt)" = pic6.jpg ]
ok $? "a folder's ids give the order, and stay"
mkdir fewer more && head -n 4 expected_ids >fewer/test_ids.txt && { cat expected_ids && echo 9.jpg; } >more/test_ids.txt
convert token.txt -o fewer
[ "$status" -eq 1 ] && [ "$(wc -l <fewer/test_caps.txt)" -eq 20 ] && [ ! -e fewer/test_cap_img.txt ] &&
    grep -q 'token.txt: line 21: image pic5.jpg: it is not in fewer/test_ids.txt; left out' err
ok $? "captions of images that the folder lacks are left out and listed"
convert token.txt -o more
[ "$status" -eq 0 ] && grep -q 'images without captions: 1 of 7 (the first: 9.jpg)' err &&
    [ "$(wc -l <more/test_cap_img.txt)" -eq 30 ]
ok $? "images without captions"

for file in token.txt table.csv ids.tsv lines.jsonl coco.json karpathy.json; do
    run "$SCANSCOPE" vocab --captions $file -o v.json
    fails_with 1 "scanscope convert $file -o DIR" "$file is not read as words"
    run "$SCANSCOPE" info $file
    [ "$status" -eq 0 ] && grep -q '^  captions \|^  sentences \|^  annotations ' out && grep -q 'scanscope convert' out
    ok $? "info $file"
done
run "$SCANSCOPE" vocab --captions expected_caps -o v.json
ok "$status" "captions are"

if [ -d "$cases" ] && [ -f "$model" ]; then
    evaluate -d "$cases/token_file"
    fails_with 1 "is a token file (name.jpg#0<TAB>caption)" "token_file"
    convert "$cases/token_file/test_caps.txt" -o t
    evaluate -d "$cases/token_file" --captions t/test_caps.txt
    [ "$status" -eq 0 ] && grep -q '^rsum: 122.5$' out && grep -q '^0.00 % of the captions. words are unknown (0 of 972)$' out
    ok $? "token_file, converted"
    evaluate -d "$cases/utf16le_nobom"
    fails_with 1 "is UTF-16 text" "utf16le_nobom"
    convert "$cases/utf16le_nobom/test_caps.txt" -o u
    evaluate -d "$cases/utf16le_nobom" --captions u/test_caps.txt
    [ "$status" -eq 0 ] && grep -q '^rsum: 122.5$' out
    ok $? "utf16le_nobom, converted"
    evaluate -d "$cases/caps_last_empty"
    [ "$status" -eq 0 ] && grep -q '^rsum: 122.5$' out && grep -q 'caption 119, the last line, is empty' err
    ok $? "caps_last_empty"
    sed 's/^/this/' t/test_caps.txt >glued.txt
    evaluate -d "$cases/token_file" --captions glued.txt --json
    [ "$status" -eq 0 ] && grep -q '"unknown_words": {"words": 972, "unknown": 120,' out &&
        grep -q '"notes": \["split test: 12.35 % of the captions. words are unknown (120 of 972), most often .this' out
    ok $? "captions of another vocabulary are doubted"
    for file in "$SCANSCOPE_TEST_DATA"/*_precomp/*_caps.txt; do
        run "$SCANSCOPE" vocab --captions "$file" -o v.json -q
        ok "$status" "captions: ${file#"$SCANSCOPE_TEST_DATA/"}"
    done
else
    skip "cases" "no $cases or $model"
fi
done_testing
