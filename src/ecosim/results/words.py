"""Words: what happened in a run, told in a few sentences with their numbers, then a table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecosim.measures.pattern import MOST_TIES
from ecosim.results.deeds import from_outside
from ecosim.results.doings import all_but_a_few, camps, conduct, disagreement, learning, lifetimes, turnover
from ecosim.results.issues import issue_names, severities
from ecosim.results.phrases import both, moved, number, one_or, percent, plain, plural, unit_of
from ecosim.results.watched import around_the_turn, from_start_to_end, watched
from ecosim.wording import in_a_row, some

STAGE_MEANINGS = {
    "collection": "organisations beside each other, most of them without a path of relationships between them",
    "network": "most organisations are linked, directly or through others",
    "community": "partners of partners are partners, and trust each other, beyond what chance would give",
    "social ecosystem": "sectors depend on each other, make more together than apart, and others gain from it too",
}

_TABLE = "## Every measure"

Columns = Mapping[str, NDArray[Any]]


def tell(
    summary: Mapping[str, Any],
    settings: Mapping[str, Any],
    meanings: Mapping[str, str],
    series: Columns | None = None,
    events: Columns | None = None,
) -> str:
    """Return the summary of a run as Markdown. What was not measured is not mentioned.

    Args:
        summary: see ``results.summary.summarise``.
        settings: the resolved configuration; ``title``, ``description`` and ``watch`` are quoted from it,
            ``stop`` and ``interventions`` told.
        meanings: what each measure means.
        series: the recorded rows by column, "tick" among them; with them the worst of each issue is told.
        events: the columns "tick", "kind", "organisation_name" and "coalition" of the events, where they were kept; with
            them it is told how many an intervention reached, and whom, how many came and went, and how long coalitions
            lasted.
    """
    blocks = [f"# {plain(settings.get('title') or 'A run')}"]
    if settings.get("description"):
        blocks.append(plain(" ".join(str(settings["description"]).split())))
    if settings.get("watch"):
        blocks.append(f"**What to watch.** {plain(' '.join(str(settings['watch']).split()))}")
    blocks.append("## The world\n\n" + " ".join([*_world(summary), *_stopped(summary, settings)]))
    if summary["ticks"]:
        happened = _happened(summary, settings, series or {}, events)
        told = [*_watched(summary, settings, series or {}), *happened]
    else:
        told = ["Nothing: the run has 0 ticks.", *_as_it_is(summary)]
    if done := list(from_outside(settings.get("interventions") or (), summary["ticks"], events)):
        told.insert(min(1, len(told)), f"**From outside:** {' '.join(done)}")
    if told:
        blocks.append("## What happened\n\n" + "\n\n".join(told))
    blocks.append(f"{_TABLE}\n\n" + _table(summary, meanings, series or {}))
    return "\n\n".join(blocks) + "\n"


def without_table(words: str) -> str:
    """Return the summary of a run, as :func:`tell` makes it, without its table of measures."""
    return words.partition(f"\n{_TABLE}\n")[0].rstrip() + "\n"


def _world(summary: Mapping[str, Any]) -> Iterator[str]:
    start, end = summary["counts"]["start"], summary["counts"]["end"]
    parts = [f"{count:,} {one_or(sector, count)}" for sector, count in start["by_sector"].items() if count]
    made = f" ({in_a_row(parts)})" if len(parts) > 1 else ""
    issues = [name.removeprefix("severity_") for name in issue_names(summary["measures"])]
    named = f" ({in_a_row([plain(name.replace('_', ' ')) for name in issues])})" if issues else ""
    facing = f", {some(start['issues'], 'issue')}{named}" if start["issues"] else ""
    duration = f"{some(summary['ticks'], 'tick')}, seed {summary['seed']}"
    yield f"{some(start['organisations'], 'organisation')}{made}{facing}; {duration}."
    if not summary["ticks"]:
        yield f"There are {some(start['relationships'], 'relationship')} and {some(start['coalitions'], 'coalition')}."
        yield from _tables(summary)
        return
    yield (
        f"It began with {some(start['relationships'], 'relationship')} and "
        f"{some(start['coalitions'], 'coalition')} and ended with {some(end['relationships'], 'relationship')} and "
        f"{some(end['coalitions'], 'coalition')}."
    )
    if end["organisations"] != start["organisations"]:
        are = "is" if end["organisations"] == 1 else "are"
        yield f"{some(end['organisations'], 'organisation')} {are} there at the end."
    yield from _tables(summary)


def _stopped(summary: Mapping[str, Any], settings: Mapping[str, Any]) -> Iterator[str]:
    """Tell where the run ended before its last tick, and by what."""
    stop, ticks = settings.get("stop"), settings.get("ticks") or 0
    if not stop or summary["ticks"] >= ticks:
        return
    bounds = {"at most": stop.get("at_most"), "at least": stop.get("at_least")}
    told = " or ".join(f"{word} {number(bound)}" for word, bound in bounds.items() if bound is not None)
    yield f"It ended before its {ticks:,} ticks were over, as `{stop['measure']}` was {told}."


def _tables(summary: Mapping[str, Any]) -> Iterator[str]:
    """Tell what came from the user's own tables, if there were any, and what had to be drawn."""
    if not summary.get("tables"):
        return
    start, ties = summary["counts"]["start"], summary["tables"]["ties"]
    if ties["reports"]:
        both = f", {some(ties['both_sides'], 'relationship')} from both sides" if ties["both_sides"] else ""
        told = f"The ties were read from {some(ties['reports'], 'row')} of your table{both}"
        if ties["bond"]:
            least, mean, greatest = (number(bond) for bond in ties["bond"])
            yield f"{told}; their weights became bonds from {least} to {greatest}, {mean} on average."
        else:
            yield f"{told}; no weights were used, so every bond was drawn."
    everyone, drawn = start["organisations"], summary["missing_values_drawn"]
    sizes = {name: start["relationships"] if name == "bond" else everyone for name in drawn["columns"]}
    if drawn["total"]:
        parts = [f"{count:,} of {sizes[name]:,} of {plain(name)}" for name, count in drawn["columns"].items() if count]
        were = "was" if drawn["total"] == 1 else "were"
        yield f"{some(drawn['total'], 'missing value')} of your tables {were} drawn at random ({in_a_row(parts)})."
    elif drawn["columns"]:
        yield f"No value of {in_a_row([plain(name) for name in drawn['columns']])} was missing."
    yield "Whatever your tables do not speak of was drawn for everyone, as the scenario says."


