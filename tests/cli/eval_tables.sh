#!/bin/sh
# scanscope eval beyond the reference's lines: weights, folds of any size, judgements, TREC runs, intervals,
# lengths, ranks; and what can be wrong with them. The matrices are small enough to work out by hand.
. "$SCANSCOPE_TESTS/support/tap.sh"

# matrix FILE ROWS COLUMNS NUMBER...: scores that one byte holds
matrix() {
    file=$1 rows=$2 columns=$3
    shift 3
    {
        printf '\223NUMPY\001\000v\000'
        printf '%-117s\n' "{'descr': '|u1', 'fortran_order': False, 'shape': ($rows, $columns), }"
        # shellcheck disable=SC2059
        for byte in "$@"; do printf "\\$(printf %03o "$byte")"; done
    } >"$file"
}
ev() {
    run "$SCANSCOPE" eval --quiet "$@"
}

# Three images, two captions each. Ranks of the captions' images: 1 1 2 3 1 3; of the images' captions: 1 4, 2 3, 1 5.
matrix a.npy 3 6 90 50 40 70 10 80 \
    30 20 60 35 15 70 \
    10 40 80 60 95 20
matrix b.npy 3 6 10 20 30 40 50 60 \
    60 50 40 30 20 10 \
    11 22 33 44 55 66
mkdir set
printf '7\nCOCO_val2014_000000000008.jpg\n9\n' >set/test_ids.txt
printf 'one two\none\none two three\none two\none two\none two three four\n' >set/test_caps.txt

ev -m a.npy
cp out plain
cat >expected <<'EOF'
rsum: 516.7
Average i2t Recall: 88.9
Image to text: 66.7 100.0 100.0 1.0 1.3
Average t2i Recall: 83.3
Text to image: 50.0 100.0 100.0 1.0 1.8
EOF
cmp -s out expected
ok $? "the reference's lines of a matrix worked out by hand"

# ---- weights: 2 a + b over 3 differs from their mean

ev -m a.npy -m b.npy --save-sims even.npy
ev -m a.npy -m b.npy --weights 1,1 --save-sims ones.npy
cmp -s even.npy ones.npy
ok $? "equal weights are no weights"
ev -m a.npy -m b.npy --weights 1,0 --json
sed 's/"notes": \[[^]]*\]//' out >only_a
ev -m a.npy --json
sed 's/"notes": \[[^]]*\]//' out | cmp -s - only_a
ok $? "a weight of 0 omits a model"
ev -m a.npy -m b.npy --weights 2,1 --save-sims two.npy
# (2 * 90 + 10) / 3 = 63.33 = 0x427d5555
[ "$(tail -c 72 two.npy | head -c 4 | od -An -tx1 | tr -d ' ')" = 55557d42 ]
ok $? "weights 2 and 1: (2 a + b) / 3"
ev -m a.npy -m b.npy -m a.npy --weights 1,1,1
[ "$status" -eq 0 ]
ok $? "three models"
for bad in 2 1,2,3 0,0 1,x -1,2 1, "" nan,1 inf,1 1,,2; do
    ev -m a.npy -m b.npy --weights "$bad"
    fails_with 2 "--weights" "--weights '$bad'"
done

# ---- folds

matrix six.npy 6 6 9 1 1 1 1 1 1 9 1 1 1 1 1 1 1 9 1 1 1 1 9 1 1 1 1 1 1 1 9 1 1 1 1 1 1 9
ev -m six.npy --folds 3
cat >expected <<'EOF'
Mean metrics: 
rsum: 533.3
EOF
grep -A1 '^Mean' out >two && cmp -s two expected && [ "$(grep -c 'ari:' out)" -eq 3 ]
ok $? "three folds of two: the middle one finds its images second"
cp out folds3
ev -m six.npy --fold-size 2
cmp -s out folds3
ok $? "--fold-size 2 is the same"
ev -m six.npy --folds 1
cp out one
ev -m six.npy
cmp -s out one
ok $? "one fold is the whole"
run "$SCANSCOPE" eval -m six.npy --folds 4
grep -q '4 folds of 1 images; the last 2 images are omitted' err
ok $? "images left over are reported"
ev -m six.npy --folds 7
fails_with 1 "has 6 images, too few for 7 folds" "more folds than images"
ev -m six.npy --folds 2 --fold-size 3
fails_with 2 "exclude each other" "--folds with --fold-size"
ev -m six.npy --folds 2 --save-sims x.npy
fails_with 2 "--save-sims excludes folds" "folds with --save-sims"

# ---- judgements

ev -m a.npy --metrics
head -n 5 out | cmp -s - plain && grep -q '^Image to text *3 *2\.0 *66\.7 *100\.0 *100\.0 *41\.7 *50\.0' out &&
    grep -q '^Text to image *6 *1\.0 *50\.0 *100\.0 *100\.0 *50\.0 *50\.0' out
