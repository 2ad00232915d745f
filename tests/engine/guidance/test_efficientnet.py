import timm
import torch

from engine.guidance.efficientnet import DEVIATION, MEAN, EfficientNetLite0


def _picture() -> torch.Tensor:
    return torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))


def _plain(network: EfficientNetLite0) -> torch.nn.Module:
    plain = timm.create_model("tf_efficientnet_lite0").eval()
    plain.load_state_dict(network.network.state_dict())
    return plain


def test_what_it_sees_is_what_timms_network_sees():
    network, picture = EfficientNetLite0(), _picture()

    logits = network.classifier(network(picture).last.mean((2, 3)))
    assert torch.allclose(logits, _plain(network)((picture - MEAN) / DEVIATION), atol=1e-3)


def test_its_gradient_comes_more_through_the_shortcuts():
    network, mine, theirs = EfficientNetLite0(), _picture().requires_grad_(), _picture().requires_grad_()
    network(mine).last.mean().backward()
    features = _plain(network).forward_features((theirs - MEAN) / DEVIATION)
    features.mean().backward()

    assert not torch.allclose(mine.grad, theirs.grad, rtol=0.05)
    assert torch.nn.functional.cosine_similarity(mine.grad.flatten(), theirs.grad.flatten(), dim=0) > 0.2
