#!/bin/sh
# The explorer without a terminal on a real model and features: scripts, their errors, sessions, the configuration.
. "$SCANSCOPE_TESTS/support/tap.sh"
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

# ---- on the demo, while its files go away ------------------------------------------------------------------
# Statements go in one at a time; `print` shows that those before it are done.
demo=$SCANSCOPE_TESTS/../assets/demo
mkfifo statements
say() { printf '%s\n' "$1" >&7; }
answered() { # TEXT: on a screen printed since the last look
    tries=0
    until grep -qF "$1" out; do
        tries=$((tries + 1))
        [ $tries -gt 600 ] && return 1
        sleep 0.05
    done
}
cp -r "$demo" demo
chmod -R u+w demo
export XDG_CACHE_HOME=$work/cache
"$SCANSCOPE" explore --headless --script - --size 100x30 -m demo/model.pth.tar -d demo -s test <statements >out 2>err &
player=$!
exec 7>statements
say 'wait idle
key Esc 4 j j Enter
wait idle
print'
answered 'truth at'
ok $? "the demo is ranked"
second=$(grep -o 'test_[0-9][0-9]*' out | awk '!seen[$0]++' | sed -n 2p)
find demo -name "$second.*" -exec sh -c 'echo broken >"$1"' sh {} \;
say 'key j
wait idle
print'
answered "$second.p"
ok $? "a photograph that breaks while one looks is a line in its place"
rm -r demo
say 'key j
wait idle
print'
answered 'no photograph'
ok $? "a photograph that is gone is a line in its place"
say 'type i
wait idle
key Ctrl-E Ctrl-U
type a red house by the sea
key Enter
wait idle
expect 1 of 200
key 5
wait idle
expect R@10
key 3 Enter
wait idle
expect Image→text
key v
print
key q'
exec 7>&-
wait $player
ok $? "with the data folder deleted, captions and images are still ranked"
words=$(yes horse | head -n 1100 | tr '\n' ' ')
play "wait idle
type a horse
key Enter
wait idle
expect test_0
key i Ctrl-E Ctrl-U
paste $words
key Enter
wait idle
expect at most 1022 are supported
expect This caption is not ranked
reject test_0
key i Ctrl-E Ctrl-U
type a horse
key Enter
wait idle
expect test_0
reject are supported" -m "$demo/model.pth.tar" -d "$demo" -s test
ok $? "a caption of too many words is said, no older ranking stands under it, the next one is ranked"
play 'wait idle
key Esc 4 Space j Space
command save-marks
expect Saved
key E
wait exported
expect Saved 2 figures' -m "$demo/model.pth.tar" -d "$demo" -s test
ok $? "marks are saved, their figures exported"
"$SCANSCOPE" figure --batch marks.jsonl -m "$demo/model.pth.tar" -d "$demo" -s test -o figures >out 2>err
[ $? -eq 0 ] && [ -s figures/caption-0.png ] && [ -s figures/caption-2.png ]
ok $? "figure --batch draws the saved marks"

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
refused=
for line in "boxes x" "boxes -1" bind unbind "bind z" "map jet" "regions maybe"; do
    echo "$line" >config
    play 'wait idle' --config config $on
    [ $? -eq 1 ] && grep -q 'config: line 1: ' err && refused="$refused x"
done
[ "$refused" = " x x x x x x x" ] && grep -q 'is not one of: ' err
ok $? "so is one without its argument, or with one that it does not take; the choices are listed"
printf 'quit\n' >config
# shellcheck disable=SC2086
play 'wait idle' --config config $on
[ $? -eq 1 ] && grep -q 'is not a setting' err
ok $? "a command that is not a setting is not run from the configuration"

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

# Killed in the middle: what was marked and asked is in the file.
mkfifo killed
# shellcheck disable=SC2086
"$SCANSCOPE" explore --headless --script - --size 80x24 --session killed.json $on <killed >out 2>err &
player=$!
exec 8>killed
printf '%s\n' 'wait idle' 'key Esc 4 j Space j Space Enter' 'wait idle' 'key j j' print >&8
tries=0
until grep -q '3 of 24' out || [ $tries -gt 600 ]; do
    tries=$((tries + 1))
    sleep 0.05
done
kill -9 "$player"
wait "$player" 2>/dev/null
exec 8>&-
tr -d ' \n' <killed.json >kept
grep -q '"marks":\[1,3\]' kept && grep -q '"row":2' kept
ok $? "what was marked and asked survives SIGKILL"
# shellcheck disable=SC2086
play 'wait idle
key Esc 5
wait surveyed
key q' --session failures.json $on && play 'wait opened
print
wait surveyed
expect 5 Failures
expect rank' --session failures.json
ok $? "a session left among the failures is taken up: no row is drawn before it is ranked"
printf '{"models": 3}' >s.json
play 'wait idle' --session s.json -m "$fixture/model.pth.tar" --ims "$fixture/ims.npy" --token-ids "$fixture/tokens.txt"
[ $? -eq 1 ] && grep -q 'not a session' err
ok $? "a file that is not a session is an error"
done_testing
