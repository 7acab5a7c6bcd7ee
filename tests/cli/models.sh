#!/bin/sh
# Models as others save them, and models of others: what eval computes with them or says of them, and whether info
# says the same.
. "$SCANSCOPE_TESTS/support/tap.sh"
. "$SCANSCOPE_TESTS/cli/split.sh"
need_fixtures
cases=${SCANSCOPE_TEST_DATA:-}/cases

# eval_with FIXTURE MODEL: evaluates MODEL on the fixture's split; its recalls are in $work/out.
eval_with() {
    run "$SCANSCOPE" eval -m "$2" --ims "$fixtures/$1/ims.npy" --token-ids "$fixtures/$1/tokens.txt" --no-index -q
}
# as_original FIXTURE MODEL NAME: MODEL is the fixture's, saved in another way.
as_original() {
    eval_with "$1" "$fixtures/$1/model.pth.tar"
    mv out original
    eval_with "$1" "$2"
    [ "$status" -eq 0 ] && [ -s out ] && cmp -s out original
    ok $? "$3: the original's recalls"
}
# refused MODEL TEXT NAME: eval says TEXT, status 1; info says it too, of the same file.
refused() {
    eval_with t2i_avg "$1"
    [ "$status" -eq 1 ] && [ ! -s out ] && [ "$(wc -l <err)" -eq 1 ] && grep -qF -e "$2" err
    ok $? "$3: eval refuses it"
    said=$(sed 's/^[^:]*: [^:]*: //' err)
    run "$SCANSCOPE" info "$1"
    [ "$status" -eq 0 ] && grep -qF -e "none that scanscope can use: $said" out
    ok $? "... and info says the same"
}

if [ -d "$cases" ]; then
    for name in flat_prefixed model_dict_textfirst orig_mod_prefix opt_path opt_date opt_easydict; do
        as_original t2i_lse "$cases/$name.pth.tar" $name
    done
    as_original i2t_avg "$cases/i2t_opt_as_args.pth.tar" i2t_opt_as_args
    as_original t2i_lse_weightnorm "$cases/wn_parametrized.pth.tar" wn_parametrized
    run "$SCANSCOPE" info "$cases/opt_date.pth.tar"
    grep -q 'opt.started  *<datetime.datetime>' out
    ok $? "info lists an option that means nothing by its class"
    refused "$cases/naaf_like.pth.tar" 'a model of NAAF' naaf_like
    refused "$cases/vseinf_like.pth.tar" 'a model of VSE-infinity' vseinf_like
    refused "$cases/third_dict_similarity.pth.tar" 'a model of SGRAF, but the tensor v_global_w' third_dict_similarity
else
    skip "the cases" "no \$SCANSCOPE_TEST_DATA/cases"
fi
if [ -d "${fixtures}_family" ]; then
    for name in bfan_equal bfan_prob sgraf_saf sgraf_sgr vse_cosine vse_order; do
        case $name in
        bfan*) line="BFAN, ${name#bfan_}; lambda_softmax 20" ;;
        sgraf_saf) line="SGRAF, SAF; sim_dim 24" ;;
        sgraf*) line="SGRAF, SGR; sim_dim 24, sgr_step 3" ;;
        vse_order) line="VSE++, order, use_abs" ;;
        *) line="VSE++, cosine" ;;
        esac
        run "$SCANSCOPE" info "${fixtures}_family/$name/model.pth.tar"
        [ "$status" -eq 0 ] && grep -q "^  model  *$line\$" out && ! grep -q ignored out
        ok $? "info says what $name computes"
    done
else
    skip "models of other kinds" "no ${fixtures}_family"
fi

torch_python
if [ -z "$python" ]; then
    skip "models saved by PyTorch" "$no_torch"
    done_testing
    exit
fi
"$python" "$SCANSCOPE_TESTS/cli/models_made.py" "$fixtures/t2i_lse/model.pth.tar" made
ok $? "models are made"
for file in made/same-*; do
    as_original t2i_lse "$file" "$(basename "$file")"
done
# FILE|what is said of it
while IFS='|' read -r file text; do
    refused "made/$file" "$text" "$file"
done <<'EOF'
beside.pth|(w in sim_enc, beside image and text encoder)
chan.pth|a model of CHAN, or of another
complex.pth|complex64
criterion.ckpt|proj in criterion
enum_needed.pth|cross_attn is a Python object, <__main__.Mode>
namedtuple.pth|model holds a Python object, <__main__.Pair>
rows.pth|weight norm is per row
sparse.pth|_rebuild_sparse_tensor
twice.pth|two of its tensors are fc.
two_models.pth|in teacher
whole.pth|model holds a Python object, <torch.nn.modules.linear.Linear>
EOF
for protocol in 0 1 2 3 4 5; do
    run "$SCANSCOPE" info made/pickled$protocol.pkl
    [ "$status" -eq 1 ] && [ "$(wc -l <err)" -eq 1 ] &&
        grep -qF "torch.save(pickle.load(open(\"pickled$protocol.pkl\", \"rb\"))" err
    ok $? "pickle.dump in protocol $protocol is named, with the line that saves it properly"
done
done_testing
