#!/usr/bin/python3
"""Repeats with PyTorch the training steps that tests/train/family_steps.c has done, and compares
(TAP). The models are written here from the papers' equations, pair by pair, in double precision.

  family_torch.py FAMILY_STEPS
"""
import os
import subprocess
import sys
import tempfile

import numpy as np
import torch
from torch import nn
from torch.nn import functional

STEPS = 3
torch.set_num_threads(1)

# Gradients below this are rounding (of a bias before a batch norm, or added to all that a softmax
# compares); Adam makes full steps of them all the same, anywhere.
NOISE = 1e-8

# What is trained: arguments of family_steps. Losses of the sum and of the hardest negatives, each
# measure and focal step, encoders without one norm, masked pairs.
RUNS = [
    ["family=vse"],
    ["family=vse", "max_violation=true", "use_abs=true", "even"],
    ["family=vse", "measure=order", "use_abs=true", "same"],
    ["family=vse", "measure=order", "max_violation=true", "no_imgnorm=true", "margin=0.05"],
    ["family=bfan", "bi_gru=true"],
    ["family=bfan", "bi_gru=true", "max_violation=true", "even", "lambda_softmax=9"],
    ["family=bfan", "focal_type=prob", "bi_gru=true", "same", "precomp_enc_type=weight_norm"],
    ["family=bfan", "focal_type=prob", "max_violation=true", "num_layers=2"],
    ["family=sgraf", "bi_gru=true", "max_violation=true", "even", "sim_dim=8"],
    ["family=sgraf", "even", "sim_dim=8", "sgr_step=1", "same"],
    ["family=sgraf", "module_name=SAF", "bi_gru=true", "max_violation=true", "even", "sim_dim=8"],
    ["family=sgraf", "module_name=SAF", "even", "sim_dim=8"],
]


def unit(x):
    return x / (x.pow(2).sum(-1, keepdim=True).sqrt() + 1e-8)


def cosine(a, b):
    return (a * b).sum(-1) / (a.norm(dim=-1) * b.norm(dim=-1)).clamp(min=1e-8)


def attend(queries, context, smooth):
    """Weights (queries x context): clipped l2 norm over the queries, softmax over the context."""
    raw = functional.leaky_relu(context @ queries.T, 0.1)
    return torch.softmax(smooth * unit(raw).T, dim=1)


def focal(weights, prob):
    """Keeps j if the sum over i of (a_j - a_i) g_i is positive, and renormalises."""
    g = weights.sqrt() if prob else torch.ones_like(weights)
    gain = weights * g.sum(1, keepdim=True) - (weights * g).sum(1, keepdim=True)
    kept = weights * (gain > 0)
    return kept / kept.sum(1, keepdim=True)


class Encoders(nn.Module):
    def __init__(self, opt):
        super().__init__()
        self.opt = opt
        fc = nn.Linear(opt.img_dim, opt.embed_size)
        weight_norm = getattr(opt, "precomp_enc_type", "basic") == "weight_norm"
        self.image = nn.ModuleDict({"fc": nn.utils.weight_norm(fc, dim=None) if weight_norm else fc})
        gru = nn.GRU(opt.word_dim, opt.embed_size, opt.num_layers, batch_first=True, bidirectional=opt.bi_gru)
        self.gru = "cap_rnn" if hasattr(opt, "sim_dim") else "rnn"
        self.text = nn.ModuleDict({"embed": nn.Embedding(opt.vocab_size, opt.word_dim), self.gru: gru})
        self.similarity = None

    def parts(self):
        return [p for p in (self.image, self.text, self.similarity) if p is not None]

    def encode(self, features, ids):
        v = [self.image["fc"](f) for f in features]
        e = []
        for caption in ids:
            states = self.text[self.gru](self.text["embed"](caption).unsqueeze(0))[0][0]
            e.append(sum(states.split(self.opt.embed_size, 1)) / (2 if self.opt.bi_gru else 1))
        norm_text = not getattr(self.opt, "no_txtnorm", False)
        return ([x if self.opt.no_imgnorm else unit(x) for x in v], [unit(x) if norm_text else x for x in e])


class Vse(Encoders):
    def scores(self, features, ids):
        v, e = self.encode([f.mean(0, keepdim=True) for f in features], ids)
        v, e = torch.cat(v), torch.stack([x[-1] for x in e])
        if self.opt.use_abs:
            v, e = v.abs(), e.abs()
        if self.opt.measure == "cosine":
            return v @ e.T
        return -(e.unsqueeze(0) - v.unsqueeze(1)).clamp(min=0).pow(2).sum(2).sqrt()


