"""Style of all figures: colours that the colour-blind tell apart, shapes, sizes, title and caption."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from typing import TYPE_CHECKING, Any, ParamSpec

from ecosim.errors import InputError
from ecosim.world.names import for_plot

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ecosim.results.run import Run

SECTOR_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#882255", "#A38F00", "#777777")
SECTOR_SHAPES = ("o", "s", "^", "D", "P", "v", "X", "h")
ISSUE_COLOURS = ("#CC79A7", "#E69F00", "#56B4E9", "#7F6000", "#5E3C99", "#666666")
RUNG_COLOURS = ("#DDDDDD", "#A9C8DE", "#56B4E9", "#0072B2", "#E69F00", "#D55E00")
COLLABORATION, POLARISATION, ALL_TOGETHER = "#0072B2", "#D55E00", "#000000"
"""Colours of Okabe & Ito (2008), Color Universal Design, tints of them, and dark ones for whatever comes after."""

RULES: dict[str, Any] = {
    "font.size": 10.0,
    "axes.titlesize": 10.5,
    "axes.labelsize": 10.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#555555",
    "axes.labelcolor": "#222222",
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": "#E4E4E4",
    "grid.linewidth": 0.8,
    "xtick.color": "#555555",
    "ytick.color": "#555555",
    "lines.linewidth": 1.8,
    "lines.solid_capstyle": "round",
    "legend.frameon": False,
    "legend.fontsize": 9.5,
    "savefig.facecolor": "white",
    "svg.hashsalt": "ecosim",
}

LOW, MIDDLE, HIGH = "#8C510A", "#F2F2F2", "#01665E"
"""Ends and middle of a scale with two sides, as of opinions: brown to green over nearly white."""

LONGEST_LABEL = 28

EAST_ASIAN = (
    "Noto Sans CJK SC", "Noto Sans CJK TC", "Noto Sans CJK JP", "Noto Sans CJK KR", "Noto Sans SC", "Noto Sans JP",
    "Noto Sans KR", "Source Han Sans SC", "Source Han Sans JP", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei",
    "Droid Sans Fallback", "PingFang SC", "Hiragino Sans", "Apple SD Gothic Neo", "Microsoft YaHei", "Yu Gothic",
    "Malgun Gothic",
)  # fmt: skip
"""Families that have Chinese, Japanese or Korean letters, on Linux first."""

Parameters = ParamSpec("Parameters")


def styled(build: Callable[Parameters, Figure]) -> Callable[Parameters, Figure]:
    """Let a function draw its figure by these rules, whatever the user has set for other figures."""

    @wraps(build)
    def draw(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Figure:
        with rules():
            return build(*args, **kwargs)

    return draw


@cache
def families() -> tuple[str, ...]:
    """Return the families of letters of figures, in the order in which they are asked for a letter.

    Matplotlib's own has no Chinese, Japanese or Korean; of those that have, the ones that this machine has follow.
    """
    from matplotlib.font_manager import fontManager

    there = {font.name for font in fontManager.ttflist}
    return ("DejaVu Sans", *(name for name in EAST_ASIAN if name in there))


@contextmanager
def rules() -> Iterator[None]:
    """Apply the rules of style for a while."""
    import matplotlib

    # Asking for the backend would import pyplot, which takes longer than drawing.
    settings: dict[Any, Any] = {
        name: value for name, value in matplotlib.rcParamsDefault.items() if not name.startswith("backend")
    }
    settings.update(RULES)
    settings["font.family"] = list(families())
    with matplotlib.rc_context(settings):
        yield


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure of this size in inches, which needs neither a screen nor pyplot."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def name_and_explain(figure: Figure, title: str, caption: str) -> None:
    """Put a title above and a caption below, both from the left edge; the caption is wrapped to the width."""
    wide = int(figure.get_figwidth() * 13.4)
    figure.suptitle(title, x=0.008, ha="left", fontsize=13.5, fontweight="bold")
    figure.supxlabel(textwrap.fill(caption, wide), x=0.008, ha="left", fontsize=9.5, color="#333333")


TITLES = {
    "cross_sector_share": "ties that join different sectors",
    "giant_component": "organisations linked with each other",
    "modularity": "modularity of sectors",
    "esteban_ray": "polarisation (Esteban–Ray)",
    "dispersion": "dispersion of opinion",
    "bimodality": "bimodality of opinion",
    "divergence": "divergence of groups",
    "consensus": "consensus within groups",
}
"""What the best-known measures are called above a panel; others go by their names."""


def title_of(measure: str) -> str:
    """Return what a measure is called above a panel."""
    return TITLES.get(measure, label(measure, 44))


def label(name: str, most: int = LONGEST_LABEL) -> str:
    """Return a name as a figure shows it: blanks for underscores inside, cut when long, drawn letter by letter."""
    words = name[:1] + name[1:].replace("_", " ")
    return for_plot(words if len(words) <= most else words[: most - 1].rstrip() + "…")


def of_sector(run_sectors: tuple[str, ...], sector: str) -> tuple[str, str]:
    """Return colour and shape of a sector."""
    k = run_sectors.index(sector)
    return SECTOR_COLOURS[k % len(SECTOR_COLOURS)], SECTOR_SHAPES[k % len(SECTOR_SHAPES)]


def of_opinion(stance: float) -> tuple[float, float, float]:
    """Return the colour of a position from −1 to 1."""
    from matplotlib.colors import to_rgb

    share = min(abs(stance), 1.0)
    ends = zip(to_rgb(MIDDLE), to_rgb(LOW if stance < 0 else HIGH), strict=True)
    red, green, blue = ((1 - share) * middle + share * end for middle, end in ends)
    return red, green, blue


def sectors_of(run: Run) -> tuple[str, ...]:
    """Return the sectors of a run, in their order."""
    return tuple(run.summary["counts"]["start"]["by_sector"])


def require(run: Run, names: tuple[str, ...], figure: str) -> None:
    """Refuse to draw a figure for which nothing was measured.

    Raises:
        InputError: if none of the measures has a value.
    """
    if not any(has_values(run, name) for name in names):
        raise InputError(f"figure '{figure}' is left out: none of its measures has a value ({', '.join(names)})")


def has_values(run: Run, name: str) -> bool:
    """Return whether a measure has at least one value."""
    values = run.recorded.get(name)
    return values is not None and bool((values == values).any())
