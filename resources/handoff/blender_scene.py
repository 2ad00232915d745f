"""Builds a scene in Blender whose compositor lays edit layers over footage. Blender 3.3 and later.

In Blender, open this file in the text editor and run it; or on a command line, to render 16-bit pictures to a folder:

    blender --background --python THIS_FILE -- --render FOLDER

The compositor works on display values, as Patina does, and the view transform Raw writes them as they are.
"""

import sys
from collections.abc import Sequence
from functools import reduce
from pathlib import Path
from typing import Any

import bpy

Place = tuple[float, float]
COMPOSITION: dict[str, Any] = {}  # composition

# Blend modes that Blender has; the others are formulas below.
BLEND_TYPES = {
    "darken": "DARKEN",
    "multiply": "MULTIPLY",
    "lighten": "LIGHTEN",
    "screen": "SCREEN",
    "colour dodge": "DODGE",
    "add": "ADD",
    "overlay": "OVERLAY",
    "hard light": "OVERLAY",  # with its inputs swapped
    "difference": "DIFFERENCE",
}
LUM_WEIGHTS = (0.30, 0.59, 0.11)
TINY = 1e-12
MULTIPLYING_VERSION = (4, 4)
COLUMN, ROW = 220, 320


# Nodes, whose names changed with Blender's versions


def add_node(tree: Any, *names: str, at: Place = (0, 0)) -> Any:
    """Add a node of the first type that this Blender has."""
    for name in names:
        try:
            node = tree.nodes.new(name)
        except RuntimeError:
            continue
        node.location = at
        return node
    raise RuntimeError(f"This Blender has no node {names[0]}; use version 3.3 or later.")


def connect(tree: Any, value: Any, socket: Any) -> None:
    """Give an input a number, or the output of another node."""
    if isinstance(value, (int, float)):
        socket.default_value = value
    else:
        tree.links.new(value, socket)


def mix(tree: Any, blend_type: str, factor: Any, below: Any, layer: Any, at: Place) -> Any:
    """Add a mix of two colours; returns its output."""
    node = add_node(tree, "CompositorNodeMixRGB", "ShaderNodeMix", at=at)
    if node.bl_idname == "ShaderNodeMix":
        node.data_type, node.clamp_result = "RGBA", blend_type == "ADD"
        colours = [socket for socket in node.inputs if socket.type == "RGBA"]
        output = next(socket for socket in node.outputs if socket.type == "RGBA")
    else:
        node.use_clamp = blend_type == "ADD"
        colours, output = node.inputs[1:3], node.outputs[0]
    node.blend_type = blend_type
    connect(tree, factor, node.inputs[0])
    connect(tree, below, colours[0])
    connect(tree, layer, colours[1])
    return output


def new_group(name: str, inputs: Sequence[str]) -> tuple[Any, list[Any], Any]:
    """Make a group of nodes that takes colours by name and gives one; returns it, its inputs and its output."""
    group = bpy.data.node_groups.new(name, "CompositorNodeTree")
    if hasattr(group, "interface"):
        for label in inputs:
            group.interface.new_socket(label, in_out="INPUT", socket_type="NodeSocketColor")
        group.interface.new_socket("Image", in_out="OUTPUT", socket_type="NodeSocketColor")
    else:
        for label in inputs:
            group.inputs.new("NodeSocketColor", label)
        group.outputs.new("NodeSocketColor", "Image")
    start = group.nodes.new("NodeGroupInput")
    end = group.nodes.new("NodeGroupOutput")
    end.location = (4 * COLUMN, 0)
    return group, [start.outputs[label] for label in inputs], end.inputs["Image"]


def use_group(tree: Any, group: Any, inputs: Sequence[Any], at: Place) -> Any:
    """Add a group of nodes to the tree; returns its output."""
    node = tree.nodes.new("CompositorNodeGroup")
    node.node_tree, node.location, node.label = group, at, group.name
    for value, socket in zip(inputs, node.inputs, strict=True):
        connect(tree, value, socket)
    return node.outputs[0]


# Formulas