ok $? "--metrics after the same lines: worked out by hand"
cat >qrels <<'EOF'
7#0 0 7 1
7#0 0 9 3
8#1 0 7 2
8#1 0 COCO_train2014_000000000008 0

9.jpg 0 7.jpg#0 1
9 0 8#0 1
7 0 elsewhere#3 1
EOF
ev -m a.npy -d set --qrels qrels
# caption 7#0: order 7 8 9; 7 (grade 1) first, 9 (3) third: R-P 1/2, mAP@R 1/2, nDCG (1 + 3/2)/(3 + 1/log2 3)
# caption 8#1: order 7 9 8; 7 first: all 1. Means 75, 75, 84.4
# image 9: order 9#0 8#0 8#1 7#1 9#1 7#0: places 2 and 6; R-P 1/2, mAP@R 1/4, nDCG (1/log2 3 + 1/log2 7)/(1 + 1/log2 3)
grep -q '^Text to image *2 *1\.5 *100\.0 *100\.0 *100\.0 *75\.0 *75\.0 *84\.4' out &&
    grep -q '^Image to text *1 *2\.0 *0\.0 *100\.0 *100\.0 *25\.0 *50\.0 *60\.5' out && head -n 5 out | cmp -s - plain
ok $? "--qrels worked out by hand, ids in COCO's forms"
run "$SCANSCOPE" eval -m a.npy -d set --qrels qrels
grep -q '1 of 7 judgements name items outside the split' err
ok $? "judgements of other splits are counted"
ev -m a.npy -d set --qrels qrels --json
grep -q '"qrels": {"i2t": {"queries": 1, "relevant": 2, .*}}' out
ok $? "--qrels --json"
printf 'c1\nc2\nc3\nc4\nc5\n7\n' >ids
printf '7 0 9 1\nc1 0 8 1\n' >mixed
ev -m a.npy -d set --caption-ids ids --qrels mixed
grep -q '^Text to image *2 ' out
ok $? "--caption-ids: 7 is a caption where the item is an image"
printf '7\n9\nc3\nc4\nc5\nc6\n' >ids2
printf '7 0 9 1\n' >both
ev -m a.npy -d set --caption-ids ids2 --qrels both
fails_with 1 "both an image's and a caption's id; write captions as IMAGE#N" "a line that can be read both ways"
head -n 3 ids >ids3
ev -m a.npy -d set --caption-ids ids3 --run x
fails_with 1 "ids3: has 3 ids, the split 6 captions" "too few caption ids"
printf 'c1\nc1\nc3\nc4\nc5\nc6\n' >ids4
ev -m a.npy -d set --caption-ids ids4 --run x
fails_with 1 "'c1' stands for two captions" "a caption id twice"
printf '7\n7\n9\n' >set/dup_ids.txt
ev -m a.npy -d set -s dup --qrels qrels
fails_with 1 "'7' stands for two images" "an image id twice"
printf 'q 0 d 1\n' >other
ev -m a.npy -d set --qrels other
fails_with 1 "other: no line names" "judgements of nothing in the split"
printf '7 0 7#0\n' >short
ev -m a.npy -d set --qrels short
fails_with 1 "short: line 1 has too few columns" "a line of three columns"
printf '7 0 7#0 1 1\n' >long
ev -m a.npy -d set --qrels long
fails_with 1 "long: line 1 has too many columns" "a line of five columns"
printf '7 0 7#0 high\n' >word
ev -m a.npy -d set --qrels word
fails_with 1 "the grade 'high' is not an integer" "a grade that is a word"
: >empty
ev -m a.npy -d set --qrels empty
fails_with 1 "empty: is empty" "no judgements"
ev -m a.npy -d set --qrels none
fails_with 1 "none: cannot open" "a missing file"
ev -m a.npy -d set --qrels a.npy
fails_with 1 "a.npy: this should be a text file" "an array"

# ---- the run

