"""check_bottomup.py SCANSCOPE EXTRACTORS DATA: the bottom-up-attention network in the extractor opencv,
against the same network in PyTorch. Its weights are random and it is narrow; the layers are those of the
published prototxt, if DATA has it, and of a short one of the same kinds. "needs" says what is missing."""
import importlib.machinery
import importlib.util
import os
import re
import struct
import subprocess
import sys
import tempfile

try:
    import cv2
    import numpy as np
    import torch
    import torch.nn.functional as F
    from torchvision.ops import roi_pool
except ImportError as missing:
    sys.exit("%s (apt-get install python3-opencv python3-torchvision)" % missing)
if sys.argv[1:] == ["needs"]:
    sys.exit(0)

TOKEN = re.compile(r'"[^"]*"|\'[^\']*\'|[{}:]|[^\s{}:]+', re.S)


def parse(text):
    """A prototxt as nested dicts of lists."""
    tokens = TOKEN.findall(re.sub(r"#[^\n]*", "", text))
    at = 0

    def block():
        nonlocal at
        out = {}
        while at < len(tokens) and tokens[at] != "}":
            key = tokens[at]
            at += 1
            if tokens[at] == ":":
                out.setdefault(key, []).append(tokens[at + 1].strip("\"'"))
                at += 2
            else:
                at += 1
                out.setdefault(key, []).append(block())
                at += 1
        return out

    return block()


def number(layer, group, key, usual):
    value = layer.get(group, [{}])[0].get(key, [usual])[0]
    return int(value) if re.match(r"-?\d+$", str(value)) else value


# ---- weights ----

def make_blobs(layers, channels, random):
    """The blobs of each layer, and the channels of each top."""
    blobs = {}
    for layer in layers:
        kind, name = layer["type"][0], layer["name"][0]
        width = channels.get(layer["bottom"][0])
        if kind == "Convolution":
            out, side = number(layer, "convolution_param", "num_output", 0), number(layer, "convolution_param", "kernel_size", 1)
            blobs[name] = [random.normal(0, (1.6 / (width * side * side)) ** 0.5, (out, width, side, side))]
            if number(layer, "convolution_param", "bias_term", "true") != "false":
                blobs[name].append(random.normal(0, 0.1, out))
            if name in ("rpn_bbox_pred", "rpn_cls_score"):  # as small as a trained network's
                blobs[name] = [b * (0.02 if "bbox" in name else 0.1) for b in blobs[name]]
            width = out
        elif kind == "InnerProduct":
            out = number(layer, "inner_product_param", "num_output", 0)
            blobs[name] = [random.normal(0, 2 / width ** 0.5, (out, width)), random.normal(0, 0.1, out)]
            width = out
        elif kind == "BatchNorm":
            blobs[name] = [random.normal(0, 0.1, width), random.uniform(0.5, 1.5, width), np.ones(1)]
        elif kind == "Scale":
            blobs[name] = [random.uniform(0.4, 0.9, width), random.normal(0, 0.1, width)]
        elif kind == "Embed":
            width = number(layer, "embed_param", "num_output", 0)
            blobs[name] = [random.normal(0, 1, (number(layer, "embed_param", "input_dim", 0), width))]
        elif kind == "Concat":
            width = sum(channels[b] for b in layer["bottom"])
        for top in layer["top"]:
            channels[top] = width
    return {name: [b.astype(np.float32) for b in values] for name, values in blobs.items()}


def varint(n):
    out = b""
    while n > 127:
        out, n = out + bytes([n & 127 | 128]), n >> 7
    return out + bytes([n])


def piece(field, data):
    return varint(field << 3 | 2) + varint(len(data)) + data


def caffemodel(layers, blobs):
    out = piece(1, b"narrow")
    for layer in layers:
        body = piece(1, layer["name"][0].encode()) + piece(2, layer["type"][0].encode())
        for blob in blobs.get(layer["name"][0], []):
            shape = b"".join(varint(n) for n in blob.shape)
            body += piece(7, piece(7, piece(1, shape)) + piece(5, blob.tobytes()))
        out += piece(100, body)
    return out


# ---- the same network in PyTorch ----

def anchors():
    """Those of py-faster-rcnn: base 16, ratios 0.5 1 2, scales 4 8 16 32."""
    out = []
    for ratio in (0.5, 1, 2):
        width = np.round(np.sqrt(256 / ratio))
        height = np.round(width * ratio)
        for scale in (4, 8, 16, 32):
            w, h = width * scale, height * scale
            out.append([7.5 - (w - 1) / 2, 7.5 - (h - 1) / 2, 7.5 + (w - 1) / 2, 7.5 + (h - 1) / 2])
    return np.array(out)