class Term:
    """A number at every pixel; arithmetic with it adds nodes."""

    def __init__(self, tree: Any, value: Any) -> None:
        self.tree, self.value = tree, value

    def with_node(self, operation: str, *values: "Term | float") -> "Term":
        """Return what a node of mathematics makes of this and other terms or numbers."""
        node = add_node(self.tree, "CompositorNodeMath", "ShaderNodeMath", at=(2 * COLUMN, 0))
        node.operation = operation
        for value, socket in zip((self, *values), node.inputs, strict=False):  # of three inputs, most use two
            connect(self.tree, value.value if isinstance(value, Term) else value, socket)
        return Term(self.tree, node.outputs[0])

    def __add__(self, other: "Term | float") -> "Term":
        return self.with_node("ADD", other)

    def __sub__(self, other: "Term | float") -> "Term":
        return self.with_node("SUBTRACT", other)

    def __rsub__(self, other: float) -> "Term":
        return Term(self.tree, other).with_node("SUBTRACT", self)

    def __mul__(self, other: "Term | float") -> "Term":
        return self.with_node("MULTIPLY", other)

    __rmul__ = __mul__

    def __truediv__(self, other: "Term | float") -> "Term":
        return self.with_node("DIVIDE", other)

    def __pow__(self, other: float) -> "Term":
        return self.with_node("POWER", other)

    def least(self, other: "Term | float") -> "Term":
        """Return the smaller of two terms."""
        return self.with_node("MINIMUM", other)

    def most(self, other: "Term | float") -> "Term":
        """Return the larger of two terms."""
        return self.with_node("MAXIMUM", other)

    def choice(self, limit: float, low: "Term", high: "Term") -> "Term":
        """Return ``low`` where this is at most ``limit``, else ``high``."""
        return low + self.with_node("GREATER_THAN", limit) * (high - low)


Channels = Sequence[Term]


def separated(tree: Any, colour: Any) -> list[Term]:
    """Return the red, green, blue and alpha of a colour."""
    node = add_node(tree, "CompositorNodeSeparateColor", at=(COLUMN, 0))
    connect(tree, colour, node.inputs[0])
    return [Term(tree, output) for output in node.outputs[:4]]


def kept(tree: Any, colour: Any, at: Place = (0, 0)) -> Any:
    """Return the colour, worked out once: before 4.2, Blender works out all that a node depends on at each use."""
    if bpy.app.version >= (4, 2):
        return colour
    # A filter needs neighbours, and so its input is stored; with the factor 0 it changes nothing above 0.
    node = add_node(tree, "CompositorNodeFilter", at=at)
    connect(tree, 0.0, node.inputs["Fac"])
    connect(tree, colour, node.inputs["Image"])
    return node.outputs[0]


def combined(tree: Any, channels: Sequence[Term]) -> Any:
    """Return the colour of three or four channels."""
    node = add_node(tree, "CompositorNodeCombineColor", at=(3 * COLUMN, 0))
    for channel, socket in zip(channels, node.inputs, strict=False):
        connect(tree, channel.value, socket)
    return node.outputs[0]


def display_value(linear: Term) -> Term:
    """Return linear light as display values (IEC 61966-2-1)."""
    return linear.choice(0.0031308, linear * 12.92, 1.055 * linear.most(0) ** (1 / 2.4) - 0.055)


def colour_burn(below: Channels, layer: Channels) -> Channels:
    """Return the formula of W3C Compositing and Blending Level 1, as all that follow do."""
    return [1 - ((1 - b) / s.most(TINY)).least(1) for b, s in zip(below, layer, strict=True)]


def soft_light(below: Channels, layer: Channels) -> Channels:
    """Return the light made softer by the layer."""
    result = []
    for b, s in zip(below, layer, strict=True):
        lifted = b.choice(0.25, ((16 * b - 12) * b + 4) * b, b.most(0) ** 0.5)
        reach = s.choice(0.5, b * (1 - b), lifted - b)
        result.append(b + (2 * s - 1) * reach)
    return result


def luminosity(colour: Channels) -> Term:
    """Return how light a colour is."""
    return reduce(Term.__add__, [channel * weight for channel, weight in zip(colour, LUM_WEIGHTS, strict=True)])


def saturation(colour: Channels) -> Term:
    """Return how far a colour is from gray."""
    return reduce(Term.most, colour) - reduce(Term.least, colour)


