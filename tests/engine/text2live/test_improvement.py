import math

from hypothesis import given
from hypothesis import strategies as st

from engine.text2live.improvement import Improvement


def _steps_until_the_end(improvement: Improvement, losses: list[float]) -> int:
    for step, loss in enumerate(losses):
        if improvement.ended:
            return step
        improvement.take(loss)
    return len(losses)


def test_a_falling_loss_goes_on():
    assert _steps_until_the_end(Improvement(5), [10 * 0.98**step for step in range(200)]) == 200


def test_a_standing_loss_ends_after_the_patience():
    assert _steps_until_the_end(Improvement(5), [3.0] * 50) == 6  # the first is the best


def test_noise_is_no_improvement():
    assert _steps_until_the_end(Improvement(20), [3 + 0.02 * math.sin(7 * step) for step in range(300)]) < 60


@given(st.lists(st.floats(-5, 5), max_size=50))
def test_no_patience_means_any(losses):
    assert _steps_until_the_end(Improvement(0), losses) == len(losses)


def test_its_state_can_be_kept():
    one, other = Improvement(3), Improvement(3)
    for loss in (2.0, 1.0, 1.5):
        one.take(loss)
    other.state = one.state
    assert other.ended == one.ended
    one.take(9.0)
    other.take(9.0)
    assert one.state == other.state
