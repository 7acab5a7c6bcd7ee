#!/bin/sh
# scanscope convert: 5,000 images of 36 regions x 2048: resumed, and the memory that they take.
SCANSCOPE_CONVERT_LONG=1
export SCANSCOPE_CONVERT_LONG
. "$SCANSCOPE_TESTS/cli/convert_resume.sh"
