"""The protocol that every guide (a vision-language model) follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import torch

from engine.guidance.materials import Material


@dataclass(frozen=True)
class PictureCode:
    """What a guide sees in N pictures: ``embedding`` (N, D) and spatial ``tokens`` (N, T, C), not normalised."""

    embedding: torch.Tensor
    tokens: torch.Tensor


@dataclass(frozen=True)
class TextCode:
    """What a guide reads in a text: ``embedding`` (K, D), None where the words name no concept, and a material.

    ``material`` is the colour or material that the words name, for guides that know them by name only.
    """

    text: str
    embedding: torch.Tensor | None
    material: Material | None = None


class Guide(Protocol):
    """A vision-language model. Pictures are (N, 3, H, W) float tensors in 0..1, display space."""

    name: str
    licence: str
    input_size: int

    def vocabulary(self) -> Sequence[str]:
        """Return the words and phrases for autocompletion; empty where the vocabulary is open."""
        ...

    def read(self, text: str) -> TextCode:
        """Return the code of ``text``; raises UserError, with the nearest known words, for unknown ones."""
        ...

    def see(self, pictures: torch.Tensor) -> PictureCode:
        """Return the code of ``pictures``; differentiable."""
        ...

    def distance(self, pictures: PictureCode, text: TextCode) -> torch.Tensor:
        """Return (N,) distances that fall as the pictures come nearer to the text; differentiable."""
        ...

    def relevance(self, picture: torch.Tensor, text: str) -> torch.Tensor:
        """Return (H, W) in 0..1: where in the one ``picture`` (1, 3, H, W) the text is seen."""
        ...
