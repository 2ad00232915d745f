"""What delivered files are called: tokens, safe parts, versions, and the numbers of frames."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from engine.errors import UserError
from engine.jobs.deliveries import LARGEST_VERSION
from engine.project import Footage

TOKENS = ("{clip}", "{layer}", "{version}", "{date}")
OLDER_NAMES = {"{picture}": "{clip}"}
TOKEN = re.compile(r"\{[^{}]*\}")
# What some system forbids in names, so that a file can be handed on to any.
FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
# In the name of a layer these would read as the place of a frame's number.
NUMBER_SIGNS = re.compile(r"[%#]")
NUMBER_PLACE = re.compile(r"[._ -]*(%\d*d|#+)$")
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)  # names of Windows's devices
UNSEEN = ("Cc", "Cs", "Zl", "Zp")  # Unicode's control characters, halves of pairs, line and paragraph ends
# In bytes of UTF-8: systems take 255, of which number, suffix and the sidecar's ending need some.
LONGEST_PART, LONGEST_STEM = 80, 200
DIGITS = 4
UNNAMED = "unnamed"
# What folders of frames are often called, and what would tell nobody which clip it is.
PLAIN_NAMES = (
    "frame",
    "frames",
    "image",
    "images",
    "input",
    "rgb",
    "jpg",
    "jpeg",
    "png",
    "tif",
    "tiff",
    "exr",
    "source",
)


@dataclass(frozen=True)
class NameParts:
    """What the tokens stand for; the version is a text, so that a name of any version can be asked for."""

    clip: str
    layer: str
    version: str
    day: date


def version_text(version: int) -> str:
    """Return a version as it stands in names, of at least three digits."""
    return f"{version:03}"


def stem_of(pattern: str, parts: NameParts) -> str:
    """Return the name without suffix that a pattern gives; a number's place at its end, such as .####, is left out.

    Raises UserError for a pattern with an unknown token or a character that some system forbids, and where the name
    is empty or too long.
    """
    known = {
        "{clip}": safe_part(parts.clip),
        "{layer}": safe_part(parts.layer),
        "{version}": parts.version,
        "{date}": parts.day.isoformat(),
    }
    check_pattern(pattern)
    plain = NUMBER_PLACE.sub("", pattern.strip())
    stem = TOKEN.sub(lambda token: known[OLDER_NAMES.get(token[0], token[0])], plain)
    stem = unicodedata.normalize("NFC", stem).strip(" .")
    if not stem:
        raise UserError("The file name is empty; write one, for instance {clip}_{layer}.")
    if len(stem.encode()) > LONGEST_STEM:
        raise UserError(f"The file name {stem[:30]}… is too long; choose a shorter one.")
    first, dot, rest = stem.partition(".")
    return f"{first}_{dot}{rest}" if RESERVED.fullmatch(first.strip()) else stem


def check_pattern(pattern: str) -> None:
    """Raise UserError for a pattern with an unknown token, or a character that some system forbids in names."""
    unknown = [each for each in TOKEN.findall(pattern) if each not in (*TOKENS, *OLDER_NAMES)]
    if unknown:
        raise UserError(f"The file name holds {unknown[0]}, which is unknown; use {', '.join(TOKENS)}.")
    for character in pattern:
        if FORBIDDEN.match(character):
            raise UserError(f"The file name holds “{character}”, which some systems forbid; leave it out.")
        if unicodedata.category(character) in UNSEEN:
            raise UserError("The file name holds a character that cannot be seen; write it anew.")


def safe_part(text: str) -> str:
    """Return any text as a part of a file name that every system takes; letters of all scripts stay."""
    plain = "".join(
        " " if unicodedata.category(each) in UNSEEN else each for each in unicodedata.normalize("NFC", text)
    )
    joined = NUMBER_SIGNS.sub("_", FORBIDDEN.sub("_", "_".join(plain.split())))
    return _cut(joined.replace("{", "(").replace("}", ")").strip("._")).rstrip("._") or UNNAMED


def footage_name(footage: Footage) -> str:
    """Return what footage is called in names: without its ending, and without a pattern's number.

    Frames that lie in a folder called, for instance, "frames" have the name of the folder above.
    """
    path = footage.path
    stem = path.name if path.is_dir() else NUMBER_PLACE.sub("", path.stem)
    folder = path if path.is_dir() else path.parent
    telling = (each for each in (stem, folder.name, folder.parent.name) if each and each.casefold() not in PLAIN_NAMES)
    return next(telling, stem or folder.name)


def frame_file(path: Path, number: int) -> Path:
    """Return the file of one frame of the sequence that ``path`` names: of gold.exr for instance gold.1001.exr."""
    return path.with_name(next(frame_names(path, (number,))))


def frame_names(path: Path, numbers: Iterable[int]) -> Iterator[str]:
    """Return the names of such files; there may be thousands, while a user waits for them to be shown."""
    stem, suffix = path.stem, path.suffix
    return (f"{stem}.{number:0{DIGITS}d}{suffix}" for number in numbers)


def is_frame_of(path: Path, name: str) -> bool:
    """Return whether a file's name is that of a frame of the sequence that ``path`` names."""
    return re.fullmatch(rf"{re.escape(path.stem)}\.\d{{{DIGITS},}}{re.escape(path.suffix)}", name) is not None


def version_after(names: Iterable[str], pattern: str, parts: NameParts, suffix: str) -> int:
    """Return the version behind the last one among the ``names`` of files that lie there, 1 where there is none.

    Names are those of ``pattern`` with ``suffix``, of one file or of frames; upper and lower case count as one.
    """
    mark = "\uf8ff"  # of private use: no name has it
    stem = re.escape(stem_of(pattern, NameParts(parts.clip, parts.layer, mark, parts.day)))
    if mark not in stem:
        return 1
    place = stem.replace(mark, r"(\d{3,4})", 1).replace(mark, r"\1")
    version = re.compile(rf"{place}(\.\d{{{DIGITS},}})?{re.escape(suffix)}", re.IGNORECASE)
    found = (version.fullmatch(unicodedata.normalize("NFC", name)) for name in names)
    last = max((int(match[1]) for match in found if match), default=0)
    return min(last + 1, LARGEST_VERSION)


def _cut(text: str) -> str:
    """Return as much of a text as fits into LONGEST_PART bytes, no character cut in two."""
    return text.encode()[:LONGEST_PART].decode(errors="ignore")
