"""The protocol that every guide (a vision-language model) follows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol, Self

import torch

from engine.guidance.materials import Material
from engine.guidance.templates import TEMPLATES

Criterion = Literal["spherical", "cosine"]


@dataclass(frozen=True)
class PictureCode:
    """What a guide sees in N pictures.

    ``embedding`` is (N, D), not normalised. ``strangeness`` is a scalar, how far the statistics of the early
    activations lie from those of the pictures that the guide learned from; None where the guide keeps none.
    """

    embedding: torch.Tensor
    strangeness: torch.Tensor | None = None


@dataclass(frozen=True)
class TextCode:
    """What a guide reads in a role's texts.

    ``embedding`` is (K, D), a row for each wording (each text, in each of its templates), None where the words name
    no concept; ``material`` is the colour or material that they name, for guides that know those by name only;
    ``subject`` is the thing that the words say is edited, or empty.
    """

    text: str
    embedding: torch.Tensor | None
    material: Material | None = None
    subject: str = ""

    def drawn(self, count: int, draws: torch.Generator) -> Self:
        """Return the code of ``count`` of the wordings, all where there are fewer."""
        if self.embedding is None or len(self.embedding) <= count:
            return self
        chosen = torch.randperm(len(self.embedding), generator=draws)[:count]
        return replace(self, embedding=self.embedding[chosen.to(self.embedding.device)])


class Guide(Protocol):
    """A vision-language model. Pictures are (N, 3, H, W) float tensors in 0..1, display space."""

    name: str
    licence: str
    input_size: int

    def vocabulary(self) -> Sequence[str]:
        """Return the words and phrases for autocompletion; empty where the vocabulary is open."""
        ...

    def read(self, text: str, templates: Sequence[str] = TEMPLATES) -> TextCode:
        """Return the code of ``text``, which may hold several texts parted by semicolons, each in all ``templates``.

        Guides that know single concepts need no templates. Raises UserError, with the nearest known words, for
        unknown ones.
        """
        ...

    def see(self, pictures: torch.Tensor) -> PictureCode:
        """Return the code of ``pictures``; differentiable."""
        ...

    def tokens(self, pictures: torch.Tensor) -> torch.Tensor:
        """Return the deep spatial features (N, T, C) of ``pictures``, for the structure loss; differentiable."""
        ...

    def distance(self, pictures: PictureCode, text: TextCode, criterion: Criterion = "spherical") -> torch.Tensor:
        """Return (N,) distances that fall as the pictures come nearer to the text, a mean over its wordings.

        At least 0; differentiable. ``criterion`` is for guides that compare embeddings.
        """
        ...

    def turning(self, before: PictureCode, after: PictureCode, source: TextCode, target: TextCode) -> torch.Tensor:
        """Return (N,): 1 - cosine of the way the pictures went and the way from text to text; differentiable."""
        ...

    def relevance(self, picture: torch.Tensor, text: str) -> torch.Tensor:
        """Return (H, W) in 0..1: where in the one ``picture`` (1, 3, H, W) the text is seen.

        An empty text asks a guide with a vocabulary for what it sees first; one without raises UserError, as guides
        do for words that cannot be looked for.
        """
        ...
