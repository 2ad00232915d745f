"""The embedded guide: an ImageNet network, and words matched to its concepts, to materials and to colours."""

from collections.abc import Sequence

import torch
from torch.nn import functional as F

from engine.guidance.efficientnet import INPUT_SIZE, EfficientNetLite0, resized
from engine.guidance.guide import Criterion, PictureCode, TextCode
from engine.guidance.prompts import Concept, parse, parse_subject, require_known
from engine.guidance.templates import TEMPLATES, split_texts
from engine.guidance.vocabulary import entries

TOKEN_SIZE = 256
RELEVANCE_SCALES = (1.0, 1.5, 2.0)
FIRST_SEEN = 5
# A network is soon sure of what it guides to, and then asks for no more, long before others are convinced. With its
# logits divided it goes on asking (after Zhao, Liu and Larson, NeurIPS 2021, on targets that transfer).
GUIDING_SOFTNESS = 3.0
# One place of a picture is less certain than the whole: its probabilities are taken at half the logits.
LOCAL_SOFTNESS = 0.5


class StarterGuide:
    """Guides by the class probabilities of EfficientNet-Lite0. Embeddings are its 1,280 pooled features."""

    name = "starter"
    licence = "Apache-2.0"
    input_size = INPUT_SIZE

    def __init__(self, device: str = "cpu") -> None:
        self._device = device
        self._network = EfficientNetLite0().to(device)

    def vocabulary(self) -> Sequence[str]:
        """Return every phrase that `read` knows."""
        return tuple(entry.text for entry in entries())

    def read(self, text: str, templates: Sequence[str] = TEMPLATES) -> TextCode:
        """Return the code of ``text``; each row of its embedding (K, 1000) holds a weight a class, the largest 1.

        Raises UserError, with the nearest known words, for unknown ones.
        """
        readings = [parse(part) for part in split_texts(text)]
        for reading in readings:
            require_known(reading)
        meant = [concepts for reading in readings if (concepts := reading.concepts or reading.texture)]
        return TextCode(
            text,
            torch.stack([self._weights(concepts) for concepts in meant]) if meant else None,
            next((reading.material for reading in readings if reading.material), None),
            next((reading.subject for reading in readings if reading.subject), ""),
        )

    def see(self, pictures: torch.Tensor) -> PictureCode:
        """Return the pooled features (N, 1280) of ``pictures``, and their strangeness."""
        seen = self._network(pictures)
        return PictureCode(seen.last.mean((2, 3)), seen.strangeness)

    def tokens(self, pictures: torch.Tensor) -> torch.Tensor:
        """Return (N, 256, 112) mid-level features of ``pictures`` seen at 256 x 256."""
        features = self._network.middle(resized(pictures, TOKEN_SIZE, TOKEN_SIZE))
        return features.flatten(2).transpose(1, 2)

    def distance(self, pictures: PictureCode, text: TextCode, criterion: Criterion = "spherical") -> torch.Tensor:
        """Return (N,): minus the logarithm of the softened probability of a text's classes, a mean over the texts.

        Classes are told apart by their probability alone, whatever the ``criterion``.
        """
        assert text.embedding is not None, "a text that names only a material has no distance"
        logarithms = F.log_softmax(self._network.classifier(pictures.embedding) / GUIDING_SOFTNESS, 1)
        weighed = logarithms[:, None] + text.embedding.clamp(min=1e-9).log()[None]
        return -torch.logsumexp(weighed, 2).mean(1)

    def turning(self, before: PictureCode, after: PictureCode, source: TextCode, target: TextCode) -> torch.Tensor:
        """Return (N,): 1 - cosine of the way in feature space and the way between the classes' weight vectors."""
        assert source.embedding is not None
        assert target.embedding is not None
        way = (target.embedding.mean(0) - source.embedding.mean(0)) @ self._network.classifier.weight
        return 1 - F.cosine_similarity(after.embedding - before.embedding, way[None])

    @torch.no_grad()
    def relevance(self, picture: torch.Tensor, text: str) -> torch.Tensor:
        """Return where the text's classes are seen, over three scales, (H, W) in 0..1.

        The geometric mean of the class activation map (Zhou et al., CVPR 2016, section 2), which finds the whole of
        a thing and what often lies about it, and of the local probability of the classes, which finds little else
        than the thing. Of the classes that ``text`` may mean, those that the picture shows count most.
        """
        height, width = picture.shape[-2:]
        classifier = self._network.classifier
        whole = resized(picture, INPUT_SIZE, INPUT_SIZE)
        shown = classifier(self.see(whole).embedding)[0].softmax(0)
        meant = self._looked_for(text) if text else _largest(shown, FIRST_SEEN)
        evidence = (shown * meant / (shown * meant).sum().clamp(min=1e-12)) @ classifier.weight
        total = torch.zeros(height, width, device=picture.device)
        for scale in RELEVANCE_SCALES:
            seen = self._network(resized(picture, round(height * scale), round(width * scale))).last[0]
            activation = torch.einsum("chw,c->hw", seen, evidence).clamp(min=0)
            local = (LOCAL_SOFTNESS * classifier(seen.permute(1, 2, 0))).softmax(2) @ meant
            found = (activation * local).sqrt()[None, None]
            found = F.interpolate(found, (height, width), mode="bilinear")[0, 0]
            total += found / found.max().clamp(min=1e-6)
        return total / total.max().clamp(min=1e-6)

    def _looked_for(self, text: str) -> torch.Tensor:
        return torch.stack([self._weights(parse_subject(part)) for part in split_texts(text)]).amax(0)

    def _weights(self, concepts: Sequence[Concept]) -> torch.Tensor:
        weights = torch.zeros(self._network.classifier.out_features, device=self._device)
        for concept in concepts:
            weights[concept.index] = max(concept.weight, float(weights[concept.index]))
        return weights / weights.max()


def _largest(probabilities: torch.Tensor, count: int) -> torch.Tensor:
    """Return 1 for the ``count`` largest, 0 for the others."""
    chosen = torch.zeros_like(probabilities)
    chosen[probabilities.topk(count).indices] = 1
    return chosen
