"""Every action of the window: its words, its keys, its icon, and the menu it stands in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence, QUndoStack

from desktop import theme


@dataclass(frozen=True)
class Spec:
    """How an action looks. ``keys`` is in Qt's portable form; ``checked`` is None for one that cannot be."""

    name: str
    text: str
    keys: str = ""
    icon: str = ""
    tip: str = ""
    checked: bool | None = None
    short: str = ""  # the text of a button without an icon


SEPARATOR = Spec("", "")

FILE = (
    Spec("open", "&Open…", "Ctrl+O", "open", "Open a picture, a clip or a project"),
    Spec("open_project", "Open &Project…", "Ctrl+Shift+O", "", "Open a .patina folder"),
    Spec("open_sample", "Open the &Sample", tip="Open the sample photograph"),
    SEPARATOR,
    Spec("save", "&Save", "Ctrl+S", "save", "Save the project"),
    Spec("save_as", "Save &As…", "Ctrl+Shift+S", tip="Save the project under another name"),
    SEPARATOR,
    Spec("import_layer", "&Import Layer…", "Ctrl+I", tip="Bring a layer with alpha back from another program"),
    Spec("export", "&Export…", "Ctrl+E", "export", "Export layers, composites, mattes or maps for other programs"),
    SEPARATOR,
    Spec("quit", "&Quit", "Ctrl+Q"),
)
EDIT = (
    Spec("undo", "&Undo", "Ctrl+Z", "undo"),
    Spec("redo", "&Redo", "Ctrl+Shift+Z", "redo"),
    SEPARATOR,
    Spec("write_prompt", "&Write a Prompt", "P", tip="Type a prompt"),
    Spec("models", "&Models…", tip="See what the guides are made of, and pull, import or check models"),
)
MATTE = (
    Spec("find_matte", "&Find the Subject", tip="Find the matte of the subject that the prompt panel names"),
    Spec("brush", "Matte &Brush", "D", "brush", "Paint on the matte", checked=False),
    Spec("eraser", "Matte &Eraser", "E", "eraser", "Erase from the matte", checked=False),
    Spec("box", "Matte &Box", "X", "box", "Draw a box round an object to cut it out", checked=False),
    Spec("refine_mask", "&Refine the Matte", "Shift+R", "refine", "Move the matte's rim to the picture's edges"),
    Spec("brush_smaller", "Smaller Brush", "["),
    Spec("brush_larger", "Larger Brush", "]"),
    Spec("clear_matte", "&Clear the Matte", "", "clear", "Let the edit cover the whole picture again"),
)
ATLAS = (
    Spec("load_mask", "&Load a Mask…", tip="Take a picture file as the object's mask on this frame"),
    Spec("load_mask_folder", "Load a &Folder of Masks…", tip="Take one mask a frame from a folder"),
    SEPARATOR,
    Spec("fit_atlas", "Fit the &Atlas", tip="Take the clip apart into background and objects, on which edits stick"),
    Spec("import_atlas", "&Import a Published Atlas…", tip="Take over Layered Neural Atlases, trained on these frames"),
    Spec("atlas_view", "Atlas &View", "T", "atlas", "Show the layers of the atlas beside the frame", checked=False),
    SEPARATOR,
    Spec("paint", "&Paint with Colour", "Shift+D", "paint", "Paint on the frame or on the atlas; Ctrl erases", False),
    Spec("paint_import_atlas", "Import a Picture onto the A&tlas…", tip="Lay a picture file over the atlas layer"),
    Spec("paint_import_frame", "Import a Picture onto the F&rame…", tip="Lay a picture file over what the frame shows"),
)
CLIP_OVERLAYS = (
    Spec("overlay_mapping", "Checkerboard on the &Atlas", "Alt+1", "", "Show how the atlas lies on the frame", False),
    Spec("overlay_flow", "Optical &Flow", "Alt+2", "", "Show how the frame moves: hue for direction", False),
    Spec("overlay_reconstruction", "R&econstruction", "Alt+3", "", "Show the frame as the atlas explains it", False),
    Spec("overlay_residual", "Re&sidual", "Alt+4", "", "Show what the atlas misses, four times as bright", False),
)
CHANNELS = (
    Spec("channel_rgb", "&Colour", "C", tip="Show all colours", checked=True),
    Spec("channel_r", "&Red", "R", tip="Show the red channel alone; again for all", checked=False, short="R"),
    Spec("channel_g", "&Green", "G", tip="Show the green channel alone; again for all", checked=False, short="G"),
    Spec("channel_b", "&Blue", "B", tip="Show the blue channel alone; again for all", checked=False, short="B"),
    Spec("channel_a", "&Alpha", "A", tip="Show the layers' alpha alone; again for all", checked=False, short="A"),
)
OVERLAYS = (
    Spec("matte_overlay", "&Matte Overlay", "M", "matte", "Tint the matte over the picture", checked=False),
    Spec("matte_view", "Matte &Check", "Shift+M", "", "Show what in the matte is not exactly 0 or 1", checked=False),
    Spec("checkerboard", "Chec&kerboard", "K", "checkerboard", "Show the layers without the picture", checked=False),
    Spec("wipe", "Before/After &Wipe", "W", "wipe", "Wipe between the picture and the edit", checked=False),
)
ZOOM = (
    Spec("zoom_in", "Zoom &In", "Ctrl++", "zoom-in"),
    Spec("zoom_out", "Zoom &Out", "Ctrl+-", "zoom-out"),
    Spec("fit", "&Fit", "F", "fit", "Fit the picture into the viewer"),
    Spec("one_to_one", "&1:1", "1", "one-to-one", "Show one pixel as one pixel"),
    Spec("pixel_aspect", "Correct &Pixel Aspect", tip="Show pixels that are not square as wide as meant", checked=True),
)
LAYER = (
    Spec("duplicate_layer", "&Duplicate", "Ctrl+J", "duplicate", "Duplicate the layer"),
    Spec("delete_layer", "D&elete", "Delete", "delete", "Delete the layer"),
    Spec("rename_layer", "&Rename", "F2", "", "Rename the layer in place"),
    SEPARATOR,
    Spec("raise_layer", "Move &Up", "Ctrl+]", "up", "Move the layer up"),
    Spec("lower_layer", "Move Do&wn", "Ctrl+[", "down", "Move the layer down"),
    SEPARATOR,
    Spec("toggle_visible", "&Show or Hide", "H", tip="Show or hide the layer"),
    Spec("toggle_solo", "S&olo", "S", tip="Show this layer alone"),
    Spec("toggle_locked", "&Lock", "L", tip="Guard the layer against changes"),
    Spec(
        "toggle_key",
        "Opacity &Keyframe",
        "Ctrl+K",
        "keyframe",
        "Set an opacity keyframe at this frame, or delete the one that is here",
        checked=False,
    ),
    SEPARATOR,
    Spec("reuse", "Reuse &Parameters", "Ctrl+R", "reuse", "Put the layer's prompt and settings in the prompt panel"),
    Spec("layer_matte", "&Matte of the Layer", tip="Make the layer's matte the subject matte again"),
)
WINDOW = (
    Spec("full_screen", "&Full Screen", "F11", checked=False),
    Spec("reset_docks", "&Reset the Layout", tip="Put all panels back in their places"),
)
HELP = (
    Spec("shortcuts", "&Shortcuts", "F1", tip="List all shortcuts"),
    Spec("open_log", "Show the &Log", tip="Open the folder of Patina's log"),
    Spec("about", "&About Patina"),
)
TRANSPORT = (
    Spec("play", "&Play", "Space", tip="Play or pause"),
    Spec("play_backwards", "Play &Backwards", "J", tip="Play backwards; again for twice as fast"),
    # For a clip, K and L come from the checkerboard and the lock, which get these in return.
    Spec("pause", "P&ause", "Shift+K"),
    Spec("play_forwards", "Play &Forwards", "Shift+L", tip="Play forwards; again for twice as fast"),
    SEPARATOR,
    Spec("previous_frame", "Pre&vious Frame", "Left"),
    Spec("next_frame", "&Next Frame", "Right"),
    Spec("first_frame", "F&irst Frame", "Home"),
    Spec("last_frame", "&Last Frame", "End"),
    SEPARATOR,
    Spec("work_in", "Work Area &In", "I", tip="Let the work area begin at this frame"),
    Spec("work_out", "Work Area &Out", "O", tip="Let the work area end at this frame"),
    Spec("go_in", "&Go to the In Point", "Shift+I", tip="Go to the first frame of the work area"),
    Spec("go_out", "G&o to the Out Point", "Shift+O", tip="Go to the last frame of the work area"),
    Spec("clear_work_area", "&Clear the Work Area", "Alt+X", tip="Play all frames again"),
    SEPARATOR,
    Spec("loop", "Loo&p", "Ctrl+L", tip="Begin again at the end of the work area", checked=True),
    Spec("frame_rate", "Frame &Rate…", tip="Set the frame rate of a sequence of stills"),
    Spec("every_frame", "&Every Frame", tip="Leave no frame out, even if the pace falls", checked=False),
)
GROUPS = {
    "File": FILE,
    "Edit": EDIT,
    "Channels": CHANNELS,
    "Overlays": OVERLAYS,
    "Clip overlays": CLIP_OVERLAYS,
    "Zoom": ZOOM,
    "Matte": MATTE,
    "Atlas": ATLAS,
    "Layer": LAYER,
    "Window": WINDOW,
    "Help": HELP,
    "Playback": TRANSPORT,
}


