# tap.sh: for the shell tests: numbered cases in TAP; `done_testing` ends with the plan.
# Every test works in a folder of its own, $work, which is removed at the end.
# shellcheck shell=sh
tap_number=0
work=$(mktemp -d)
# A child that a signal ends before it has become its command runs bash's traps too: not this one.
trap '[ "${BASHPID:-$$}" != "$$" ] || rm -rf "$work"' EXIT
cd "$work" || exit 99

# ok STATUS NAME: one case; if not ok, shows $work/out and $work/err.
ok() {
    tap_number=$((tap_number + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $tap_number - $2"
        return
    fi
    echo "not ok $tap_number - $2"
    for file in out err; do
        [ -f "$work/$file" ] && sed "s/^/# $file: /" "$work/$file" | cut -c 1-300 | head -n 20
    done
    return 0
}

# skip NAME WHY: one case that is skipped
skip() {
    tap_number=$((tap_number + 1))
    echo "ok $tap_number - $1 # SKIP $2"
}

# torch_python: sets $python to a Python that has torch and numpy; empty if there is none.
no_torch="no Python with torch and numpy (apt-get install python3-torch)"
torch_python() {
    for python in "${SCANSCOPE_TEST_PYTHON:-}" /usr/bin/python3 python3; do
        [ -n "$python" ] && "$python" -c 'import torch, numpy' 2>/dev/null && return
    done
    python=
}

# run COMMAND...: runs it with output to $work/out, messages to $work/err, status to $status.
run() {
    status=0
    "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
}

# fails_with STATUS TEXT NAME: the last run ended with STATUS and one line on stderr that contains TEXT.
fails_with() {
    [ "$status" -eq "$1" ] && [ "$(wc -l <"$work/err")" -eq 1 ] && grep -qF -e "$2" "$work/err"
    ok $? "$3"
}

done_testing() {
    echo "1..$tap_number"
}
