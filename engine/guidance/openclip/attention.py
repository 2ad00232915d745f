"""What a transformer's attention says about where its answer came from."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode


class AttentionRecorder(TorchFunctionMode):
    """While it is entered, writes attention out and keeps its weights (N, heads, queries, keys) in their order.

    Fused attention never shows its weights, and what `multi_head_attention_forward` returns of them is a copy that
    no gradient reaches; so a tower can be read as it is, without a second one that is written for it. Gradients
    begin at the first attention that counts, after the ``skipped`` ones.
    """

    def __init__(self, skipped: int = 0) -> None:
        super().__init__()
        self.weights: list[torch.Tensor] = []
        self._skipped = skipped

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        if func is F.scaled_dot_product_attention:
            return self._attended(args[0], args[1], args[2], kwargs.get("scale"))
        # Without common weights for query, key and value it is a pooling that looks on from outside.
        if func is F.multi_head_attention_forward and args[5] is not None:
            return self._self_attended(args[0], args[4], args[5:7], args[11:13]), None
        return func(*args, **kwargs)

    def _self_attended(
        self,
        tokens: torch.Tensor,
        heads: int,
        inner: tuple[torch.Tensor, torch.Tensor | None],
        outer: tuple[torch.Tensor, torch.Tensor | None],
    ) -> torch.Tensor:
        """Return the self-attention of ``tokens`` (L, N, C), whose two projections are (weight, bias)."""
        length, count, width = tokens.shape
        projected = F.linear(tokens, *inner).reshape(length, count, 3, heads, width // heads)
        query, key, value = projected.permute(2, 1, 3, 0, 4)
        attended = self._attended(query, key, value)
        return F.linear(attended.permute(2, 0, 1, 3).reshape(length, count, width), *outer)

    def _attended(
        self, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, scale: float | None = None
    ) -> torch.Tensor:
        scale = query.shape[-1] ** -0.5 if scale is None else scale
        weights = (query * scale @ key.transpose(-2, -1)).softmax(-1)
        if self._skipped > 0:
            self._skipped -= 1
            return weights.detach() @ value
        if not weights.requires_grad:
            weights.requires_grad_()
        self.weights.append(weights)
        return weights @ value


def rollout(score: torch.Tensor, weights: Sequence[torch.Tensor]) -> torch.Tensor:
    """Return (N, queries of the last, tokens of the first): how much each token counted for each in ``score``.

    Gradient times attention, its positive part averaged over heads and accumulated from layer to layer (Chefer et
    al., ICCV 2021, equations 5 and 6). ``score`` is a scalar, ``weights`` those of an `AttentionRecorder`.
    """
    gradients = torch.autograd.grad(score, list(weights))
    count, _, _, tokens = weights[0].shape
    relevance = torch.eye(tokens, device=score.device).expand(count, -1, -1)
    for layer, gradient in zip(weights, gradients, strict=True):
        # A pooling may leave out the first tokens, which are no patches.
        step = (gradient * layer.detach()).clamp(min=0).mean(1) @ relevance[:, -layer.shape[-1] :]
        # Its query is none of the tokens, so nothing is kept of what was.
        relevance = relevance + step if step.shape == relevance.shape else step
    return relevance
