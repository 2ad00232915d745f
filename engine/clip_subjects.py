"""The foreground objects of a clip, as a project keeps them: how each is to be found."""

from dataclasses import dataclass, replace
from pathlib import Path

from engine.jobs import Subject


@dataclass(frozen=True)
class ClipSubject:
    """One foreground object: its name in lists, and its masks.

    ``keys`` are frame numbers, each with the file of a mask in the project's folder, such as mattes/ID.png; ``masks``
    is a folder with one mask a frame, anywhere; ``text`` a word for the object. Of keys, masks and text the first
    that is given counts.
    """

    id: str
    name: str
    text: str = ""
    masks: str = ""
    keys: tuple[tuple[int, str], ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "keys", tuple(sorted((int(number), str(file)) for number, file in self.keys)))

    @property
    def can_be_found(self) -> bool:
        """Whether there is a mask or a word."""
        return bool(self.keys or self.masks or self.text.strip())

    @property
    def key_numbers(self) -> tuple[int, ...]:
        """The numbers of the frames with a mask of their own, ascending."""
        return tuple(number for number, _ in self.keys)

    def key(self, number: int) -> str:
        """Return the mask file of a frame, empty where it has none."""
        return dict(self.keys).get(number, "")

    def with_key(self, number: int, file: str) -> "ClipSubject":
        """Return the object with another mask at a frame; an empty ``file`` takes the frame's mask away."""
        keys = {**dict(self.keys), number: file}
        return replace(self, keys=tuple((at, name) for at, name in keys.items() if name))

    def subject(self, folder: Path) -> Subject:
        """Return what a job needs to find the object; ``folder`` is the project's. UserError where nothing is known."""
        if self.keys:
            return Subject(keys=tuple((number, str(folder / file)) for number, file in self.keys))
        return Subject(masks=self.masks) if self.masks else Subject(text=self.text.strip())
