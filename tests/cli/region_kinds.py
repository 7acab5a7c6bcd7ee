"""Region features of three made-up images in every kind of file that convert reads, and what convert made of one.

    region_kinds.py make FOLDER              writes the kinds; prints their names, one a line
    region_kinds.py check SPLIT_ims.npy [MISSING]   compares a split with the made-up images
    region_kinds.py break_heap FILE.h5 TO    copies an HDF5 file with damage that libhdf5 may crash on

Needs numpy; kinds whose module (h5py, lmdb) is missing are not written."""
import base64
import io
import json
import os
import pickle
import struct
import sys

import numpy as np

IDS = ["9", "132417", "391895"]
R, F = 5, 24
W, H = 64, 48
rng = np.random.default_rng(7)
# Exact in float16, so that every kind holds the same numbers; 2^-14 and a subnormal among them.
FEATURES = (rng.integers(0, 2048, (3, R, F)) / 512).astype(np.float32)
FEATURES[0, 0, :3] = 2.0**-14, 2.0**-20, 2.0**-24
CORNERS = np.sort(rng.integers(0, 33, (3, R, 2, 2)), axis=2) / 32.0
BOXES = (CORNERS.reshape(3, R, 4) * [W, H, W, H]).astype(np.float32)
BOXES[:, 0] = [0, 0, W, H]
CLASSES = rng.integers(0, 10, (3, R))
CONFIDENCES = (rng.integers(1, 256, (3, R)) / 256).astype(np.float32)
PROBABILITIES = np.zeros((3, R, 10), np.float32)
for i in range(3):
    PROBABILITIES[i, np.arange(R), CLASSES[i]] = CONFIDENCES[i]
NORM = np.concatenate([BOXES / np.float32([W, H, W, H]),
                       (BOXES[:, :, 2:] - BOXES[:, :, :2]) / np.float32([W, H])], axis=2)


def path(*parts):
    os.makedirs(os.path.join(*parts[:-1]), exist_ok=True)
    return os.path.join(*parts)


def info(i):
    return {"image_id": IDS[i], "image_h": np.int64(H), "image_w": np.int64(W), "num_boxes": R,
            "objects_id": CLASSES[i], "objects_conf": CONFIDENCES[i], "attrs_id": CLASSES[i], "attrs_conf": None}


def pythia(i):
    return {"bbox": BOXES[i], "num_boxes": R, "objects": CLASSES[i], "cls_prob": PROBABILITIES[i],
            "image_width": W, "image_height": H}


def uniter(i):
    return {"features": FEATURES[i].astype(np.float16), "norm_bb": NORM[i].astype(np.float16),
            "conf": CONFIDENCES[i].astype(np.float16), "soft_labels": PROBABILITIES[i].astype(np.float16)}


def vilbert(i):
    return {"image_id": IDS[i], "image_h": H, "image_w": W, "num_boxes": R,
            "boxes": base64.b64encode(BOXES[i].tobytes()), "features": base64.b64encode(FEATURES[i].tobytes()),
            "objects": CLASSES[i], "cls_prob": base64.b64encode(PROBABILITIES[i].tobytes())}


def msgpack(value):
    """As msgpack with msgpack_numpy and use_bin_type."""
    if isinstance(value, np.ndarray):
        return msgpack({b"nd": True, b"type": value.dtype.str, b"kind": b"", b"shape": list(value.shape),
                        b"data": value.tobytes()})
    if isinstance(value, bool):
        return b"\xc3" if value else b"\xc2"
    if isinstance(value, int):
        return struct.pack(">B", value) if value < 128 else struct.pack(">BH", 0xcd, value)
    if isinstance(value, str):
        return struct.pack(">B", 0xa0 | len(value)) + value.encode()
    if isinstance(value, bytes):
        return struct.pack(">BI", 0xc6, len(value)) + value
    if isinstance(value, list):
        return struct.pack(">B", 0x90 | len(value)) + b"".join(map(msgpack, value))
    return struct.pack(">B", 0x80 | len(value)) + b"".join(msgpack(k) + msgpack(v) for k, v in value.items())


