# split.sh: for the shell tests: makes a folder that stands for a split from a fixture's features and token ids,
# with a vocabulary of made-up words (w4, w5, ...) and captions that tokenise to those ids.
# shellcheck shell=sh

fixtures=$SCANSCOPE_TEST_FIXTURES
family_fixtures=$(dirname "$fixtures")/fixtures_family # of VSE++, BFAN and SGRAF

# need_fixtures: the whole script is skipped where they are missing.
need_fixtures() {
    if [ ! -f "$fixtures/t2i_avg/model.pth.tar" ]; then
        echo "1..0 # SKIP no fixtures in $fixtures"
        exit 0
    fi
}

# make_vocab FILE WORDS
make_vocab() {
    awk -v n="$2" 'BEGIN {
        split("<pad> <start> <end> <unk>", special, " ")
        for (i = 0; i < n; i++) {
            word = i < 4 ? special[i + 1] : "w" i
            to_id = to_id sprintf("%s\"%s\": %d", i ? ", " : "", word, i)
            to_word = to_word sprintf("%s\"%d\": \"%s\"", i ? ", " : "", i, word)
        }
        printf "{\"word2idx\": {%s}, \"idx2word\": {%s}, \"idx\": %d}\n", to_id, to_word, n
    }' >"$1"
}

# make_split DIR FIXTURE: DIR/test_ims.npy, test_caps.txt, test_ids.txt, vocab.json
make_split() {
    mkdir -p "$1"
    cp "$fixtures/$2/ims.npy" "$1/test_ims.npy"
    chmod u+w "$1/test_ims.npy"
    awk '{ line = ""
           for (i = 2; i < NF; i++) line = line (i > 2 ? " " : "") ($i == 3 ? "other" : "w" $i)
           print line }' "$fixtures/$2/tokens.txt" >"$1/test_caps.txt"
    awk '{ print 391000 + NR }' "$fixtures/$2/tokens.txt" | head -n 24 >"$1/test_ids.txt"
    make_vocab "$1/vocab.json" 60
}

# npy_bytes SHAPE: an .npy header for uint8; the bytes are to follow
npy_bytes() {
    printf '\223NUMPY\001\000v\000'
    printf '%-117s\n' "{'descr': '|u1', 'fortran_order': False, 'shape': ($1), }"
}

# floats_of NPY: its float32 numbers, one a line
floats_of() {
    od -An -v -tf4 -w4 -j $((10 + $(od -An -tu2 -j 8 -N 2 "$1"))) "$1"
}

# near_sims TOLERANCE ONE TWO [THREE...]: the matrix ONE is the mean of the others
near_sims() {
    tolerance=$1
    floats_of "$2" >near_one || return 1
    shift 2
    count=$#
    : >near_all
    for near; do
        floats_of "$near" >near_more && paste near_all near_more >near_next && mv near_next near_all || return 1
    done
    paste near_one near_all | awk -v n="$count" -v t="$tolerance" '
        NF != n + 1 { bad = 1 }
        { sum = 0; for (i = 2; i <= NF; i++) sum += $i; d = $1 - sum / n; if (!(d <= t && d >= -t)) bad = 1 }
        END { exit bad || NR == 0 }'
}
