"""How the timeline's tracks look."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from desktop import theme
from desktop.timeline.frame_range import FrameRange
from desktop.timeline.frame_scale import FrameScale
from desktop.timeline.handles import key_place
from engine.project import EditLayer

NAMES, RULER, ROW, MARGIN = 180, 24, 26, 8  # pixels
CLIP_ROW = 44  # of a clip, whose track has thumbnails
TICK_ROOM = 56.0
FOOTAGE_BAR, READY, MASK = "#5a5a5a", "#4f9d5b", "#ff5a4f"  # a mask's mark is red as the mask over the frame
HIDDEN = 0.35
KEY_RADIUS = 4.0
MASK_MARK = 8  # pixels high


@dataclass(frozen=True)
class Slot:
    """A place for a thumbnail of a frame."""

    number: int
    rect: QRect


class TrackPainter:
    """Paints onto ``painter`` along ``scale``, which may show a part of ``frames``; ``width`` is the widget's."""

    def __init__(self, painter: QPainter, scale: FrameScale, frames: range, width: int) -> None:
        self._painter, self._scale, self._frames, self._width = painter, scale, frames, width

    def ruler(self, work_area: range, ready: Sequence[int]) -> None:
        """Paint frame numbers, the work area where it is not the whole clip, and the frames that can be played."""
        painter, scale = self._painter, self._scale
        self._clip(0, RULER)
        if len(work_area) < len(self._frames):
            self._work_area(work_area)
        painter.setPen(Qt.PenStyle.NoPen)
        for run in runs(ready):
            left = scale.start_of(run[0])
            painter.fillRect(QRectF(left, RULER - 3, scale.start_of(run[-1] + 1) - left, 3), QColor(READY))
        for frame in scale.ticks(TICK_ROOM):
            x = scale.start_of(frame)
            painter.setPen(QColor(theme.LINE))
            painter.drawLine(QPointF(x, RULER - 6), QPointF(x, RULER))
            painter.setPen(QColor(theme.DIM))
            painter.drawText(QRectF(x + 4, 0, TICK_ROOM, RULER - 2), Qt.AlignmentFlag.AlignVCenter, str(frame))
        painter.setClipping(False)

    def layer(self, row: QRect, layer: EditLayer, seen: bool, current: bool) -> None:
        """Paint a layer's name, its range, and its opacity keyframes."""
        self._name(row, layer.name, current)
        shown = FrameRange(layer.first, layer.last).within(layer.own_numbers(self._frames))
        self._clip(row.top(), row.height())
        colour = QColor(theme.ACCENT)
        colour.setAlphaF(1.0 if seen else HIDDEN)
        self._bar(row, shown, colour)
        middle = row.top() + row.height() / 2
        self._painter.setPen(QPen(QColor(theme.GAP), 1))
        self._painter.setBrush(QColor(theme.BRIGHT))
        for number, _ in layer.opacity_keys:
            x = key_place(self._scale, number)
            places = [(x, middle - KEY_RADIUS), (x + KEY_RADIUS, middle), (x, middle + KEY_RADIUS)]
            self._painter.drawPolygon(QPolygonF([QPointF(*each) for each in (*places, (x - KEY_RADIUS, middle))]))
        self._painter.setClipping(False)

    def footage(self, row: QRect, name: str, slots: Sequence[Slot], thumbnail: Callable[[int], QImage | None]) -> None:
        """Paint the footage's name and its thumbnails, as far as they are there."""
        self._name(row, name, current=False)
        self._clip(row.top(), row.height())
        self._bar(row, self._frames, QColor(FOOTAGE_BAR))
        for slot in slots:
            if image := thumbnail(slot.number):
                self._painter.drawImage(slot.rect, image)
        self._painter.setClipping(False)

    def masks(self, row: QRect, numbers: Sequence[int]) -> None:
        """Mark the frames that have masks of their own, at the row's lower edge."""
        self._clip(row.top(), row.height())
        self._painter.setPen(QPen(QColor(theme.GAP), 1))
        self._painter.setBrush(QColor(MASK))
        foot = row.bottom() - 1
        for number in numbers:
            x = key_place(self._scale, number)
            corners = [QPointF(x - KEY_RADIUS, foot), QPointF(x, foot - MASK_MARK), QPointF(x + KEY_RADIUS, foot)]
            self._painter.drawPolygon(QPolygonF(corners))
        self._painter.setClipping(False)

    def playhead(self, frame: int, height: int) -> None:
        """Paint the playhead over everything, where it is among the frames that are shown."""
        painter, scale = self._painter, self._scale
        if frame not in scale.frames:
            return
        x = round(scale.start_of(frame))  # on whole pixels, so that the line is crisp
        if len(scale.frames) > 1:
            held = QColor(theme.BRIGHT)
            held.setAlphaF(0.08)
            painter.fillRect(QRectF(x, RULER, scale.frame_width, height - RULER), held)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.ACCENT_LIGHT))
        head = [QPointF(x - 5, 1), QPointF(x + 5, 1), QPointF(x + 5, 8), QPointF(x, 14), QPointF(x - 5, 8)]
        painter.drawPolygon(QPolygonF(head))
        painter.fillRect(QRectF(x, 12, 1, height - 12), QColor(theme.ACCENT_LIGHT))

    def _work_area(self, work_area: range) -> None:
        painter, scale = self._painter, self._scale
        left, right = scale.start_of(work_area[0]), scale.start_of(work_area[-1] + 1)
        painter.fillRect(QRectF(left, 0, right - left, RULER), QColor(theme.RAISED))
        painter.setPen(QPen(QColor(theme.ACCENT_LIGHT), 2))
        for x, inwards in ((left, 5), (right, -5)):
            corners = [(x + inwards, 2), (x, 2), (x, RULER - 4), (x + inwards, RULER - 4)]
            painter.drawPolyline([QPointF(*corner) for corner in corners])

    def _clip(self, top: int, height: int) -> None:
        """Keep what is painted next beside the names; a handle may reach a little over the ends."""
        self._painter.setClipRect(QRectF(self._scale.left - MARGIN, top, self._scale.width + 2 * MARGIN, height))

    def _name(self, row: QRect, name: str, current: bool) -> None:
        painter = self._painter
        if current:
            painter.fillRect(QRect(0, row.top(), self._width, row.height()), QColor(theme.RAISED))
        painter.setPen(QColor(theme.GAP))
        painter.drawLine(0, row.top() + row.height(), self._width, row.top() + row.height())
        painter.setPen(QColor(theme.BRIGHT if current else theme.TEXT))
        shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, NAMES - 2 * MARGIN)
        place = QRectF(MARGIN, row.top(), NAMES - MARGIN, row.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, shown)

    def _bar(self, row: QRect, shown: range, colour: QColor) -> None:
        left, right = self._scale.start_of(shown[0]), self._scale.start_of(shown[-1] + 1)
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(colour)
        self._painter.drawRoundedRect(QRectF(left, row.top() + 4, right - left, row.height() - 8), 3, 3)


def slots(scale: FrameScale, row: QRect, aspect: float) -> list[Slot]:
    """Return places for thumbnails of that width to height side by side in a row, each of the frame in its middle.

    The last one may reach beyond the scale's end.
    """
    height = row.height() - 8
    width = max(round(height * aspect), 8)
    lefts = (round(scale.left + place * width) for place in range(ceil(scale.width / width)))
    return [Slot(scale.frame_at(left + width / 2), QRect(left, row.top() + 4, width, height)) for left in lefts]


def runs(numbers: Sequence[int]) -> list[list[int]]:
    """Return ascending numbers as runs without a gap: their first and last ones."""
    found: list[list[int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return found