def npz_bytes(**arrays):
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)
    return out.getvalue()


def make_npz(to):
    for i, name in enumerate(IDS):
        common = {"bbox": BOXES[i], "num_bbox": R, "image_h": H, "image_w": W}
        np.savez_compressed(path(to, "npz_milvlg", name), x=FEATURES[i], info=info(i), **common)
        np.savez_compressed(path(to, "npz_turned", name), x=FEATURES[i].T, **common)
        np.savez(path(to, "npz_uniter", name), **uniter(i))
        np.savez(path(to, "npz_below", "part%d" % (i % 2), name), features=FEATURES[i][None], boxes=BOXES[i])
        np.savez(path(to, "npz_padded", name), x=np.pad(FEATURES[i], ((0, 3), (0, 0))), num_bbox=R,
                 bbox=np.pad(BOXES[i], ((0, 3), (0, 0))))
        np.save(path(to, "npy_info", name), FEATURES[i])
        np.save(path(to, "npy_info", name + "_info"), pythia(i))
        np.save(path(to, "npy_plain", name), FEATURES[i])
        np.save(path(to, "npy_dict", name), {"features": FEATURES[i], "bbox": BOXES[i].tolist(),
                                             "objects": ["class %d" % c for c in CLASSES[i]]})
        np.savez(path(to, "pair_att", name), feat=FEATURES[i])
        np.save(path(to, "pair_box", name), BOXES[i])
        np.save(path(to, "pair_fc", name), FEATURES[i].mean(0))
    return ["npz_milvlg", "npz_turned", "npz_uniter", "npz_below", "npz_padded", "npy_info", "npy_plain", "npy_dict",
            "pair_att"]


def vinvl_line(name, value):
    return "%s\t%s\n" % (name, json.dumps(value))


def make_vinvl(to):
    """features.tsv with .lineidx, predictions.tsv in another order, hw.tsv."""
    def rows(file, lines):
        with open(path(to, *file), "wb") as out:
            for line in lines:
                out.write(line.encode())
    def index(file):
        at, data = 0, open(os.path.join(to, *file), "rb").read()
        with open(os.path.join(to, *file)[:-4] + ".lineidx", "w") as out:
            while at < len(data):
                out.write("%d\n" % at)
                at = data.index(b"\n", at) + 1
    tail = np.concatenate([FEATURES, NORM.astype(np.float32)], axis=2)
    features = [vinvl_line(name, {"num_boxes": R, "features": base64.b64encode(tail[i].tobytes()).decode()})
                for i, name in enumerate(IDS)]
    objects = [vinvl_line(name, {"objects": [
        {"rect": BOXES[i, r].tolist(), "class": "class %d" % CLASSES[i, r], "conf": float(CONFIDENCES[i, r])}
        for r in range(R)]}) for i, name in enumerate(IDS)]
    rows(["vinvl_all", "features.tsv"], features)
    sizes = [vinvl_line(n, [{"height": H, "width": W}]) for n in IDS]
    rows(["vinvl_all", "predictions.tsv"], objects[::-1])
    rows(["vinvl_all", "hw.tsv"], sizes)
    index(["vinvl_all", "features.tsv"])
    rows(["vinvl_hw", "train.feature.tsv"], features)
    rows(["vinvl_hw", "train.hw.tsv"], sizes)
    index(["vinvl_hw", "train.feature.tsv"])
    return ["vinvl_all/features.tsv", "vinvl_hw/train.feature.tsv"]


