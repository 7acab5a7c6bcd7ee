"""What torchdump says of a file, against torch.load of the same file. Speaks TAP.

usage: torch_check.py TORCHDUMP, with $SCANSCOPE_TEST_FIXTURES and $SCANSCOPE_TEST_DATA"""
import argparse
import collections
import glob
import math
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import warnings
import zipfile
import zlib

import numpy as np
import torch

warnings.filterwarnings('ignore')
DUMP = sys.argv[1]
LIMIT = 15  # lines of a difference that are shown


def run(*words):
    done = subprocess.run([DUMP, *words], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr.strip()


def array(x):
    """The numbers of a tensor or array, or None."""
    if torch.is_tensor(x):
        return x.detach().cpu()
    return torch.from_numpy(np.ascontiguousarray(x).reshape(x.shape)) if isinstance(x, np.ndarray) else None


def line(name, x, to):
    t = array(x)
    crc = zlib.crc32(np.ascontiguousarray(t.to(to).numpy()).tobytes())
    shape = 'x'.join(str(n) for n in t.shape)
    return '%s %s [%s] %08x' % (name, str(t.dtype).replace('torch.', ''), shape, crc)


def tree(x, path=''):
    if array(x) is not None:
        return [line(path, x, torch.float64)]
    if isinstance(x, dict):
        return [l for k, v in x.items() for l in tree(v, '%s/%s' % (path, k))]
    if isinstance(x, (list, tuple)):
        return [l for k, v in enumerate(x) for l in tree(v, '%s/%d' % (path, k))]
    return []


def number(x):
    return '%.17g' % float(x) if not math.isnan(float(x)) else 'nan'


def option(name, x):
    if x is None:
        return 'opt %s None 0' % name
    for kind, title in ((bool, 'bool'), ((int, np.integer), 'int'), ((float, np.floating), 'float')):
        if isinstance(x, kind):
            return 'opt %s %s %s' % (name, title, number(x))
    return 'opt %s str %s' % (name, x)


def plain_name(name):
    return '.'.join(p for p in name.split('.') if p not in ('module', '_orig_mod'))


def divided(flat):
    """Both encoders in one dict: whose a tensor is, its name says, or the dict of its part."""
    groups = [{}, {}, {}]
    for part, value in [(p, flat[p]) for p in ('img_enc', 'txt_enc') if p in flat]:
        groups[0 if part == 'img_enc' else 1].update(value)
    for name, value in ((n, v) for n, v in flat.items() if n not in ('img_enc', 'txt_enc')):
        first = plain_name(name).split('.')[0]
        groups[{'fc': 0, 'embed': 1, 'rnn': 1}.get(first, 2)][name] = value
    return groups


def checkpoint(c):
    out = ['epoch %d' % c.get('epoch', -1), 'Eiters %d' % c.get('Eiters', -1),
           'best_rsum ' + number(c.get('best_rsum', math.nan))]
    model = c['model']
    groups = model if isinstance(model, list) else divided(model)
    for i, group in enumerate(groups):
        out += [line('%d %s' % (i, plain_name(k)), v, torch.float32) for k, v in group.items()]
    out += [line('scanscope %s' % k, v, torch.float32) for k, v in c.get('scanscope', {}).items()]
    return out + [option(k, v) for k, v in vars(c.get('opt', argparse.Namespace())).items()]


class Tap:
    def __init__(self):
        self.count = 0

    def result(self, right, name, why=()):
        self.count += 1
        print('%sok %d - %s' % ('' if right else 'not ', self.count, name), flush=True)
        for text in list(why)[:LIMIT]:
            print('# ' + text)

    def skip(self, name, why):
        self.count += 1
        print('ok %d - %s # SKIP %s' % (self.count, name, why))

    def equal(self, name, status, got, complaint, wanted):
        got = got.splitlines()
        why = ['%s: %s' % (side, l) for side, ls in
               (('ours', [l for l in got if l not in wanted]), ("torch's", [l for l in wanted if l not in got]))
               for l in ls] if status == 0 else [complaint]
        self.result(status == 0 and got == wanted, name, () if got == wanted else why or ['another order'])


tap = Tap()
root = tempfile.mkdtemp(prefix='scanscope-torch-')


def check_tree(path, name):
    tap.equal('tree of ' + name, *run('tree', path), tree(torch.load(path, map_location='cpu')))


def check_load(path, name):
    tap.equal('load of ' + name, *run('load', path), checkpoint(torch.load(path, map_location='cpu')))


def check_save(path, name):
    """What we write: torch.load gives the same tensors, bit for bit, and the same options."""
    out = os.path.join(root, 'saved.pth.tar')
    status, _, complaint = run('save', path, out)
    if status != 0:
        return tap.result(False, 'save of ' + name, [complaint])
    tap.equal('save of ' + name, *run('load', path), checkpoint(torch.load(out, map_location='cpu')))
    sound = zipfile.ZipFile(out).testzip() is None
    tap.result(sound, 'zip of ' + name)


def given_files():
    fixtures = os.environ.get('SCANSCOPE_TEST_FIXTURES', '')
    files = sorted(glob.glob(os.path.join(fixtures, '*', '*.pth.tar')) +
                   glob.glob(os.path.join(fixtures + '_family', '*', '*.pth.tar')))
    if not files:
        tap.skip('fixtures', 'none in "%s"' % fixtures)
    for path in files:
        name = '/'.join(path.split(os.sep)[-2:])
        check_load(path, name)
        check_save(path, name)
    data = os.path.join(os.environ.get('SCANSCOPE_TEST_DATA', ''), 'checkpoints')
    files = sorted(f for f in glob.glob(os.path.join(data, '**', '*.*'), recursive=True) if os.path.isfile(f))
    if not files:
        tap.skip('checkpoints of others', 'none in "%s"' % data)
    for path in files:
        check_tree(path, os.path.relpath(path, data))


def model():
    torch.manual_seed(3)
    base = torch.randn(40)
    first = collections.OrderedDict([('fc.weight', torch.randn(5, 7)), ('fc.bias', torch.randn(5))])
    second = collections.OrderedDict([
        ('embed.weight', torch.randn(6, 4).t()),                # transposed
        ('rnn.weight_ih_l0', base[8:32].view(4, 6)),            # shares a storage, at an offset
        ('rnn.weight_hh_l0', base[2:34].view(4, 8)[:, ::2]),    # and steps over it
        ('half', torch.randn(3, 2).half()), ('double', torch.randn(3, dtype=torch.float64)),
        ('brain', torch.randn(9).bfloat16()), ('tiny', torch.tensor([6e-8, -6e-5, 65504., float('inf')]).half()),
        ('counter', torch.tensor(1234567)), ('bytes', torch.arange(5, dtype=torch.uint8)),
        ('shorts', torch.tensor([-3, 3], dtype=torch.int16)), ('mask', torch.tensor([True, False])),
        ('chars', torch.tensor([-7], dtype=torch.int8)), ('ints', torch.tensor([[-70000]], dtype=torch.int32)),
        ('none', torch.zeros(0, 3)), ('expanded', torch.tensor([2.5]).expand(3, 4)),
        ('parameter', torch.nn.Parameter(torch.randn(2, 3))), ('numpy', np.arange(6.).reshape(2, 3).T),
        ('big', np.arange(4, dtype='>f4'))])
    return [first, second]


def variants():
    opt = argparse.Namespace(data_name='f30k_precomp', margin=.2, num_epochs=30, bi_gru=True, resume=None,
                             text='caf\u00e9', rate=np.float32(.5), steps=np.int64(12))
    whole = {'epoch': 4, 'model': model(), 'best_rsum': np.float64(412.25), 'opt': opt, 'Eiters': np.int64(99)}
    wrapped = dict(whole, model=[{'module.' + k: v for k, v in g.items()} for g in model()])
    flat = dict(whole, model={'module.' + k: v for g in model() for k, v in g.items()})
    rsum = dict(whole, best_rsum=torch.tensor(17.5), epoch=np.float64(3))
    for name, value in (('model', whole), ('DataParallel', wrapped), ('flat dict', flat), ('tensor rsum', rsum)):
        for zipped in (True, False):
            for protocol in (2, 3, 4, 5):
                path = os.path.join(root, 'variant.pth')
                torch.save(value, path, _use_new_zipfile_serialization=zipped, pickle_protocol=protocol)
                title = '%s, %s, protocol %d' % (name, 'zip' if zipped else 'legacy', protocol)
                numpy_bytes = any(isinstance(v, np.ndarray) for v in value['model'])
                assert not numpy_bytes
                loaded = torch.load(path)
                for group in loaded['model'] if isinstance(loaded['model'], list) else [loaded['model']]:
                    for k in [k for k in group if k.endswith('big')]:
                        group[k] = group[k].astype('<f4')
                tap.equal('load of ' + title, *run('load', path), checkpoint(loaded))
                if protocol == 2:
                    check_written(path, title, loaded)


def check_written(path, title, loaded):
    """As check_save, for models that hold numpy arrays."""
    out = os.path.join(root, 'saved.pth.tar')
    status, _, complaint = run('save', path, out)
    again = checkpoint(torch.load(out)) if status == 0 else []
    float32 = [' '.join(w for i, w in enumerate(l.split(' ')) if i != 2) if l[0].isdigit() else l
               for l in checkpoint(loaded)]
    again = [' '.join(w for i, w in enumerate(l.split(' ')) if i != 2) if l[0].isdigit() else l for l in again]
    tap.equal('save of ' + title, status, '\n'.join(again), complaint, float32)


def repacked():
    """A checkpoint whose archive was compressed by somebody: torch.load opens it, and so do we."""
    path, out = os.path.join(root, 'plain.pth'), os.path.join(root, 'packed.pth')
    torch.save({'model': model(), 'epoch': 1}, path)
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            new.writestr(info.filename, old.read(info))
    status, got, complaint = run('load', out)
    _, wanted, _ = run('load', path)
    tap.equal('load of a compressed archive', status, got, complaint, wanted.splitlines())


def object_arrays():
    """The family's pickled .npy files, in every pickle protocol."""
    sizes = [(640, 480), (500, 375), (333, 500)]
    array = np.empty(3, object)
    for i, (w, h) in enumerate(sizes):
        array[i] = {'image_w': np.int64(w) if i else w, 'image_h': np.float32(h) if i == 1 else h, 'id': 'x%d' % i}
    sims = np.random.RandomState(1).randn(6, 30)
    results = np.array({'npts': 6, 'sims': sims.astype('f4')}, dtype=object)
    fortran = np.array({'npts': np.int32(6), 'sims': np.asfortranarray(sims)}, dtype=object)
    wanted = ['%d %d' % s for s in sizes]
    crc = '6 6 30 %08x' % zlib.crc32(sims.astype('f4').tobytes())
    path = os.path.join(root, 'objects.npy')
    for protocol in range(6):
        for name, value, lines in (('sizes', array, wanted), ('results', results, [crc]), ('results', fortran, [crc])):
            with open(path, 'wb') as out:
                np.lib.format.write_array_header_1_0(out, np.lib.format.header_data_from_array_1_0(value))
                pickle.dump(value, out, protocol=protocol)
            tap.equal('%s, protocol %d' % (name, protocol), *run(name, path), lines)


class Evil:
    def __reduce__(self):
        return os.system, ('echo executed > ' + os.path.join(root, 'executed'),)


def hostile():
    for zipped in (True, False):
        path = os.path.join(root, 'evil.pth')
        torch.save({'model': model(), 'opt': Evil()}, path, _use_new_zipfile_serialization=zipped)
        status, _, complaint = run('load', path)
        tap.result(status == 1 and '.system' in complaint, 'os.system is refused by name', [complaint])
    tap.result(not os.path.exists(os.path.join(root, 'executed')), 'and was never executed')
    path = os.path.join(root, 'module.pth')
    torch.save({'model': torch.nn.Linear(2, 3)}, path)
    status, _, complaint = run('load', path)
    tap.result(status == 1 and 'torch.nn.modules.linear.Linear' in complaint, 'a whole module is refused by name',
               [complaint])


given_files()
variants()
repacked()
object_arrays()
hostile()
shutil.rmtree(root)
print('1..%d' % tap.count)
