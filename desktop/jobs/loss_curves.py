"""Curves of the losses over the steps of a run, drawn without a plotting library."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from desktop.jobs.axes import Axes, number_text

# The first eight are Okabe and Ito's, told apart by colour-blind eyes too, two of them made brighter for dark gray.
COLOURS = (
    *("#e69f00", "#56b4e9", "#009e73", "#f0e442", "#cc79a7", "#d55e00", "#5c7fd6", "#b0b0b0"),
    *("#8fd14f", "#e06c75", "#3fc1c9", "#f5f5f5"),
)
MARGIN_TOP, MARGIN_RIGHT, MARGIN_BOTTOM, MARGIN_LEFT = 6, 10, 20, 46
SWATCH = 14


@dataclass
class LossHistory:
    """The losses of one run: for each name, (step, value) in the order in which they came."""

    curves: dict[str, list[tuple[int, float]]] = field(default_factory=dict)
    _last_step: int = 0

    def add(self, step: int, losses: Mapping[str, float]) -> None:
        """Add the losses of ``step``; a step that is not after the last one, and what is no number, is left out.

        Phases before the training count steps of their own, which have no losses.
        """
        if step <= self._last_step or not losses:
            return
        self._last_step = step
        for name, value in losses.items():
            if math.isfinite(value):
                self.curves.setdefault(name, []).append((step, value))


class LossCurves(QWidget):
    """Draws a `LossHistory` with a legend; under the mouse, the values of one step."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._history = LossHistory()
        self._logarithmic = True
        self._hovered: QPointF | None = None
        self.setMouseTracking(True)
        self.setMinimumSize(180, 120)
        self.setAccessibleName("Loss curves")
        small = QFont(self.font())
        small.setPointSizeF(max(small.pointSizeF() - 1.5, 7))
        self.setFont(small)

    def sizeHint(self) -> QSize:
        """Return a size at which the curves can be read."""
        return QSize(320, 180)

    def set_history(self, history: LossHistory) -> None:
        """Draw ``history``; call `update` when it has grown."""
        self._history = history
        self.update()

    def set_logarithmic(self, logarithmic: bool) -> None:
        """Choose between a logarithmic and a linear scale."""
        self._logarithmic = logarithmic
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show the values of the step under the mouse."""
        self._hovered = event.position()
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Hide the values."""
        self._hovered = None
        self.update()

    def hovered_values(self) -> tuple[int, dict[str, float]] | None:
        """Return the step nearest to the mouse and its losses, None where the mouse is elsewhere."""
        axes = self._axes(self._plot())
        if self._hovered is None or axes is None or not axes.box.contains(self._hovered):
            return None
        wanted = axes.step_at(self._hovered.x())
        steps = {step for curve in self._history.curves.values() for step, _ in curve}
        nearest = min(steps, key=lambda step: (abs(step - wanted), step))
        return nearest, _values_at(self._history, nearest)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw everything."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        plot = self._plot()
        axes = self._axes(plot)
        if axes is None:
            painter.setPen(self._faint(130))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "The losses of the run appear here.")
            return
        self._draw_legend(painter, plot)
        self._draw_grid(painter, axes)
        self._draw_curves(painter, axes)
        self._draw_hover(painter, axes)

    def _plot(self) -> QRectF:
        legend = len(self._legend_rows()) * self._line() + MARGIN_TOP
        return QRectF(self.rect()).adjusted(MARGIN_LEFT, legend + 4, -MARGIN_RIGHT, -MARGIN_BOTTOM)

    def _axes(self, box: QRectF) -> Axes | None:
        points = [point for curve in self._history.curves.values() for point in curve]
        return Axes.around(points, box, self._logarithmic)

    def _line(self) -> int:
        return self.fontMetrics().height() + 3

    def _legend_rows(self) -> list[list[tuple[str, float]]]:
        """Return the names with their left edges, wrapped into the width."""
        rows: list[list[tuple[str, float]]] = []
        left = math.inf
        for name in self._history.curves:
            width = SWATCH + 6 + self.fontMetrics().horizontalAdvance(name) + 14
            if left + width > self.width() - MARGIN_RIGHT:
                rows.append([])
                left = MARGIN_LEFT
            rows[-1].append((name, left))
            left += width
        return rows

    def _draw_legend(self, painter: QPainter, plot: QRectF) -> None:
        for row, names in enumerate(self._legend_rows()):
            middle = MARGIN_TOP + (row + 0.5) * self._line()
            for name, left in names:
                painter.setPen(QPen(self._colour(name), 2.5))
                painter.drawLine(QPointF(left, middle), QPointF(left + SWATCH, middle))
                painter.setPen(self._faint(220))
                box = QRectF(left + SWATCH + 6, middle - self._line() / 2, plot.width(), self._line())
                painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, name)

    def _draw_grid(self, painter: QPainter, axes: Axes) -> None:
        box, line = axes.box, self._line()
        for value in axes.value_ticks(int(box.height() / (2 * line)) + 1):
            y = axes.y(value)
            painter.setPen(QPen(self._faint(35), 1))
            painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
            painter.setPen(self._faint(160))
            label = QRectF(0, y - line / 2, box.left() - 6, line)
            painter.drawText(label, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, number_text(value))
        for step in axes.step_ticks(int(box.width() / 80) + 1):
            half = self.fontMetrics().horizontalAdvance(str(step)) / 2 + 1
            middle = min(axes.x(step), self.width() - half)
            label = QRectF(middle - half, box.bottom() + 3, 2 * half, line)
            painter.drawText(label, Qt.AlignmentFlag.AlignHCenter, str(step))
        painter.setPen(QPen(self._faint(90), 1))
        painter.drawLine(box.bottomLeft(), box.bottomRight())

    def _draw_curves(self, painter: QPainter, axes: Axes) -> None:
        painter.save()
        painter.setClipRect(axes.box.adjusted(0, -2, 1, 2))
        for name, curve in self._history.curves.items():
            painter.setPen(QPen(self._colour(name), 1.5))
            line = QPolygonF([axes.place(step, value) for step, value in curve if axes.shows(value)])
            if line.size() == 1:
                painter.drawEllipse(line.first(), 1.5, 1.5)
            painter.drawPolyline(line)
        painter.restore()

    def _draw_hover(self, painter: QPainter, axes: Axes) -> None:
        hovered = self.hovered_values()
        if hovered is None:
            return
        step, values = hovered
        painter.setPen(QPen(self._faint(120), 1))
        painter.drawLine(QPointF(axes.x(step), axes.box.top()), QPointF(axes.x(step), axes.box.bottom()))
        for name, value in values.items():
            if axes.shows(value):
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(self._colour(name))
                painter.drawEllipse(axes.place(step, value), 3, 3)
        self._draw_values(painter, axes, step, list(values.items()))

    def _draw_values(self, painter: QPainter, axes: Axes, step: int, values: Sequence[tuple[str, float]]) -> None:
        metrics, line = self.fontMetrics(), self._line()
        names = max(metrics.horizontalAdvance(name) for name, _ in values)
        width = names + metrics.horizontalAdvance("−0.00000") + 26
        left = axes.x(step) + 10
        if left + width > axes.box.right():
            left = max(axes.x(step) - 10 - width, 0)
        box = QRectF(left, axes.box.top() + 2, width, line * (len(values) + 1) + 8)
        painter.setPen(QPen(self._faint(60), 1))
        back = QColor(self.palette().toolTipBase().color())
        back.setAlpha(235)
        painter.setBrush(back)
        painter.drawRoundedRect(box, 4, 4)
        row = box.adjusted(8, 4, -8, 0)
        row.setHeight(line)
        painter.setPen(self.palette().toolTipText().color())
        painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, f"step {step}")
        for name, value in values:
            row.translate(0, line)
            painter.setPen(self._colour(name))
            painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, name)
            painter.setPen(self.palette().toolTipText().color())
            painter.drawText(row, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, number_text(value))

    def _colour(self, name: str) -> QColor:
        return QColor(COLOURS[list(self._history.curves).index(name) % len(COLOURS)])

    def _faint(self, alpha: int) -> QColor:
        colour = QColor(self.palette().windowText().color())
        colour.setAlpha(alpha)
        return colour


def _values_at(history: LossHistory, step: int) -> dict[str, float]:
    """Return each curve's value at ``step``, or its last one before."""
    found = {}
    for name, curve in history.curves.items():
        before = [value for at, value in curve if at <= step]
        if before:
            found[name] = before[-1]
    return found
