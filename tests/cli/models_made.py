"""Saves a model in the ways of PyTorch's scripts and tools.

usage: models_made.py MODEL FOLDER: same-* are the same model, the others something else"""
import argparse
import collections
import datetime
import enum
import os
import pathlib
import pickle
import sys
import types
import warnings

import numpy as np
import torch

warnings.filterwarnings('ignore')
source, folder = sys.argv[1:]
os.makedirs(folder)
original = torch.load(source, map_location='cpu')
(img, txt), opt = original['model'], original['opt']


class Ordered(collections.OrderedDict):
    pass


class AttrDict(dict):
    def __init__(self, *args, **kw):
        super().__init__(*args, **kw)
        self.__dict__ = self


class Mode(enum.Enum):
    T2I = 't2i'

    def __reduce_ex__(self, protocol):
        return Mode, (self.value,)


Pair = collections.namedtuple('Pair', 'img txt')


def prefixed(state, prefix):
    return collections.OrderedDict((prefix + k, v) for k, v in state.items())


def both(prefix=''):
    return collections.OrderedDict(**prefixed(txt, prefix + 'txt_enc.'), **prefixed(img, prefix + 'img_enc.'))


def having(**more):
    return argparse.Namespace(**{**vars(opt), **more})


def save(name, value, **how):
    torch.save(value, os.path.join(folder, name), **how)


def cast(state, to):
    return {k: v.to(to) for k, v in state.items()}


def weight_norm(dim):
    linear = torch.nn.Linear(img['fc.weight'].shape[1], img['fc.weight'].shape[0])
    return prefixed(torch.nn.utils.weight_norm(linear, dim=dim).state_dict(), 'fc.')


save('same-lightning.ckpt', {
    'epoch': 4, 'global_step': 77, 'pytorch-lightning_version': '2.1', 'state_dict': both('model.'),
    'hyper_parameters': {**vars(opt), 'logger_name': pathlib.Path('a', 'b')}, 'callbacks': {},
    'optimizer_states': [{'state': {0: {'exp_avg': torch.ones(3)}}}], 'lr_schedulers': []})
save('same-lightning_opt.ckpt', {'state_dict': both('net.'), 'hyper_parameters': {'opt': opt, 'lr': .1}})
save('same-lightning_flat.ckpt', {'state_dict': prefixed({**img, **txt}, 'model.'), 'hyper_parameters': vars(opt)})
save('same-compiled.pth', {'model': [prefixed(img, 'module._orig_mod.'), prefixed(txt, '_orig_mod.')], 'opt': opt})
save('same-flat.pth', {'net': {**txt, **img}, 'config': vars(opt)})
save('same-parts.pth', {'text_encoder': txt, 'image_encoder': img, 'args': opt, 'epoch': 3})
save('same-tuple.pth', {'model': (txt, img), 'opt': opt})
save('same-ordered.pth', {'model': [Ordered(img), Ordered(txt)], 'opt': opt})
save('same-ordered_legacy.pth', {'model': [Ordered(img), Ordered(txt)], 'opt': opt},
     _use_new_zipfile_serialization=False)
save('same-attrdict.pth', {'model': [img, txt], 'opt': AttrDict(vars(opt))})
save('same-simple.pth', {'model': [img, txt], 'opts': types.SimpleNamespace(**vars(opt))})
save('same-odd.pth', {'model': [img, txt], 'opt': having(
    started=datetime.date(2024, 1, 1), device=torch.device('cpu'), mode=Mode.T2I, function=print, kind=Ordered)})
save('same-numbers.pth', {'model': [img, txt], 'opt': having(
    lambda_softmax=torch.tensor(opt.lambda_softmax), lambda_lse=np.float32(opt.lambda_lse))})
save('same-double.pth', {'model': [cast(img, torch.float64), cast(txt, torch.float64)], 'opt': opt})
save('same-beside.pth', {'model': [img, txt], 'opt': opt, 'scores': {'r': np.ones(3)}, 'optimizer':
                         torch.optim.Adam([torch.nn.Parameter(torch.ones(2))]).state_dict()})

save('beside.pth', {'model': [img, txt], 'opt': opt, 'sim_enc': {'w': torch.ones(3, 4)}})
save('chan.pth', {'model': [img, {**txt, 'fc.weight': torch.ones(4, 4), 'fc.bias': torch.ones(4)}, {}, {}],
                  'opt': opt})
save('complex.pth', {'model': [{**img, 'z': torch.ones(2, dtype=torch.complex64)}, txt], 'opt': opt})
save('criterion.ckpt', {'state_dict': {**both('model.'), 'criterion.proj': torch.ones(3, 4)},
                        'hyper_parameters': vars(opt)})
save('enum_needed.pth', {'model': [img, txt], 'opt': having(cross_attn=Mode.T2I)})
save('namedtuple.pth', {'model': Pair(img, txt), 'opt': opt})
save('rows.pth', {'model': [weight_norm(0), txt], 'opt': opt})
save('sparse.pth', {'model': [{**img, 'z': torch.eye(3).to_sparse()}, txt], 'opt': opt})
save('twice.pth', {'model': [{**img, **prefixed(img, 'module.')}, txt], 'opt': opt})
save('two_models.pth', {'model': {**both('student.'), **both('teacher.')}, 'opt': opt})
save('whole.pth', {'model': torch.nn.Linear(2, 3), 'opt': opt})
for protocol in range(6):
    with open(os.path.join(folder, 'pickled%d.pkl' % protocol), 'wb') as out:
        pickle.dump({'model': [img, txt], 'opt': opt}, out, protocol=protocol)
