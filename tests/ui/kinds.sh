#!/bin/sh
# The explorer on real models of every kind: through all views and the keys of a pair, alone and side by side, and the
# figures that it saves.
. "$SCANSCOPE_TESTS/support/tap.sh"
family=${SCANSCOPE_TEST_FIXTURES}_family

play() { # STATEMENTS [OPTIONS]
    statements=$1
    shift
    printf '%s\n' "$statements" >script
    "$SCANSCOPE" explore --headless -t 1 --script script --size "$size" "$@" >out 2>err
}

# Whatever is shown, no number of it is none.
walk='resize 80x24
wait idle
reject nan
key a r
wait idle
reject nan
key d } o o o m b p
wait idle
key Right Right Left { z
wait idle
reject nan
key z 2
wait idle
reject nan
key } d
wait idle
key 5
wait idle
reject nan
key f A Z
wait idle
key 3
wait idle
key Enter
wait idle
reject nan'

if [ ! -d "$family" ]; then
    skip "models of other kinds" "no $family (set SCANSCOPE_TEST_FIXTURES)"
    done_testing
    exit
fi

size=200x60
while IFS=: read -r name title shown; do
    folder=$family/$name
    play "wait idle
key Esc 4
wait idle
key Enter
wait idle
expect $title
expect $shown
$walk" -m "$folder/model.pth.tar" --ims "$folder/ims.npy" --token-ids "$folder/tokens.txt"
    ok $? "$name goes through all views, and says what its numbers are"
done <<'END'
bfan_equal:BFAN equal:(d: regions on words)
bfan_prob:BFAN prob:(d: regions on words)
sgraf_saf:SGRAF SAF:as wholes 0.
sgraf_sgr:SGRAF SGR:as wholes 0.
vse_cosine:VSE++:no attention · r: nearest images
vse_order:VSE++ order:score less that without
END

# ---- side by side -----------------------------------------------------------------------------------------------------
size=120x40
bfan=$family/bfan_prob
vse=$family/vse_cosine
play 'wait idle
key Esc 4 Enter
wait idle
expect A  BFAN prob
expect B  VSE++
expect of the first 10 in both
expect similarity of a word to what it looks at
expect no word looks at a
key s D a r
wait idle
reject nan' -m "$bfan/model.pth.tar" -m "$vse/model.pth.tar" --ims "$bfan/ims.npy" --token-ids "$bfan/tokens.txt"
ok $? "BFAN beside VSE++: each names its kind, ranks are compared"

# ---- figures -------------------------------------------------------------------------------------------------------
torch_python
if [ -n "$python" ]; then
    mkdir split
    cp "$bfan/ims.npy" split/test_ims.npy
    "$python" - split/test_ims.npy split/test_boxes.npy <<'END'
import sys
import numpy
shape = numpy.load(sys.argv[1]).shape[:2]
boxes = numpy.zeros(shape + (4,), numpy.float32)
boxes[..., 0] = numpy.arange(shape[1]) * 10
boxes[..., 2:] = boxes[..., :2] + 30
numpy.save(sys.argv[2], boxes)
END
    play 'wait idle
key Esc 4 Enter
wait idle
command export words.svg
wait exported
key d
command export regions.svg
wait exported' -m "$bfan/model.pth.tar" -d split -s test --token-ids "$bfan/tokens.txt" &&
        grep -q "word's attention to the regions" words.svg && grep -q "region's attention to the words" regions.svg
    ok $? "a figure is of the attention that is shown, and says whose it is"
else
    skip "figures of both directions" "$no_torch"
fi
play 'wait idle
key Esc 4 Enter
wait idle
command export shares.svg
wait exported' -m "$vse/model.pth.tar" --ims "$vse/ims.npy" --token-ids "$vse/tokens.txt" &&
    grep -q 'VSE++ has no attention' shares.svg
ok $? "a figure of a model without attention has what each word adds"
done_testing
