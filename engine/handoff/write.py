"""Writing a composition for another program."""

from collections.abc import Callable, Iterator, Mapping
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

    Raises UserError where the program cannot find the media by their names, or where the file cannot be written.
    """
    for text in (composition.name, *_names(composition)):
        _check_unicode(text)
    suffix, script = SCRIPTS[kind]
    make_folder(folder)
    path = folder / f"{stem}{suffix}"
    write_text(path, script(composition, folder))
    return path


def _names(composition: Composition) -> Iterator[str]:
    yield str(composition.source.path)
    for layer in composition.seen_layers:
        yield from (layer.name, str(layer.media.path))


def _check_unicode(name: str) -> None:
    try:
        name.encode()
    except UnicodeEncodeError:  # some file systems allow any bytes in a name
        shown = name.encode("utf-8", "backslashreplace").decode()
        raise UserError(f"The name {shown} is no valid Unicode, which a script cannot hold; rename it.") from None
