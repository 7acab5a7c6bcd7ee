#!/usr/bin/python3
"""The main job's training on a real data set, in PyTorch (Debian: python3-torch), to know what is to be expected: the model
of torch_step.py, the reference's initial values, order, loss (sum of violations), clipping and schedule, with the options
that tests/cli/f8k.sh gives ours. Prints losses and recalls on dev after every epoch, and the best sum of recalls.

  torch_train.py FOLDER [--seed 1] [--epochs 9] [--threads 1]

Captions must be cut into words already (f8k_precomp's are). 30 to 45 seconds an epoch and thread.
"""
import argparse
import json

import numpy as np
import torch

import torch_step

BATCH, RATE, UPDATE, CLIP = 64, 1e-3, 6, 2.
OPTIONS = argparse.Namespace(cross="t2i", agg="Mean", embed=256, word_dim=150)


def new_model(options):
    model = torch_step.Model(options)
    bound = np.sqrt(6.) / np.sqrt(options.img_dim + options.embed)
    model.fc.weight.data.uniform_(-bound, bound)
    model.fc.bias.data.fill_(0)
    model.embed.weight.data.uniform_(-.1, .1)
    return model


def recalls(model, images, captions):
    with torch.no_grad():
        chosen, ids, lengths = torch_step.longest_first(captions, range(len(captions)))
        v, e = model(images, ids, torch.tensor(lengths))
        scores = torch.empty(len(images), len(captions))
        scores[:, chosen] = torch_step.score_all(v, e, lengths, OPTIONS)
    truth = scores[torch.arange(len(captions)) // 5, torch.arange(len(captions))]
    of_image = truth.view(-1, 5).max(1)[0]
    ranks = ((scores > of_image.unsqueeze(1)).sum(1), (scores > truth).sum(0))
    return [100. * float((r < k).float().mean()) for r in ranks for k in (1, 5, 10)]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("folder")
    for name, default in (("seed", 1), ("epochs", 9), ("threads", 1)):
        p.add_argument("--" + name, type=int, default=default)
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(a.seed)
    images, captions, OPTIONS.vocab = torch_step.read_split(a.folder)
    dev = torch_step.read_split(a.folder, "dev")[:2]
    OPTIONS.img_dim = images.shape[2]
    model, best = new_model(OPTIONS), 0
    adam = torch.optim.Adam(model.parameters(), lr=RATE)
    for epoch in range(a.epochs):
        for group in adam.param_groups:
            group["lr"] = RATE * .1 ** (epoch // UPDATE)
        order, losses = torch.randperm(len(captions)).tolist(), []
        for first in range(0, len(order), BATCH):
            chosen, ids, lengths = torch_step.longest_first(captions, order[first:first + BATCH])
            adam.zero_grad()
            v, e = model(images[[c // 5 for c in chosen]], ids, torch.tensor(lengths))
            loss = sum(c.sum() for c in torch_step.costs(torch_step.score_all(v, e, lengths, OPTIONS)))
            loss.backward()
            losses.append(float(loss.detach()))
            torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
            adam.step()
        dev_recalls = recalls(model, *dev)
        best = max(best, sum(dev_recalls))
        print("epoch %d: loss %.1f, recalls %s, rsum %.1f" % (
            epoch + 1, np.mean(losses), " ".join("%.1f" % r for r in dev_recalls), sum(dev_recalls)), flush=True)
    print(json.dumps({"seed": a.seed, "rsum": best}))


if __name__ == "__main__":
    main()
