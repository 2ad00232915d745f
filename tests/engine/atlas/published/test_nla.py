"""Layered Neural Atlases: networks that the test trains a few steps and saves as their authors do, imported."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from engine.atlas.atlas import Atlas, AtlasClip
from engine.atlas.atlas_folder import load_atlas, save_atlas
from engine.atlas.finishing import finish
from engine.atlas.metrics import folded_share, psnr_db
from engine.atlas.published.networks import read_networks
from engine.atlas.published.nla import import_nla, published_size
from engine.atlas.rendering import reconstructed
from engine.errors import UserError
from resources.sample.scene import SampleTruth

WIDTH, HEIGHT, FRAMES = 96, 54, 4
CLIP = AtlasClip(Path("cat.mp4"), range(1, FRAMES + 1), Fraction(24), (1920, 1080))


class Perceptron(nn.Module):
    """A network as the checkpoint's authors build it, from the format's description."""

    def __init__(self, inputs, outputs, width, depth, frequencies=0, skips=()):
        super().__init__()
        self.frequencies, self.skips = frequencies, skips
        encoded = 2 * inputs * frequencies or inputs
        sizes = [encoded, *[width] * (depth - 1), outputs]
        self.hidden = nn.ModuleList(
            nn.Linear(sizes[place] + encoded * (place in skips), sizes[place + 1]) for place in range(depth)
        )

    def forward(self, x):
        if self.frequencies:
            parts = []
            for k in range(self.frequencies):
                parts += [torch.sin(2**k * torch.pi * x), torch.cos(2**k * torch.pi * x)]
            x = torch.cat(parts, 1)
        first = x
        for place, layer in enumerate(self.hidden):
            x = torch.relu(x) if place else x
            x = layer(torch.cat([x, first], 1) if place in self.skips else x)
        return torch.tanh(x)


class Trained:
    """Networks that explain the sample scene, small: how they are trained is no matter, that they say something is."""

    def __init__(self, mapping_frequencies=0):
        torch.manual_seed(0)
        self.mapping1 = Perceptron(3, 2, 32, 4, mapping_frequencies)
        self.mapping2 = Perceptron(3, 2, 24, 3)
        self.atlas = Perceptron(2, 3, 48, 5, 6, skips=(2, 4))
        self.alpha = Perceptron(3, 1, 32, 4, 3)
        parts = (self.mapping1, self.mapping2, self.atlas, self.alpha)
        self.optimizer = torch.optim.Adam([p for part in parts for p in part.parameters()], lr=5e-3)
        truth = SampleTruth(width=WIDTH)
        self.frames = np.stack([truth.frame(10 * index) for index in range(FRAMES)])
        self.mattes = np.stack([truth.matte(10 * index) for index in range(FRAMES)])

    def points(self):
        """Every pixel's (x, y, t), scaled as the authors do: (T·H·W, 3)."""
        t, y, x = torch.meshgrid(*map(torch.arange, (FRAMES, HEIGHT, WIDTH)), indexing="ij")
        return torch.stack([x / (WIDTH / 2) - 1, y / (WIDTH / 2) - 1, t / (FRAMES / 2) - 1], -1).reshape(-1, 3)

    def colours(self, points):
        """What the networks see at points: the reconstruction (N, 3) and the opacity (N, 1)."""
        alpha = 0.99 * (0.5 * (self.alpha(points) + 1)) + 0.001
        front = 0.5 * (self.atlas(self.mapping1(points) * 0.5 + 0.5) + 1)
        back = 0.5 * (self.atlas(self.mapping2(points) * 0.5 - 0.5) + 1)
        return alpha * front + (1 - alpha) * back, alpha

    def train(self, steps):
        points = self.points()
        colours = torch.from_numpy(self.frames).reshape(-1, 3) / 255
        mattes = torch.from_numpy(self.mattes).reshape(-1, 1)
        for step in range(steps):
            chosen = torch.randint(len(points), (2000,))
            found, alpha = self.colours(points[chosen])
            loss = (found - colours[chosen]).square().mean() + (alpha - mattes[chosen]).square().mean()
            if step < steps // 2:  # the authors, too, start from mappings that are near the identity
                for mapping in (self.mapping1, self.mapping2):
                    loss = loss + 10 * (mapping(points[chosen]) - 0.8 * points[chosen, :2]).square().mean()
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
        return self

    def save(self, path):
        torch.save(self.checkpoint(), path)
        return path

    def checkpoint(self):
        return {
            "F_atlas_state_dict": self.atlas.state_dict(),
            "iteration": 1000,
            "model_F_mapping1_state_dict": self.mapping1.state_dict(),
            "model_F_mapping2_state_dict": self.mapping2.state_dict(),
            "model_F_alpha_state_dict": self.alpha.state_dict(),
            "optimizer_all_state_dict": self.optimizer.state_dict(),
        }


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Networks as small as these wait for threads more than they compute, on a busy machine a hundred times more."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def trained(one_thread) -> Trained:
    return Trained().train(120)


@pytest.fixture(scope="module")
def atlas(trained, tmp_path_factory) -> Atlas:
    checkpoint = trained.save(tmp_path_factory.mktemp("nla") / "checkpoint")
    return finish(import_nla(checkpoint, CLIP, (WIDTH, HEIGHT)))


