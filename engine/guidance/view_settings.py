"""How much the views that a guide is shown differ from the picture."""

from dataclasses import dataclass

from engine.options import number


@dataclass(frozen=True)
class ViewSettings:
    """All amounts are the largest, as shares unless said otherwise.

    ``sides`` are the sizes in pixels at which views are made, one chosen for each batch; ``smallest`` is the least
    share of the picture's short side that a view shows; ``rotation`` is in degrees; ``perspective`` tilts half of
    the views; ``grayscale`` is the share of views without colour.
    """

    sides: tuple[int, ...]
    smallest: float = number(0.4, "Smallest view", "The least share of the picture that a view shows", 1.0, 0.1)
    rotation: float = number(15.0, "View rotation", "How far views are turned, in degrees", 90.0)
    perspective: float = number(0.15, "View perspective", "How far half of the views are tilted", 0.5)
    brightness: float = number(0.15, "View brightness", "By how much views are brighter or darker", 1.0)
    contrast: float = number(0.2, "View contrast", "By how much views are harder or softer", 1.0)
    saturation: float = number(1.2, "View saturation", "Views go from grey to this saturation", 3.0)
    white_balance: float = number(0.15, "View white balance", "By how much the primaries of views vary", 1.0)
    grayscale: float = number(0.1, "Grey views", "The share of views without colour", 1.0)
