"""check_onnx.py SCANSCOPE EXTRACTORS DATA: an ONNX detector of both layouts, made by PyTorch, in the extractor
opencv: where its boxes are is known. "needs" says what is missing."""
import os
import subprocess
import sys
import tempfile

try:
    import cv2
    import numpy as np
    import torch
except ImportError as missing:
    sys.exit("%s (apt-get install python3-opencv python3-torch)" % missing)
if sys.argv[1:] == ["needs"]:
    sys.exit(0)


class Detector(torch.nn.Module):
    """A cell of 32 pixels is a box; the class is the channel that is brightest there."""

    def __init__(self, columns):
        super().__init__()
        self.pool = torch.nn.AvgPool2d(8)
        self.conv = torch.nn.Conv2d(3, 3 if columns else 4, 1)  # colours; before them objectness, 1
        with torch.no_grad():
            self.conv.weight[:] = torch.eye(3).view(3, 3, 1, 1) if columns else torch.cat(
                [torch.zeros(1, 3), torch.eye(3)]).view(4, 3, 1, 1)
            self.conv.bias[:] = 0
            if not columns:
                self.conv.bias[0] = 1
        self.pool2 = torch.nn.AvgPool2d(4)
        y, x = torch.meshgrid(torch.arange(4.0), torch.arange(4.0), indexing="ij")
        place = torch.stack([x * 32 + 16, y * 32 + 16, x * 0 + 32, x * 0 + 32]).reshape(1, 4, 16)
        self.register_buffer("place", place)
        self.columns = columns

    def forward(self, x):
        scores = self.pool2(torch.relu(self.conv(self.pool(x)))).reshape(1, -1, 16)
        out = torch.cat([self.place, scores], 1)
        return out if self.columns else out.permute(0, 2, 1)


scanscope, extractors = sys.argv[1:3]
picture = np.zeros((256, 384, 3), np.uint8)
picture[64:128, 96:192, 2] = 230  # red: row 1, column 1 of 4
picture[192:256, 288:384, 0] = 200  # blue: row 3, column 3
torch.manual_seed(5)
with tempfile.TemporaryDirectory() as folder:
    cv2.imwrite(folder + "/a.png", picture)
    with open(folder + "/names", "w") as file:
        file.write("red\ngreen\nblue\n")
    for columns in (False, True):
        torch.onnx.export(Detector(columns).eval(), torch.zeros(1, 3, 128, 128), folder + "/net.onnx", opset_version=11)
        out = "%s/out%d" % (folder, columns)
        subprocess.run([scanscope, "extract", folder + "/a.png", "-o", out, "--quiet", "--workers", "1", "--with",
                        "%s/opencv %s/net.onnx %s/names --size 128 %s" % (
                            extractors, folder, folder, "--columns" if columns else "")], check=True)
        boxes, classes, sure = (np.load("%s/test_%s.npy" % (out, n))[0] for n in ("boxes", "classes", "confidences"))
        assert boxes[:2].tolist() == [[96, 64, 192, 128], [288, 192, 384, 256]], boxes[:3]
        assert classes[:3].tolist() == [0, 2, -1] and boxes[2].tolist() == [0, 0, 384, 256], classes
        assert abs(sure[0] - 230 / 255) < 1e-3 and abs(sure[1] - 200 / 255) < 1e-3, sure
print("both layouts")
