"""regions_same.py sims OUT: the matrix of the padded split against those of its images without padding.
regions_same.py text A B: whether two files differ in nothing but the last digits of numbers.
"""
import re
import sys

import numpy as np

NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")


def same_text(a, b):
    a, b = open(a).read(), open(b).read()
    numbers = [[float(x) for x in NUMBER.findall(text)] for text in (a, b)]
    return (
        len(a) > 0
        and NUMBER.sub("#", a) == NUMBER.sub("#", b)
        and np.allclose(numbers[0], numbers[1], rtol=1e-4, atol=1e-5)
    )


def same_sims(out):
    padded = np.load(out + "/padded/sims.npy")
    worst, seen = 0.0, 0
    for n in range(1, 17):
        rows = np.loadtxt(out + "/rows_%d" % n, int, ndmin=1)
        columns = (5 * rows[:, None] + np.arange(5)).ravel()
        own = np.load(out + "/only_%d/sims.npy" % n)
        worst = max(worst, np.abs(padded[np.ix_(rows, columns)] - own).max())
        seen += len(rows)
    print("%d images, off by %.1e" % (seen, worst))
    return seen == len(padded) and worst < 5e-6


sys.exit(not {"sims": same_sims, "text": same_text}[sys.argv[1]](*sys.argv[2:]))