def make_tables(to):
    """Six columns with boxes in fractions and names above; Oscar's three. Folders of which the second image is bad."""
    def text(array):
        return base64.b64encode(np.ascontiguousarray(array, np.float32).tobytes()).decode()
    with open(path(to, "fractions.tsv"), "w") as out:
        print("image_id", "image_w", "image_h", "num_boxes", "boxes", "features", sep="\t", file=out)
        for i, name in enumerate(IDS):
            print(name, W, H, R, text(NORM[i, :, :4]), text(FEATURES[i]), sep="\t", file=out)
    with open(path(to, "oscar.tsv"), "w") as out:
        for i, name in enumerate(IDS):
            print(name, R, text(np.concatenate([FEATURES[i], NORM[i]], axis=1)), sep="\t", file=out)
    for i, name in enumerate(IDS):
        large = FEATURES[i].copy()
        large[2, 3] = 3e20 if i == 1 else 3
        np.savez(path(to, "bad_large", name), features=large, boxes=BOXES[i])
        np.savez(path(to, "npz_batch", name), roi_features=FEATURES[i], pred_classes=CLASSES[i],
                 pred_boxes=np.pad(BOXES[i], ((0, 0), (1, 0))))
        np.savez(path(to, "bad_count", name), features=FEATURES[i], boxes=BOXES[i], num_boxes=R - (i == 1))
    return ["fractions.tsv", "oscar.tsv", "npz_batch"]


def make_hdf5(to):
    import h5py
    def file(name):
        return h5py.File(path(to, name), "w")
    ids = np.array([int(i) for i in IDS])
    order = [2, 0, 1]  # row of image i
    inverse = np.argsort(order)
    with file("rows.h5") as f:
        f["features"], f["boxes"], f["image_id"] = FEATURES, BOXES, ids
        f["image_w"], f["image_h"] = np.full(3, W), np.full(3, H, np.uint16)
        f["num_boxes"], f["classes"], f["scores"] = np.full(3, R), CLASSES, CONFIDENCES
    with file("rows_packed.h5") as f:
        f.create_dataset("features", data=FEATURES.astype(np.float16), chunks=(2, 3, 5), compression="gzip",
                         shuffle=True, fletcher32=True)
        f.create_dataset("bb", data=BOXES.astype(">f8"), chunks=(3, 4, 4))
        f["ids"] = np.array(IDS, "S9")
    with file("train36.hdf5") as f:
        f["image_features"], f["image_bb"] = FEATURES[inverse], BOXES[inverse]
        f["spatial_features"] = NORM[inverse]
    with open(path(to, "train36_imgid2idx.pkl"), "wb") as out:
        pickle.dump({int(IDS[i]): order[i] for i in range(3)}, out, protocol=2)
    with file("adaptive.hdf5") as f:
        f["image_features"] = FEATURES[inverse].reshape(3 * R, F)
        f["spatial_features"] = NORM[inverse].reshape(3 * R, 6)
        f["pos_boxes"] = np.array([[R * i, R * i + R] for i in range(3)], np.int32)
    with open(path(to, "adaptive_imgid2idx.json"), "w") as out:
        json.dump({IDS[i]: order[i] for i in range(3)}, out)
    with file("counted.h5") as f:
        f["features"], f["num_boxes"] = FEATURES.reshape(3 * R, F), np.full(3, R)
        f["boxes"], f["image_ids"] = BOXES.reshape(3 * R, 4), IDS
    with file("padded.h5") as f:
        f["features"], f["ids"] = np.pad(FEATURES, ((0, 0), (0, 3), (0, 0))), ids
        f["boxes"] = np.pad(BOXES, ((0, 0), (0, 3), (0, 0)))
    with file("turned.h5") as f:
        f["features"], f["boxes"], f["ids"] = FEATURES.transpose(0, 2, 1), BOXES.transpose(0, 2, 1), ids
        f["widths"], f["heights"] = np.full(3, W), np.full(3, H)
    with file("groups.h5") as f:
        for i, name in enumerate(IDS):
            g = f.create_group(name)
            g["features"], g["boxes"], g["img_w"], g["img_h"] = FEATURES[i], BOXES[i], W, H
            g["obj_id"], g["obj_conf"] = CLASSES[i], CONFIDENCES[i]
    with file("attributes.h5") as f:
        for i, name in enumerate(IDS):
            g = f.create_group("train2014/" + name)
            g["features"], g["bbox"] = FEATURES[i], BOXES[i]
            g["objects"] = ["class %d" % c for c in CLASSES[i]]
            g.attrs["image_w"], g.attrs["image_h"], g.attrs["image_id"] = W, np.float32(H), name
    with file("flat.hdf5") as f:
        for i, name in enumerate(IDS):
            f[name + "_features"], f[name + "_boxes"] = FEATURES[i], BOXES[i]
            f[name + "_cls_prob"] = PROBABILITIES[i]
    with file("sets.h5") as f:
        for i, name in enumerate(IDS):
            f[name] = FEATURES[i]
    return ["rows.h5", "rows_packed.h5", "train36.hdf5", "adaptive.hdf5", "counted.h5", "padded.h5", "turned.h5",
            "groups.h5", "attributes.h5", "flat.hdf5", "sets.h5"]


