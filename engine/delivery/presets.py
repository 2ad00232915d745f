"""Destinations: the settings of a delivery that suit a program or a purpose."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.jobs.deliveries import Content, HandoffName
from engine.media.formats import FormatName
from engine.media.writers.slate import AlphaMode


@dataclass(frozen=True)
class Destination:
    """Where a delivery goes.

    ``clip`` is the format for clips, ``still`` that for pictures; an ``alpha`` of "" is the format's own convention.
    """

    name: str
    label: str
    hint: str
    clip: FormatName
    still: FormatName
    what: Content = "layers"
    alpha: AlphaMode | str = ""
    passes: bool = False
    handoffs: tuple[HandoffName, ...] = ()

    def settings(self, of_clip: bool) -> Mapping[str, Any]:
        """Return what fills a `engine.jobs.deliveries.ClipDelivery`, or else a StillDelivery, by its fields' names."""
        return {
            "what": self.what,
            "format": self.clip if of_clip else self.still,
            "alpha": self.alpha,
            "passes": self.passes,
            "handoffs": self.handoffs,
        }


DESTINATIONS: Mapping[str, Destination] = {
    each.name: each
    for each in (
        Destination(
            "after-effects",
            "After Effects",
            "Every layer as ProRes 4444 with straight alpha, and a script that builds the composition",
            "prores4444",
            "png",
            handoffs=("after_effects",),
        ),
        Destination(
            "nuke",
            "Nuke",
            "Every layer as OpenEXR, premultiplied and linear, with passes, and a script with the tree of nodes",
            "exr",
            "exr",
            passes=True,
            handoffs=("nuke",),
        ),
        Destination(
            "resolve",
            "Resolve",
            "Every layer as ProRes 4444, and a timeline in OpenTimelineIO",
            "prores4444",
            "png",
            handoffs=("otio",),
        ),
        Destination(
            "blender",
            "Blender",
            "Every layer as OpenEXR, and a script that builds the compositor's nodes",
            "exr",
            "exr",
            handoffs=("blender",),
        ),
        Destination("web", "Web", "One layer with its alpha, in a size for pages", "vp9", "png8", what="layer"),
        Destination("review", "Review", "The composite with the clip's sound, small", "h264", "png8", what="composite"),
    )
}
