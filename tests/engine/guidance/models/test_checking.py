"""Checking whether a guide can see."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
import torch

from engine.context import RunContext
from engine.errors import UserError
from engine.events import Progress
from engine.guidance.guide import Criterion, Guide, PictureCode, TextCode
from engine.guidance.models.checking import CAPTIONS, check_guide, run_model_check
from engine.guidance.models.importing import import_model
from engine.guidance.models.store import ModelStore
from engine.guidance.templates import TEMPLATES
from engine.jobs import ModelCheck
from engine.results import CheckResult
from tests.engine.guidance.models.driving import driven
from tests.engine.guidance.models.tiny_model import tiny_state, write_model_folder

# Stands for a photograph: colourful, so that a scripted guide tells it from gray.
PHOTOGRAPH = torch.rand(1, 3, 40, 60, generator=torch.Generator().manual_seed(0))


@dataclass
class ScriptedGuide:
    """Says ``answer`` of the photograph, ``gray`` of a plain picture, each with ``likeness`` above the other captions.

    ``words`` is its vocabulary: guides with one answer with minus logarithms, the others with cosines.
    """

    answer: str
    gray: str
    likeness: float = 0.1
    words: Sequence[str] = ()
    name: str = "scripted"
    licence: str = "MIT"
    input_size: int = 16

    def vocabulary(self) -> Sequence[str]:
        return self.words

    def read(self, text: str, templates: Sequence[str] = TEMPLATES) -> TextCode:
        return TextCode(text, torch.tensor([[float(CAPTIONS.index(text))]]))

    def see(self, pictures: torch.Tensor) -> PictureCode:
        assert pictures.shape == (1, 3, 16, 16)
        return PictureCode(pictures.std()[None, None])

    def distance(self, pictures: PictureCode, text: TextCode, criterion: Criterion = "spherical") -> torch.Tensor:
        assert criterion == "cosine"
        said = self.gray if float(pictures.embedding) < 1e-6 else self.answer
        return torch.tensor([0.8 - self.likeness * (text.text == said)])


def check(guide: object) -> CheckResult:
    assert_guide: Guide = guide  # type: ignore[assignment]
    return driven(check_guide(assert_guide, PHOTOGRAPH, time.monotonic()))[1]


def test_a_guide_that_says_cat_of_the_cat_alone_can_see() -> None:
    result = check(ScriptedGuide(answer="a cat", gray="a piano"))

    assert result.sees
    assert result.verdict == "scripted can see: it finds a cat in the sample photograph with 100%."
    assert result.scores[0][0] == "a cat"
    assert sum(score for _, score in result.scores) == pytest.approx(1)
    assert len(result.scores) == 10


@pytest.mark.parametrize(
    ("guide", "words"),
    [
        (ScriptedGuide(answer="a piano", gray="a piano"), r"it says a piano \(100%\) of a photograph of a cat \(0%\)"),
        (ScriptedGuide(answer="a cat", gray="a cat"), r"a cat in a plain gray picture, too \(100%\)"),
        (ScriptedGuide(answer="a cat", gray="a piano", likeness=0.01), r"it says a cat \(23%\)"),
        (ScriptedGuide(answer="a cat", gray="a piano", likeness=0.1, words=("cat",)), r"it says a cat \(11%\)"),
    ],
)
def test_a_guide_that_is_wrong_blind_or_unsure_cannot_see(guide: ScriptedGuide, words: str) -> None:
    result = check(guide)
    assert not result.sees
    with pytest.raises(AssertionError, match=words):
        raise AssertionError(result.verdict)
    assert result.verdict.startswith("scripted cannot see: ")


def test_the_starter_sees_the_cat() -> None:
    before = torch.random.get_rng_state()

    events, result = driven(run_model_check(ModelCheck("starter", "cpu"), RunContext()))

    assert result.sees, result.verdict
    assert result.guide == "starter"
    assert all(isinstance(event, Progress) for event in events)
    assert torch.equal(torch.random.get_rng_state(), before), "a training may wait meanwhile"


@pytest.mark.parametrize("seed", [0, 1])
def test_random_weights_are_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: Literal[0, 1]) -> None:
    monkeypatch.setenv("PATINA_MODELS", str(tmp_path / "models"))
    driven(import_model(write_model_folder(tmp_path / "tiny", tiny_state(seed)), "", ModelStore()))

    _, result = driven(run_model_check(ModelCheck("openclip:tiny", "cpu"), RunContext()))

    assert not result.sees, result.verdict


def test_a_guide_that_is_not_installed_is_refused() -> None:
    with pytest.raises(UserError, match="models pull ViT-B-32"):
        driven(run_model_check(ModelCheck("openclip:ViT-B-32"), RunContext()))