ev -m a.npy -d set --run run --run-depth 2
cat >expected <<'EOF'
7 Q0 7#0 1 90 scanscope
7 Q0 9#1 2 80 scanscope
COCO_val2014_000000000008.jpg Q0 9#1 1 70 scanscope
COCO_val2014_000000000008.jpg Q0 COCO_val2014_000000000008.jpg#0 2 60 scanscope
9 Q0 9#0 1 95 scanscope
9 Q0 COCO_val2014_000000000008.jpg#0 2 80 scanscope
7#0 Q0 7 1 90 scanscope
7#0 Q0 COCO_val2014_000000000008.jpg 2 30 scanscope
EOF
head -n 8 run | cmp -s - expected && [ "$(wc -l <run)" -eq 18 ]
ok $? "--run: six columns, both directions, the best two"
ev -m six.npy --run tied
awk '$1 == "0" { if (NR > 1 && $5 >= last) bad = 1; last = $5; n++ } END { exit bad || n != 6 }' tied
ok $? "equal scores descend in the run, in the order of the ranks"
ev -m six.npy --folds 3 --run folds
[ "$(wc -l <folds)" -eq 24 ]
ok $? "of folds the run has the folds' items only"
printf 'a b\nc\nd\n' >set/blank_ids.txt
ev -m a.npy -d set -s blank --run x
fails_with 1 "'a b' is empty or has a blank" "an id that TREC cannot hold"
ev -m a.npy -d set --run no/such/run
fails_with 1 "no/such" "a run that cannot be written"
if command -v trec_eval >/dev/null; then
    ev -m a.npy -d set --run whole
    printf '7#0 0 7 1\n7#0 0 9 3\n' >theirs
    trec_eval -q -m ndcg -m Rprec theirs whole >figures
    grep -Eq '^ndcg[[:space:]]+7#0[[:space:]]+0\.688[45]' figures &&
        grep -Eq '^Rprec[[:space:]]+7#0[[:space:]]+0\.5000' figures
    ok $? "trec_eval agrees on the run"
else
    skip "trec_eval agrees on the run" "trec_eval is not installed"
fi

# ---- intervals, lengths, ranks

ev -m a.npy --ci --resamples 200
grep -q '^95 % intervals (bootstrap over images, 200 resamples)' out &&
    grep -q '^Image to text 66\.7 \[0\.0, 100\.0\] *100\.0 \[100\.0, 100\.0\]' out && head -n 5 out | cmp -s - plain
ok $? "--ci"
cp out first
ev -m a.npy --ci --resamples 200 --threads 1
cmp -s out first
ok $? "the same numbers on one thread"
ev -m a.npy -m b.npy --ci
[ "$(grep -c '^A ' out)" -eq 3 ] && grep -q '^B ensemble' out && grep -q 'McNemar' out
ok $? "of two models: each against the other and against the ensemble"
ev -m a.npy -m a.npy --ci --json
grep -q '"difference": \[0, 0, 0\], "p": 1, "only_a": 0, "only_b": 0, "mcnemar_p": 1' out
ok $? "a model does not differ from itself"
ev -m a.npy --ci --json
cp out seed1
ev -m a.npy --ci --json --seed 2
! cmp -s out seed1 && grep -q '"rsum": \[[^]]*\]' out
ok $? "another seed gives other intervals; the sum of recalls has one"
printf '7#0 0 7 1\n7#1 0 7 0\n99#0 0 7 1\n' >partly
ev -m a.npy -d set --qrels partly --json
grep -q '"t2i": {"queries": 1, "relevant": 1, "r1": 100,' out
ok $? "means over the queries that have a relevant item"
ev -m a.npy -d set --qrels partly --complete --json
grep -q '"t2i": {"queries": 3, "relevant": 0.3333333333333333, "r1": 33.333333333333' out
ok $? "--complete: over all queries of the file, as trec_eval -c"
ev -m a.npy -d set --complete
fails_with 2 "--qrels" "--complete without a file"
ev -m a.npy --ci --resamples 0
fails_with 2 "--resamples" "no resamples"

ev -m a.npy -d set --by-length
cat >expected <<'EOF'
1                    1  100.0  100.0  100.0     1.0     1.0
2                    3   66.7  100.0  100.0     1.0     1.7
3                    1    0.0  100.0  100.0     2.0     2.0
4                    1    0.0  100.0  100.0     3.0     3.0
EOF
tail -n 4 out | cmp -s - expected
ok $? "--by-length"
ev -m a.npy -d set --by-length --json
grep -q '"by_length": \[{"from": 0, "to": 1, "captions": 1, "t2i": \[100, 100, 100, 1, 1\]}, {"from": 2' out ||
    grep -q '"by_length": \[{"from": 1, "to": 1, "captions": 1, "t2i": \[100, 100, 100, 1, 1\]}, {"from": 2' out
ok $? "--by-length --json"
ev -m a.npy --by-length
fails_with 1 "--by-length needs the captions" "lengths of a matrix alone"

ev -m a.npy -d set --ranks ranks.csv
cat >expected <<'EOF'
direction,query,id,words,rank,truth,truth_score,first,first_score
i2t,0,7,,1,7#0,90,7#0,90
i2t,1,COCO_val2014_000000000008.jpg,,2,COCO_val2014_000000000008.jpg#0,60,9#1,70
i2t,2,9,,1,9#0,95,9#0,95
t2i,0,7#0,2,1,7,90,7,90
EOF
sed -i 's/^i2t,2.*/i2t,2,9,,1,9#0,95,9#0,95/' expected
head -n 5 ranks.csv | cmp -s - expected && [ "$(wc -l <ranks.csv)" -eq 10 ]
ok $? "--ranks"
ev -m a.npy -d set --ranks /no/such/ranks.csv
fails_with 1 "no/such" "ranks that cannot be written"
done_testing