class Actions:
    """The window's actions by name."""

    def __init__(self, parent: QObject, stack: QUndoStack) -> None:
        """Make them; undo and redo follow ``stack``, and say in their text what they would do."""
        specs = {spec.name: spec for group in GROUPS.values() for spec in group if spec is not SEPARATOR}
        self._specs = specs
        makers = {"undo": stack.createUndoAction, "redo": stack.createRedoAction}
        self._actions: dict[str, QAction] = {}
        for name, spec in specs.items():
            action = makers[name](parent, plain(spec.text)) if name in makers else QAction(spec.text, parent)
            self._actions[name] = _set_up(action, spec)

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def __iter__(self) -> Iterator[QAction]:
        return iter(self._actions.values())

    def connect(self, slots: dict[str, Callable[[], object]]) -> None:
        """Let each action named in ``slots`` call its slot when the user triggers it."""
        for name, slot in slots.items():
            self._actions[name].triggered.connect(_without_checked(slot))

    def enable(self, names: list[str], enabled: bool) -> None:
        """Switch several actions on or off."""
        for name in names:
            self._actions[name].setEnabled(enabled)

    def swap_keys(self, one: str, other: str) -> None:
        """Let two actions exchange their shortcuts."""
        first, second = self._actions[one], self._actions[other]
        keys = first.shortcut()
        first.setShortcut(second.shortcut())
        second.setShortcut(keys)
        for name in (one, other):
            _set_tip(self._actions[name], self._specs[name])


def _without_checked(slot: Callable[[], object]) -> Callable[[bool], None]:
    """Return a slot that takes, and drops, whether the action is checked, which Qt passes on."""

    def call(_checked: bool) -> None:
        slot()

    return call


def _set_up(action: QAction, spec: Spec) -> QAction:
    action.setObjectName(spec.name)
    if spec.icon:
        action.setIcon(theme.icon(spec.icon))
    if spec.keys:
        action.setShortcut(QKeySequence.fromString(spec.keys))
    _set_tip(action, spec)
    if spec.short:
        action.setIconText(spec.short)
    if spec.checked is not None:
        action.setCheckable(True)
        action.setChecked(spec.checked)
    return action


def _set_tip(action: QAction, spec: Spec) -> None:
    tip = spec.tip or plain(spec.text)
    action.setToolTip(f"{tip} ({key_text(action)})" if spec.keys else tip)


def plain(text: str) -> str:
    """Return an action's text without its mnemonic mark and dots."""
    return text.replace("&", "").removesuffix("…")


def key_text(action: QAction) -> str:
    """Return the action's keys as this system writes them."""
    return action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
