#!/bin/sh
# BFAN, SGRAF and VSE++ in files without options: what is asked for, and that the answers give the scores of the whole
# file; and the way through safetensors and back.
. "$SCANSCOPE_TESTS/support/tap.sh"
reopt=$(dirname "$SCANSCOPE")/tests/cli/reopt
family=${SCANSCOPE_TEST_FIXTURES:-none}_family
if [ ! -d "$family" ]; then
    skip "models of other kinds" "no ${family}"
    done_testing
    exit
fi

# scores NAME MODEL ARGS...: eval on the fixture's data, and its recalls in the file "scores"
scores() {
    data=$family/$1
    shift
    run "$SCANSCOPE" eval --no-index --ims "$data/ims.npy" --token-ids "$data/tokens.txt" -m "$@"
    grep -E '^(rsum|Image to text|Text to image)' out >scores
}

# NAME|what says the rest|what is asked for if nothing but the family is given
while IFS='|' read -r name said asked; do
    whole=$family/$name/model.pth.tar
    "$reopt" "$whole" bare.pth.tar -all || exit 99
    scores "$name" "$whole"
    [ "$status" -eq 0 ] && cp scores whole
    ok $? "$name: the whole file"
    rm -f there.safetensors back.pth.tar
    for file in there.safetensors back.pth.tar; do
        run "$SCANSCOPE" convert "$whole" -o $file
        scores "$name" $file
        [ "$status" -eq 0 ] && cmp -s scores whole
        ok $? "... by way of $file"
        whole=$file
    done
    if [ -n "$said" ]; then
        scores "$name" bare.pth.tar
        fails_with 1 "give --family bfan or --family vse" "... without options: asked for"
        scores "$name" bare.pth.tar --family "${name%%_*}"
        fails_with 1 "$asked" "... then for its options"
    fi
    # shellcheck disable=SC2086
    scores "$name" bare.pth.tar $said
    [ "$status" -eq 0 ] && cmp -s scores whole
    ok $? "... the same scores with ${said:-nothing given}"
done <<'EOF'
bfan_equal|--focal-type equal --lambda-softmax 20|lambda_softmax and focal_type are missing
bfan_prob|--family bfan --focal_type prob --lambda_softmax 20|lambda_softmax and focal_type are missing
vse_cosine|--family vse --measure cosine|measure is missing
vse_order|--measure order --use-abs|measure is missing
sgraf_sgr||
sgraf_saf||
EOF

# ---- several models, of which some say it

"$reopt" "$family/bfan_prob/model.pth.tar" bare.pth.tar -all || exit 99
scores bfan_prob bare.pth.tar -m "$family/sgraf_sgr/model.pth.tar" --focal-type prob --lambda-softmax 20
[ "$status" -eq 0 ] && grep -q 'bare: given by options.*focal_type prob' err && ! grep -q 'sgraf_sgr.*focal' err
ok $? "what is given goes to the model that has such options"
scores bfan_prob "$family/bfan_prob/model.pth.tar" --cross-attn t2i
fails_with 1 "--cross_attn t2i: BFAN has no such option" "an option of another kind"
scores bfan_prob "$family/bfan_prob/model.pth.tar" --family scan
fails_with 1 "--family scan: the file is of BFAN" "another family"
done_testing
