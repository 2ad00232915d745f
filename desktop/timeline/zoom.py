"""Which part of the footage the timeline shows. All functions are pure; ``seen`` lies in ``frames``."""

FEWEST = 10  # frames that a zoomed timeline still shows, if there are so many


def zoomed(seen: range, frames: range, notches: float, about: int) -> range:
    """Return fewer frames, more where ``notches`` is negative; the frame ``about`` stays in its place if it can."""
    least = min(FEWEST, len(frames))
    length = min(max(round(len(seen) / 2 ** (notches / 2)), least), len(frames))
    share = (about - seen[0] + 0.5) / len(seen)
    return _placed(round(about + 0.5 - share * length), length, frames)


def moved(seen: range, frames: range, steps: int) -> range:
    """Return as many frames, so much further on, at most up to an end."""
    return _placed(seen[0] + steps, len(seen), frames)


def holding(seen: range, frames: range, number: int) -> range:
    """Return as many frames with ``number`` among them: the same where it is, else a page that begins or ends there."""
    if number in seen:
        return seen
    start = number if number > seen[-1] else number - len(seen) + 1
    return _placed(start, len(seen), frames)


def _placed(start: int, length: int, frames: range) -> range:
    start = min(max(start, frames[0]), frames[-1] + 1 - length)
    return range(start, start + length)
