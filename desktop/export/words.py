"""The export dialog's words. Free of Qt."""

from collections.abc import Sequence
from typing import Literal

from engine.jobs.deliveries import Content, HandoffName
from engine.media.formats import FORMATS, Format, FormatName
from engine.media.writers.slate import AlphaMode
from engine.project import Project

Choices = Sequence[tuple[Content, str, str]]

LAYERS: Choices = (
    ("layer", "Edit layer", "Colour and opacity of one layer"),
    ("layers", "All layers", "Every visible layer, each in files of its own"),
)
COMPOSITE: Choices = (("composite", "Composite", "The footage with all visible layers"),)
OF_A_LAYER: Choices = (
    ("greenscreen", "Green screen", "One layer over a green ground, for programs without alpha"),
    ("alpha", "Alpha", "One layer’s opacity as gray pictures"),
)
MATTES: tuple[Content, str, str] = ("matte", "Mattes", "The objects’ mattes as gray pictures")
OF_AN_ATLAS: Choices = (
    ("texture", "Atlas textures", "The atlas’s layers, and the edits on them, as they lie flat"),
    ("uv", "UV maps", "ST maps, with which a compositor applies the atlas again"),
)
ALPHAS: Sequence[tuple[AlphaMode, str, str]] = (
    ("straight", "Straight", "Colour is kept apart from opacity"),
    ("premultiplied", "Premultiplied", "Colour is multiplied by opacity"),
)
HANDOFFS: Sequence[tuple[HandoffName, str, str]] = (
    ("after_effects", "After Effects", "A .jsx that imports footage and layers and builds the composition"),
    ("nuke", "Nuke", "A .nk with read and merge nodes for footage and layers"),
    ("blender", "Blender", "A .py that sets up the compositor with footage and layers"),
    ("otio", "OpenTimelineIO", "An .otio timeline, for Resolve and other editors"),
)
OPACITIES: Sequence[tuple[bool, str, str]] = (
    (True, "In the alpha", "The layers’ own opacity is multiplied into their alpha"),
    (False, "Left out", "The files hold the layers at full opacity, to be faded by hand"),
)
CONTENT_WORDS = {value: text for value, text, _ in (*LAYERS, *COMPOSITE, *OF_A_LAYER, MATTES, *OF_AN_ATLAS)}
HANDOFF_WORDS = {value: text for value, text, _ in HANDOFFS}
ALPHA_WORDS = {value: text for value, text, _ in ALPHAS}


def content_groups(project: Project) -> list[tuple[str, Choices]]:
    """Return what can be exported of a project, under headings."""
    groups: list[tuple[str, Choices]] = [("", (*LAYERS, *COMPOSITE) if project.layers else COMPOSITE)]
    if project.layers:
        groups.append(("From one layer", OF_A_LAYER))
    if project.atlas:
        groups.append(("From the atlas", (MATTES, *OF_AN_ATLAS)))
    elif not _is_of_clip(project) and any(layer.matte for layer in project.layers):
        groups.append(("From the edits", (MATTES,)))
    return groups


def format_groups(of_clip: bool) -> list[tuple[str, Sequence[tuple[FormatName, str, str]]]]:
    """Return the formats of a clip, or of a still, under headings."""
    pictures = [(each.name, each.label, format_hint(each)) for each in FORMATS.values() if not each.is_movie]
    movies = [(each.name, each.label, format_hint(each)) for each in FORMATS.values() if each.is_movie]
    return [("Pictures, one a frame", pictures), ("Movies", movies)] if of_clip else [("", pictures)]


def format_hint(format_: Format) -> str:
    """Return the depth that a format implies, and what it is for."""
    depth = f"{format_.bits}-bit float" if format_.is_linear else f"{format_.bits} bits"
    return f"{depth} · {format_.hint}"


def alpha_hint(format_: Format, alpha: AlphaMode | Literal[""], has_alpha: bool) -> str:
    """Return what the format's convention is, or why there is nothing to choose."""
    if not has_alpha:
        return "Only layers and textures have alpha"
    if format_.alpha is None:
        return f"{format_.label} has no alpha"
    usual = f"{format_.alpha.capitalize()} is usual for {format_.label}"
    return usual if alpha in ("", format_.alpha) else f"{usual}; tell whoever reads the files"


def _is_of_clip(project: Project) -> bool:
    return project.footage is not None and project.footage.is_clip
