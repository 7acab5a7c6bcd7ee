#!/bin/sh
# scanscope info on every file of the fuzz corpora, and on each case, under valgrind: nothing is printed, compared or
# passed on that was never set.
. "$SCANSCOPE_TESTS/support/tap.sh"
. "$SCANSCOPE_TESTS/cli/split.sh"

# An array of Python objects of two dimensions: its reason was memory that was never set.
objects() {
    printf '\223NUMPY\001\000v\000'
    printf '%-117s\n' "{'descr': '|O', 'fortran_order': False, 'shape': (2, 2), }"
    printf '\200\002]q\000(NNNNe.'
}
objects >objects.npy
run "$SCANSCOPE" info objects.npy
[ "$status" -eq 0 ] && grep -q 'not read: an array of Python objects; save it as float32' out
ok $? "an array of objects of two dimensions is named"

if ! command -v valgrind >/dev/null; then
    skip "info under valgrind" "no valgrind (apt-get install valgrind)"
    done_testing
    exit
fi
if ldd "$SCANSCOPE" 2>/dev/null | grep -q 'libasan\|libubsan'; then
    skip "info under valgrind" "built with a sanitizer"
    done_testing
    exit
fi

# clean NAME FILE...: all of them in one process
clean() {
    name=$1
    shift
    run valgrind -q --error-exitcode=9 --log-file=valgrind.log "$SCANSCOPE" info "$@"
    [ "$status" -le 1 ] || sed 's/^/# /' valgrind.log | head -n 20
    [ "$status" -le 1 ]
    ok $? "$name"
}
clean "an array of objects" objects.npy
for corpus in "$SCANSCOPE_TESTS"/fuzz/corpus/*; do
    clean "the corpus ${corpus##*/}" "$corpus"/*
done
if [ -d "${SCANSCOPE_TEST_DATA:-}/cases" ]; then
    clean "the cases" "$SCANSCOPE_TEST_DATA"/cases/*.npy "$SCANSCOPE_TEST_DATA"/cases/*.json \
        "$SCANSCOPE_TEST_DATA"/cases/*.tsv "$SCANSCOPE_TEST_DATA"/cases/hostile/*.np[yz]
else
    skip "the cases" "no \$SCANSCOPE_TEST_DATA/cases"
fi
done_testing
