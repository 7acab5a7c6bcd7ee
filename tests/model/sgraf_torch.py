#!/usr/bin/python3
"""Repeats with PyTorch the steps that tests/model/sgraf_steps.c has done, and compares (TAP).

  sgraf_torch.py SGRAF_STEPS
"""
import glob
import os
import subprocess
import sys
import tempfile

import numpy as np
import torch
from torch.nn import functional

STEPS, RATE = 3, 0.5


def l2norm(x, dim=-1):
    return x / (x.pow(2).sum(dim, keepdim=True).sqrt() + 1e-8)


class Module:
    """As the published code in training mode, without dropout."""

    def __init__(self, tensors, saf):
        self.t, self.saf = tensors, saf

    def linear(self, x, name):
        return functional.linear(x, self.t[name + ".weight"], self.t[name + ".bias"])

    def norm(self, x, name):
        self.t[name + ".num_batches_tracked"] += 1
        return functional.batch_norm(x, self.t[name + ".running_mean"], self.t[name + ".running_var"],
                                     self.t[name + ".weight"], self.t[name + ".bias"], True, 0.1, 1e-5)

    def whole(self, rows, name, norm):
        local, mean = self.linear(rows, name + ".embedding_local.0"), self.linear(rows.mean(1), name + ".embedding_global.0")
        if norm:
            local, mean = self.norm(local, name + ".embedding_local.1"), self.norm(mean, name + ".embedding_global.1")
        common = local.tanh() * mean.tanh().unsqueeze(1)
        weights = torch.softmax(self.linear(common, name + ".embedding_common.0").squeeze(2), dim=1)
        return l2norm((weights.unsqueeze(2) * rows).sum(1))

    def column(self, images, wholes, words):
        text = self.whole(words, "t_global_w", False)
        words = words.expand(images.shape[0], -1, -1)
        scores = l2norm(functional.leaky_relu(torch.bmm(images, words.transpose(1, 2)), 0.1))
        attended = l2norm(torch.bmm(torch.softmax(9 * scores.transpose(1, 2), dim=2), images))
        local = l2norm(self.linear((attended - words).pow(2), "sim_tranloc_w"))
        whole = l2norm(self.linear((wholes - text).pow(2), "sim_tranglo_w"))
        nodes = torch.cat([whole.unsqueeze(1), local], 1)
        if self.saf:
            weights = self.linear(nodes, "SAF_module.attn_sim_w").permute(0, 2, 1)
            weights = torch.sigmoid(self.norm(weights, "SAF_module.bn"))
            weights = weights / (weights.abs().sum(-1, keepdim=True) + 1e-8)
            vector = l2norm(torch.matmul(weights, nodes).squeeze(1))
        else:
            for k in range(3):
                step = "SGR_module.%d." % k
                edges = torch.bmm(self.linear(nodes, step + "graph_query_w"),
                                  self.linear(nodes, step + "graph_key_w").permute(0, 2, 1))
                nodes = torch.bmm(torch.softmax(edges, dim=-1), nodes)
                nodes = torch.relu(self.linear(nodes, step + "sim_graph_w"))
            vector = nodes[:, 0, :]
        return torch.sigmoid(self.linear(vector, "sim_eval_w"))

    def scores(self, images, words):
        wholes = self.whole(images, "v_global_w", True)
        return torch.cat([self.column(images, wholes, w.unsqueeze(0)) for w in words], 1)


def load(folder, name):
    return torch.tensor(np.load(os.path.join(folder, name + ".npy")).astype(np.float64))


def tensors_of(folder, when):
    paths = glob.glob(os.path.join(folder, when + ".*.npy"))
    return {os.path.basename(p)[len(when) + 1:-4]: torch.tensor(np.load(p).astype(np.float64)) for p in paths}


def off(ours, theirs):
    return float((ours - theirs).abs().max())


def repeat(folder, saf):
    """How far off the scores, the tensors and the last gradients are."""
    tensors, after = tensors_of(folder, "before"), tensors_of(folder, "after")
    trained = [n for n in tensors if "running" not in n and "tracked" not in n]
    images = load(folder, "regions").requires_grad_()
    flat = load(folder, "words").requires_grad_()
    lengths = [int(n) for n in load(folder, "lengths")]
    worst = {"scores": 0., "tensors": 0., "gradients": 0.}
    for step in range(STEPS):
        for name in trained:
            tensors[name] = tensors[name].detach().requires_grad_()
        images.grad = flat.grad = None
        scores = Module(tensors, saf).scores(images, torch.split(flat, lengths))
        (scores * load(folder, "weights")).sum().backward()
        worst["scores"] = max(worst["scores"], off(load(folder, "scores%d" % step), scores))
        for name in trained:
            gradient = tensors[name].grad
            tensors[name] = tensors[name].detach() - (RATE * gradient if gradient is not None else 0)
    for name in tensors:
        worst["tensors"] = max(worst["tensors"], off(after[name].reshape(tensors[name].shape), tensors[name]))
    worst["gradients"] = max(off(load(folder, "dregions"), images.grad), off(load(folder, "dwords"), flat.grad))
    return worst


def main():
    limits = {"scores": 1e-5, "tensors": 1e-4, "gradients": 1e-4}
    number = 0
    for module in ("SGR", "SAF"):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([sys.argv[1], module, folder], check=True)
            for what, value in repeat(folder, module == "SAF").items():
                number += 1
                print("%s %d - %s: %s of %d steps within %.2g" %
                      ("ok" if value < limits[what] else "not ok", number, module, what, STEPS, value))
    print("1..%d" % number)


main()
