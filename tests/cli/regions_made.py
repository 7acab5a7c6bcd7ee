"""regions_made.py DEMO OUT: splits of the demo's first images with fewer regions than rows.

OUT/padded/d:    from 1 to 16 regions, NaN and 1e30 in the padding of features, boxes and classes
OUT/zeros/d:     the same with zeros there
OUT/only_N/d:    of these the images of N regions, without padding; OUT/rows_N: their rows
OUT/eight/d:     8 of 16 regions, padded with 1e30; OUT/cut/d: the same images with 8 rows
"""
import json
import os
import sys

import numpy as np

IMAGES, R, EACH = 40, 16, 5
demo, out = sys.argv[1:]
features = np.load(demo + "/test_ims.npy")[:IMAGES].astype(np.float32)
boxes = np.load(demo + "/test_boxes.npy")[:IMAGES].astype(np.float32)
sizes = np.load(demo + "/test_img_sizes.npy")[:IMAGES]
captions = open(demo + "/test_caps.txt").read().split("\n")[: IMAGES * EACH]
ids = open(demo + "/test_ids.txt").read().split("\n")[:IMAGES]
truth = json.load(open(demo + "/test_truth.json"))


def write(name, images, rows, counts=None, padding=None):
    """The images with that many rows; behind the counts, padding."""
    folder = os.path.join(out, name, "d")
    os.makedirs(folder)
    f, b = features[images][:, :rows].copy(), boxes[images][:, :rows].copy()
    classes = np.tile(np.arange(rows, dtype=np.int32), (len(images), 1))
    for k, count in enumerate(counts if counts is not None else []):
        value = padding if padding is not None else (np.nan if k % 2 else 1e30)
        f[k, count:], b[k, count:] = value, value
        classes[k, count:] = 10**6
    for split in ("test", "train", "dev"):
        path = os.path.join(folder, split)
        np.save(path + "_ims.npy", f)
        np.save(path + "_boxes.npy", b)
        np.save(path + "_img_sizes.npy", sizes[images])
        np.save(path + "_classes.npy", classes)
        if counts is not None:
            np.save(path + "_num_boxes.npy", np.asarray(counts, np.int64))
        with open(path + "_class_names.txt", "w") as lines:
            lines.writelines("thing%d\n" % n for n in range(R))
        with open(path + "_caps.txt", "w") as lines:
            lines.writelines(captions[EACH * i + c] + "\n" for i in images for c in range(EACH))
        with open(path + "_ids.txt", "w") as lines:
            lines.writelines(ids[i] + "\n" for i in images)
    json.dump(
        {**truth, "images": [truth["images"][i] for i in images]},
        open(os.path.join(folder, "test_truth.json"), "w"),
    )
    os.symlink(os.path.join(os.path.abspath(demo), "images"), os.path.join(folder, "images"))
    os.symlink(os.path.join(os.path.abspath(demo), "vocab.json"), os.path.join(folder, "vocab.json"))


everything = np.arange(IMAGES)
mixed = 1 + (7 * everything) % R
write("padded", everything, R, mixed)
write("zeros", everything, R, mixed, 0)
for n in np.unique(mixed):
    rows = np.flatnonzero(mixed == n)
    write("only_%d" % n, rows, n)
    np.savetxt(os.path.join(out, "rows_%d" % n), rows, "%d")
write("eight", everything, R, np.full(IMAGES, 8), 1e30)
write("cut", everything, 8)
