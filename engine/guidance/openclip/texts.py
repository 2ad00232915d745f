"""Reading texts: cached, many at once, and longer than the model's context."""

import re
from collections.abc import Callable, Sequence

import torch
from open_clip import CLIP, CustomTextCLIP
from torch.nn import functional as F

Tokenizer = Callable[..., torch.Tensor]
# Where a long text may be parted, the best first: sentences, clauses, words.
BORDERS = (r"(?<=[.!?])\s+", r"(?<=[,:])\s+", r"\s+")


class TextReader:
    """Encodes sentences with a model's text half; a sentence that is known costs nothing."""

    def __init__(self, model: CLIP | CustomTextCLIP, tokenizer: Tokenizer, device: str) -> None:
        self._model, self._tokenizer, self._device = model, tokenizer, device
        self._context: int = model.context_length
        self._known: dict[str, torch.Tensor] = {}

    @torch.no_grad()
    def read(self, texts: Sequence[str], templates: Sequence[str]) -> torch.Tensor:
        """Return (K, D), of length 1 each, for each text in each template.

        A text that is too long for the model is read in parts, which count by their length.
        """
        wordings = [self._wording(text, template) for text in texts for template in templates]
        self._learn([sentence for wording in wordings for sentence in wording])
        return torch.stack([self._combined(wording) for wording in wordings])

    def _wording(self, text: str, template: str) -> tuple[str, ...]:
        parts = parted(text, lambda part: self._fits(template.format(part)))
        return tuple(template.format(part) for part in parts)

    def _combined(self, sentences: Sequence[str]) -> torch.Tensor:
        weighed = torch.stack([self._known[sentence] * len(sentence) for sentence in sentences])
        return F.normalize(weighed.sum(0), dim=0)

    def _learn(self, sentences: Sequence[str]) -> None:
        new = list(dict.fromkeys(sentence for sentence in sentences if sentence not in self._known))
        if not new:
            return
        tokens = self._tokenizer(new, context_length=self._context).to(self._device)
        with torch.autocast(torch.device(self._device).type, enabled=False):
            embeddings = self._model.encode_text(tokens, normalize=True)
        self._known.update(zip(new, embeddings, strict=True))

    def _fits(self, sentence: str) -> bool:
        # Tokenizers count in different ways; all say the same at a longer context, but for padding, if nothing is cut.
        return self._added(sentence) == self._added("")

    def _added(self, sentence: str) -> int:
        """Return the sum of what one more place in the context adds to the tokens: padding, or what was cut."""
        short = self._tokenizer([sentence], context_length=self._context)
        long = self._tokenizer([sentence], context_length=self._context + 1)
        return int(long.sum() - short.sum())


def parted(text: str, fits: Callable[[str], bool]) -> tuple[str, ...]:
    """Return ``text`` in as few parts as halving gives, each of which ``fits``, parted at the best borders.

    A single word that does not fit stays whole.
    """
    if fits(text):
        return (text,)
    for border in BORDERS:
        places = [found.span() for found in re.finditer(border, text)]
        if places:
            end, start = min(places, key=lambda place: abs(sum(place) - len(text)))
            return parted(text[:end], fits) + parted(text[start:], fits)
    return (text,)
