"""check_torchvision.py SCANSCOPE EXTRACTORS DATA: the extractor torchvision against the library's own output,
on random weights. "needs" says what is missing."""
import os
import subprocess
import sys
import tempfile

try:
    import numpy as np
    import torch
    from PIL import Image
    from torchvision.models.detection import fasterrcnn_resnet50_fpn
    from torchvision.transforms.functional import to_tensor
except ImportError as missing:
    sys.exit("%s (apt-get install python3-torchvision)" % missing)
if sys.argv[1:] == ["needs"]:
    sys.exit(0)

scanscope, extractors = sys.argv[1:3]
torch.manual_seed(4)
model = fasterrcnn_resnet50_fpn(weights=None, weights_backbone=None, num_classes=6, box_score_thresh=0.0,
                                box_detections_per_img=36).eval()
y, x = np.mgrid[0:90, 0:140]
pixels = np.stack([x * 1.8, y * 2.8, (x // 20 + y // 20) % 2 * 200], 2).astype(np.uint8)
with tempfile.TemporaryDirectory() as folder:
    torch.save(model.state_dict(), folder + "/weights.pth")
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    os.mkdir(folder + "/photos")
    Image.fromarray(pixels).save(folder + "/photos/a.png")
    Image.fromarray(pixels).transpose(Image.Transpose.ROTATE_90).save(folder + "/photos/b.jpg", exif=exif, quality=95)
    subprocess.run([scanscope, "extract", folder + "/photos", "-o", folder + "/out", "--quiet", "--workers", "1", "--timeout",
                    "300", "--with", "%s/torchvision %s/weights.pth" % (extractors, folder)], check=True)
    sizes = np.load(folder + "/out/test_img_sizes.npy")
    assert sizes.tolist() == [[140, 90], [140, 90]], sizes
    with torch.no_grad():
        said = model([to_tensor(Image.fromarray(pixels))])[0]
    boxes, classes, confidences, features = (np.load("%s/out/test_%s.npy" % (folder, name))[0]
                                             for name in ("boxes", "classes", "confidences", "ims"))
    assert len(said["boxes"]) == 36 and features.shape == (36, 1024)
    assert np.abs(np.clip(boxes, 0, None) - said["boxes"].numpy()).max() < 1.01, "boxes"
    assert (classes == said["labels"].numpy() - 1).all(), "classes"
    assert np.allclose(confidences, said["scores"].numpy(), atol=1e-5), "confidences"
    with torch.no_grad():
        images, _ = model.transform([to_tensor(Image.fromarray(pixels))])
        maps = model.backbone(images.tensors)
        height, width = images.image_sizes[0]
        scaled = said["boxes"] * torch.tensor([width / 140, height / 90] * 2)
        codes = model.roi_heads.box_head(model.roi_heads.box_roi_pool(maps, [scaled], images.image_sizes)).numpy()
    assert np.abs(codes - features).max() < 1e-3 * np.abs(codes).max(), "features"
    print("boxes, classes, confidences and features are the library's")
