#!/bin/sh
# Every source file is as clang-format of Debian 12 (version 14) with .clang-format leaves it.
. "$SCANSCOPE_TESTS/support/tap.sh"
tree=$(cd "$SCANSCOPE_TESTS/.." && pwd)

version=$(clang-format --version 2>/dev/null | sed -n 's/.*version \([0-9]*\).*/\1/p')
if [ "$version" != 14 ]; then
    skip "the formatter changes nothing" "clang-format ${version:-is missing}, wanted: 14 (apt-get install clang-format)"
    done_testing
    exit
fi
(cd "$tree" && find src ui tests -name '*.[ch]') >files
cd "$tree" || exit 99
status=0; xargs clang-format --dry-run --Werror <"$work/files" >"$work/out" 2>"$work/err" || status=$?
ok "$status" "the formatter changes nothing in $(wc -l <"$work/files") files"
mkdir "$work/src"
cp "$tree/.clang-format" "$work"
printf 'int  misplaced(void);\n' >"$work/src/misplaced.h"
run clang-format --dry-run --Werror "$work/src/misplaced.h"
[ "$status" -ne 0 ]
ok $? "... and would change a misplaced line"
done_testing
