#!/bin/sh
# Every command explains itself, wrong usage ends with status 2, and every example runs on the demo.
. "$SCANSCOPE_TESTS/support/tap.sh"

XDG_CACHE_HOME=$work/cache # what other tests have damaged is not its matter
export XDG_CACHE_HOME

commands=$("$SCANSCOPE" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z0-9]*\) .*/\1/p')
[ -n "$commands" ]
ok $? "the main help lists the commands"

ln -s "$SCANSCOPE_ASSETS" assets
mkdir bin && ln -s "$SCANSCOPE" bin/scanscope
PATH=$work/bin:$PATH

for command in $commands; do
    run scanscope "$command" --help
    [ "$status" -eq 0 ] && grep -q "^Usage: scanscope $command" out && grep -q '^  -h, --help' out
    ok $? "$command --help"
    grep -q '^Examples:' out
    ok $? "$command --help has examples"
    sed -n '/^Examples:/,$s/^ *\(scanscope .*\)/\1/p' out >"examples.$command"
    run scanscope "$command" --no-such-option
    fails_with 2 "no-such-option" "$command refuses an unknown option"
    awk 'length > 80 {exit 1}' out
    ok $? "$command --help fits 80 columns"
done

if [ -f assets/demo/model.pth.tar ]; then
    cat examples.* >examples
    echo 'wait idle' >idle.keys
    while IFS= read -r line; do
        case $line in # the explorer wants a terminal, or a script in its place
        "scanscope explore"*) run sh -c "$line --headless --script idle.keys" ;;
        *) run sh -c "$line" ;;
        esac
        ok "$status" "example: $line"
    done <examples
else
    skip "examples" "no assets/demo/model.pth.tar"
fi

run scanscope no-such-command
fails_with 2 "no-such-command" "an unknown command"
for wrong in "analyze|did you mean analyse?" "help evla|did you mean eval?" "eval --jason|did you mean --json?" \
    "eval --json=1|--json takes no value" "query --pre_cision f32|did you mean --precision?" \
    "eval --s test|--s may be --split" "analyse failure|did you mean failures?" "eval -Z|unknown option -Z" \
    "eval -m|-m needs a value" "eval --model|--model needs a value"; do
    # shellcheck disable=SC2086
    run scanscope ${wrong%|*}
    fails_with 2 "${wrong#*|}" "${wrong%|*}: ${wrong#*|}"
done
echo 'wait idle' >idle.keys
run scanscope -m assets/demo/model.pth.tar -d assets/demo --headless --script idle.keys
ok "$status" "options without a command are the explorer's"
run scanscope -m assets/demo/model.pth.tar --heedless
fails_with 2 "scanscope explore: unknown option --heedless (did you mean --headless?)" "wrong ones as well"
scanscope bench score >out 2>err &
pid=$!
sleep 0.5
kill -INT "$pid"
wait "$pid"
[ $? -eq 130 ]
ok $? "Ctrl-C: status 130"
run scanscope --version
[ "$status" -eq 0 ] && grep -q '^scanscope [0-9]' out
ok $? "--version"
if [ -w /dev/full ]; then
    scanscope --help >/dev/full 2>err
    [ $? -eq 1 ] && grep -q "No space left" err
    ok $? "a full disk under standard output is a failure"
else
    skip "full disk" "no /dev/full"
fi
done_testing
