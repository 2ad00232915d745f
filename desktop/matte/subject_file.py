"""The subject matte beside a project: what the brush made outlives a save and a crash, also before an edit uses it."""

import json
import logging
from pathlib import Path

from desktop.matte.history import Matte
from engine.errors import UserError
from engine.files import write_text
from engine.media.png import write_png
from engine.media.stills import read_mask
from engine.project import MATTES_FOLDER, Footage

SUBJECT_FILE = "subject.json"
PIXELS_FILE = f"{MATTES_FOLDER}/subject.png"

LOGGER = logging.getLogger(__name__)


def write_subject(matte: Matte | None, folder: Path) -> None:
    """Write the matte into a project's or session's folder, None for no matte; raises UserError where that fails."""
    if matte is None:
        (folder / SUBJECT_FILE).unlink(missing_ok=True)
        return
    write_png(folder / PIXELS_FILE, matte.pixels)
    values = {"subject": matte.subject, "corrected": matte.corrected}
    write_text(folder / SUBJECT_FILE, json.dumps(values, ensure_ascii=False))


def read_subject(folder: Path, footage: Footage) -> Matte | None:
    """Return the matte in a folder, None where there is none or it is damaged: a project opens without it."""
    try:
        values = json.loads((folder / SUBJECT_FILE).read_text(encoding="utf-8"))
        pixels = read_mask(folder / PIXELS_FILE, footage.width, footage.height)
        return Matte(pixels, str(values["subject"]), bool(values["corrected"]))
    except FileNotFoundError:
        return None
    except (UserError, OSError, ValueError, KeyError, TypeError) as error:
        LOGGER.warning("The subject matte in %s cannot be read: %s", folder, error)
        return None