def _as_it_is(summary: Mapping[str, Any]) -> Iterator[str]:
    """Tell the pattern of a network to which nothing has happened."""
    values = {name: measure["start"] for name, measure in summary["measures"].items()}
    share, z = values.get("cross_sector_share"), values.get("cross_sector_share_z")
    parts = [] if share is None else [f"{percent(share)} of the relationships join different sectors"]
    if share is not None and z is not None:
        parts[0] += (
            f" ({number(abs(z))} standard deviations {'more' if z > 0 else 'fewer'} than by chance with as many partners"
            f" each{'' if abs(z) >= 2 else ', which is within what chance gives'})"
        )
    named = {
        "clustering": "the partners of an organisation are partners of each other in {} of cases",
        "degree_assortativity": "the numbers of partners at the two ends of a relationship correlate by {}",
    }
    for name, told in named.items():
        if (value := values.get(name)) is not None:
            parts.append(told.format(percent(value) if name == "clustering" else number(value)))
    if parts:
        yield f"**The network as it is:** {'; '.join(parts)}."


def _watched(summary: Mapping[str, Any], settings: Mapping[str, Any], series: Columns) -> Iterator[str]:
    """Tell where the measures went that the scenario names to watch, and how a shock moved them."""
    if not settings.get("watch_measures") or "tick" not in series:
        return
    units = {name: values["unit"] for name, values in summary["measures"].items()}
    looks = watched(settings, series, tuple(summary["counts"]["start"]["by_sector"]))
    ticks = series["tick"]
    said = (from_start_to_end(looks, units, ticks), around_the_turn(looks, units, settings, ticks))
    if text := " ".join(sentence for sentence in said if sentence):
        yield f"**What was to be watched.** {plain(text)}"


def _happened(
    summary: Mapping[str, Any], settings: Mapping[str, Any], series: Columns, events: Columns | None
) -> Iterator[str]:
    measures, counts = summary["measures"], summary["counts"]
    numbers = (counts["start"]["organisations"], counts["end"]["organisations"])
    few = list(all_but_a_few(measures)) if _has_one_axis(settings) else []
    opposed = [] if few else list(disagreement(measures))
    told_of_camps = chain(few, opposed, camps(measures, numbers[0], are_two=not few))
    opinions = chain(_polarisation(summary, is_told_below=bool(few or opposed)), told_of_camps)
    told = [
        chain(_collaboration(summary), lifetimes(summary["ticks"], events)),
        opinions,
        conduct(measures),
        severities(measures, series),
        _success(summary),
    ]
    came_and_went = turnover(*numbers, events, are_own=bool(summary.get("tables")), cause=_sole_cause(settings))
    told += [learning(measures), came_and_went, _citizens(summary), _ledger(summary)]
    paragraphs = [" ".join(sentences) for sentences in map(list, told) if sentences]
    stage = list(_stage(summary, series))
    if paragraphs:
        yield "“Later” is the mean over the second half of the run."
    yield from paragraphs
    yield from stage


