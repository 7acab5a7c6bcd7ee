#!/bin/sh
# `make install` without root: a prefix with a space, DESTDIR, a tree that is moved, `make uninstall`; and the
# shells' completions that it installs.
. "$SCANSCOPE_TESTS/support/tap.sh"
unset SCANSCOPE_ASSETS

make_quietly() {
    MAKEFLAGS= make -s -C "$SCANSCOPE_BUILD" "$@" >"$work/make.log" 2>&1
}

# runs_demo PREFIX NAME: the program there finds the assets that were installed with it.
runs_demo() {
    run "$1/bin/scanscope" demo -o figure.png
    [ "$status" -eq 0 ] && grep -q 'test_0038$' out && [ -s figure.png ]
    ok $? "$2"
    rm -f figure.png
}

make_quietly install prefix="$work/a prefix"
ok $? "make install prefix=... with a space"
runs_demo "$work/a prefix" "its program finds its assets"
man -M "$work/a prefix/share/man" -w scanscope-query >out 2>&1
ok $? "the manual is there"
mv "a prefix" moved
runs_demo "$work/moved" "a tree that is moved works"
mkdir elsewhere
ln -s "$work/moved/bin/scanscope" elsewhere/scanscope
run elsewhere/scanscope demo -o figure.png
[ "$status" -eq 0 ] && [ -s figure.png ]
ok $? "through a symbolic link as well"
make_quietly install prefix=/opt/scan DESTDIR="$work/a root"
ok $? "DESTDIR"
runs_demo "$work/a root/opt/scan" "the staged program runs where it stands"
make_quietly uninstall prefix=/opt/scan DESTDIR="$work/a root"
find "a root" ! -type d >out
[ ! -s out ]
ok $? "make uninstall leaves no file"

# ---- completions ----
share=$work/moved/share
bash_file=$share/bash-completion/completions/scanscope

# completes SHELL-WORDS... : what bash offers for the last word.
completes() {
    # shellcheck disable=SC2016
    bash -c '. "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _scanscope 2>/dev/null
        printf "%s\n" "${COMPREPLY[@]}"' "$bash_file" "$@" | sort | tr '\n' ' '
}

# offers EXPECTED WORDS...
offers() {
    expected=$1
    shift
    completes "$@" >out
    [ "$(cat out)" = "$expected " ]
    ok $? "bash: $* -> $expected"
}

if command -v bash >/dev/null; then
    mkdir -p "data/a folder"
    touch data/a.pth.tar
    offers "eval explore extract" scanscope e
    offers "captions compare curves" scanscope figure c
    offers "failures" scanscope analyse f
    offers "--sort --split" scanscope analyse failures --s
    offers "--precision" scanscope query --pr
    offers "LogSumExp" scanscope query --agg-func L
    offers "LogSumExp" scanscope query --agg_func = L
    offers "data/a folder data/a.pth.tar" scanscope query -m data/a
    offers "data/a folder" scanscope query -d data/a
else
    skip "bash's completion" "no bash"
fi
for shell in zsh fish; do
    file=$share/zsh/site-functions/_scanscope
    [ $shell = zsh ] || file=$share/fish/vendor_completions.d/scanscope.fish
    if command -v $shell >/dev/null; then
        $shell -n "$file" >out 2>&1
        ok $? "$shell reads its completion"
    else
        skip "$shell reads its completion" "no $shell (apt-get install $shell)"
    fi
    missing=
    for option in $("$SCANSCOPE" query --help | sed -n 's/.* --\([a-z-]*\).*/\1/p'); do
        grep -q -e "--$option\>" -e "-l $option\>" "$file" || missing="$missing $option"
    done
    [ -z "$missing" ]
    ok $? "$shell: every option of query$missing"
done
if command -v fish >/dev/null; then
    HOME=$work fish -c "source '$share/fish/vendor_completions.d/scanscope.fish'
        complete -C 'scanscope query --agg-func L'; complete -C 'scanscope figure comp'
        complete -C 'scanscope analyse failures --so'" >out 2>&1
    [ "$(cut -f 1 out | tr '\n' ' ')" = "LogSumExp compare --sort " ]
    ok $? "fish offers choices, kinds and options"
else
    skip "fish offers choices, kinds and options" "no fish (apt-get install fish)"
fi
done_testing