def with_luminosity(colour: Channels, lum: Term, sat: Term | float = 1.0) -> Channels:
    """Return a colour, its distance to gray times ``sat``, at a luminosity, and drawn to gray until it fits."""
    gray = luminosity(colour)
    above = (reduce(Term.most, colour) - gray) * sat
    under = (gray - reduce(Term.least, colour)) * sat
    fit = ((1 - lum) / above.most(TINY)).least(lum / under.most(TINY)).least(1) * sat
    tree = gray.tree
    lum, gray, fit = separated(tree, kept(tree, combined(tree, [lum, gray, fit])))[:3]
    return [(lum + fit * (channel - gray)).most(0).least(1) for channel in colour]


FORMULAS = {
    "colour burn": colour_burn,
    "soft light": soft_light,
    "hue": lambda b, s: with_luminosity(s, luminosity(b), saturation(b) / saturation(s).most(TINY)),
    "saturation": lambda b, s: with_luminosity(b, luminosity(b), saturation(s) / saturation(b).most(TINY)),
    "colour": lambda b, s: with_luminosity(s, luminosity(b)),
    "luminosity": lambda b, s: with_luminosity(b, luminosity(s)),
}


def group_of(mode: str) -> Any:
    """Return the group of nodes of a blend mode that is a formula, one for all layers."""
    name = f"Patina {mode}"
    if name in bpy.data.node_groups:
        return bpy.data.node_groups[name]
    group, (below, layer), output = new_group(name, ["Below", "Layer"])
    result = FORMULAS[mode](separated(group, below)[:3], separated(group, layer)[:3])
    group.links.new(combined(group, result), output)
    return group


def display_group(divisions: int, is_linear: bool) -> Any:
    """Return the group of nodes that divides colour by alpha so often, and turns linear light into display values."""
    name = f"Patina divide {divisions} times, {'to display' if is_linear else 'as it is'}"
    if name in bpy.data.node_groups:
        return bpy.data.node_groups[name]
    group, (image,), output = new_group(name, ["Image"])
    *colour, alpha = separated(group, image)
    for _ in range(divisions):
        colour = [channel / alpha.most(TINY) for channel in colour]
    if is_linear:
        colour = [display_value(channel) for channel in colour]
    group.links.new(combined(group, [*colour, alpha]), output)
    return group


# The scene


def found(media: dict[str, Any]) -> str:
    """Return the first of the media's places that exists."""
    for place in media["places"]:
        path = Path(__file__).resolve().parent / place
        if path.exists():
            return str(path.resolve())
    raise FileNotFoundError(f"{media['places'][-1]} is missing; put this script back beside it and run it again.")


def add_image(tree: Any, media: dict[str, Any], at: Place) -> tuple[Any, Any]:
    """Add a node that reads media, and what makes it straight display values; returns the colour and the alpha."""
    image = bpy.data.images.load(found(media))
    image.source = {"still": "FILE", "sequence": "SEQUENCE", "movie": "MOVIE"}[media["kind"]]
    image.colorspace_settings.name = "Non-Color"
    image.alpha_mode = "NONE" if media["alpha"] == "none" else "CHANNEL_PACKED"
    node = add_node(tree, "CompositorNodeImage", at=at)
    node.image = image
    if media["kind"] != "still":
        node.frame_start, node.frame_duration = media["begins"], media["frames"]
        node.frame_offset = media["first"] - 1
        node.use_auto_refresh = True
    divisions = int(media["alpha"] == "premultiplied") + int(is_multiplied(image))
    if not divisions and not media["is_linear"]:
        return node.outputs["Image"], node.outputs["Alpha"]
    group = display_group(divisions, media["is_linear"])
    straight = use_group(tree, group, [node.outputs["Image"]], (at[0] + COLUMN, at[1]))
    return straight, node.outputs["Alpha"]


def is_multiplied(image: Any) -> bool:
    """Return whether Blender itself multiplies colour by alpha: since 4.4 in movies of 8 bits, whatever their mode."""
    if image.source != "MOVIE" or image.alpha_mode == "NONE" or bpy.app.version < MULTIPLYING_VERSION:
        return False
    return not image.is_float


def add_opacity(tree: Any, layer: dict[str, Any], at: Place) -> Any:
    """Add the layer's opacity with its keys; returns the node's output."""
    node = add_node(tree, "CompositorNodeValue", "ShaderNodeValue", at=at)
    node.label = f"Opacity of {layer['name']}"
    output = node.outputs[0]
    output.default_value = layer["opacity"][0][1]
    if len(layer["opacity"]) > 1:
        for number, value in layer["opacity"]:
            output.default_value = value
            output.keyframe_insert("default_value", frame=number)
    return output