def _has_one_axis(settings: Mapping[str, Any]) -> bool:
    """Return whether opinions have a single axis, so that no measure of them is a mean over several."""
    axes = ((settings.get("ecosystem") or {}).get("stance") or {}).get("axes")
    return (axes if isinstance(axes, int) else len(axes or ())) == 1


def _sole_cause(settings: Mapping[str, Any]) -> str:
    """Return why organisations leave that no intervention removes, where only one rule of the run takes any away."""
    rules = [str(mechanism.get("rule", "")) for mechanism in (settings.get("dynamics") or {}).values()]
    is_known = "turnover" in rules and "agent_rules" not in rules and not any(":" in rule for rule in rules)
    return "insolvent" if is_known else ""


def _collaboration(summary: Mapping[str, Any]) -> Iterator[str]:
    measures = summary["measures"]
    if share := both(measures, "cross_sector_share"):
        start, later = share
        yield (
            f"**Collaboration across sectors {moved(start, later, 'grew', 'shrank', 'held its level')}:** "
            f"{percent(start)} of the relationships joined different sectors at the start, {percent(later)} later."
        )
    z = measures.get("cross_sector_share_z", {}).get("final")
    if z is not None:
        yield _beside_chance(z)
    coalitions, size = both(measures, "coalitions"), both(measures, "coalition_size_mean")
    if coalitions:
        of = f" of {number(size[1])} organisations" if size else ""
        at_start, on_average = number(coalitions[0]), number(coalitions[1])
        yield f"Later there were {on_average} coalitions{of} on average, {at_start} at the start."


def _beside_chance(z: float) -> str:
    """Return how the share of relationships across sectors at the end compares with chance: neither level nor change.

    Args:
        z: by how many standard deviations it lies above what chance gives.
    """
    if abs(z) < 2:
        verdict = "which is within what chance gives: sectors are not seen to seek or to avoid each other"
    elif z > 0:
        verdict = "more than chance gives: sectors seek each other"
    else:
        verdict = "more than chance gives: sectors still keep to themselves, whichever way the share has moved"
    lies = "lower" if z > 0 else "higher"
    return (
        "How much of that is choice is another question: had everyone kept the number of its partners but drawn them by "
        f"chance, the share at the end would be {number(abs(z))} standard deviations {lies}, {verdict}."
    )


def _polarisation(summary: Mapping[str, Any], *, is_told_below: bool) -> Iterator[str]:
    """Tell how the best-known indices of polarisation moved; that they disagree, unless the whole panel is told of."""
    names = {
        "esteban_ray": "the Esteban–Ray index",
        "dispersion": "the mean distance from the average opinion, on an axis from −1 to 1,",
        "bimodality": "the bimodality coefficient",
    }
    found = {name: values for name in names if (values := both(summary["measures"], name))}
    if not found:
        return
    way = {name: moved(*values, "up", "down", "same") for name, values in found.items()}
    verdicts = {"up": "Opinions polarised", "down": "Opinions became less polarised"}
    if way.get("esteban_ray") == "up" and way.get("dispersion") == "down":
        verdict = "Opinions drew together into tighter camps"
    elif not {"esteban_ray", "dispersion"} <= found.keys():
        verdict = "Opinions"
    elif len(set(way.values())) == 1:
        verdict = verdicts.get(way["dispersion"], "Opinions stayed as polarised as they were")
    else:
        verdict = "Opinions" if is_told_below else "The indices of polarisation disagree"
    parts = [f"{names[name]} went from {number(values[0])} to {number(values[1])}" for name, values in found.items()]
    yield f"**{verdict}:** {in_a_row(parts)}."


def _success(summary: Mapping[str, Any]) -> Iterator[str]:
    found = {
        word: (values["early"], values["mean"])
        for word, values in summary["success"].items()
        if values["early"] is not None and values["mean"] is not None
    }
    collective = found.pop("collective", None)
    groups: dict[str, list[str]] = {"gained": [], "lost": [], "hardly moved": []}
    for word, (early, later) in found.items():
        told = f"{plural(word)} ({number(early)} to {number(later)})"
        groups[moved(early, later, "gained", "lost", "hardly moved")].append(told)
    parts = [f"{in_a_row(who)} {what}" for what, who in groups.items() if who]
    if parts:
        yield f"**Success**, each sector by its own measure, first tenth of the run to later: {'; '.join(parts)}."
    if collective:
        start, later = collective
        how = moved(start, later, "rose", "fell", "hardly moved")
        yield f"The success of all together {how}, {number(start)} to {number(later)}."