def proposal(scores, shifts, info):
    """rpn/proposal_layer.py."""
    base, (rows, columns) = anchors(), scores.shape[2:]
    x, y = np.meshgrid(np.arange(columns) * 16, np.arange(rows) * 16)
    steps = np.stack([x.ravel(), y.ravel(), x.ravel(), y.ravel()], 1)
    boxes = (base[None] + steps[:, None]).reshape(-1, 4)
    shifts = shifts[0].permute(1, 2, 0).reshape(-1, 4).double().numpy()
    scores = scores[0, 12:].permute(1, 2, 0).reshape(-1).double().numpy()
    sides = boxes[:, 2:] - boxes[:, :2] + 1
    middle = boxes[:, :2] + sides / 2 + shifts[:, :2] * sides
    sides = sides * np.exp(shifts[:, 2:])
    boxes = np.concatenate([middle - sides / 2, middle + sides / 2], 1)
    boxes = np.clip(boxes, 0, np.tile([info[1] - 1, info[0] - 1], 2))
    good = ((boxes[:, 2:] - boxes[:, :2] + 1) >= 16 * info[2]).all(1)
    boxes, scores = boxes[good], scores[good]
    order, kept = np.argsort(-scores, kind="stable")[:6000], []
    area = (boxes[:, 2] - boxes[:, 0] + 1) * (boxes[:, 3] - boxes[:, 1] + 1)
    while len(order) and len(kept) < 300:
        first, rest = order[0], order[1:]
        kept.append(first)
        sizes = np.minimum(boxes[first, 2:], boxes[rest, 2:]) - np.maximum(boxes[first, :2], boxes[rest, :2]) + 1
        both = np.clip(sizes, 0, None).prod(1)
        order = rest[both / (area[first] + area[rest] - both) <= 0.7]
    return np.concatenate([np.zeros((len(kept), 1)), boxes[kept]], 1).astype(np.float32)


def run_layer(layer, inputs, weights, info, rois):
    kind, x = layer["type"][0], inputs[0]
    if kind == "Convolution":
        return F.conv2d(x, *weights, **{} if len(weights) > 1 else {"bias": None},
                        stride=number(layer, "convolution_param", "stride", 1),
                        padding=number(layer, "convolution_param", "pad", 0),
                        dilation=number(layer, "convolution_param", "dilation", 1))
    if kind == "BatchNorm":
        return F.batch_norm(x, weights[0], weights[1], eps=1e-5)
    if kind == "Scale":
        return x * weights[0].view(1, -1, 1, 1) + weights[1].view(1, -1, 1, 1)
    if kind == "ReLU":
        return x.clamp(min=0)
    if kind == "Eltwise":
        return inputs[0] + inputs[1]
    if kind == "Pooling":
        if number(layer, "pooling_param", "global_pooling", "false") == "true":
            return x.mean((2, 3), keepdim=True)
        return F.max_pool2d(x, number(layer, "pooling_param", "kernel_size", 1),
                            number(layer, "pooling_param", "stride", 1), ceil_mode=True)
    if kind == "Reshape":
        dims = [int(d) for d in layer["reshape_param"][0]["shape"][0]["dim"]]
        return x.reshape([x.shape[i] if d == 0 else d for i, d in enumerate(dims)])
    if kind == "Softmax":
        return x.softmax(1)
    if kind == "Python":
        return torch.from_numpy(proposal(inputs[0], inputs[1], info) if rois is None else rois)
    if kind == "ROIPooling":
        return roi_pool(x, inputs[1], (14, 14), 1 / 16)
    if kind == "Flatten":
        return x.flatten(1)
    if kind == "InnerProduct":
        return F.linear(x.flatten(1), *weights)
    raise ValueError(kind)


@torch.no_grad()
def run_twin(layers, blobs, data, info, rois):
    """rois: None, or those to go on with."""
    values = {"data": torch.from_numpy(data), "im_info": info}
    for layer in layers:
        if layer["name"][0] == "predicted_cls":
            break
        weights = [torch.from_numpy(b) for b in blobs.get(layer["name"][0], [])]
        values[layer["top"][0]] = run_layer(layer, [values[b] for b in layer["bottom"]], weights, info, rois)
    return values["rois"].numpy(), values["cls_prob"].numpy(), values["pool5_flat"].numpy()


# ---- networks ----

def unit_text(name, bottom, top, out, extra):
    return """layer { bottom: "%s" top: "%s" name: "%s" type: "Convolution"
      convolution_param { num_output: %d %s bias_term: false } }
    layer { bottom: "%s" top: "%s" name: "bn_%s" type: "BatchNorm" batch_norm_param { use_global_stats: true } }
    layer { bottom: "%s" top: "%s" name: "scale_%s" type: "Scale" scale_param { bias_term: true } }
    """ % (bottom, top, name, out, extra, top, top, name, top, top, name)


