"""The extractor's side of the protocol of scanscope-extract(1)."""
import base64
import hashlib
import json
import os
import sys

import numpy as np

REGIONS = int(os.environ.get("SCANSCOPE_REGIONS", "36"))


def hash_files(paths):
    """One SHA-256 over the contents of files, which is what tells weights apart."""
    digest = hashlib.sha256()
    for path in paths:
        with open(path, "rb") as file:
            for block in iter(lambda: file.read(1 << 20), b""):
                digest.update(block)
    return "sha256:" + digest.hexdigest()


def read_names(path, count):
    """`count` class names: lines of a file, or numbers without one."""
    if path is None:
        return [str(i) for i in range(count)]
    with open(path, encoding="utf-8") as file:
        names = [line.strip() for line in file.read().rstrip("\n").split("\n")]
    if len(names) != count:
        sys.exit("%s has %d names; the network has %d classes" % (path, len(names), count))
    return names


def grid_boxes(count):
    """`count` of the whole, halves, thirds, ... eighths of the sides, row after row, as fractions; there are 204."""
    return [(x / k, y / k, (x + 1) / k, (y + 1) / k)
            for k in range(1, 9) for y in range(k) for x in range(k)][:count]


def suppress(boxes, scores, threshold):
    """Greedy non-maximum suppression; indices of what is kept, best first."""
    order, kept = np.argsort(-scores, kind="stable"), []
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    while len(order):
        first, rest = order[0], order[1:]
        kept.append(first)
        width = np.minimum(boxes[first, 2], boxes[rest, 2]) - np.maximum(boxes[first, 0], boxes[rest, 0])
        height = np.minimum(boxes[first, 3], boxes[rest, 3]) - np.maximum(boxes[first, 1], boxes[rest, 1])
        both = np.clip(width, 0, None) * np.clip(height, 0, None)
        order = rest[both <= threshold * (area[first] + area[rest] - both)]
    return np.array(kept, int)


def order_boxes(boxes, width, height):
    """Boxes inside the picture, at least a pixel wide and high."""
    boxes = np.asarray(boxes, np.float32).reshape(-1, 4).copy()
    for low, high, most in ((0, 2, width), (1, 3, height)):
        boxes[:, low] = np.clip(boxes[:, low], 0, most - 1)
        boxes[:, high] = np.clip(np.maximum(boxes[:, high], boxes[:, low] + 1), 1, most)
    return boxes


def serve(name, version, size, look, weights=None, classes=None):
    """Greets, and answers each path with what look(path) returns: width, height, boxes, features and,
    with classes, their numbers and confidences."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    os.dup2(2, 1)  # what libraries print must not come between the records

    def say(record):
        out.write(json.dumps(record) + "\n")
        out.flush()

    say({"scanscope_extractor": 1, "name": name, "version": version, "size": size,
         "weights": weights, "classes": classes or []})
    for line in sys.stdin.buffer:
        path = line.decode("utf-8").rstrip("\n")
        try:
            width, height, boxes, features, numbers, confidences = look(path)
            record = {"image": path, "width": int(width), "height": int(height),
                      "boxes": np.asarray(boxes, float).tolist(),
                      "features": base64.b64encode(np.ascontiguousarray(features, "<f4").tobytes()).decode()}
            if classes:
                record["classes"] = [int(n) for n in numbers]
                record["confidences"] = [float(c) for c in confidences]
            say(record)
        except (Exception, SystemExit) as trouble:  # costs this photograph, not the extractor
            say({"image": path, "error": ("%s: %s" % (type(trouble).__name__, trouble)).replace("\n", " ")})
