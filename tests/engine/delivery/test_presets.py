import pytest

from engine.delivery.presets import DESTINATIONS
from engine.jobs import ClipDelivery, StillDelivery


@pytest.mark.parametrize("name", sorted(DESTINATIONS))
def test_every_destination_fills_a_delivery(name: str) -> None:
    destination = DESTINATIONS[name]
    clip = ClipDelivery(project="a.patina", folder="out", layer="1", **destination.settings(of_clip=True))
    still = StillDelivery(project="a.patina", folder="out", layer="1", **destination.settings(of_clip=False))
    assert clip.what == still.what
    assert not still.in_format.is_movie


def test_compositors_get_what_they_expect() -> None:
    def clip(name: str) -> ClipDelivery:
        return ClipDelivery(project="a.patina", folder="out", layer="1", **DESTINATIONS[name].settings(of_clip=True))

    assert (clip("after-effects").format, clip("after-effects").alpha_mode) == ("prores4444", "straight")
    assert (clip("nuke").format, clip("nuke").alpha_mode, clip("nuke").passes) == ("exr", "premultiplied", True)
    assert (clip("review").what, clip("review").sound) == ("composite", True)
