#!/bin/sh
. "$SCANSCOPE_TESTS/support/tap.sh"
done_testing
