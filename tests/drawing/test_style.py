"""Style: letters that the first family lacks are asked of those that this machine has, and of no others."""

from types import SimpleNamespace

import pytest
from matplotlib import font_manager

from ecosim.drawing.style import families, rules


@pytest.fixture(autouse=True)
def _asked_anew():
    families.cache_clear()
    yield
    families.cache_clear()


@pytest.mark.parametrize(
    ("installed", "asked"),
    [
        (["Arial"], ["DejaVu Sans"]),
        (["WenQuanYi Zen Hei", "Arial", "Noto Sans CJK SC"], ["DejaVu Sans", "Noto Sans CJK SC", "WenQuanYi Zen Hei"]),
    ],
)
def test_east_asian_letters_are_asked_of_the_families_that_are_there(installed, asked, monkeypatch):
    import matplotlib

    fonts = [SimpleNamespace(name=name) for name in installed]
    monkeypatch.setattr(font_manager, "fontManager", SimpleNamespace(ttflist=fonts))
    with rules():
        assert matplotlib.rcParams["font.family"] == asked
