"""Whatever color a brand has, its page can be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_loyalty_app.stores.colors import (
    READABLE,
    ContrastTooLow,
    contrast,
    dark_palette,
    light_palette,
    require_readable,
)

COLORS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)
    assert contrast("#ff0000", "#ff0000") == pytest.approx(1)


@given(brand=COLORS, ground=COLORS, ink=COLORS)
def test_every_text_of_a_page_can_be_read(brand: str, ground: str, ink: str) -> None:
    palettes = [dark_palette(brand)]
    if contrast(ink, ground) >= READABLE:
        palettes.append(light_palette(brand, ground, ink))
    for one in palettes:
        assert contrast(one.on_accent, one.accent) >= READABLE
        assert contrast(one.accent, one.ground) >= READABLE
        for text in (one.ink, one.soft):
            assert contrast(text, one.ground) >= READABLE
        assert contrast(one.ink, one.panel) >= READABLE


@given(ground=COLORS, ink=COLORS)
def test_text_that_cannot_be_read_is_refused(ground: str, ink: str) -> None:
    if contrast(ink, ground) >= READABLE:
        require_readable(ink, ground)
        return
    with pytest.raises(ContrastTooLow):
        light_palette("#1f6f54", ground, ink)


def test_a_brand_that_can_be_read_keeps_its_color() -> None:
    assert light_palette("#1f6f54", "#ffffff", "#1b1f24").accent == "#1f6f54"
