#!/bin/sh
# scanscope validate: text and JSON, statuses, real folders and those that are known to be bad, mending.
# What each finding is found by is in tests/validate/test_validate.c.
. "$SCANSCOPE_TESTS/support/tap.sh"
assets=${SCANSCOPE_ASSETS:-$SCANSCOPE_TESTS/../assets}
python=/usr/bin/python3

validate() {
    run "$SCANSCOPE" validate "$@"
}

# says STATUS TEXT NAME: the status, and a line of the output with TEXT (a basic regular expression)
says() {
    [ "$status" -eq "$1" ] && grep -q -e "$2" "$work/out"
    ok $? "$3"
}

# found CODE COUNT NAME: there is this finding in text
found() {
    grep -q -e "^  [a-z]* *$1  *$2\( \|\$\)" "$work/out"
    ok $? "$3"
}

cp -r "$assets/demo" demo && chmod -R u+w demo
validate demo
says 0 "^demo: 0 errors, 0 warnings, 0 remarks" "the demo is clean"
says 0 "^test: 200 images, .*: nothing found" "its split is described"
[ ! -s err ]
ok $? "nothing on standard error"

# several kinds of damage in one folder; each is found
printf 'version https://git-lfs.github.com/spec/v1\noid sha256:%064d\nsize 1\n' 0 >demo/test_boxes.npy
sed -i -e '3s/.*//' -e '7s/$/ \r/' demo/test_caps.txt
printf 'x' >demo/test_extract.part
head -c 300 demo/images/test_0004.png >cut && mv cut demo/images/test_0004.png
rm demo/images/test_0009.png
cp demo/images/test_0000.png demo/images/nobody.png
validate demo
says 1 "^demo: 2 errors, 3 warnings, 3 remarks" "errors, warnings and remarks are counted, status 1"
found file-stand-in 1 "a stand-in"
found captions-empty 1 "an empty caption"
found text-line-ends 1 "a line that ends in CR LF"
found text-blanks 1 "a line that ends in blanks"
found file-unfinished 1 "a file that is left over"
found photos-unreadable 1 "a photograph that cannot be read"
found photos-missing 1 "a photograph that is missing"
found photos-unused 1 "a photograph of no image"
awk 'length > 80 {exit 1}' out
ok $? "it fits 80 columns"
validate demo --json
cat >check.py <<'END'
import json, sys
d = json.load(open(sys.argv[1]))
assert (d["errors"], d["warnings"], d["remarks"], d["complete"]) == (2, 3, 3, True), d
f = {x["code"]: x for x in d["findings"]}
assert len(f) == 8 and f["captions-empty"]["places"] == ["caption 2"], f
assert f["captions-empty"]["file"] == "test_caps.txt" and f["captions-empty"]["split"] == "test"
assert f["photos-unused"]["split"] is None and f["file-stand-in"]["severity"] == "error"
assert d["splits"][0]["name"] == "test" and d["splits"][0]["unknown_words"] == 0 and d["fixes"] == []
END
if [ -x "$python" ]; then
    "$python" check.py out
    ok $? "the same as JSON"
else
    skip "the same as JSON" "no $python"
fi

# a dry run, mending, and mending again
cp demo/test_caps.txt before
validate demo --dry-run
says 1 "^would be mended: test_caps.txt" "a dry run says what would be mended"
cmp -s demo/test_caps.txt before && [ ! -e demo/test_caps.txt.orig ]
ok $? "and changes nothing"
validate demo --fix
says 1 "^mended: test_caps.txt" "mended"
cmp -s demo/test_caps.txt.orig before && ! grep -q "$(printf '\r')" demo/test_caps.txt
ok $? "the old file is kept"
grep -q text-blanks out
[ $? -eq 1 ]
ok $? "what was mended is no finding any more"
ls -lR --full-time demo >first
validate demo --fix
ls -lR --full-time demo >second
cmp -s first second
ok $? "mended again, nothing changes"
sed -i '7s/$/ \r/' demo/test_caps.txt
validate demo --fix
says 1 "^not mended: .*test_caps.txt.orig exists already" "an old file is never replaced"

# labels instead of captions
cp -r "$assets/demo" labels && chmod -R u+w labels
awk 'BEGIN {for (i = 0; i < 1000; i++) print "a red", substr("dogcatcar", 3 * (i % 3) + 1, 3)}' >labels/test_caps.txt
validate labels
found captions-few 1 "very few different captions"

# warnings alone, and --strict
cp -r "$assets/demo" some && chmod -R u+w some && sed -i '3s/.*//' some/test_caps.txt
validate some
says 0 "0 errors, 1 warning" "a warning is no failure"
validate some --strict
says 1 "0 errors, 1 warning" "but it is with --strict"

# a captions' map, and one that is wrong
awk 'BEGIN {for (i = 0; i < 1000; i++) print i < 6 ? 0 : int(i / 5)}' >some/test_cap_img.txt
validate some
says 0 "." "captions of which one was moved to another image"
echo 7 >>some/test_cap_img.txt
validate some
found captions-no-image 1 "a map with a line too many"
sed -i -e '$d' -e '5s/.*/200/' some/test_cap_img.txt
validate some
found captions-no-image 1 "a map to an image that is not there"
awk 'BEGIN {for (i = 0; i < 1000; i++) print int(i / 10)}' >some/test_cap_img.txt
validate some
found images-no-caption 100 "images without captions"

# usage
validate
fails_with 2 "name one data folder" "no folder"
validate nowhere
fails_with 1 "nowhere" "a folder that is missing"
validate some/test_caps.txt
fails_with 1 "test_caps.txt" "a file"
validate some --fix --dry-run
fails_with 2 "not both" "--fix and --dry-run"
validate some --split nope
found split-missing 1 "a split that is missing"
mkdir empty
validate empty
found folder-empty 1 "an empty folder"
validate --codes
says 0 "error *features-nan" "the list of findings"

# on real data nothing is found that is not so
data=${SCANSCOPE_TEST_DATA:-/nowhere}
if [ -d "$data/f8k_precomp" ]; then
    validate "$data/f8k_precomp"
    says 0 "f8k_precomp: 0 errors, 0 warnings" "f8k_precomp has neither errors nor warnings"
else
    skip "f8k_precomp" "no $data/f8k_precomp"
fi
# case CODE FOLDER
bad_case() {
    if [ ! -d "$data/cases/$2" ]; then
        skip "$2" "no $data/cases/$2"
        return
    fi
    validate "$data/cases/$2"
    found "$1" '[0-9][0-9]*' "$2 has $1"
}
bad_case boxes-beyond boxes_detector_scale
bad_case file-misfit boxes_few
bad_case boxes-fractions boxes_normalised
bad_case captions-empty caps_last_empty
bad_case photos-shape cropped
bad_case photos-turned exif6_pil_features
bad_case captions-form token_file
bad_case photos-damaged truncated_95
bad_case text-encoding utf16le_nobom
if [ -d "$data/cases/utf16le_nobom" ]; then
    cp -r "$data/cases/utf16le_nobom" wide && chmod -R u+w wide
    validate wide --fix
    says 0 "0 errors, 0 warnings" "UTF-16 is mended"
fi
done_testing
