#!/bin/sh
# Any number of captions per image: SPLIT_cap_img.txt in every command; one that states the usual five changes nothing.
. "$SCANSCOPE_TESTS/support/tap.sh"
demo=$(cd "$SCANSCOPE_ASSETS/demo" && pwd)
for python in "${SCANSCOPE_TEST_PYTHON:-}" /usr/bin/python3 python3 ""; do
    [ -n "$python" ] && "$python" -c 'import numpy' 2>/dev/null && break
done
if [ -z "$python" ]; then
    skip "any number of captions per image" "no Python with numpy (apt-get install python3-numpy)"
    done_testing
    exit
fi
"$python" "$SCANSCOPE_TESTS/cli/cap_img_made.py" "$demo" >made 2>&1
ok $? "splits of the demo's captions"
cp "$demo/model.pth.tar" model.pth.tar
# in_folder FOLDER COMMAND...: the command beside FOLDER's data
in_folder() {
    folder=$1
    shift
    run sh -c 'cd "$0" && "$@"' "$folder" "$SCANSCOPE" "$@"
}

# A BFAN has a SCAN's tensors.
"$(dirname "$SCANSCOPE")/tests/cli/reopt" model.pth.tar bfan.pth.tar -cross_attn focal_type:prob lambda_softmax=20
ok $? "the demo's model as a BFAN"

# ---- irregular: recalls counted plainly ----

for name in sorted mixed; do
    in_folder $name eval -m ../bfan.pth.tar -d d --no-index --json --save-sims sims.npy
    cp out $name/said
    first=$status
    run "$python" "$SCANSCOPE_TESTS/cli/cap_img_made.py" recalls $name/d $name/sims.npy $name/said
    [ "$first" -eq 0 ] && [ "$status" -eq 0 ]
    ok $? "$name: recalls of another kind of model"
    in_folder $name eval -m ../model.pth.tar -d d --no-index --json --save-sims sims.npy
    cp out $name/said
    [ "$status" -eq 0 ] && grep -q '22 of 200 images have no captions' err
    ok $? "$name: eval, images without captions are counted"
    run "$python" "$SCANSCOPE_TESTS/cli/cap_img_made.py" recalls $name/d $name/sims.npy $name/said
    ok $status "$name: recalls of several truths"
    in_folder $name eval -m sims.npy -d d --json -q
    [ "$status" -eq 0 ] && [ "$(sed 's/, "rsum.*//' out)" = "$(sed 's/, "rsum.*//' $name/said)" ]
    ok $? "$name: the same of the saved matrix"
    in_folder $name eval -m ../model.pth.tar -d d --no-index -q --ci --metrics --by-length --ranks ranks.csv
    [ "$status" -eq 0 ] && [ "$(grep -c '^i2t' $name/ranks.csv)" = 178 ] && [ "$(grep -c '^t2i' $name/ranks.csv)" = 691 ]
    ok $? "$name: intervals, measures, ranks"
    for way in "analyse failures" "analyse words" "analyse alignment"; do
        # shellcheck disable=SC2086
        in_folder $name $way -m ../model.pth.tar -d d --no-index -q
        [ "$status" -le 1 ] && ! grep -qi 'sanitizer' err
        ok $? "$name: $way"
    done
    in_folder $name analyse failures -m ../model.pth.tar -d d --no-index -q -k 1
    grep -q '^Image to text: .*; 178 queries' out && grep -q '^Text to image: .*; 691 queries' out
    ok $? "$name: images without captions are not counted as queries"
    in_folder $name figure curves -m ../model.pth.tar -d d --no-index -q --save-data -o curves.png
    run "$python" "$SCANSCOPE_TESTS/cli/cap_img_made.py" curves $name/curves.csv $name/said
    ok $status "$name: curves begin with the recalls"
    in_folder $name query -m ../model.pth.tar -d d --no-index -q --caption-index 3 -k 0 --tsv
    ok $status "$name: query"
done
[ "$(sed 's/, "rsum.*//' sorted/said)" = "$(sed 's/, "rsum.*//' mixed/said)" ]
ok $? "the order of the captions does not matter"
in_folder sorted eval -m ../model.pth.tar -d d --no-index -q --folds 4
ok $status "folds of different numbers of captions"
in_folder mixed eval -m ../model.pth.tar -d d --no-index -q --folds 4
[ "$status" -eq 1 ] && grep -q 'not in the order of the images' err
ok $? "no folds of captions in a mixed order"
in_folder mixed info d
grep -q '691 captions (1 to 7 an image, 3.9 on average; 22 images without)' out
ok $? "info"

# ---- a map of five each ----

for way in "eval --json --metrics --ci" "eval --folds 4" "query --caption-index 3 -k 0 --tsv" \
    "query --image test_0002 -k 0 --tsv" "analyse failures"; do
    # shellcheck disable=SC2086
    in_folder plain $way -m ../model.pth.tar -d d --no-index -q
    first=$status
    cp out first_out
    # shellcheck disable=SC2086
    in_folder regular $way -m ../model.pth.tar -d d --no-index -q
    [ "$first" -eq 0 ] && [ "$status" -eq 0 ] && cmp -s out first_out
    ok $? "five each: $way"
done
done_testing
