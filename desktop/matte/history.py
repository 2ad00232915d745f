"""Undo and redo of changes to the subject matte: only the pixels that changed are kept."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from PySide6.QtGui import QUndoCommand


@dataclass(frozen=True, eq=False)
class Matte:
    """A subject's matte, (H, W) float32 in 0..1; ``corrected`` says that a hand has changed what was found."""

    pixels: np.ndarray
    subject: str = ""
    corrected: bool = False


class MatteCommand(QUndoCommand):
    """A change of the subject matte; None stands for no matte."""

    def __init__(
        self,
        label: str,
        before: Matte | None,
        after: Matte | None,
        read: Callable[[], Matte | None],
        show: Callable[[Matte | None], None],
    ) -> None:
        """``read`` returns the matte now shown, ``show`` replaces it."""
        super().__init__(label)
        self._change = difference(before, after)
        self._read = read
        self._show = show

    def redo(self) -> None:
        """Show the matte after the change."""
        self._show(self._change.applied(self._read()))

    def undo(self) -> None:
        """Show the matte before the change."""
        self._show(self._change.reversed().applied(self._read()))


@dataclass(frozen=True)
class Whole:
    """A change from or to no matte, or one of another size."""

    before: Matte | None
    after: Matte | None

    def applied(self, _matte: Matte | None) -> Matte | None:
        """Return the matte after the change."""
        return self.after

    def reversed(self) -> "Whole":
        """Return the change that undoes this one."""
        return Whole(self.after, self.before)


@dataclass(frozen=True, eq=False)
class Patch:
    """A change inside ``box``. The mattes' pixels are those of the box alone."""

    box: tuple[slice, slice]
    before: Matte
    after: Matte

    def applied(self, matte: Matte | None) -> Matte | None:
        """Return ``matte``, which must be the one that the patch was taken from, after the change."""
        if matte is None:
            raise ValueError("a patch needs the matte that it was taken from")
        pixels = matte.pixels.copy()
        pixels[self.box] = self.after.pixels
        return replace(self.after, pixels=pixels)

    def reversed(self) -> Self:
        """Return the change that undoes this one."""
        return replace(self, before=self.after, after=self.before)


def difference(before: Matte | None, after: Matte | None) -> Whole | Patch:
    """Return the change between two mattes, as small as may be."""
    if before is None or after is None or before.pixels.shape != after.pixels.shape:
        return Whole(before, after)
    changed = before.pixels != after.pixels
    box = (_extent(changed.any(axis=1)), _extent(changed.any(axis=0)))
    return Patch(box, _cut(before, box), _cut(after, box))


def _extent(changed: np.ndarray) -> slice:
    places = np.flatnonzero(changed)
    return slice(int(places[0]), int(places[-1]) + 1) if places.size else slice(0, 0)


def _cut(matte: Matte, box: tuple[slice, slice]) -> Matte:
    return replace(matte, pixels=matte.pixels[box].copy())