def add_layer(tree: Any, below: Any, layer: dict[str, Any], at: Place) -> Any:
    """Lay a layer over a picture; returns the new picture."""
    colour, alpha = add_image(tree, layer["media"], at)
    opacity = add_opacity(tree, layer, (at[0] + COLUMN, at[1] - ROW / 2))
    cover = Term(tree, alpha) * Term(tree, opacity)
    below = kept(tree, below, (at[0] + 2 * COLUMN, at[1] + ROW / 2))
    spot = (at[0] + 3 * COLUMN, at[1])
    if layer["blend"] in FORMULAS:
        colour = use_group(tree, group_of(layer["blend"]), [below, colour], spot)
    elif layer["blend"] != "normal":
        colours = (colour, below) if layer["blend"] == "hard light" else (below, colour)
        colour = mix(tree, BLEND_TYPES[layer["blend"]], 1.0, *colours, spot)
    return mix(tree, "MIX", cover.value, below, colour, (at[0] + 4 * COLUMN, at[1]))


def make_linear(tree: Any) -> None:
    """Make the lines between all keys straight."""
    action = tree.animation_data.action if tree.animation_data else None
    if action is None:
        return
    if hasattr(action, "fcurves"):
        bags = [action]
    else:
        bags = [bag for layer in action.layers for strip in layer.strips for bag in strip.channelbags]
    for key in (key for bag in bags for curve in bag.fcurves for key in curve.keyframe_points):
        key.interpolation = "LINEAR"


def new_tree(scene: Any) -> tuple[Any, Any]:
    """Return the scene's compositor, empty, and the input that takes the picture to render."""
    if hasattr(scene, "compositing_node_group"):
        tree = bpy.data.node_groups.new(scene.name, "CompositorNodeTree")
        scene.compositing_node_group = tree
        tree.interface.new_socket("Image", in_out="OUTPUT", socket_type="NodeSocketColor")
        output = tree.nodes.new("NodeGroupOutput")
    else:
        scene.use_nodes = True
        tree = scene.node_tree
        tree.nodes.clear()
        output = tree.nodes.new("CompositorNodeComposite")
    output.location = (6 * COLUMN, 0)
    return tree, output.inputs["Image"]


def set_up(scene: Any, composition: dict[str, Any]) -> None:
    """Set the scene's size, timing and output."""
    render = scene.render
    render.resolution_x, render.resolution_y = composition["size"]
    render.resolution_percentage = 100
    render.pixel_aspect_x, render.pixel_aspect_y = composition["pixel_aspect"]
    render.fps, render.fps_base = composition["fps"], composition["fps_base"]
    scene.frame_start, scene.frame_end = composition["first"], composition["last"]
    render.use_compositing, render.use_sequencer = True, False
    render.dither_intensity = 0
    if hasattr(render, "compositor_precision"):
        render.compositor_precision = "FULL"
    scene.view_settings.view_transform = "Raw"
    settings = render.image_settings
    settings.file_format, settings.color_mode, settings.color_depth = "PNG", "RGB", "16"


def build(composition: dict[str, Any]) -> Any:
    """Build the scene; returns it."""
    scene = bpy.data.scenes.new(composition["name"])
    set_up(scene, composition)
    scene["notices"] = composition["notices"]
    tree, output = new_tree(scene)
    picture, _ = add_image(tree, composition["source"], (0, 0))
    for place, layer in enumerate(composition["layers"], 1):
        picture = add_layer(tree, picture, layer, (0, -place * ROW))
    tree.links.new(picture, output)
    make_linear(tree)
    if bpy.context.window:
        bpy.context.window.scene = scene
    scene.frame_set(composition["first"])
    return scene


def main() -> None:
    """Build the scene, and render it where the command line asks for that."""
    scene = build(COMPOSITION)
    given = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else []
    if given[:1] == ["--render"] and len(given) == 2:
        scene.render.filepath = str(Path(given[1]).resolve() / "composite.####")
        bpy.ops.render.render(animation=True, scene=scene.name)


main()
