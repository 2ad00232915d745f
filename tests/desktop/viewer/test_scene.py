from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.viewer.look import Backdrop, Channel, Look
from desktop.viewer.plane import Plane, Window
from desktop.viewer.scene import PlacedPlane, Scene, stack_alpha
from desktop.viewer.view import View
from engine.compositing import BlendMode, Placed, composite, on_checkerboard, on_green_screen

RNG = np.random.default_rng(3)
HEIGHT, WIDTH = 40, 64
SOURCE = RNG.random((HEIGHT, WIDTH, 3), np.float32)
RGBA = RNG.random((HEIGHT, WIDTH, 4), np.float32)
OTHER = RNG.random((HEIGHT, WIDTH, 4), np.float32)
STACK = (Placed(RGBA, 0.7, BlendMode.NORMAL), Placed(OTHER, 0.4, BlendMode.SCREEN))


def scene(**changes: object) -> Scene:
    layers = tuple(PlacedPlane(Plane(layer.rgba), layer.opacity, layer.mode) for layer in STACK)
    return replace(Scene(Plane(SOURCE), layers), **changes)


def render(shown: Scene) -> np.ndarray:
    view = View()
    window = Window(view, view.covered(shown.size), shown.size)
    return shown.render(window, window.rect.left, window.rect.right)


def close(one: np.ndarray, other: np.ndarray) -> None:
    np.testing.assert_allclose(one, other, atol=2e-6)


@pytest.mark.parametrize("mode", list(BlendMode))
def test_the_picture_is_the_engines_composite(mode: BlendMode) -> None:
    layers = (PlacedPlane(Plane(RGBA), 0.6, mode),)
    expected = composite(SOURCE, [Placed(RGBA, 0.6, mode)])
    np.testing.assert_allclose(render(Scene(Plane(SOURCE), layers)), expected, atol=2e-5)


def test_layers_lie_over_each_other() -> None:
    close(render(scene()), composite(SOURCE, STACK))


def test_a_layer_of_no_opacity_changes_nothing() -> None:
    close(render(scene(layers=(PlacedPlane(Plane(RGBA), 0.0, BlendMode.NORMAL),))), SOURCE)


def test_the_preview_lies_on_top() -> None:
    preview = RNG.random((HEIGHT, WIDTH, 4), np.float32)
    close(render(scene(preview=Plane(preview))), composite(SOURCE, [*STACK, Placed(preview)]))


def test_the_wipe_shows_the_footage_on_its_left() -> None:
    shown = render(scene(look=Look(wipe=True, wipe_at=0.25)))
    edit = composite(SOURCE, STACK)
    close(shown[:, :16], SOURCE[:, :16])
    close(shown[:, 16:], edit[:, 16:])


@pytest.mark.parametrize(("at", "expected"), [(0.0, composite(SOURCE, STACK)), (1.0, SOURCE)])
def test_the_wipe_reaches_both_ends(at: float, expected: np.ndarray) -> None:
    close(render(scene(look=Look(wipe=True, wipe_at=at))), expected)


@pytest.mark.parametrize(("channel", "index"), [(Channel.RED, 0), (Channel.GREEN, 1), (Channel.BLUE, 2)])
def test_a_channel_is_shown_in_gray(channel: Channel, index: int) -> None:
    expected = composite(SOURCE, STACK)[..., index]
    shown = render(scene(look=Look(channel=channel)))
    for column in range(3):
        close(shown[..., column], expected)


def test_alpha_is_that_of_all_layers_together() -> None:
    shown = render(scene(look=Look(channel=Channel.ALPHA)))
    close(shown[..., 1], 1 - (1 - RGBA[..., 3] * 0.7) * (1 - OTHER[..., 3] * 0.4))


@given(st.lists(st.tuples(st.floats(0, 1, width=32), st.floats(0, 1)), max_size=5))
@settings(deadline=None)
def test_stack_alpha_is_what_the_backdrop_loses(layers: list[tuple[float, float]]) -> None:
    placed = [Placed(np.full((1, 1, 4), alpha, np.float32), opacity) for alpha, opacity in layers]
    black, white = (composite(np.full((1, 1, 3), value, np.float32), placed) for value in (0, 1))
    assert stack_alpha(placed, (1, 1))[0, 0] == pytest.approx(1 - (white - black)[0, 0, 0], abs=1e-5)


def test_the_layers_stand_on_a_checkerboard_or_a_green_screen() -> None:
    nothing = np.zeros_like(RGBA)
    close(render(scene(look=Look(backdrop=Backdrop.CHECKERBOARD))), composite(on_checkerboard(nothing), STACK))
    close(render(scene(look=Look(backdrop=Backdrop.GREEN))), composite(on_green_screen(nothing), STACK))


def test_the_checkerboard_has_no_seams_between_parts() -> None:
    shown = scene(look=Look(backdrop=Backdrop.CHECKERBOARD), layers=())
    view = View(1.0, 3, -5)
    covered = view.covered(shown.size)
    whole = shown.render(Window(view, covered, shown.size), covered.left, covered.right)
    lower = Window(view, covered._replace(top=covered.top + 13), shown.size)
    close(shown.render(lower, covered.left + 9, covered.left + 50), whole[13:, 9:50])


def test_the_matte_view_hides_no_value_between_0_and_1() -> None:
    matte = np.zeros((HEIGHT, WIDTH), np.float32)
    matte[:, 20:40] = 1
    matte[3, 3], matte[5, 5], matte[7, 30], matte[9, 9] = 1e-6, 0.5, 1 - 1e-6, 1
    shown = render(scene(matte=Plane(matte), look=Look(matte_view=True)))
    gray = np.ptp(shown, axis=2) < 0.05
    partial = {(3, 3), (5, 5), (7, 30)}
    assert {(int(y), int(x)) for y, x in np.argwhere(~gray)} == partial
    assert shown[0, 0].tolist() == [0, 0, 0]
    assert shown[9, 9].tolist() == [1, 1, 1]


def test_the_matte_view_shows_the_alpha_where_there_is_no_matte() -> None:
    alpha = np.zeros((HEIGHT, WIDTH, 4), np.float32)
    alpha[10:20, 10:20] = 1
    shown = render(scene(layers=(PlacedPlane(Plane(alpha), 1.0, BlendMode.NORMAL),), look=Look(matte_view=True)))
    close(shown[..., 0], alpha[..., 3])


def test_the_overlay_reddens_the_subject_alone() -> None:
    matte = np.zeros((HEIGHT, WIDTH), np.float32)
    matte[:, 32:] = 1
    gray = np.full((HEIGHT, WIDTH, 3), 0.5, np.float32)
    shown = render(Scene(Plane(gray), matte=Plane(matte), look=Look(matte_overlay=True)))
    close(shown[:, :32], gray[:, :32])
    assert (shown[:, 32:, 0] > 0.7).all()
    assert (shown[:, 32:, 1:] < 0.4).all()


def test_value_at_is_the_composite_in_full_precision() -> None:
    red, green, blue, alpha = scene().value_at(10, 20)
    np.testing.assert_allclose((red, green, blue), composite(SOURCE, STACK)[20, 10], atol=1e-6)
    assert alpha == pytest.approx(1 - (1 - RGBA[20, 10, 3] * 0.7) * (1 - OTHER[20, 10, 3] * 0.4), abs=1e-6)
