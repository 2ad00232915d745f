import torch

from engine.text2live import compiling
from engine.text2live.compiling import Compiled
from engine.text2live.generator import Generator


def test_a_compiled_generator_paints_the_same():
    torch.manual_seed(0)
    generator, picture = Generator(widths=(8, 8)), torch.rand(1, 3, 64, 64)
    compiled = Compiled(generator, "cpu", backend="aot_eager")

    assert torch.allclose(compiled(picture), generator(picture), atol=1e-5)
    assert not compiled.failed
    compiled(picture).sum().backward()
    assert generator.head.weight.grad is not None


def test_where_the_machine_cannot_compile_the_generator_runs_as_it_is(monkeypatch):
    def broken(_graph, _inputs):
        raise RuntimeError("no compiler was found")

    compiled = Compiled(generator := Generator(widths=(8, 8)), "cpu", backend=broken)
    picture = torch.rand(1, 3, 64, 64)
    monkeypatch.setattr(compiling.logger, "disabled", True)

    assert torch.equal(compiled(picture), generator(picture))
    assert compiled.failed