def relu_text(blob):
    return 'layer { bottom: "%s" top: "%s" name: "%s_relu" type: "ReLU" }\n' % (blob, blob, blob)


def block_text(name, bottom, out, extra):
    return (unit_text(name + "_1", bottom, name + "_1", out, "kernel_size: 1 pad: 0 " + ("stride: 2" if "stride" in extra else ""))
            + unit_text(name + "_2", bottom, name + "_2", out, "kernel_size: 3 " + extra) + relu_text(name + "_2")
            + 'layer { bottom: "%s_1" bottom: "%s_2" top: "%s" name: "%s" type: "Eltwise" }\n' % (name, name, name, name)
            + relu_text(name))


def short_text():
    head = """name: "short"
    input: "data" input_shape { dim: 1 dim: 3 dim: 224 dim: 224 }
    input: "im_info" input_shape { dim: 1 dim: 3 }
    """ + unit_text("conv1", "data", "conv1", 16, "kernel_size: 7 pad: 3 stride: 2") + relu_text("conv1")
    head += 'layer { bottom: "conv1" top: "pool1" name: "pool1" type: "Pooling" pooling_param { kernel_size: 3 stride: 2 pool: MAX } }\n'
    head += block_text("res3", "pool1", 24, "pad: 1 stride: 2") + block_text("res4b22", "res3", 32, "pad: 1 stride: 2")
    return head + """
    layer { name: "rpn_conv/3x3" type: "Convolution" bottom: "res4b22" top: "rpn/output"
      convolution_param { num_output: 32 kernel_size: 3 pad: 1 stride: 1 } }
    layer { name: "rpn_relu/3x3" type: "ReLU" bottom: "rpn/output" top: "rpn/output" }
    layer { name: "rpn_cls_score" type: "Convolution" bottom: "rpn/output" top: "rpn_cls_score"
      convolution_param { num_output: 24 # 2 x 12 anchors
        kernel_size: 1 } }
    layer { name: "rpn_bbox_pred" type: "Convolution" bottom: "rpn/output" top: "rpn_bbox_pred"
      convolution_param { num_output: 48 kernel_size: 1 } }
    layer { bottom: "rpn_cls_score" top: "rpn_cls_score_reshape" name: "rpn_cls_score_reshape" type: "Reshape"
      reshape_param { shape { dim: 0 dim: 2 dim: -1 dim: 0 } } }
    layer { name: "rpn_cls_prob" type: "Softmax" bottom: "rpn_cls_score_reshape" top: "rpn_cls_prob" }
    layer { name: 'rpn_cls_prob_reshape' type: 'Reshape' bottom: 'rpn_cls_prob' top: 'rpn_cls_prob_reshape'
      reshape_param { shape { dim: 0 dim: 24 dim: -1 dim: 0 } } }
    layer { name: 'proposal' type: 'Python' bottom: 'rpn_cls_prob_reshape' bottom: 'rpn_bbox_pred' bottom: 'im_info'
      top: 'rois' python_param { module: 'rpn.proposal_layer' layer: 'ProposalLayer' param_str: "'feat_stride': 16" } }
    layer { name: "roi_pool5" type: "ROIPooling" bottom: "res4b22" bottom: "rois" top: "roipool5"
      roi_pooling_param { pooled_w: 14 pooled_h: 14 spatial_scale: 0.0625 } }
    """ + block_text("res5c", "roipool5", 48, "pad: 2 dilation: 2") + """
    layer { bottom: "res5c" top: "pool5" name: "pool5" type: "Pooling" pooling_param { global_pooling: true pool: AVE } }
    layer { bottom: "pool5" top: "pool5_flat" name: "pool5_flat" type: "Flatten" flatten_param { axis: 1 } }
    layer { name: "cls_score" type: "InnerProduct" bottom: "pool5" top: "cls_score" inner_product_param { num_output: 21 } }
    layer { name: "bbox_pred" type: "InnerProduct" bottom: "pool5" top: "bbox_pred" inner_product_param { num_output: 84 } }
    layer { name: "cls_prob" type: "Softmax" bottom: "cls_score" top: "cls_prob" }
    layer { name: "predicted_cls" type: "ArgMax" bottom: "cls_score" top: "predicted_cls" argmax_param { axis: 1 } }
    layer { name: "cls_embedding" type: "Embed" bottom: "predicted_cls" top: "cls_embedding"
      embed_param { num_output: 8 input_dim: 21 bias_term: false } }
    """