def make_lmdb(to):
    import lmdb
    def database(name, value, key=str, subdir=True, extra=()):
        os.makedirs(to, exist_ok=True)
        with lmdb.open(os.path.join(to, name), map_size=1 << 26, subdir=subdir) as env:
            with env.begin(write=True) as txn:
                for i, n in enumerate(IDS):
                    txn.put(key(n).encode(), value(i))
                for k, v in extra:
                    txn.put(k, v)
    keys = [i.encode() for i in IDS]
    database("lmdb_npz", lambda i: npz_bytes(**uniter(i)), lambda n: "coco_train2014_%012d.npz" % int(n),
             extra=[(b"__keys__", json.dumps(IDS).encode())])
    database("lmdb_msgpack", lambda i: msgpack(uniter(i)), lambda n: n + ".npz")
    database("lmdb_pickle", lambda i: pickle.dumps(dict(pythia(i), features=FEATURES[i])),
             extra=[(b"keys", pickle.dumps(keys))])
    database("lmdb_vilbert", lambda i: pickle.dumps(vilbert(i), protocol=2), extra=[(b"keys", pickle.dumps(keys))])
    database("file.lmdb", lambda i: pickle.dumps(dict(info(i), x=FEATURES[i], bbox=BOXES[i]), protocol=5),
             subdir=False)
    return ["lmdb_npz", "lmdb_msgpack", "lmdb_pickle", "lmdb_vilbert", "file.lmdb"]


def make(to):
    for part in (make_npz, make_vinvl, make_tables, make_hdf5, make_lmdb):
        try:
            print("\n".join(part(to)))
        except ImportError as why:
            print(why, file=sys.stderr)


def optional(split, name):
    return np.load(split + name) if os.path.exists(split + name) else None


def check(ims, missing=""):
    """`missing`: what the split is known not to have: boxes."""
    split = ims[:-len("_ims.npy")]
    features = np.load(ims)
    ids = [i.split("_")[-1].lstrip("0") for i in open(split + "_ids.txt").read().split()]
    order = [IDS.index(i) for i in ids]
    assert sorted(order) == [0, 1, 2], ids
    assert features.shape == (3, R, F) and np.array_equal(features, FEATURES[order]), "features"
    boxes = optional(split, "_boxes.npy")
    assert (boxes is None) == ("boxes" in missing), "no boxes"
    assert boxes is None or np.array_equal(boxes, BOXES[order]), "boxes"
    sizes = optional(split, "_img_sizes.npy")
    assert np.array_equal(sizes, [[W, H]] * 3), "sizes"
    confidences = optional(split, "_confidences.npy")
    assert confidences is None or np.array_equal(confidences, CONFIDENCES[order]), "confidences"
    classes, names = optional(split, "_classes.npy"), []
    if os.path.exists(split + "_class_names.txt"):
        names = open(split + "_class_names.txt").read().split("\n")
    if classes is not None:
        numbers = [[int(names[c].split()[1]) if names[0] else c for c in row] for row in classes] if names else classes
        assert np.array_equal(numbers, CLASSES[order]), "classes"


def break_heap(original, to):
    """The first object of an HDF5 file's heap of texts is larger than the heap."""
    data = bytearray(open(original, "rb").read())
    at = data.index(b"GCOL") + 24
    data[at:at + 4] = b"\xff" * 4
    open(to, "wb").write(data)


if __name__ == "__main__":
    {"make": make, "check": check, "break_heap": break_heap}[sys.argv[1]](*sys.argv[2:])