class Bfan(Encoders):
    def one_way(self, queries, context):
        weights = focal(attend(queries, context, self.opt.lambda_softmax), self.opt.focal_type == "prob")
        return cosine(queries, weights @ context).mean()

    def scores(self, features, ids):
        v, e = self.encode(features, ids)
        return torch.stack([torch.stack([self.one_way(c, i) + self.one_way(i, c) for c in e]) for i in v])


class Whole(nn.Module):
    """The vector of all regions or words: self-attention gated by their mean."""

    def __init__(self, D, regions):
        super().__init__()
        norms = [nn.BatchNorm1d(regions), nn.BatchNorm1d(D)] if regions else [nn.Identity(), nn.Identity()]
        self.embedding_local = nn.Sequential(nn.Linear(D, D), *norms[:1 if regions else 0], nn.Tanh())
        self.embedding_global = nn.Sequential(nn.Linear(D, D), *norms[1 if regions else 2:], nn.Tanh())
        self.embedding_common = nn.Sequential(nn.Linear(D, 1))

    def forward(self, rows):
        gate = self.embedding_global(rows.mean(1)).unsqueeze(1)
        weights = torch.softmax(self.embedding_common(self.embedding_local(rows) * gate).squeeze(2), dim=1)
        return unit((weights.unsqueeze(2) * rows).sum(1))


class Round(nn.Module):
    def __init__(self, S):
        super().__init__()
        self.graph_query_w, self.graph_key_w, self.sim_graph_w = nn.Linear(S, S), nn.Linear(S, S), nn.Linear(S, S)

    def forward(self, nodes):
        edges = torch.softmax(self.graph_query_w(nodes) @ self.graph_key_w(nodes).transpose(1, 2), dim=2)
        return torch.relu(self.sim_graph_w(edges @ nodes))


class Filter(nn.Module):
    def __init__(self, S):
        super().__init__()
        self.attn_sim_w, self.bn = nn.Linear(S, 1), nn.BatchNorm1d(1)

    def forward(self, nodes):
        weights = torch.sigmoid(self.bn(self.attn_sim_w(nodes).transpose(1, 2)))
        weights = weights / (weights.abs().sum(2, keepdim=True) + 1e-8)
        return unit((weights @ nodes).squeeze(1))


class Similarity(nn.Module):
    def __init__(self, opt, regions):
        super().__init__()
        D, S, self.saf = opt.embed_size, opt.sim_dim, opt.module_name == "SAF"
        self.v_global_w, self.t_global_w = Whole(D, regions), Whole(D, 0)
        self.sim_tranloc_w, self.sim_tranglo_w, self.sim_eval_w = nn.Linear(D, S), nn.Linear(D, S), nn.Linear(S, 1)
        if self.saf:
            self.SAF_module = Filter(S)
        else:
            self.SGR_module = nn.ModuleList([Round(S) for _ in range(opt.sgr_step)])

    def column(self, v, images, e):
        """All images with one caption."""
        local = torch.stack([(unit(attend(e, regions, 9) @ regions) - e).pow(2) for regions in v])
        whole = (images - self.t_global_w(e.unsqueeze(0))).pow(2)
        nodes = torch.cat([unit(self.sim_tranglo_w(whole)).unsqueeze(1), unit(self.sim_tranloc_w(local))], 1)
        if self.saf:
            vector = self.SAF_module(nodes)
        else:
            for one in self.SGR_module:
                nodes = one(nodes)
            vector = nodes[:, 0]
        return torch.sigmoid(self.sim_eval_w(vector))


class Sgraf(Encoders):
    def __init__(self, opt):
        super().__init__(opt)
        self.similarity = Similarity(opt, opt.regions)

    def scores(self, features, ids):
        v, e = self.encode(features, ids)
        v = torch.stack(v)
        images = self.similarity.v_global_w(v)
        return torch.cat([self.similarity.column(v, images, words) for words in e], 1)


def larger(a, b):
    return a if b <= a else b  # a NaN is larger than all


def hinge(scores, opt, same):
    own = scores.diag()
    out = torch.eye(len(scores), dtype=torch.bool)
    if same:
        out[1, 4] = out[4, 1] = True
    by_image = (opt.margin + scores - own.unsqueeze(1)).clamp(min=0).masked_fill(out, 0)
    by_caption = (opt.margin + scores - own.unsqueeze(0)).clamp(min=0).masked_fill(out, 0)
    if opt.max_violation:
        return by_image.max(1)[0].sum() + by_caption.max(0)[0].sum()
    return by_image.sum() + by_caption.sum()


