"""Draw the pictures of docs/scenarios.md: ``python docs/images/scenarios.py`` writes scenario-<name>.png beside this file.

Each shows two or three measures over time in a scenario (colour, solid) and in what it is told from (grey, dashed): means
over six seeds, and bands from the lowest to the highest seed.
"""

from pathlib import Path

import numpy as np

import ecosim
from ecosim.drawing.style import name_and_explain, new_figure, rules

SEEDS = range(1, 7)
SHOWN = {
    "shareholder_town": ("contribution_business", "in_coalition_share", "approval_mean"),
    "stakeholder_town": ("contribution_business", "in_coalition_share", "approval_mean"),
    "fractured_square": ("dispersion", "citizens_dispersion"),
    "matchmaker_arrives": ("cross_sector_share", "translation_mean", "trust_mean"),
    "slow_crisis": ("severity_mean", "contribution_mean"),
    "sudden_shock": ("severity_mean", "contribution_mean", "approval_mean"),
    "committed_minority": ("convention_share_uncommitted", "contribution_mean"),
    "convening_government": ("capital_government", "capital_civil_society", "severity_mean"),
    "digital_town": ("translation_mean", "dispersion", "orientation_mean"),
    "digital_town_with_care": ("translation_mean", "dispersion", "orientation_mean"),
    "learning_town": ("adapting_advantage", "contribution_mean"),
    "many_levels": ("dispersion", "dispersion_within_organisations"),
}
UNCOUPLED = ("to_members", "from_members", "to_coalitions", "from_coalitions")
TOLD_FROM = {
    "matchmaker_arrives": ("without it", "dynamics.synergist.budget=0"),
    "learning_town": ("where nothing changes", "dynamics.learning.drift=0"),
    "many_levels": ("levels apart", *(f"+dynamics.levels.{strength}=0" for strength in UNCOUPLED)),
}
"""Scenarios that are told from themselves but for one change; the others from the plain town."""
WORDS = {
    "contribution_business": "effort of businesses (share of means)",
    "contribution_mean": "effort (share of means)",
    "in_coalition_share": "organisations in a coalition (share)",
    "approval_mean": "citizens' approval of government",
    "dispersion": "spread of organisations' opinions",
    "citizens_dispersion": "spread of citizens' opinions",
    "cross_sector_share": "ties between sectors (share)",
    "translation_mean": "gap to translate (1: unbridged)",
    "trust_mean": "trust",
    "severity_mean": "severity of problems",
    "convention_share_uncommitted": "new convention, of others' uses (share)",
    "capital_government": "capital of government bodies",
    "capital_civil_society": "capital of civil society",
    "orientation_mean": "citizens: 0 us and them, 1 we",
    "adapting_advantage": "lead in performance of those who go on",
    "dispersion_within_organisations": "spread within organisations",
}
AS_IT_IS, CHANGED = "#777777", "#0072B2"


def main() -> None:
    """Draw them all."""
    town = runs("town", *sorted({measure for shown in SHOWN.values() for measure in shown} - set(_NOT_IN_TOWN)))
    for name, shown in SHOWN.items():
        label, *changes = TOLD_FROM.get(name, ("plain town",))
        draw(name, shown, label, runs(name, *shown, changes=tuple(changes)) if changes else town)


def runs(name: str, *measures: str, changes: tuple[str, ...] = ()) -> dict[str, np.ndarray]:
    """Return each measure over time in one run for each seed (seeds, ticks)."""
    quiet = ("record.figures=false", "record.events=false", f"measures=[{','.join(measures)}]")
    settings, found = ecosim.load(name, *quiet, *changes), []
    for seed in SEEDS:
        model = ecosim.Ecosystem(settings, rng=seed)
        model.run()
        found.append(model.recorder.series())
    return {measure: np.array([run[measure] for run in found]) for measure in measures}


def draw(name: str, shown: tuple[str, ...], other: str, there: dict[str, np.ndarray]) -> None:
    """Write the picture of one scenario."""
    here, title = runs(name, *shown), ecosim.load(name).title
    with rules():
        drawn = new_figure(9.0, 2.9)
        for axes, measure in zip(drawn.subplots(1, len(shown)), shown, strict=True):
            for label, colour, dash, series in ((other, AS_IT_IS, (0, (5, 1.5)), there), (title, CHANGED, "-", here)):
                if measure in series:
                    ticks, values = np.arange(series[measure].shape[1]), series[measure]
                    axes.plot(ticks, values.mean(axis=0), color=colour, linestyle=dash, label=label)
                    low, high = values.min(axis=0), values.max(axis=0)
                    axes.fill_between(ticks, low, high, color=colour, alpha=0.15, linewidth=0)
            axes.set_title(WORDS[measure], loc="left", fontsize=9)
            axes.set_xlabel("tick")
            axes.margins(x=0)
        both = next(axes for axes, measure in zip(drawn.axes, shown, strict=True) if measure in there)
        handles, words = both.get_legend_handles_labels()  # beside the title, where no curve is
        drawn.legend(handles, words, loc="upper right", ncols=2, fontsize=8.5, handlelength=3.0)
        caption = "Means over six seeds; bands from the lowest to the highest seed. The same luck in both."
        name_and_explain(drawn, title, caption)
        drawn.savefig(Path(__file__).with_name(f"scenario-{name}.png"), dpi=100)


_NOT_IN_TOWN = ("convention_share_uncommitted", "adapting_advantage", "dispersion_within_organisations")

if __name__ == "__main__":
    main()
