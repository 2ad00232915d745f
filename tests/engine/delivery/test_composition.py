from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from engine.delivery.composition import composition_of
from engine.delivery.outputs import plan_delivery
from engine.delivery.sources import open_source
from engine.handoff.composition import Composition
from engine.jobs import ClipDelivery
from engine.project import Project
from tests.engine.small_atlas import FIRST, FRAMES

Job = Callable[..., ClipDelivery]


def composed(job: ClipDelivery, project: Project) -> Composition:
    assert project.footage is not None
    plan = plan_delivery(job, project)
    with open_source(project.footage) as source:
        slate = source.slate(plan.numbers, job.start, {})
        return composition_of(job, project, plan, source.info, slate, ("told",))


def test_layers_lie_where_their_files_do(job: Job, project: Project, tmp_path: Path) -> None:
    layer = replace(project.layers[0], first=FIRST + 1, opacity_keys=((FIRST, 0.0), (FIRST + 4, 1.0)))
    keyed = project.replace_layer(layer)
    made = composed(job(changed=keyed, what="layers", format="exr", first=FIRST + 2, start=7), keyed)

    shift = 7 - (FIRST + 2)
    assert (made.first, made.frames, made.rate) == (7, FRAMES - 2, Fraction(24))
    (found,) = made.layers
    assert (found.name, found.first, found.last) == ("gold", FIRST + 1 + shift, FIRST + 3 + shift)
    assert found.opacity_keys == ((FIRST + shift, 0.0), (FIRST + 4 + shift, 1.0))
    assert found.media.first_file == tmp_path / "out" / "clip_gold_v001.0007.exr"
    assert (found.media.begins, found.media.alpha, found.media.is_linear) == (7, "premultiplied", True)
    assert made.source.begins == FIRST + shift
    assert made.source.first_file == tmp_path / "clip" / f"shot.{FIRST}.png"
    assert made.sidecar == tmp_path / "out" / "clip_gold_v001.patina.json"
    assert made.notices == ("told",)


def test_movies_are_movies(job: Job, project: Project) -> None:
    made = composed(job(what="layer", layer="gold", format="prores4444"), project)
    media = made.layers[0].media
    assert (media.kind, media.begins, media.frames, media.alpha, media.bits) == ("movie", FIRST, FRAMES, "straight", 10)
    assert made.opacity_curve(made.layers[0])[-1] == (FIRST + 4, 0.0), "the layer ends one frame before the clip"
