"""Writing a composition for another program."""

from collections.abc import Callable, Mapping
from pathlib import Path

from engine.errors import UserError
from engine.files import make_folder, write_text
from engine.handoff.after_effects import after_effects_script
from engine.handoff.blender import blender_script
from engine.handoff.composition import Composition
from engine.handoff.nuke import nuke_script
from engine.handoff.otio import otio_text
from engine.jobs.deliveries import HandoffName

Script = Callable[[Composition, Path], str]

SCRIPTS: Mapping[HandoffName, tuple[str, Script]] = {
    "after_effects": (".jsx", after_effects_script),
    "nuke": (".nk", nuke_script),
    "blender": (".py", blender_script),
    "otio": (".otio", otio_text),
}


def write_handoff(composition: Composition, kind: HandoffName, folder: Path, stem: str) -> Path:
    """Write the composition for a program into ``folder``, whole or not at all; returns the file's path.

    Raises UserError where the program cannot read the media's names, or where the file cannot be written.
    """
    suffix, script = SCRIPTS[kind]
    make_folder(folder)
    path = folder / f"{stem}{suffix}"
    try:
        text = script(composition, folder)
        write_text(path, text)
    except UnicodeEncodeError:  # some file systems allow any bytes
        raise UserError(
            f"A name in the composition {composition.name!r} is no valid Unicode, which {path.name} cannot hold; "
            "rename the file or folder."
        ) from None
    return path
