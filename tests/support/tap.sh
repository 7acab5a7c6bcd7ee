# tap.sh: for the shell tests: case after case in TAP, numbered; `done_testing` closes with the plan.
# Every test works in a folder of its own, $work, that is removed at the end.
# shellcheck shell=sh
tap_number=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 99

# ok STATUS NAME: one case; not ok shows what $work/out and $work/err hold.
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

# skip NAME WHY
skip() {
    tap_number=$((tap_number + 1))
    echo "ok $tap_number - $1 # SKIP $2"
}

# torch_python: to $python a Python that has torch and numpy; empty where there is none.
no_torch="no Python with torch and numpy (apt-get install python3-torch)"
torch_python() {
    for python in "${SCANSCOPE_TEST_PYTHON:-}" /usr/bin/python3 python3; do
        [ -n "$python" ] && "$python" -c 'import torch, numpy' 2>/dev/null && return
    done
    python=
}

# run COMMAND...: output to $work/out, messages to $work/err, status to $status.
run() {
    status=0
    "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
}

# fails_with STATUS TEXT NAME: the last run ended so, with one line on stderr that has TEXT.
fails_with() {
    [ "$status" -eq "$1" ] && [ "$(wc -l <"$work/err")" -eq 1 ] && grep -qF -e "$2" "$work/err"
    ok $? "$3"
}

done_testing() {
    echo "1..$tap_number"
}