def test_the_atlas_renders_what_the_networks_see(trained, atlas):
    with torch.no_grad():
        expected, alpha = trained.colours(trained.points())
    expected = expected.reshape(FRAMES, HEIGHT, WIDTH, 3).numpy()
    alpha = alpha.reshape(FRAMES, HEIGHT, WIDTH).numpy()

    assert psnr_db(np.float32(trained.frames / 255), expected) > 17  # they have learned something
    for index in range(FRAMES):
        assert np.abs(atlas.matte("foreground", index) - alpha[index]).max() < 0.003
        assert psnr_db(reconstructed(atlas, index), expected[index]) > 45


def test_the_textures_are_as_fine_as_the_frames(atlas):
    assert [layer.name for layer in atlas.layers] == ["background", "foreground"]
    for layer in atlas.layers:
        assert 0.5 * WIDTH < layer.size[0] < 2.5 * WIDTH
        assert layer.texture.min() >= 0
        assert layer.texture.max() <= 1
        assert layer.coverage.max() > 0.95
        assert 0.2 < (layer.coverage > 0.5).mean() < 1
        assert folded_share(atlas, layer.name) < 0.2


def test_an_imported_atlas_is_kept_like_any_other(atlas, tmp_path):
    save_atlas(atlas, tmp_path / "swan")
    again = load_atlas(tmp_path / "swan")

    assert psnr_db(reconstructed(again, 2), reconstructed(atlas, 2)) > 60


def test_progress_grows_to_the_end(trained, tmp_path):
    shares = list(import_nla(trained.save(tmp_path / "checkpoint"), CLIP, (WIDTH, HEIGHT)))

    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert len(shares) > FRAMES


def test_a_mapping_with_positional_encoding_is_understood(tmp_path):
    trained = Trained(mapping_frequencies=2)
    network = read_networks(trained.save(tmp_path / "checkpoint")).foreground

    points = trained.points()[::50]
    with torch.no_grad():
        expected = trained.mapping1(points)
    assert network.frequencies == 2
    assert torch.allclose(network(points), expected, atol=1e-5)


@pytest.mark.parametrize(
    ("clip_size", "size"), [((720, 1280), (432, 768)), ((854, 480), (768, 432)), ((3840, 2160), (768, 432))]
)
def test_frames_are_as_large_as_the_authors_had_them(clip_size, size):
    assert published_size(clip_size) == size


def _without(checkpoint):
    del checkpoint["model_F_alpha_state_dict"]


def _narrower(checkpoint):
    checkpoint["F_atlas_state_dict"]["hidden.1.weight"] = torch.zeros(48, 47)


def _no_number(checkpoint):
    checkpoint["model_F_mapping1_state_dict"]["hidden.0.bias"][3] = torch.nan


def _other_outputs(checkpoint):
    checkpoint["model_F_alpha_state_dict"] = Perceptron(3, 4, 8, 3, 2).state_dict()


def _other_inputs(checkpoint):
    checkpoint["model_F_mapping2_state_dict"] = Perceptron(5, 2, 8, 3).state_dict()


def _other_names(checkpoint):
    checkpoint["model_F_mapping2_state_dict"] = nn.Linear(3, 2).state_dict()


def _no_tensors(checkpoint):
    checkpoint["model_F_mapping2_state_dict"] = {"hidden.0.weight": 1, "hidden.0.bias": 2}


def _flat(checkpoint):
    checkpoint["model_F_mapping2_state_dict"]["hidden.0.weight"] = torch.zeros(5)


def _empty(checkpoint):
    checkpoint["model_F_mapping2_state_dict"] = {}


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (_without, "it has no model_F_alpha_state_dict"),
        (_narrower, "the layers in F_atlas_state_dict do not fit each other"),
        (_no_number, "model_F_mapping1_state_dict holds values that are no numbers"),
        (_other_outputs, "model_F_alpha_state_dict does not lead from 3 values to 1"),
        (_other_inputs, "model_F_mapping2_state_dict does not lead from 3 values to 2"),
        (_other_names, "model_F_mapping2_state_dict has no layer 0"),
        (_no_tensors, "model_F_mapping2_state_dict has no layer 0"),
        (_flat, "the layer 0 in model_F_mapping2_state_dict has a wrong shape"),
        (_empty, "model_F_mapping2_state_dict does not lead from 3 values to 2"),
    ],
)
def test_a_checkpoint_that_does_not_fit_is_refused(spoil, reason, tmp_path):
    checkpoint = Trained().checkpoint()
    spoil(checkpoint)
    torch.save(checkpoint, tmp_path / "checkpoint")

    with pytest.raises(UserError, match=rf"no checkpoint of Layered Neural Atlases \({reason}\); choose the file"):
        finish(import_nla(tmp_path / "checkpoint", CLIP))


class Trap:
    def __reduce__(self):
        return Path.touch, (Path("sprung"),)


@pytest.mark.parametrize("content", [b"", b"a letter", "trap", "list"])
def test_another_file_is_refused_and_nothing_in_it_runs(content, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "checkpoint"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        torch.save(Trap() if content == "trap" else [torch.zeros(3)], path)

    with pytest.raises(UserError, match="is no checkpoint of Layered Neural Atlases"):
        finish(import_nla(path, CLIP))
    assert [file.name for file in tmp_path.iterdir()] == ["checkpoint"]


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UserError, match="no file"):
        finish(import_nla(tmp_path / "checkpoint", CLIP))
