"""Options as text: read from what a user types, and written for one to read."""

from engine.options import Option


def read_value(text: str) -> float | str:
    """Return the number that ``text`` writes, else ``text`` itself: a choice, or what an option will refuse."""
    try:
        return float(text)
    except ValueError:
        return text


def write_value(value: float | str) -> str:
    """Return ``value`` so that `read_value` gives it back."""
    if isinstance(value, str):
        return value
    return str(int(value)) if value == int(value) else repr(value)


def write_range(option: Option) -> str:
    """Return which values ``option`` takes."""
    if option.choices:
        return " or ".join(option.choices)
    return f"{option.low:g} to {option.high:g}"
