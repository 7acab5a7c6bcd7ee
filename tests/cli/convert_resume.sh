#!/bin/sh
# scanscope convert: a made-up TSV of many images, stopped at several of them by signals and full disks: resumed, with
# the same bytes as an uninterrupted run. SCANSCOPE_CONVERT_LONG=1: regions of real size, with the memory they take.
. "$SCANSCOPE_TESTS/support/tap.sh"
python=/usr/bin/python3
if ! "$python" -c 'import numpy' 2>/dev/null; then
    skip "resuming" "no numpy in $python"
    done_testing
    exit 0
fi

if [ "${SCANSCOPE_CONVERT_LONG:-0}" = 1 ]; then size=2048; regions=36; else size=16; regions=4; fi
count=5000

# Adaptive numbers of regions in b.tsv, the same in a.tsv; every 500th row is bad in one way or another.
"$python" - "$size" "$regions" "$count" <<'END'
import base64, sys
import numpy as np
size, regions, count = map(int, sys.argv[1:])
rng = np.random.default_rng(1)
block = rng.random((regions, size), dtype='f4')
b64 = lambda a: base64.b64encode(a.astype('<f4').tobytes()).decode()
def write(name, first, adaptive):
    with open(name, 'w') as f:
        for i in range(first, first + count // 2):
            n = 1 + i % regions if adaptive else regions
            x = block[:n] * np.float32(1 + i % 97)
            x[0, 0] = i
            box = np.tile(np.array([[1, 2, 30, 20]], 'f4'), (n, 1))
            features = b64(x)
            if i % 500 == 77:
                features = features[:-5]
            elif i % 500 == 78:
                n += 1
            elif i % 500 == 79:
                x[0, 1] = np.nan
                features = b64(x)
            f.write('%d\t40\t30\t%d\t%s\t%s\n' % (i, n, b64(box), features))
            if i % 500 == 80:
                f.write('%d\t40\t30\tcut\n' % (count + i))
write('a.tsv', 0, False)
write('b.tsv', count // 2, True)
ids = rng.permutation(count)
with open('ids', 'w') as f:
    for i in ids[:count // 3]:
        f.write('%d\n' % i)
END

convert() {
    run "$SCANSCOPE" convert "$@"
}

# same DIR DIR: the same files with the same bytes
same() {
    diff -r "$1" "$2" >/dev/null 2>&1
}

# rows_done DIR: how many bytes of features the work file has
bytes_done() {
    if [ -f "$1/test_convert_ims.part" ]; then wc -c <"$1/test_convert_ims.part"; else echo 0; fi
}

# stop_at SIGNAL BYTES ARGUMENT...: starts a conversion into ./cut and stops it at some number of bytes
stop_at() {
    signal=$1
    bytes=$2
    shift 2
    "$SCANSCOPE" convert "$@" -o cut -q >out 2>err &
    pid=$!
    while [ "$(bytes_done cut)" -lt "$bytes" ] && kill -0 $pid 2>/dev/null; do :; done
    kill -"$signal" $pid 2>/dev/null
    status=0
    wait $pid 2>/dev/null || status=$?
}

total() {
    stat -c %s whole/test_ims.npy
}

# check_resumes NAME ARGUMENT...
check_resumes() {
    name=$1
    shift
    rm -rf whole cut
    convert "$@" -o whole -q
    [ "$status" -eq 1 ] && [ "$(grep -c 'left out' err)" -gt 0 ] && ! ls whole | grep -q part
    ok $? "$name: uninterrupted"
    good=$(wc -l <whole/test_ids.txt)
    for signal in KILL TERM; do
        rm -rf cut
        for share in 1 3 5 6; do
            stop_at $signal $(($(total) * share / 10)) "$@"
        done
        convert "$@" -o cut
        [ "$status" -eq 1 ] && same whole cut
        ok $? "$name: the same after signal $signal at several images ($good images)"
    done
    # killed by the system in the middle of a write, at places that do not depend on time
    rm -rf cut
    resumed=0
    for share in 1 2 5 7; do
        (ulimit -f $(($(total) * share / 10 / 512)) && exec "$SCANSCOPE" convert "$@" -o cut) >out 2>err
        [ -f cut/test_convert.part ] || break
        convert_left=$(bytes_done cut)
        [ "$convert_left" -gt 0 ] && resumed=$((resumed + 1))
        [ "$share" -ne 7 ] || truncate -s -3 cut/test_convert.part
    done
    convert "$@" -o cut
    [ "$status" -eq 1 ] && [ "$resumed" -eq 4 ] && grep -q 'resumed behind [1-9]' err && same whole cut
    ok $? "$name: the same after being killed in four writes, the last record cut off"
}

check_resumes "one file" a.tsv
check_resumes "two files, padded" a.tsv b.tsv
check_resumes "by ids, padded, float16" b.tsv a.tsv --ids ids --f16
if [ "${SCANSCOPE_CONVERT_LONG:-0}" != 1 ]; then
    check_resumes "--regions" a.tsv b.tsv --regions 2
fi

# ---- what is left, and what is said ----
rm -rf cut
stop_at TERM $((size * regions * 4 * 100)) a.tsv
if [ -f cut/test_convert.part ]; then
    [ "$status" -eq 130 ] && [ "$(ls cut | tr '\n' ' ')" = "test_convert.part test_convert_ims.part " ] &&
        grep -q 'interrupted; [0-9]* images are kept in cut/test_convert.part' err
    ok $? "interrupted: only the work files are there"
    convert a.tsv -o cut --regions 1 --errors bad.txt
    [ "$status" -eq 1 ] && grep -q 'started anew' err && [ "$(wc -l <bad.txt)" -eq 20 ]
    ok $? "with other options: anew, and said; --errors has all"
else
    skip "interrupted" "it was too quick"
    skip "with other options" "it was too quick"
fi
rm -rf cut
stop_at KILL $((size * regions * 4 * 100)) a.tsv
touch -d '2001-01-01' a.tsv
convert a.tsv -o cut
[ "$status" -eq 1 ] && { grep -q 'started anew' err || ! grep -q resumed err; }
ok $? "with a file that has changed: anew"

# ---- a full disk ----
rm -rf cut whole
convert a.tsv -o whole -q
status=0
(ulimit -f 64 && trap '' XFSZ && exec "$SCANSCOPE" convert a.tsv -o cut -q) >out 2>err || status=$?
[ "$status" -eq 1 ] && [ "$(wc -l <err)" -eq 1 ] && grep -q 'File too large' err && [ -f cut/test_convert.part ]
ok $? "a file that cannot grow: one line, and the work so far is kept"
convert a.tsv -o cut
[ "$status" -eq 1 ] && grep -q 'resumed behind [1-9]' err && same whole cut
ok $? "... and resumed"
if [ "$(id -u)" -eq 0 ] && mkdir disk && mount -t tmpfs -o size=256k tmpfs disk 2>/dev/null; then
    convert a.tsv -o disk/d/e -q
    [ "$status" -eq 1 ] && [ "$(wc -l <err)" -eq 1 ] && grep -q 'No space left' err
    ok $? "a full disk"
    mount -o remount,size=2g disk
    convert a.tsv -o disk/d/e
    [ "$status" -eq 1 ] && grep -q 'resumed behind [1-9]' err && same whole disk/d/e
    ok $? "... and resumed when there is room"
    umount disk
else
    skip "a full disk" "cannot mount a tmpfs"
fi

# ---- memory ----
if [ "${SCANSCOPE_CONVERT_LONG:-0}" = 1 ]; then
    # the most memory it ever had, in KiB
    most=$("$python" - "$SCANSCOPE" <<'END'
import resource, subprocess, sys
subprocess.run([sys.argv[1], 'convert', 'a.tsv', 'b.tsv', '-o', 'memory', '-q'], stderr=subprocess.DEVNULL,
               stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
END
)
    echo "# $count images of $regions x $size: $most KiB at most"
    [ "$most" -lt 1048576 ]
    ok $? "never more than 1 GiB"
fi
done_testing
