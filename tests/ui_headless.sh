#!/bin/sh
# The explorer without a terminal on a real model and features: scripts, their errors, sessions, the configuration.
. "$SCANSCOPE_TESTS/tap.sh"
fixture=$SCANSCOPE_TEST_FIXTURES/t2i_avg

play() { # STATEMENTS [OPTIONS]
    statements=$1
    shift
    printf '%s\n' "$statements" >script
    "$SCANSCOPE" explore --headless --script script --size 80x24 "$@" >out 2>err
}

play 'wait idle' --script nosuchfile
[ $? -eq 1 ]
ok $? "a script that is missing is an error"
"$SCANSCOPE" explore --headless >out 2>err
[ $? -eq 2 ] && grep -q -- '--script' err
ok $? "--headless without a script says what it needs"
"$SCANSCOPE" explore --size 12 >out 2>err
[ $? -eq 2 ]
ok $? "a wrong size is wrong usage"
"$SCANSCOPE" explore --keys text >out 2>err && grep -q 'next-failure' out
ok $? "the table of keys is printed"
"$SCANSCOPE" explore -m a -m b -m c -d . </dev/null >out 2>err
[ $? -eq 1 ] && grep -q '3 models' err
ok $? "three models are too many"
play 'wait idle' -m /nosuch/model.pth.tar -d /nosuch
[ $? -eq 1 ] && grep -q nosuch err
ok $? "a model that is missing is named"

if [ ! -d "$fixture" ]; then
    skip "the explorer on a model" "no $fixture (set SCANSCOPE_TEST_FIXTURES)"
    done_testing
    exit 0
fi
on="-m $fixture/model.pth.tar --ims $fixture/ims.npy --token-ids $fixture/tokens.txt"

# shellcheck disable=SC2086
play 'wait idle
expect Type a caption
key Esc 4
wait idle
key Enter
wait idle
expect truth at
key T
expect The truth is at rank
expect true
save screen.txt
save screen.ansi
save screen.png' $on
ok $? "a caption of the split is ranked, its image found"
[ -s screen.txt ] && grep -q '38;2;' screen.ansi && file screen.png 2>/dev/null | grep -q PNG
ok $? "screens are saved as text, with colours, as a picture"
# shellcheck disable=SC2086
play 'wait idle
key Esc 3 Enter
wait idle
expect Image→text
expect ✓' $on
ok $? "captions are ranked for an image, the true ones ticked"
# shellcheck disable=SC2086
play 'wait idle
key Esc 5
wait idle
expect R@10' $on
ok $? "all captions are ranked for the failures"
# shellcheck disable=SC2086
play 'wait idle
expect no such text' $on
[ $? -eq 1 ] && grep -q 'script: line 2: the screen lacks' err
ok $? "what a script expects in vain is reported with its line"
# shellcheck disable=SC2086
play 'wait idle
nonsense' $on
[ $? -eq 1 ] && grep -q 'line 2: no statement' err
ok $? "an unknown statement is reported with its line"

printf '# mine\nbind F2 overlay heat\ntheme light\nunbind q\n' >config
# shellcheck disable=SC2086
play 'wait idle
key Esc 4
wait idle
key F2
expect heat
key q
expect q does nothing' --config config $on
ok $? "the configuration binds keys"
printf 'theme light\n\nmap nosuch\n' >config
# shellcheck disable=SC2086
play 'wait idle' --config config $on
[ $? -eq 1 ] && grep -q 'config: line 3: ' err
ok $? "a wrong line of the configuration is reported with its number"
printf 'quit\n' >config
# shellcheck disable=SC2086
play 'wait idle' --config config $on
[ $? -eq 1 ] && grep -q 'is no setting' err
ok $? "a command that is no setting is not run from the configuration"

# shellcheck disable=SC2086
play 'wait idle
key Esc 4 j j Space Enter
wait idle
key j j j o
wait idle
key q' --session s.json $on
ok $? "a session is kept"
play 'wait idle
expect 4 of 24
expect heat
key Esc 4 k
expect ●' --session s.json
ok $? "a session is taken up without naming model and data"
printf '{"models": 3}' >s.json
play 'wait idle' --session s.json -m "$fixture/model.pth.tar" --ims "$fixture/ims.npy" --token-ids "$fixture/tokens.txt"
[ $? -eq 1 ] && grep -q 'no session' err
ok $? "a file that is no session is an error"
done_testing
