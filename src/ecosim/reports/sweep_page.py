"""The page about a sweep: what was run, what failed, what the factors do, and how sure that is."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ecosim.drawing.names import short_names
from ecosim.reports import maps, sweep_figures, sweep_words
from ecosim.reports.glossary import all_measures, what_names_mean
from ecosim.reports.page import Page, code, details, heading, number, paragraph, picture, sentences, table
from ecosim.reports.sweep_words import over_half
from ecosim.results.phrases import capitalised, percent
from ecosim.results.plain_yaml import to_yaml
from ecosim.wording import after, some

if TYPE_CHECKING:
    from ecosim.reports.findings import Response, SweepFindings

KINDS = {
    "grid": "every combination of the listed values",
    "zip": "the first value of each list together, then the second, …",
    "table": "points listed in a table",
    "lhs": "a Latin hypercube: each factor's range evenly covered",
    "sequence": "a Sobol’ sequence: the factors' space evenly covered",
    "sobol": "Saltelli's points for Sobol’ indices",
    "morris": "Morris's trajectories: one factor moved at a time",
}
_SEARCHED = "values chosen by a search, from what came out at earlier ones"
MOST_LINES, MOST_EXAMPLES = 40, 6
FEWEST_NARROWING = 6
"""Replicates from which on it is drawn how intervals narrow with them."""


def sweep_page(found: SweepFindings) -> str:
    """Return the page about a sweep as HTML, complete in itself."""
    page = Page(*_named(found))
    page.facts = _facts(found)
    page.footer = _footer(found)
    page.section("brief", "In brief").parts = [sentences(sweep_words.said_in_brief(found))]
    page.section("answer", "What was found").parts = _answer(found)
    page.section("names", "What was varied and measured").parts = what_names_mean(found)
    page.section("failures", "Runs that failed").parts = _failures(found)
    page.section("effects", "Effects").parts = _effects(page, found)
    page.section("responses", "Responses").parts = _responses(page, found)
    page.section("maps", "Collaboration and polarisation").parts = _maps(page, found)
    page.section("time", "Over time").parts = _time(page, found)
    page.section("sensitivity", "Sensitivity").parts = _sensitivity(page, found)
    page.section("convergence", "Luck and replicates").parts = _convergence(page, found)
    page.section("measures", "All measures").parts = [all_measures(found)]
    page.section("run", "What was run").parts = _what_was_run(found)
    return page.html()


def _named(found: SweepFindings) -> tuple[str, str, str]:
    if list(found.keys) == ["scenario"]:
        arms = list(dict.fromkeys(str(value) for value in found.values["scenario"].split(", ")))
        luck = (
            "under the same luck: what differs was caused, not drawn"
            if found.is_luck_common
            else "each with its own luck"
        )
        titled = "".join(f" {label}: {title.rstrip('.')}." for label, title in found.titles.items())
        return "Comparison", f"{' · '.join(arms)}", f"{len(arms)} scenarios, {luck}.{titled}"
    if found.search is not None:
        scenario = _title_of(found.manifest)
        lead = f"{scenario}: {_SEARCHED}." if scenario else f"{capitalised(_SEARCHED)}."
        return found.search.kind, found.search.title, lead
    names = list(short_names(found.keys).values())
    what = _title_of(found.manifest) or "Sweep"
    title = f"{what}: {', '.join(names[:4])}{' …' if len(names) > 4 else ''}" if names else what
    kind = KINDS.get(found.kind, found.kind)
    lead = f"{len(found.keys)} {'factor' if len(found.keys) == 1 else 'factors'}, {kind}."
    return f"Sweep · {found.kind}", title, lead


def _answer(found: SweepFindings) -> list[str]:
    if found.search is None:
        return []
    told = found.search.title
    parts = [] if found.search.picture is None else [f"<figure>{picture(found.search.picture, 'png', told)}</figure>"]
    return parts + [table(head, rows) for head, rows in found.search.tables]


def _title_of(manifest: Mapping[str, Any]) -> str:
    configurations = manifest.get("configurations") or {}
    first: Mapping[str, Any] = next(iter(configurations.values()), {})
    return str(first.get("title") or "")


def _facts(found: SweepFindings) -> list[tuple[str, str]]:
    failed = sum(count for status, count in found.statuses.items() if status != "ok")
    luck = "the same luck at every point" if found.is_luck_common else "luck of its own at every point"
    ok, measures = found.statuses.get("ok", 0), len(found.noise)
    return [
        (number(found.points), after("point", found.points)),
        (found.counted, f"{after('replicate', found.replicates)}, {luck}"),
        (number(ok), f"{after('run', ok)} with results"),
        (number(failed), f"{after('run', failed)} failed"),
        (number(measures), after("measure", measures)),
    ]


def _failures(found: SweepFindings) -> list[str]:
    by_kind = Counter(str(one.get("kind")) for one in found.failures)
    if not by_kind:
        return []
    failed = sum(by_kind.values())
    they = "it is" if failed == 1 else "they are"
    parts = [paragraph(f"{some(failed, 'run')} failed; {they} in none of the figures.", "note warn")]
    rows = []
    for kind, count in by_kind.most_common():
        example = next(one for one in found.failures if str(one.get("kind")) == kind)
        values = ", ".join(f"{key}={_plain(value)}" for key, value in (example.get("parameters") or {}).items())
        rows.append((kind, number(count), str(example.get("message", "")), f"{values}; seed {example.get('seed')}"))
    parts.append(table(("kind", "runs", "an example says", "at"), rows, words=4))
    for kind, _ in by_kind.most_common(MOST_EXAMPLES):
        example = next(one for one in found.failures if str(one.get("kind")) == kind)
        traced = str(example.get("traceback") or "").strip().splitlines()
        if traced:
            parts.append(details(f"Where in the code: {kind}", code("\n".join(traced[-MOST_LINES:]))))
    return parts


def _effects(page: Page, found: SweepFindings) -> list[str]:
    if not len(found.effects):
        return []
    there = found.effects[found.effects["difference"].notna()]
    measures = [name for name in found.measures if name in set(there["measure"])]
    if not measures:
        return [
            paragraph(
                "No difference is known: each value has to be compared with runs that differ in nothing else, and of every "
                "such pair a side failed or has no value. So there is nothing to draw here.",
                "note",
            )
        ]
    how = (
        "Runs are compared in pairs of the same luck that differ in nothing else; intervals (95 %) are Student's over "
        "the replicates."
        if found.is_luck_common
        else "Points have luck of their own: means are compared, with Welch's 95 % intervals."
    )
    if found.fewest < found.replicates:
        how += " Where points have more replicates than others, each still counts alike."
    if found.replicates < 2:
        how = "Each point was run once: differences are shown without intervals, and nothing can be told of chance."
    first = "; ".join(
        f"{short_names(found.keys).get(str(factor), 'points')} against {_plain(rows['against'].iloc[0])}"
        for factor, rows in found.effects.groupby("factor", sort=False)
    )
    caption = (
        f"Difference from the first value of each factor ({first}), each measure in its own unit"
        f"{over_half(measures)}. {how}{' Open marks: the interval reaches across zero.' if found.replicates > 1 else ''}"
    )
    parts = [
        page.figure(
            sweep_figures.effects(found.effects, measures, found.keys, found.units, found.titles),
            "What each value changes",
            caption,
        )
    ]
    told = list(sweep_words.said_of_effects(found))
    parts += [sentences(told)] if told else []
    many = len(measures) * len(sweep_figures.rows_of(found.effects))
    by_chance = max(1, round(sweep_words.CHANCE * many))
    if many > 12 and found.replicates > 1:  # of fewer, the brief part of a comparison says how many
        parts.append(
            paragraph(
                f"{many} differences are looked at here: were none of them there, about {by_chance} would "
                "still seem to be, by chance. Nothing is corrected for that.",
                "note",
            )
        )
    parts.append(details("All differences as a table", _table_of_effects(found)))
    return parts


def _table_of_effects(found: SweepFindings) -> str:
    """Return all differences; where each point was run once, without a column of intervals, for there are none."""
    names, units, is_once = short_names(found.keys), found.units, found.replicates < 2
    rows = [
        (row["measure"], units.get(row["measure"], ""), names.get(row["factor"], row["factor"]),
         _plain(row["value"]), _plain(row["against"]),
         float(row["mean_against"]), float(row["mean"]), number(float(row["difference"]), True),
         *([] if is_once else [f"{number(float(row['low']), True)} to {number(float(row['high']), True)}"]),
         int(row["runs"]))
        for _, row in found.effects.iterrows()
    ]  # fmt: skip
    head = (
        "measure", "unit", "factor", "value", "against", "mean there", "mean here", "difference",
        *([] if is_once else ["95 % interval"]), "pairs of runs",
    )  # fmt: skip
    return table(head, rows, words=5)


def _responses(page: Page, found: SweepFindings) -> list[str]:
    parts = []
    factors = list(dict.fromkeys(one.factor for responses in found.responses.values() for one in responses))
    for factor in factors:
        own: dict[str, Response] = {
            measure: one for measure, responses in found.responses.items() for one in responses if one.factor == factor
        }
        measures = [name for name in found.measures if name in own]
        response = own[measures[0]]
        name = short_names(found.keys)[factor]
        if response.lines is not None:
            lines = f", a line for each {short_names(found.keys)[response.second]}" if response.second else ""
            averaged = "; all else is averaged over" if len(found.keys) > 1 else ""
            caption = f"Means{over_half(measures)}, against {name}{lines}{averaged}. {_bands(found)}"
        else:
            caption = (
                f"Each dot is a point of the design (the mean of its runs{over_half(measures)}). Line: means of bins of "
                "equal size, with 95 % intervals; band: four fifths of the points of a bin, from other factors and luck."
            )
        parts.append(
            page.figure(sweep_figures.responses(own, measures, found.units), f"Measures against {name}", caption)
        )
        parts.append(sentences(sweep_words.said_of_responses(own, measures, found)))
    return parts


def _bands(found: SweepFindings) -> str:
    """Return what the bands of curves are; there are none where each point was run once."""
    if found.replicates < 2:
        return "Each point was run once, so there are no intervals."
    if not found.is_luck_common:
        return "Bands: 95 % intervals over replicates."
    return (
        f"Bands: 95 % intervals over replicates, less what luck adds to all points alike{_shared(found)}: for comparing "
        "points, not for their level."
    )


def _maps(page: Page, found: SweepFindings) -> list[str]:
    parts = []
    names = short_names(found.keys)
    second = found.maps.up if found.maps is not None else None
    if found.plane is not None and len(found.plane) > 1:
        both = ", with 95 % intervals both ways" if found.plane["x_low"].notna().any() else ""
        both += f", less what luck adds to all points alike{_shared(found)}" if both and found.is_luck_common else ""
        told = sweep_words.said_of_plane(found)
        caption = f"Each mark is a point of the design{over_half(found.plane_measures)}{both}. {told}"
        lead, marked = (found.maps.across, second) if found.maps is not None else (found.lead, None)
        figure = maps.plane(
            found.plane,
            found.plane_measures,
            lead,
            marked if found.kind in ("grid", "zip", "table") else None,
            found.units,
            found.titles,
        )
        parts.append(page.figure(figure, "Between collaboration and polarisation", caption))
    if found.maps is not None:
        stage = (
            " Stage: the most frequent one at the end, and the share of runs in it."
            if found.maps.stage is not None
            else ""
        )
        caption = (
            f"Means over {names[found.maps.across]} and {names[found.maps.up]}"
            f"{', the two factors that matter most' if len(found.keys) > 2 else ''}; all else is averaged over. "
            f"{sweep_words.said_of_maps(found)}{stage}"
        )
        parts.append(page.figure(maps.maps(found.maps, found.keys, found.units), "Phases over two factors", caption))
    return parts


def _time(page: Page, found: SweepFindings) -> list[str]:
    if not found.series:
        return []
    by = "" if found.lead is None else f", by {short_names(found.keys)[found.lead]}"
    caption = (
        f"Lines: mean over runs at each recorded tick{by}. Bands: four fifths of the runs (10 % to 90 % quantile)."
    )
    if len(found.series) < len(found.measures):
        caption += (
            f" {len(found.series)} of the {len(found.measures)} measures of this page are drawn: the first of which values "
            "were kept at every tick; read_sweep(folder).series(name) has the others that were kept."
        )
    drawn = sweep_figures.over_time(found.series, found.lead, found.units, found.titles)
    figure = page.figure(drawn, "Measures over time", caption)
    return [figure, sentences(sweep_words.said_of_time(found))]


def _sensitivity(page: Page, found: SweepFindings) -> list[str]:
    one = found.indices
    if one is None:
        return []
    measures = [name for name in found.measures if name in set(one.table["measure"])]
    if not measures:
        return []
    caption = (
        f"{capitalised(one.told)}. {'Lines: 95 % intervals. ' if one.table['low'].notna().any() else ''}"
        f"Measures{over_half(measures) or ' at the end'}."
    )
    parts = [page.figure(sweep_figures.indices(one, measures, found.keys), "Which factors matter", caption)]
    parts.append(sentences(sweep_words.said_of_indices(one, measures, found.keys)))
    parts += [paragraph(remark, "note") for remark in one.remarks]
    return parts


def _convergence(page: Page, found: SweepFindings) -> list[str]:
    if found.replicates < 2 or found.search is not None:
        return []
    told = sweep_words.said_of_convergence(found)
    caption = (
        "Half width of the interval of a point's mean from the first n replicates (root mean square over the points "
        f"that have n), in standard deviations of a run. Dotted: what theory expects, t s / √n. {told}"
    )
    figures = []
    if found.replicates < FEWEST_NARROWING:
        figures.append(
            paragraph(
                f"How the interval narrows with replicates is drawn from {FEWEST_NARROWING} replicates on: fewer are no "
                f"curve. {told}"
            )
        )
    elif found.convergence:
        figure = sweep_figures.convergence(found.convergence)
        figures.append(page.figure(figure, "How the interval narrows with replicates", caption))
    rows = [
        (row["measure"], found.units.get(row["measure"], ""), float(row["within"]), float(row["apart"]),
         float(row["between"]), _percent(row["luck"]),
         number(float(row["half_width"])), number(float(row["needed"])))
        for _, row in found.noise[found.noise["measure"].isin(found.measures)].iterrows()
    ]  # fmt: skip
    head = (
        "measure", "unit", "s.d. of runs of a point", "of which blurs differences", "s.d. of the points' means",
        "thereof luck", "± at a point now", "replicates needed",
    )  # fmt: skip
    return [*figures, paragraph(_on_noise(found)), table(head, rows, words=2)]


def _on_noise(found: SweepFindings) -> str:
    """Return what the columns of the table of luck say."""
    shared = ", which have the same luck and share most of it" if found.is_luck_common else ""
    return (
        "A row a measure, in its own unit; an index has none. From the left: how far the runs of one point lie apart, by "
        "luck alone; how much "
        f"of that blurs a difference between points{shared}; how far the means of the points lie apart, and what part of "
        "that (of the variance) luck may have made; half the width of the 95 % interval of a point's mean now; and how many "
        "replicates would bring that of a difference between two points down to a tenth of all that the points differ by."
    )


def _what_was_run(found: SweepFindings) -> list[str]:
    manifest = found.manifest
    made = manifest.get("provenance") or {}
    libraries = made.get("libraries") or {}
    design = manifest.get("design") or {}
    machine = made.get("machine") or {}
    seeds = (
        f"{found.replicates} derived from {design.get('seed')}, "
        + ("the same at every point" if found.is_luck_common else "others at each point")
    )  # fmt: skip
    facts = [
        ("design", f"{found.kind}: {KINDS.get(found.kind, '')}" if found.search is None else f"search: {_SEARCHED}"),
        ("seeds", seeds),
        ("state", f"{manifest.get('state')}: {sum(found.statuses.values()):,} of {found.planned:,} runs made"),
        ("ecosim", f"{made.get('code_version')}, commit {made.get('commit') or 'unknown'}"),
        (
            "Python and libraries",
            f"{made.get('python')}; " + ", ".join(f"{name} {version}" for name, version in libraries.items()),
        ),
        ("machine", ", ".join(str(machine[name]) for name in ("cpu", "system", "architecture") if machine.get(name))),
    ]
    parts = [heading("Provenance"), table(("", ""), facts, words=2)]
    configurations = manifest.get("configurations") or {}
    for name, configuration in list(configurations.items())[:MOST_EXAMPLES]:
        told = f"The configuration that was varied{f' ({name})' if name else ''}"
        parts.append(details(told, code(to_yaml(configuration))))
    return parts + [paragraph(remark, "note") for remark in found.remarks]


def _footer(found: SweepFindings) -> str:
    made = found.manifest.get("provenance") or {}
    version = (made.get("libraries") or {}).get("ecosim", "")
    return f"Written by ecosim {version} from the tables beside it; nothing was run for it."


def _shared(found: SweepFindings) -> str:
    return "" if found.fewest == found.replicates else ", over the replicates that all points have"


def _percent(share: float) -> str:
    return "–" if share != share else percent(share)


def _plain(value: Any) -> str:
    return (
        number(value)
        if isinstance(value, int | float) and not isinstance(value, bool)
        else json.dumps(value, ensure_ascii=False)
        if isinstance(value, dict | list)
        else str(value)
    )
