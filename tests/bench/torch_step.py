#!/usr/bin/python3
"""One whole training step of the model the straightforward way, in PyTorch (Debian: python3-torch), for
tests/bench/compare to measure against: both encoders, the cross attention of every image-caption pair of
the batch, the hinge loss, backward, clipping and Adam. Random data; prints one JSON object.

  torch_step.py [--batch 128] [--regions 36] [--img-dim 2048] [--embed 1024] [--word-dim 300]
                [--vocab 8481] [--threads 2] [--cross t2i|i2t] [--agg LogSumExp|Mean] [--steps 1]
  torch_step.py --check CHECKPOINT --data FOLDER --sims FILE.npy [--cross ...] [--agg ...]
--check computes instead, with a checkpoint's parameters, the loss of the folder's whole training split as one batch,
and how far its scores are from those in the file.
"""
import argparse
import json
import os
import time

import numpy as np
import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


def arguments():
    p = argparse.ArgumentParser()
    for name, default in (("batch", 128), ("regions", 36), ("img-dim", 2048), ("embed", 1024),
                          ("word-dim", 300), ("vocab", 8481), ("threads", 2), ("steps", 1)):
        p.add_argument("--" + name, type=int, default=default)
    for name in ("check", "data", "sims"):
        p.add_argument("--" + name)
    p.add_argument("--cross", default="t2i", choices=("t2i", "i2t"))
    p.add_argument("--agg", default="LogSumExp", choices=("LogSumExp", "Mean"))
    return p.parse_args()


def l2norm(x):
    return x / (x.pow(2).sum(-1, keepdim=True).sqrt() + 1e-8)


class Model(torch.nn.Module):
    def __init__(self, a):
        super().__init__()
        self.fc = torch.nn.Linear(a.img_dim, a.embed)
        self.embed = torch.nn.Embedding(a.vocab, a.word_dim)
        self.rnn = torch.nn.GRU(a.word_dim, a.embed, 1, batch_first=True, bidirectional=True)

    def forward(self, images, ids, lengths):
        packed = pack_padded_sequence(self.embed(ids), lengths, batch_first=True)
        out = pad_packed_sequence(self.rnn(packed)[0], batch_first=True)[0]
        half = out.shape[2] // 2
        return l2norm(self.fc(images)), l2norm((out[:, :, :half] + out[:, :, half:]) / 2)


def column(v, words, a):
    """Scores of one caption against all images."""
    words = words.unsqueeze(0).repeat(v.shape[0], 1, 1)
    query, context = (words, v) if a.cross == "t2i" else (v, words)
    lam, lse = (9., 6.) if a.cross == "t2i" else (4., 5.)
    s = torch.nn.functional.leaky_relu(torch.bmm(context, query.transpose(1, 2)), 0.1)
    s = s / (s.pow(2).sum(2, keepdim=True).sqrt() + 1e-8)
    weights = torch.softmax(lam * s.transpose(1, 2).contiguous(), dim=2)
    attended = torch.bmm(weights, context)
    norms = (query.norm(dim=2) * attended.norm(dim=2)).clamp(min=1e-8)
    cosine = (query * attended).sum(2) / norms
    return torch.logsumexp(lse * cosine, 1) / lse if a.agg == "LogSumExp" else cosine.mean(1)


def costs(scores, margin=.2):
    """What every negative costs, along the captions and along the images."""
    diagonal, eye = scores.diag().unsqueeze(1), torch.eye(len(scores)) > .5
    return [(margin + scores - d).clamp(min=0).masked_fill(eye, 0) for d in (diagonal, diagonal.t())]


def hinge(scores):
    captions, images = costs(scores)
    return captions.max(1)[0].sum() + images.max(0)[0].sum()


def score_all(v, e, lengths, a):
    return torch.stack([column(v, e[c, :n], a) for c, n in enumerate(lengths)], 1)


def read_split(folder, split="train"):
    """Features, word ids of all captions (which are cut into words already), and how many words there are."""
    with open(os.path.join(folder, "vocab.json")) as f:
        ids = json.load(f)["word2idx"]
    with open(os.path.join(folder, split + "_caps.txt")) as f:
        captions = [[ids["<start>"]] + [ids.get(w, ids["<unk>"]) for w in line.lower().split()] + [ids["<end>"]]
                    for line in f]
    images = np.load(os.path.join(folder, split + "_ims.npy")).astype(np.float32)
    return torch.from_numpy(images), captions, len(ids)


def longest_first(captions, chosen):
    """The chosen captions by falling length: their numbers, padded ids, lengths."""
    chosen = sorted(chosen, key=lambda c: -len(captions[c]))
    lengths = [len(captions[c]) for c in chosen]
    ids = torch.zeros(len(chosen), lengths[0], dtype=torch.long)
    for row, c in enumerate(chosen):
        ids[row, :lengths[row]] = torch.tensor(captions[c])
    return chosen, ids, lengths


def check(a):
    image, text = torch.load(a.check)["model"]
    a.vocab, a.word_dim = text["embed.weight"].shape
    a.embed, a.img_dim = image["fc.weight"].shape
    model = Model(a)
    model.load_state_dict({**image, **text})
    images, captions, _ = read_split(a.data)
    order, ids, lengths = longest_first(captions, range(len(captions)))
    with torch.no_grad():
        v, e = model(images, ids, torch.tensor(lengths))
        scores = score_all(v, e, lengths, a)
        own = torch.tensor(order) // (len(captions) // len(images))
        loss = hinge(scores[own])
    ours = torch.from_numpy(np.load(a.sims))[:, torch.tensor(order)]
    print(json.dumps({"loss": float(loss), "difference": float((ours - scores).abs().max())}))


def main():
    a = arguments()
    torch.set_num_threads(a.threads)
    torch.manual_seed(0)
    if a.check:
        return check(a)
    lengths = sorted(np.random.RandomState(0).randint(8, 20, size=a.batch).tolist(), reverse=True)
    model = Model(a)
    adam = torch.optim.Adam(model.parameters(), lr=2e-4)
    images = torch.randn(a.batch, a.regions, a.img_dim)
    ids = torch.randint(4, a.vocab, (a.batch, lengths[0]))
    seconds = []
    for _ in range(a.steps):
        start = time.time()
        adam.zero_grad()
        v, e = model(images, ids, torch.tensor(lengths))
        loss = hinge(score_all(v, e, lengths, a))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 2.)
        adam.step()
        seconds.append(time.time() - start)
    print(json.dumps({"step_s": sorted(seconds)[len(seconds) // 2], "loss": float(loss.detach())}))


if __name__ == "__main__":
    main()