def load(folder, name):
    return np.load(os.path.join(folder, name + ".npy")).astype(np.float64)


def pieces(values, starts):
    return [values[int(a):int(b)] for a, b in zip(starts[:-1], starts[1:])]


def batch(folder, step):
    features = torch.tensor(load(folder, "features%d" % step))
    ids = torch.tensor(load(folder, "ids%d" % step)).long()
    return pieces(features, load(folder, "regions%d" % step)), pieces(ids, load(folder, "starts%d" % step))


def checkpoint(folder, step):
    return torch.load(os.path.join(folder, "model%d.pth.tar" % step), weights_only=False)


def open_model(saved):
    kinds = {"measure": Vse, "focal_type": Bfan, "module_name": Sgraf}
    kind = [k for name, k in kinds.items() if hasattr(saved["opt"], name)]
    if len(saved["model"]) == 3:
        saved["opt"].regions = len(saved["model"][2]["v_global_w.embedding_local.1.weight"])
    model = kind[0](saved["opt"])
    for part, tensors in zip(model.parts(), saved["model"]):
        part.load_state_dict(tensors)  # strict: every name, shape and no other
    assert len(kind) == 1 and len(model.parts()) == len(saved["model"])
    return model.double().train()


def repeat(folder, arguments):
    """Largest differences: losses, norms of gradients, parameters, statistics, Adam's moments."""
    before, after = checkpoint(folder, 0), checkpoint(folder, STEPS)
    model, opt = open_model(before), before["opt"]
    for a in [a for a in arguments if "=" in a and not a.startswith("family")]:
        name, value = a.split("=")
        said = getattr(opt, name)
        assert str(said).lower() == value.lower() or float(said) == float(value), (name, said, value)
    parameters = [p for part in model.parts() for p in part.parameters()]
    adam = torch.optim.Adam(parameters, lr=opt.learning_rate)
    off = {"losses": 0., "norms": 0., "parameters": 0., "statistics": 0., "moments": 0.}
    for step in range(STEPS):
        loss = hinge(model.scores(*batch(folder, step)), opt, "same" in arguments)
        adam.zero_grad()
        loss.backward()
        norm = nn.utils.clip_grad_norm_(parameters, opt.grad_clip).item()
        adam.step()
        off["losses"] = larger(off["losses"], abs(load(folder, "losses0")[step] / loss.item() - 1))
        off["norms"] = larger(off["norms"], abs(load(folder, "norms0")[step] / norm - 1))
    for part, tensors in zip(model.parts(), after["model"]):
        trained = dict(part.named_parameters())
        for name, theirs in part.state_dict().items():
            kind = "parameters" if name in trained else "statistics"
            assert tensors[name].dtype == torch.int64 or not name.endswith("num_batches_tracked"), name
            apart = (tensors[name].double() - theirs).abs()
            if name in trained:
                noise = adam.state[trained[name]]["exp_avg_sq"].sqrt() < NOISE
                assert (apart[noise] <= 2 * STEPS * opt.learning_rate).all(), name
                apart = apart[~noise]
            elif name.endswith("running_mean"):  # follows a bias whose gradient is rounding
                drift = 2 * STEPS * opt.learning_rate * (1 - 0.9 ** STEPS)
                apart = (apart - drift).clamp(min=0)
            off[kind] = larger(off[kind], apart.max().item() if apart.numel() else 0)
            if name in trained:
                moment = after["scanscope"]["adam.m." + name].double() - adam.state[trained[name]]["exp_avg"]
                off["moments"] = larger(off["moments"], moment.abs().max().item())
    return off


def main():
    limits = {"losses": 1e-5, "norms": 1e-4, "parameters": 2e-5, "statistics": 5e-5, "moments": 1e-5}
    for number, arguments in enumerate(RUNS, 1):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([sys.argv[1], folder] + arguments, check=True)
            off = repeat(folder, arguments)
            good = all(off[k] < limits[k] for k in off)
            print("%s %d - %s: %s" % ("ok" if good else "not ok", number, " ".join(arguments),
                                      ", ".join("%s within %.1g" % (k, v) for k, v in off.items())))
    print("1..%d" % len(RUNS))


main()
