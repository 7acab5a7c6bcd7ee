#!/bin/sh
# The order of the folders (tests/house/order) against the built objects' symbols and the sources' includes: a file
# that calls or includes up fails by name, and so does a circle of files.
. "$SCANSCOPE_TESTS/support/tap.sh"
tree=$(cd "$SCANSCOPE_TESTS/.." && pwd)
house=$SCANSCOPE_TESTS/house

# symbols OBJECT...: of objects below the current folder.
symbols() {
    nm -A -g "$@"
}

# check LINES: the order against symbols and includes.
check() {
    run awk -f "$house/order.awk" "${order:-$house/order}" "$1"
}

if [ -z "${SCANSCOPE_OBJECTS:-}" ]; then
    skip "the order of the folders" "run it by make check, which names the objects (SCANSCOPE_OBJECTS)"
    done_testing
    exit
fi
# shellcheck disable=SC2086
(cd "$SCANSCOPE_BUILD" && symbols $SCANSCOPE_OBJECTS) >built.txt
[ "$(sort -u -t: -k1,1 built.txt | wc -l)" -ge 250 ]
ok $? "the objects are there"
check built.txt
ok "$status" "no file calls up or sideways, and no circle"

(cd "$tree" && find src ui -name '*.[ch]' -exec grep -H '^#include "' {} +) |
    sed -n 's/^\([^:]*\):#include "\([^"]*\)".*/\1 \2/p' |
    awk '{ print "include", $1, ($2 ~ /^(ui|config\.h)/ ? "" : "src/") $2 }' | grep -v ' config.h$' >includes.txt
[ "$(wc -l <includes.txt)" -ge 1000 ]
ok $? "the includes are there"
check includes.txt
ok "$status" "no file includes up or sideways"

# The check can fail. Made-up objects: base calls the explorer, views and commands call each other.
compile() {
    mkdir -p "$(dirname "$1")"
    printf '%s\n' "$2" | ${CC:-cc} -c -x c -o "$1" -
}
calls_up='void loop_made_up(void); void base_made_up(void); void base_made_up(void) { loop_made_up(); }'
compile src/base/low.o "$calls_up" && compile ui/loop/high.o 'void loop_made_up(void); void loop_made_up(void) {}'
symbols src/base/low.o ui/loop/high.o >up.txt
check up.txt
[ "$status" -ne 0 ] && grep -qF 'src/base/low calls loop_made_up of ui/loop/high' out
ok $? "a made-up call up fails by name"
compile ui/views/a.o 'void b(void); void a(void); void a(void) { b(); }'
compile ui/commands/b.o 'void a(void); void b(void); void b(void) { a(); }'
symbols ui/views/a.o ui/commands/b.o >sideways.txt
check sideways.txt
[ "$status" -ne 0 ] && [ "$(grep -c 'calls [ab] of' out)" -eq 2 ]
ok $? "... and one sideways"
# Circles: one pair is let pass in ui/, in src/ none, in ui/ no second one, nowhere one of three.
compile ui/loop/a.o 'void b(void); void a(void); void a(void) { b(); }'
compile ui/loop/b.o 'void a(void); void b(void); void b(void) { a(); }'
symbols ui/loop/a.o ui/loop/b.o >pair.txt
check pair.txt
ok "$status" "one pair of files in ui/ may call each other"
compile ui/work/c.o 'void d(void); void c(void); void c(void) { d(); }'
compile ui/work/d.o 'void c(void); void d(void); void d(void) { c(); }'
symbols ui/loop/a.o ui/loop/b.o ui/work/c.o ui/work/d.o >pairs.txt
check pairs.txt
[ "$status" -ne 0 ] && grep -q 'a circle of files' out
ok $? "... but not two"
sed 's#ui/loop/#src/base/#' pair.txt >low.txt
check low.txt
[ "$status" -ne 0 ] && grep -qF 'a circle of files: src/base/a src/base/b' out
ok $? "... and none in src/"
{ cat "$house/order"; echo 'circle: src/base/a src/base/b # made up'; } >accepting
order=accepting
check low.txt
ok "$status" "a circle that the order accepts"
check up.txt
[ "$status" -ne 0 ] && grep -qF 'accepts a circle that is gone: src/base/a src/base/b' out
ok $? "... is not accepted for ever"
order=
compile src/attic/a.o 'void a(void); void a(void) {}'
compile src/base/b.o 'void a(void); void b(void); void b(void) { a(); }'
symbols src/attic/a.o src/base/b.o >attic.txt
check attic.txt
[ "$status" -ne 0 ] && grep -qF 'src/attic is not declared' out
ok $? "a folder that the order does not have"
echo 'include src/model/fc.c src/cli/cli.h' >include.txt
check include.txt
[ "$status" -ne 0 ] && grep -qF 'src/model/fc.c includes src/cli/cli.h' out
ok $? "an include that goes up"
done_testing