def _citizens(summary: Mapping[str, Any]) -> Iterator[str]:
    measures = summary["measures"]
    if orientation := both(measures, "orientation_mean"):
        start, later = orientation
        how = moved(start, later, "moved towards “we”", "moved towards “us and them”", "hardly changed")
        yield f"**Citizens'** orientation {how}, {number(start)} to {number(later)} (0 “us and them”, 1 “we”)."
    if approval := both(measures, "approval_mean"):
        start, later = approval
        how = moved(start, later, "rose", "fell", "hardly moved")
        yield f"Their approval of government {how}, {percent(start)} to {percent(later)}."
    supporters = measures.get("supporters_share", {}).get("mean")
    if supporters is not None:
        yield f"Later, {percent(supporters)} of them supported a civil-society group."


def _ledger(summary: Mapping[str, Any]) -> Iterator[str]:
    ledger = {name: values["mean"] for name, values in summary["ledger"].items() if values["mean"] is not None}
    if "win_win_share" in ledger:
        third = ledger.get("win_win_win_share")
        others = f"; in {percent(third)} others gained too" if third is not None else ""
        share = percent(ledger["win_win_share"])
        yield f"**Win-win:** later, both sides did better than alone in {share} of the relationships{others}."
    if "superadditive_surplus" in ledger:
        surplus = ledger["superadditive_surplus"]
        more = "more" if surplus >= 0 else "less"
        yield (
            f"Coalitions then made {number(abs(surplus))} {more} output a tick than their members would have made apart."
        )


def _stage(summary: Mapping[str, Any], series: Columns) -> Iterator[str]:
    stage = summary["stage"]
    if stage is None and "stage" in summary["measures"]:
        yield (
            f"**Stage at the end: not known.** Either nobody is left, or there are more than {MOST_TIES:,} relationships, "
            "whose clustering is not held against chance, or no rule of this run moves what a stage hangs on."
        )
    if stage:
        meaning = STAGE_MEANINGS[stage["word"]]
        yield f"**Stage at the end: {stage['word']}.** That means: {meaning}. {_how_long(stage['number'], series)}"


def _how_long(stage: int, series: Columns) -> str:
    """Return since when a stage has been seen, or that only the last tick was looked at after the first."""
    looks = np.flatnonzero(~np.isnan(series["stage"])) if "stage" in series else np.empty(0, np.int64)
    if np.count_nonzero(series["tick"][looks] if looks.size else looks) < 2:
        return (
            "It is one look, at the last tick, and a stage may come and go within a few: `record.costly_every=10` shows how "
            "long it has held."
        )
    is_other = series["stage"][looks] != stage
    since = int(series["tick"][looks[is_other.nonzero()[0][-1] + 1 if is_other.any() else 0]])
    last, count = int(series["tick"][-1]), int(np.count_nonzero(~is_other))
    held = "at the last tick only" if since == last else f"at every look since tick {since:,}"
    return f"It was seen {held}, and at {count:,} of {looks.size:,} looks in all."


def _table(summary: Mapping[str, Any], meanings: Mapping[str, str], series: Columns) -> str:
    head = "| measure | start | second half | end | unit | what it is |\n|---|--:|--:|--:|---|---|"
    rows = [
        f"| {_code(name)} | {number(values['start'])} | {number(_second_half(name, values, series))} "
        f"| {number(values['final'])} | {plain(unit_of(values['unit']))} | {plain(meanings.get(name, ''))} |"
        for name, values in summary["measures"].items()
    ]
    if not rows:
        return "None was asked for."
    return (
        "\n".join([head, *rows])
        + "\n\n“–”: undefined or not measured at that tick; what a tick brings is undefined at the start. "
        + "Index: a number without a unit."
    )


def _second_half(name: str, values: Mapping[str, Any], series: Columns) -> float | None:
    """Return the mean over the second half, or None where of several ticks only the last was measured."""
    if name in series and series["tick"].size > 2:
        late = series["tick"] >= series["tick"][-1] / 2
        if late.sum() > 1 and np.count_nonzero(~np.isnan(series[name][late])) < 2:
            return None
    mean: float | None = values["mean"]
    return mean


def _code(name: str) -> str:
    """Return a name between backticks, where Markdown takes all but backticks and the table's bars letter by letter."""
    shown = re.sub(r"[\x00-\x1f`]", " ", name).replace("|", "\\|")
    return f"`{shown}`"
