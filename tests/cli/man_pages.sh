#!/bin/sh
# The man pages format without a complaint, there is one for each command, and each is in no way empty.
. "$SCANSCOPE_TESTS/support/tap.sh"
pages=$(dirname "$SCANSCOPE")/man
for command in $("$SCANSCOPE" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z0-9]*\) .*/\1/p'); do
    page=$pages/scanscope-$command.1
    [ -s "$page" ] && grep -q '^.SH OPTIONS' "$page" && ! grep -q '^@' "$page"
    ok $? "scanscope-$command.1 is there and filled"
done
grep -q '^.B thumbnails' "$pages/scanscope-config.5" && ! grep -q '^@' "$pages/scanscope-config.5"
ok $? "scanscope-config.5 is there and filled"
for page in "$pages"/scanscope*.1 "$pages"/scanscope-config.5 "$SCANSCOPE_TESTS"/../man/scanscope-formats.5; do
    name=$(basename "$page")
    if command -v man >/dev/null; then
        LC_ALL=C.UTF-8 MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z "$page" >/dev/null 2>err
        [ ! -s err ]
        ok $? "$name formats without a warning"
    else
        skip "$name formats" "man is missing: apt-get install man-db"
    fi
done
done_testing
