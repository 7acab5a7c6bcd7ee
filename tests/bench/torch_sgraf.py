#!/usr/bin/python3
"""SGRAF's similarities the straightforward way, in PyTorch (Debian: python3-torch), as its published code computes
them: caption by caption against all images, batched. `scanscope bench family` is ours. Random data; prints one
JSON object. On one thread seconds are the processor's, so that other work disturbs less.

  torch_sgraf.py [--module SGR|SAF] [--images 128] [--captions 16] [--words 12] [--regions 36] [--embed 1024]
                 [--sim 256] [--threads 2] [--repeat 3]
"""
import argparse
import json
import time

import torch
from torch import nn
from torch.nn import functional


def arguments():
    p = argparse.ArgumentParser()
    for name, default in (("images", 128), ("captions", 16), ("words", 12), ("regions", 36), ("embed", 1024),
                          ("sim", 256), ("threads", 2), ("repeat", 3)):
        p.add_argument("--" + name, type=int, default=default)
    p.add_argument("--module", default="SGR", choices=("SGR", "SAF"))
    return p.parse_args()


def l2norm(x):
    return x / (x.pow(2).sum(-1, keepdim=True).sqrt() + 1e-8)


class SelfAttention(nn.Module):
    def __init__(self, size, regions):
        super().__init__()
        norms = (nn.BatchNorm1d(regions), nn.BatchNorm1d(size)) if regions else (nn.Identity(), nn.Identity())
        self.local = nn.Sequential(nn.Linear(size, size), norms[0], nn.Tanh())
        self.globl = nn.Sequential(nn.Linear(size, size), norms[1], nn.Tanh())
        self.common = nn.Linear(size, 1)

    def forward(self, rows):
        gate = self.globl(rows.mean(1)).unsqueeze(1).repeat(1, rows.shape[1], 1)
        weights = torch.softmax(self.common(self.local(rows) * gate).squeeze(2), dim=1)
        return l2norm((weights.unsqueeze(2) * rows).sum(1))


class Reasoning(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.query, self.key, self.graph = (nn.Linear(size, size) for _ in range(3))

    def forward(self, nodes):
        edges = torch.softmax(torch.bmm(self.query(nodes), self.key(nodes).permute(0, 2, 1)), dim=-1)
        return torch.relu(self.graph(torch.bmm(edges, nodes)))


class Filtration(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.attend, self.norm = nn.Linear(size, 1), nn.BatchNorm1d(1)

    def forward(self, nodes):
        weights = torch.sigmoid(self.norm(self.attend(nodes).permute(0, 2, 1)))
        weights = weights / (weights.abs().sum(-1, keepdim=True) + 1e-8)
        return l2norm(torch.matmul(weights, nodes).squeeze(1))


def attend(query, context):
    scores = functional.leaky_relu(torch.bmm(context, query.transpose(1, 2)), 0.1)
    weights = torch.softmax(l2norm(scores).transpose(1, 2).contiguous() * 9, dim=2)
    attended = torch.bmm(context.transpose(1, 2), weights.transpose(1, 2).contiguous())
    return l2norm(attended.transpose(1, 2))


class Similarity(nn.Module):
    def __init__(self, a):
        super().__init__()
        self.image, self.text = SelfAttention(a.embed, a.regions), SelfAttention(a.embed, 0)
        self.local, self.globl = nn.Linear(a.embed, a.sim), nn.Linear(a.embed, a.sim)
        self.graph = nn.ModuleList(Reasoning(a.sim) for _ in range(3)) if a.module == "SGR" else None
        self.filter = Filtration(a.sim) if a.module == "SAF" else None
        self.score = nn.Linear(a.sim, 1)

    def column(self, images, image_globals, words):
        """One caption (1 x W x D) with all images."""
        text = self.text(words)
        words = words.repeat(images.shape[0], 1, 1)
        local = l2norm(self.local((attend(words, images) - words).pow(2)))
        whole = l2norm(self.globl((image_globals - text).pow(2)))
        nodes = torch.cat([whole.unsqueeze(1), local], 1)
        if self.graph:
            for step in self.graph:
                nodes = step(nodes)
            vector = nodes[:, 0, :]
        else:
            vector = self.filter(nodes)
        return torch.sigmoid(self.score(vector))


def main():
    a = arguments()
    torch.manual_seed(1)
    torch.set_num_threads(a.threads)
    model = Similarity(a).eval()
    images = l2norm(torch.randn(a.images, a.regions, a.embed))
    captions = l2norm(torch.randn(a.captions, a.words, a.embed))
    best = float("inf")
    clock = time.process_time if a.threads == 1 else time.perf_counter
    with torch.no_grad():
        image_globals = model.image(images)
        model.column(images, image_globals, captions[:1])
        for _ in range(a.repeat):
            begin = clock()
            torch.cat([model.column(images, image_globals, captions[i:i + 1]) for i in range(a.captions)], 1)
            best = min(best, clock() - begin)
    print(json.dumps({"module": a.module, "threads": a.threads, "seconds": best,
                      "pairs_per_second": a.images * a.captions / best}))


main()
