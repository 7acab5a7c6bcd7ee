"""Folders made of the demo's test split: regular (a map that states the five captions of each image), mixed (1 to 7
captions, some images none, in a mixed order), sorted (the same in the order of the images); and the recalls of a matrix
counted plainly: cap_img_made.py recalls FOLDER/d SIMS JSON; whether drawn curves begin with them: curves CSV JSON."""
import csv
import json
import os
import random
import shutil
import sys

import numpy as np


def made(demo, name, pairs):
    folder = os.path.join(name, "d")
    os.makedirs(folder)
    for file in os.listdir(demo):
        path = os.path.join(demo, file)
        if file.startswith("test_") and file not in ("test_caps.txt", "test_truth.json") or file == "vocab.json":
            shutil.copy(path, folder)
    captions = open(os.path.join(demo, "test_caps.txt")).read().split("\n")
    with open(os.path.join(folder, "test_caps.txt"), "w") as out:
        out.write("".join(captions[c] + "\n" for c, _ in pairs))
    if name != "plain":
        with open(os.path.join(folder, "test_cap_img.txt"), "w") as out:
            out.write("".join("%d\n" % image for _, image in pairs))


def make(demo):
    images = len(np.load(os.path.join(demo, "test_ims.npy"), mmap_mode="r"))
    five = [(c, c // 5) for c in range(5 * images)]
    made(demo, "plain", five)
    made(demo, "regular", five)
    rng = random.Random(12)
    some = []
    for image in range(images):
        own = [5 * image + k for k in range(5)]
        some += [(own[k % 5], image) for k in range(0 if image % 9 == 4 else rng.randint(1, 7))]
    made(demo, "sorted", some)
    rng.shuffle(some)
    made(demo, "mixed", some)


def curves(drawn, said):
    """The points at k = 1, 5, 10 are eval's recalls, and the shares of the ranks add up to all."""
    said = json.load(open(said))
    rows = [row for row in csv.DictReader(open(drawn)) if row["kind"] == "point"]
    for image, plots in (("t2i", ("Image retrieval: recall at k", "Rank of the caption's image")),
                         ("i2t", ("Caption retrieval: recall at k", "Rank of the image's best caption"))):
        points = [[float(row["y"]) for row in rows if row["query"] == plot] for plot in plots]
        assert np.allclose([points[0][k - 1] for k in (1, 5, 10)], said[image][:3]), (image, points[0][:10])
        assert abs(sum(points[1]) - 100) < 1e-6 and abs(points[1][0] - said[image][0]) < 1e-6, (image, points[1])


def recalls(folder, sims, said):
    sims = np.load(sims)
    owner = [int(line) for line in open(os.path.join(folder, "test_cap_img.txt"))]
    of_images = []
    for image in range(len(sims)):
        order = sorted(range(sims.shape[1]), key=lambda c: (-sims[image, c], c))
        own = [rank for rank, c in enumerate(order) if owner[c] == image]
        if own:
            of_images.append(own[0])
    of_captions = []
    for caption, image in enumerate(owner):
        order = sorted(range(len(sims)), key=lambda i: (-sims[i, caption], i))
        of_captions.append(order.index(image))
    said = json.load(open(said))
    for direction, ranks in (("i2t", of_images), ("t2i", of_captions)):
        for at, k in enumerate((1, 5, 10)):
            wanted = 100.0 * sum(rank < k for rank in ranks) / len(ranks)
            if abs(said[direction][at] - wanted) > 1e-4:
                sys.exit("%s r%d is %g, not %g" % (direction, k, said[direction][at], wanted))


if sys.argv[1] == "recalls":
    recalls(*sys.argv[2:])
elif sys.argv[1] == "curves":
    curves(*sys.argv[2:])
else:
    make(sys.argv[1])