def narrow(text):
    """The published network with a sixteenth of the channels and 40 classes."""
    def less(match):
        n = int(match.group(1))
        n = {24: 24, 48: 48, 1601: 41, 6404: 164, 401: 41}.get(n, max(4, n // 16))
        return "num_output: %d" % n
    return re.sub(r"num_output:\s*(\d+)", less, text).replace("input_dim: 1601", "input_dim: 41")


# ---- comparing ----

def overlaps(a, b):
    sizes = np.minimum(a[:, None, 2:], b[None, :, 2:]) - np.maximum(a[:, None, :2], b[None, :, :2]) + 1
    both = np.clip(sizes, 0, None).prod(2)
    area = lambda x: (x[:, 2:] - x[:, :2] + 1).prod(1)  # noqa: E731
    return both / (area(a)[:, None] + area(b)[None] - both)


def compare(label, text, extractor, scanscope, extractors):
    layers, random = parse(text)["layer"], np.random.default_rng(3)
    blobs = make_blobs(layers, {"data": 3}, random)
    picture = cv2.GaussianBlur(random.integers(0, 256, (375, 500, 3), dtype=np.uint8), (0, 0), 9)
    picture = cv2.normalize(picture, None, 0, 255, cv2.NORM_MINMAX)
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, n) for n in ("net.prototxt", "net.caffemodel", "a.png")]
        with open(paths[0], "w") as file:
            file.write(text)
        with open(paths[1], "wb") as file:
            file.write(caffemodel(layers, blobs))
        cv2.imwrite(paths[2], picture)
        net = cv2.dnn.readNetFromCaffe(np.frombuffer(extractor.cut_network(text).encode(), np.uint8),
                                       np.frombuffer(caffemodel(layers, blobs), np.uint8))
        ours = extractor.BottomUp(net)
        boxes, probabilities, features = ours.forward(picture)
        scale = ours.scale(375, 500)
        data = cv2.resize(picture.astype(np.float32) - ours.means, None, fx=scale, fy=scale)
        info = (data.shape[0], data.shape[1], scale)
        data = np.ascontiguousarray(data.transpose(2, 0, 1)[None])
        rois = np.concatenate([np.zeros((len(boxes), 1), np.float32), boxes * scale], 1).astype(np.float32)
        _, their_probabilities, their_features = run_twin(layers, blobs, data, info, rois)
        theirs, _, _ = run_twin(layers, blobs, data, info, None)
        # OpenCV has 300 before small ones are dropped, the authors after: the best are the same
        found = (overlaps(theirs[:len(rois), 1:], rois[:, 1:]).max(1) > 0.9).mean()
        wrong = [float(np.abs(a - b).max() / np.abs(b).max()) for a, b in (
            (probabilities, their_probabilities), (features, their_features))]
        print("%s: %d and %d rois, %.3f of the best are the same; difference of probabilities %.2g, of features %.2g" % (
            label, len(rois), len(theirs), found, *wrong))
        assert found > 0.95 and len(rois) > 100 and max(wrong) < 2e-3, "not the same network"
        out = os.path.join(folder, "out")
        subprocess.run([scanscope, "extract", paths[2], "-o", out, "--quiet", "--with",
                        "%s/opencv %s %s" % (extractors, *paths[:2])], check=True)
        confidences = extractor.best_confidences(boxes, probabilities)
        best = extractor.choose_regions(confidences, 36)
        assert np.abs(np.load(out + "/test_ims.npy")[0] - features[best]).max() < 1e-5 * np.abs(features).max()
        assert np.allclose(np.load(out + "/test_confidences.npy")[0], confidences[best])
        check_confidences(boxes, probabilities, confidences)


def check_confidences(boxes, probabilities, confidences):
    """The authors' loop, class after class."""
    best = np.zeros(len(boxes))
    for c in range(1, probabilities.shape[1]):
        order, kept = np.argsort(-probabilities[:, c], kind="stable"), []
        near = overlaps(boxes, boxes)
        while len(order):
            kept.append(order[0])
            order = order[1:][near[order[0], order[1:]] <= 0.3]
        best[kept] = np.maximum(best[kept], probabilities[kept, c])
    assert np.allclose(best, confidences), "confidences are not those of the authors' loop"


def main():
    scanscope, extractors, data = sys.argv[1:4]
    sys.path.insert(0, extractors)
    path = os.path.join(extractors, "opencv")
    loader = importlib.machinery.SourceFileLoader("opencv_extractor", path)
    extractor = importlib.util.module_from_spec(importlib.util.spec_from_loader("opencv_extractor", loader))
    loader.exec_module(extractor)
    compare("short", short_text(), extractor, scanscope, extractors)
    published = os.path.join(data, "detectors/bottom-up-resnet101.prototxt")
    if os.path.exists(published):
        with open(published) as file:
            compare("published", narrow(file.read()), extractor, scanscope, extractors)


main()
