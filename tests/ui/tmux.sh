#!/bin/sh
# The explorer on a real terminal (tmux) with the real readline: editing, history, pasting, resizing, stopping, and
# the terminal as it was after every way out. Waits for what the screen shows, with a limit only for failure.
set -u
unset SCANSCOPE_VIEWER
explorer=${UI_EXPLORER:-tests/ui/ui_explorer}
cases="${UI_TMUX_CASES:-typing history completion palette paste escape quit error int term hup quit-signal alrm stop tstp resize winch cancel mouse copy viewer no-viewer crash closed no-terminal choosing thumbnails}"
set -- $cases
echo "1..$#"
if ! command -v tmux >/dev/null 2>&1; then
    n=0
    for name in $cases; do
        n=$((n + 1))
        echo "ok $n - $name # SKIP tmux is not installed"
    done
    exit 0
fi
case $explorer in /*) ;; *) explorer=$PWD/$explorer ;; esac
dir=$(mktemp -d) || exit 99
socket=$dir/tmux
trap 'tmux -S "$socket" kill-server 2>/dev/null; rm -rf "$dir"' EXIT
# Leaks at exit are the unit tests' matter; LeakSanitizer would write over the screen.
export ASAN_OPTIONS="detect_leaks=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}"

t() { tmux -S "$socket" "$@"; }
screen() { t capture-pane -p -t x 2>/dev/null; }

# Waits until a command succeeds: some 20 seconds at most.
until_true() {
    tries=0
    while ! "$@"; do
        tries=$((tries + 1))
        [ $tries -gt 400 ] && return 1
        sleep 0.05
    done
}
shows() { screen | grep -qF -- "$1"; }
expect() {
    until_true shows "$1" && return 0
    why="the screen does not show: $1"
    return 1
}
file_there() { [ -s "$dir/$1" ]; }

# A fresh pane in which the explorer runs between two looks at the terminal's settings.
begin() {
    rm -f "$dir/before" "$dir/after" "$dir/status" "$dir/pid" "$dir/stopped"
    cat >"$dir/run" <<END
set -m
trap : INT
export SCANSCOPE_VIEWER=${SCANSCOPE_VIEWER:-}
export XDG_STATE_HOME=$dir/state XDG_CACHE_HOME=$dir/cache XDG_CONFIG_HOME=$dir/config LC_ALL=C.UTF-8
unset COLORTERM NO_COLOR ESCDELAY
cd $dir
stty -g >$dir/before
$explorer ${1:-} &
echo \$! >$dir/pid
fg >/dev/null
status=\$?
while [ \$status = 148 ]; do
    stty -g >$dir/stopped
    echo was stopped
    read line
    fg >/dev/null
    status=\$?
done
echo \$status >$dir/status
stty -g >$dir/after
echo given back
cat
END
    t kill-session -t x 2>/dev/null
    t -f /dev/null new-session -d -s x -x 80 -y 24 "bash $dir/run"
}
started() { expect "Type a caption"; }
pid() { cat "$dir/pid"; }

# The terminal is as it was: settings, screen, mouse, cursor. $1: the status that the shell saw.
given_back() {
    why="it did not end"
    until_true file_there after || return 1
    expect "given back" || return 1
    cmp -s "$dir/before" "$dir/after" || { why="stty: $(cat "$dir/before") then $(cat "$dir/after")"; return 1; }
    flags=$(t display-message -p -t x '#{alternate_on}#{mouse_any_flag}#{cursor_flag}#{keypad_cursor_flag}')
    [ "$flags" = 0010 ] || { why="alternate screen, mouse, cursor, keypad: $flags"; return 1; }
    status=$(cat "$dir/status")
    [ "$status" = "$1" ] || { why="status $status, not $1"; return 1; }
}

do_typing() {
    begin && started || return 1
    t send-keys -t x 'red ball' C-a 'a ' C-e ' on the grass' Enter
    expect "1  0." && expect "Caption› a red ball on the grass"
}
do_history() { # of the run before
    begin && started || return 1
    t send-keys -t x q
    t send-keys -t x BSpace Up
    expect "Caption› a red ball on the grass" || return 1
    t send-keys -t x Down C-r 'red'
    expect "reverse-i-search" || return 1
    t send-keys -t x Escape
    expect "Caption› a red ball on the grass"
}
do_completion() {
    begin && started || return 1
    t send-keys -t x 'a bl' Tab
    expect "black" && expect "blue" || return 1
    t send-keys -t x 'u' Tab
    expect "Caption› a blue"
}
do_palette() {
    begin && started || return 1
    t send-keys -t x Escape
    expect "q quit" || return 1
    t send-keys -t x : 'ov'
    expect "overlay" && expect "[fade|heat|boxes|top|none]" || return 1
    t send-keys -t x Tab ' to' Tab Enter
    expect "Overlay: top"
}
do_paste() {
    begin && started || return 1
    printf 'a blue\ndog\n' | t load-buffer -
    t paste-buffer -p -t x
    expect "Caption› a blue dog"
}
do_escape() { # a lone Esc acts at once, without a further key
    begin && started || return 1
    t send-keys -t x Escape
    expect "q quit"
}
do_quit() {
    begin && started || return 1
    t send-keys -t x Escape
    expect "q quit" || return 1
    t send-keys -t x q
    given_back 0
}
do_error() {
    begin "--broken"
    until_true file_there after || return 1
    given_back 1 && expect "model.pth.tar: cannot open"
}
leave_by() {
    begin && started || return 1
    kill "-$1" "$(pid)"
    given_back "$2"
}
do_int() { leave_by INT 130; }
do_term() { leave_by TERM 143; }
do_hup() { leave_by HUP 129; }
do_quit_signal() { leave_by QUIT 131; }
do_alrm() { leave_by ALRM 142; }
# It stopped with the terminal as it was, and goes on where it was.
stopped_and_back() {
    expect "was stopped" || return 1
    cmp -s "$dir/before" "$dir/stopped" || { why="stopped, the terminal is not as it was"; return 1; }
    [ "$(t display-message -p -t x '#{alternate_on}')" = 0 ] || { why="stopped on the alternate screen"; return 1; }
    t send-keys -t x Enter
    expect "Type a caption" || return 1
    t send-keys -t x 'still here'
    expect "Caption› still here"
}
do_stop() {
    begin && started || return 1
    t send-keys -t x C-z
    stopped_and_back
}
do_tstp() {
    begin && started || return 1
    kill -TSTP "$(pid)"
    stopped_and_back
}
do_resize() {
    begin && started || return 1
    t send-keys -t x 'a red ball' Enter
    expect "1000.png" || return 1
    t resize-window -t x -x 40 -y 8
    expect "Caption› a red ball" && expect "0.38" || return 1
    t resize-window -t x -x 120 -y 40
    expect "1  0.38"
}
do_winch() { # sizes follow one another while the worker ranks
    begin --hold && started || return 1
    t send-keys -t x 'a red ball' Enter
    expect "Ranking the images" || return 1
    for size in "-x 30 -y 6" "-x 200 -y 60" "-x 20 -y 5" "-x 80 -y 24"; do
        # shellcheck disable=SC2086
        t resize-window -t x $size
        kill -WINCH "$(pid)"
    done
    expect "Ctrl-C stops" || return 1
    t send-keys -t x C-c
    expect "Stopped"
}
do_cancel() { # the newer caption's ranking, and never the older one's
    begin --hold && started || return 1
    t send-keys -t x 'a red ball' Enter
    expect "Ctrl-C stops" || return 1
    t send-keys -t x i C-e C-u 'a blue dog' Enter
    expect "Caption› a blue dog" && expect "Ctrl-C stops" || return 1
    t send-keys -t x C-c
    expect "Stopped" || return 1
    t send-keys -t x C-c C-c
    given_back 0
}
# A button pressed and let go, as the terminal's own mouse sequence has it (three bytes from 32): $1 the button (0 left,
# 64 wheel up, 65 down), $2 column, $3 row, from 1.
byte() { printf '%03o' $((32 + $1)); }
press() {
    printf '\033[M\'"$(byte "$1")"'\'"$(byte "$2")"'\'"$(byte "$3")" | t load-buffer -b mouse -
    t paste-buffer -r -b mouse -t x
    [ "$1" = 0 ] || return 0
    printf '\033[M#\'"$(byte "$2")"'\'"$(byte "$3")" | t load-buffer -b mouse -
    t paste-buffer -r -b mouse -t x
}
do_mouse() {
    begin && started || return 1
    t send-keys -t x 'a red ball' Enter
    expect "1 of 12" || return 1
    press 0 5 6
    expect "2 of 12" || return 1
    press 65 5 6
    expect "3 of 12" || return 1
    press 64 5 6
    expect "2 of 12"
}
buffer_has() { t show-buffer -b "$(t list-buffers -F '#{buffer_name}' | head -n 1)" 2>/dev/null | grep -qF "$1"; }
do_copy() {
    begin && started || return 1
    t set-option -s set-clipboard on
    t send-keys -t x 'a red ball' Enter
    expect "1 of 12" || return 1
    t send-keys -t x Y
    expect "Copied: 1000.png" || return 1
    why="the clipboard lacks the id"
    until_true buffer_has 1000.png
}
do_viewer() {
    printf '#!/bin/sh\necho "$1" >%s/viewed\n' "$dir" >"$dir/viewer"
    chmod +x "$dir/viewer"
    export SCANSCOPE_VIEWER="$dir/viewer"
    viewed
}
viewed() {
    begin && started || return 1
    t send-keys -t x 'a red ball' Enter
    expect "1 of 12" || return 1
    t send-keys -t x v
    why="the viewer was not given the photograph"
    until_true file_there viewed && grep -q '/photos/1000.png' "$dir/viewed"
}
do_no_viewer() {
    export SCANSCOPE_VIEWER="$dir/nosuchviewer"
    begin && started || return 1
    t send-keys -t x 'a red ball' Enter
    expect "1 of 12" || return 1
    t send-keys -t x v
    expect "nosuchviewer: cannot be run"
}
do_crash() {
    begin && started || return 1
    t send-keys -t x crash Enter
    given_back 139
}
gone() { ! kill -0 "$(pid)" 2>/dev/null; }
do_closed() {
    begin && started || return 1
    number=$(pid)
    t kill-session -t x
    why="it lives on without a terminal"
    until_true gone "$number"
}
do_choosing() { # from the start screen and back to it
    begin "--start" && expect "choose a checkpoint" || return 1
    t send-keys -t x ':' 'load /runs/m.pth.tar /data/things test' Enter
    started || return 1
    t send-keys -t x Escape
    expect "q quit" || return 1
    t send-keys -t x 0
    expect "/runs/m.pth.tar" || return 1
    t send-keys -t x j
    expect "2 of" || return 1
    t send-keys -t x q
    given_back 0
}
# 500 thumbnails of a true-colour picture each: more colour pairs than curses has. What is shown at the end is what is
# shown by a fresh start there.
do_thumbnails() {
    if ! infocmp tmux-direct >/dev/null 2>&1; then
        skip="the terminal database has no tmux-direct (package ncurses-term)"
        return 0
    fi
    begin "--images 500 --colourful" && started || return 1
    t resize-window -t x -x 250 -y 60
    images || return 1
    for page in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
        until_true settled || { why="page $page does not come to rest"; return 1; }
        t send-keys -t x PageDown
    done
    expect "1499.png" && expect "500 of 500" || return 1
    until_true settled || { why="the screen does not come to rest"; return 1; }
    coloured >"$dir/late"
    begin "--images 500 --colourful" && started || return 1
    t resize-window -t x -x 250 -y 60
    images || return 1
    t send-keys -t x End
    expect "1499.png" && until_true settled || return 1
    coloured >"$dir/fresh"
    grep -q '48;2;' "$dir/fresh" || { why="no true colour"; return 1; }
    cmp -s "$dir/late" "$dir/fresh" || { why="after 500 thumbnails the colours are others"; return 1; }
}
images() {
    t send-keys -t x Escape
    expect "q quit" || return 1
    t send-keys -t x 3
    expect "1 of 500"
}
coloured() { t capture-pane -p -e -t x | head -n 58; }
# Every thumbnail of the page has come: no place is left shaded.
settled() { ! screen | grep -q '░' && sleep 0.1 && ! screen | grep -q '░'; }
do_no_terminal() {
    why="no line says that a terminal is needed"
    "$explorer" </dev/null 2>&1 >/dev/null | grep -q "needs a terminal"
}

t -f /dev/null new-session -d -s keep cat # so that the server outlives the other sessions
n=0
for name in $cases; do
    n=$((n + 1))
    why=
    skip=
    if "do_$(echo "$name" | tr - _)"; then
        echo "ok $n - $name${skip:+ # SKIP $skip}"
    else
        echo "not ok $n - $name"
        echo "# $why"
        screen | sed 's/^/# | /'
    fi
done
