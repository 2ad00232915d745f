"""The guide of an open vocabulary."""

from collections.abc import Sequence

import torch
from open_clip import CLIP, CustomTextCLIP
from torch.nn import functional as F

from engine.errors import UserError
from engine.guidance.guide import Criterion, PictureCode, TextCode
from engine.guidance.openclip.choosing import tower_of
from engine.guidance.openclip.relevance import Sought, found
from engine.guidance.openclip.texts import TextReader, Tokenizer
from engine.guidance.templates import TEMPLATES, split_texts


class OpenClipGuide:
    """Guides by the embeddings of a contrastive model of pictures and texts.

    ``model`` is one of open_clip's, with its own ``tokenizer``; ``mean`` and ``deviation`` (3 each) are those of the
    pictures in 0..1 that it learned from. The guide owns the model: it moves it to ``device``, freezes it and
    simplifies it for evaluation.
    """

    def __init__(
        self,
        model: CLIP | CustomTextCLIP,
        tokenizer: Tokenizer,
        name: str,
        licence: str,
        mean: Sequence[float],
        deviation: Sequence[float],
        device: str = "cpu",
    ) -> None:
        model.requires_grad_(False).eval().to(device)
        # Convolutions are faster with their channels last; transformers hardly have any.
        model.visual.to(memory_format=torch.channels_last)
        self.name, self.licence, self._device = name, licence, device
        self._tower = tower_of(model.visual)
        self.input_size = self._tower.input_size
        self._scale = float(model.logit_scale.exp())
        self._texts = TextReader(model, tokenizer, device)
        self._mean = torch.tensor(mean, device=device)[:, None, None]
        self._deviation = torch.tensor(deviation, device=device)[:, None, None]

    def vocabulary(self) -> Sequence[str]:
        """Return nothing: any words can be read."""
        return ()

    def read(self, text: str, templates: Sequence[str] = TEMPLATES) -> TextCode:
        """Return the code of ``text``, its embedding (K, D) with rows of length 1; raises UserError for no text."""
        texts = split_texts(text)
        if not all(texts):
            raise UserError("There is no text to read; say in a few words what the guide is to look for.")
        return TextCode(text, self._texts.read(texts, templates))

    def see(self, pictures: torch.Tensor) -> PictureCode:
        """Return the embeddings (N, D) of ``pictures``, which may have any size; differentiable."""
        return PictureCode(self._tower.embedded(self._normalised(pictures)).float())

    def tokens(self, pictures: torch.Tensor) -> torch.Tensor:
        """Return the deep features (N, T, C) of ``pictures``, their proportions kept; differentiable."""
        return self._tower.tokens(self._normalised(pictures)).float()

    def distance(self, pictures: PictureCode, text: TextCode, criterion: Criterion = "spherical") -> torch.Tensor:
        """Return (N,): 2·arcsin(|x - y| / 2)² or 1 - x·y of embeddings x, y of length 1, a mean over the wordings.

        The spherical one is half the squared angle (Text2LIVE, Bar-Tal et al., ECCV 2022, section 3.2).
        """
        seen, meant = F.normalize(pictures.embedding, dim=1)[:, None], _rows(text)[None]
        chord = (seen - meant).square().sum(2)
        if criterion == "cosine":
            return chord.mean(1) / 2
        # The clamp keeps the slopes of both functions finite where pictures and texts are the same or opposite.
        half = (chord.clamp(min=1e-12).sqrt() / 2).clamp(max=1 - 1e-6)
        return (2 * half.arcsin().square()).mean(1)

    def turning(self, before: PictureCode, after: PictureCode, source: TextCode, target: TextCode) -> torch.Tensor:
        """Return (N,): 1 - cosine of the way from picture to picture and the way from text to text."""
        went = F.normalize(after.embedding, dim=1) - F.normalize(before.embedding, dim=1)
        way = _rows(target).mean(0) - _rows(source).mean(0)
        return 1 - F.cosine_similarity(went, way[None])

    def relevance(self, picture: torch.Tensor, text: str) -> torch.Tensor:
        """Return where any of the texts is seen, (H, W) in 0..1; raises UserError for no text."""
        texts = split_texts(text)
        if not all(texts):
            raise UserError(f"The guide {self.name} does not choose a subject by itself; name one.")
        seen, neutral = self._normalised(picture.detach().float()), self._ensemble("")
        with torch.autocast(torch.device(self._device).type, enabled=False):
            maps = [found(self._tower, seen, Sought(self._ensemble(each), neutral, self._scale)) for each in texts]
        return torch.stack(maps).amax(0).to(picture.device)

    def _ensemble(self, text: str) -> torch.Tensor:
        """Return one embedding (D,) of a text in all templates; those of no text say only "a photo"."""
        return F.normalize(self._texts.read([text], TEMPLATES).mean(0), dim=0)

    def _normalised(self, pictures: torch.Tensor) -> torch.Tensor:
        return (pictures.to(self._device) - self._mean) / self._deviation


def _rows(text: TextCode) -> torch.Tensor:
    assert text.embedding is not None, "every text has an embedding in an open vocabulary"
    return text.embedding
