"""Attention written out: the same answers, and relevance as a plain reference has it."""

import torch
from open_clip.transformer import Attention, ResidualAttentionBlock
from torch.nn import functional as F

from engine.guidance.openclip.attention import AttentionRecorder, rollout


def test_recording_changes_no_answer_and_keeps_the_weights():
    torch.manual_seed(0)
    block = ResidualAttentionBlock(24, 3).eval().requires_grad_(False)
    tokens = torch.randn(2, 5, 24)
    seen = block.ln_1(tokens)
    _, expected = block.attn(seen, seen, seen, need_weights=True, average_attn_weights=False)

    with AttentionRecorder() as recorder:
        answer = block(tokens)
    torch.testing.assert_close(answer, block(tokens), rtol=1e-5, atol=1e-5)
    (weights,) = recorder.weights
    torch.testing.assert_close(weights, expected, rtol=1e-5, atol=1e-5)


def test_fused_attention_is_recorded_too():
    torch.manual_seed(0)
    attention = Attention(24, 3, qk_norm=True).eval().requires_grad_(False)
    tokens = torch.randn(2, 5, 24)
    with AttentionRecorder() as recorder:
        answer = attention(tokens)
    torch.testing.assert_close(answer, attention(tokens), rtol=1e-5, atol=1e-5)
    assert recorder.weights[0].shape == (2, 3, 5, 5)
    torch.testing.assert_close(recorder.weights[0].sum(-1), torch.ones(2, 3, 5))


def test_a_scale_of_its_own_is_kept():
    query, key, value = torch.randn(3, 1, 2, 4, 8)
    expected = F.scaled_dot_product_attention(query, key, value, scale=0.5)
    with AttentionRecorder():
        answer = F.scaled_dot_product_attention(query, key, value, scale=0.5)
    torch.testing.assert_close(answer, expected, rtol=1e-5, atol=1e-5)


def test_gradients_begin_after_the_skipped_layers():
    torch.manual_seed(0)
    blocks = [ResidualAttentionBlock(24, 3).eval().requires_grad_(False) for _ in range(3)]
    tokens = torch.randn(2, 5, 24)
    with AttentionRecorder(skipped=1) as recorder:
        answer = blocks[2](blocks[1](blocks[0](tokens)))
    assert len(recorder.weights) == 2
    assert recorder.weights[0].is_leaf
    gradients = torch.autograd.grad(answer[:, 0].sum(), recorder.weights)
    assert all(gradient.abs().sum() > 0 for gradient in gradients)


def test_rollout_accumulates_gradient_times_attention_over_the_layers():
    torch.manual_seed(0)
    count, heads, tokens = 2, 3, 4
    weights = [torch.rand(count, heads, tokens, tokens, requires_grad=True) for _ in range(3)]
    pull = [torch.randn(count, heads, tokens, tokens) for _ in range(3)]
    score = sum((layer * factor).sum() for layer, factor in zip(weights, pull, strict=True))

    found = rollout(score, weights)
    for n in range(count):
        relevance = torch.eye(tokens)
        for layer, gradient in zip(weights, pull, strict=True):
            mean = torch.zeros(tokens, tokens)
            for head in range(heads):
                for row in range(tokens):
                    for column in range(tokens):
                        product = layer[n, head, row, column].item() * gradient[n, head, row, column].item()
                        mean[row, column] += max(0.0, product) / heads
            relevance = relevance + mean @ relevance
        torch.testing.assert_close(found[n], relevance)


def test_a_pooling_that_leaves_tokens_out_reads_those_it_keeps():
    weights = torch.rand(1, 2, 3, 3, requires_grad=True), torch.rand(1, 2, 1, 2, requires_grad=True)
    score = weights[0].sum() + weights[1].sum()
    first = torch.eye(3) + weights[0].detach().mean(1)[0]
    expected = weights[1].detach().mean(1)[0] @ first[1:]
    torch.testing.assert_close(rollout(score, weights)[0], expected)
