import numpy as np

from engine.atlas.mattes.label_colours import label_share


def halves(first: tuple[int, int, int], second: tuple[int, int, int]) -> np.ndarray:
    picture = np.empty((60, 80, 3), np.uint8)
    picture[:, :40], picture[:, 40:] = first, second
    return picture


LABELS = np.zeros((60, 80), np.float32)
LABELS[:, :40] = 1
ONES = np.ones((60, 80), np.float32)


def test_colours_tell_their_labels_anywhere():
    known = halves((60, 160, 150), (200, 110, 120))
    found = label_share(known, LABELS, ONES, known[:, ::-1], doubt=1, local=False)
    assert found[:, :40].max() < 0.05
    assert found[:, 40:].min() > 0.95


def test_nearby_votes_do_not_reach_across_the_picture():
    known = halves((60, 160, 150), (200, 110, 120))
    found = label_share(known, LABELS, ONES, known[:, ::-1], doubt=1)
    assert np.allclose(found[:, :20], 0.5)
    assert np.allclose(found[:, 60:], 0.5)


def test_colours_that_nobody_knows_are_undecided():
    known = halves((60, 160, 150), (200, 110, 120))
    other = np.full_like(known, (128, 70, 220))
    assert np.allclose(label_share(known, LABELS, ONES, other, doubt=1, local=False), 0.5)
