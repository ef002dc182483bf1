"""Explain: a scenario described from its own settings, in the order of the ODD protocol.

Nothing here is written twice: parameters, ranges and meanings come from the models that validate them, equations and
sources from the docstrings of the mechanisms, columns and units from the table of state.

References:
    Grimm et al. (2020), The ODD protocol for describing agent-based and other simulation models: a second update,
    JASSS 23(2) 7, doi:10.18564/jasss.4259.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.rivals import rivals
from ecosim.dynamics.schedule import Schedule, columns_named, in_words
from ecosim.equations import bibliography, readable, words_of
from ecosim.parameters import Parameter, parameters
from ecosim.rules import find_measures, rule_name
from ecosim.settings import Settings
from ecosim.unfed import unfed
from ecosim.world.columns import COLUMNS
from ecosim.world.labels import Labels

Description = dict[str, Any]

_ENTITIES = {
    "organisation": "organisations",
    "relationship": "relationships: two organisations and what is between them",
    "coalition": "coalitions: organisations joined for change on one issue",
    "membership": "memberships of organisations in coalitions",
    "issue": "issues: problems that no organisation solves alone",
    "citizen": "citizens: employees, customers, audiences and voters",
}


def describe(settings: Settings) -> Description:
    """Return a scenario's description as plain data.

    Returns:
        ``title``, ``purpose``, ``watch``, ``ticks``, ``seed``; ``state`` [{name, axis, meaning, unit, low, high}];
        ``schedule`` [{position, name, rule, every, reads, writes}]; ``activation`` {name: how, or null};
        ``rivals`` [sentence on rules that move the same]; ``unfed`` [sentence on what is read and never set];
        ``founding`` [parameter]; ``mechanisms`` [{name, rule, sentence, text, concepts, equations, parameters,
        references}]; ``interventions``; ``record`` [parameter]; ``measures`` [{name, meaning, unit, source}];
        ``references``. A parameter is {name, value, allowed, unit, meaning}.
    """
    schedule = Schedule(settings.in_order(), settings.seed)
    columns = columns_named(schedule.bound.values())
    mechanisms = [_mechanism(name, mechanism) for name, mechanism in schedule]
    measures = _measures(settings.measures)
    references = [source for mechanism in mechanisms for source in mechanism["references"]]
    references += [measure["source"] for measure in measures if measure["source"]]
    return {
        "title": settings.title,
        "purpose": settings.description,
        "watch": settings.watch,
        "seed": settings.seed,
        "ticks": settings.ticks,
        "state": _state(columns),
        "schedule": [
            dict(zip(("position", "name", "rule", "every", "reads", "writes"), row, strict=True))
            for row in schedule.table()
        ],
        "activation": {name: getattr(rule, "activation", None) for name, rule in schedule},
        "rivals": rivals(schedule.mechanisms),
        "unfed": unfed(schedule.mechanisms, settings.interventions),
        "founding": [entry for entry in _parameters(settings.ecosystem) if _is_drawn(entry["name"], columns)],
        "mechanisms": mechanisms,
        "interventions": [item.model_dump(mode="json", exclude_none=True) for item in settings.interventions],
        "record": list(_parameters(settings.record)),
        "measures": measures,
        "references": bibliography(references),
    }


def as_markdown(description: Mapping[str, Any], tex: bool = True) -> str:
    """Return a description as Markdown under the headings of the ODD protocol.

    Args:
        description: what ``describe`` returns.
        tex: whether equations stay in TeX, between dollars; else they are made readable as they stand.
    """
    parts = [
        f"# {description['title'] or 'A scenario'}",
        "## Purpose",
        description["purpose"],
        description["watch"],
        "## Entities and state",
        *state_tables(description["state"]),
        "## What happens in a tick",
        f"{description['ticks']} ticks by default. In each, in this order:",
        schedule_table(description["schedule"]),
        activation_sentence(description["activation"]),
        *(f"Note: {sentence}." for sentence in (*description["rivals"], *description["unfed"])),
        "## How it starts",
        parameter_table(description["founding"]),
        "## Interventions",
        interventions_list(description["interventions"]),
        "## Mechanisms",
        *(part for mechanism in description["mechanisms"] for part in mechanism_parts(mechanism, tex)),
        "## What is kept",
        parameter_table(description["record"]),
        "## What is measured",
        measures_table(description["measures"]) or "Nothing.",
        "## Sources",
        "\n".join(f"- {reference}" for reference in description["references"]) or "None.",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _mechanism(name: str, mechanism: Mechanism) -> Description:
    words = words_of(type(mechanism))
    return {
        "name": name,
        "rule": rule_name(type(mechanism)),
        "sentence": words.sentence,
        "text": words.text,
        "concepts": dict(words.concepts),
        "equations": [{"tex": equation, "text": readable(equation)} for equation in words.equations],
        "parameters": list(_parameters(mechanism)),
        "references": list(words.references),
    }


def _parameters(model: BaseModel, before: str = "") -> Iterator[Description]:
    """Yield the parameters of a model; those of models inside it, and of mappings of models, with dotted names."""
    for parameter in parameters(model):
        name = f"{before}{parameter.name}"
        if isinstance(parameter.value, BaseModel):
            yield from _parameters(parameter.value, f"{name}.")
        elif _holds_models(parameter.value):
            for key, inner in parameter.value.items():
                yield from _parameters(inner, f"{name}.{key}.")
        else:
            yield {**_plain(parameter), "name": name}


def _is_drawn(name: str, columns: set[str]) -> bool:
    """Return whether a parameter of founding says something about a world with only these columns."""
    for part in name.split("."):
        column = COLUMNS.get(part.removesuffix("_jitter"))
        if column is not None and column.name not in columns:
            return False
        extent = _COUNTED.get(part)
        if extent and not any(extent in (COLUMNS[name].extent, COLUMNS[name].axis) for name in columns):
            return False
    return True


_COUNTED = {
    "issues": "issue",
    "capabilities": "capability",
    "practices": "practice",
    "members": "member_stance",
    "citizens": "citizen",
}
"""Parameter of founding to the axis or extent that it counts."""


def _holds_models(value: Any) -> bool:
    return isinstance(value, Mapping) and bool(value) and all(isinstance(inner, BaseModel) for inner in value.values())


def _plain(parameter: Parameter) -> Description:
    value = parameter.value
    if isinstance(value, list | tuple):
        value = [inner.model_dump(mode="json") if isinstance(inner, BaseModel) else inner for inner in value]
    elif callable(value):
        value = f"{value.__module__}:{value.__qualname__}"
    return {**parameter._asdict(), "value": value}


def _state(columns: Iterable[str]) -> list[Description]:
    wanted = set(columns)
    return [
        {
            "name": column.name,
            "axis": column.axis,
            "meaning": column.meaning,
            "unit": column.unit,
            "low": None if column.low == float("-inf") else column.low,
            "high": None if column.high == float("inf") else column.high,
        }
        for column in COLUMNS.values()
        if column.name in wanted
    ]


def _measures(names: Sequence[str]) -> list[Description]:
    return [
        {
            "name": measure.word,
            "column": measure.columns(_ANY)[0],
            "meaning": measure.meaning,
            "unit": measure.unit,
            "source": measure.source,
        }
        for measure in (find_measures(names) if names else ())
    ]


_ANY = Labels(sectors=("‹sector›",), issues=("‹issue›",), stance_axes=("‹axis›",))
"""By which one of the columns is named where a measure fills several."""


def state_tables(
    state: Sequence[Mapping[str, Any]], changed_by: Mapping[str, Sequence[str]] | None = None
) -> Iterator[str]:
    """Yield the columns of each kind of entity as a table under its name.

    Args:
        state: the columns.
        changed_by: column to the mechanisms that write it; a further column of the tables, if given.
    """
    head = ("column", "meaning", "unit", "range", "changed by")
    for axis, words in _ENTITIES.items():
        rows = [
            (c["name"], c["meaning"], c["unit"], _span(c), ", ".join((changed_by or {}).get(c["name"], ())) or "—")
            for c in state
            if c["axis"] == axis
        ]
        if rows:
            yield f"**{words[0].upper()}{words[1:]}**"
            yield _table(head, rows) if changed_by is not None else _table(head[:4], [row[:4] for row in rows])


def mechanism_parts(mechanism: Mapping[str, Any], tex: bool) -> Iterator[str]:
    """Yield a mechanism as Markdown: name, rule, what its docstring says, parameters, sources."""
    yield f"### {mechanism['name']}"
    yield f"Rule `{mechanism['rule']}`."
    yield mechanism["text"] if tex else _without_tex(mechanism["text"])
    yield parameter_table(mechanism["parameters"])
    if mechanism["references"]:
        yield "\n".join(f"- {reference}" for reference in mechanism["references"])


def _without_tex(text: str) -> str:
    parts = text.split("$$")
    parts[1::2] = ["    " + readable(equation) for equation in parts[1::2]]
    for position in range(0, len(parts), 2):
        pieces = parts[position].split("$")
        pieces[1::2] = [readable(equation) for equation in pieces[1::2]]
        parts[position] = "".join(pieces)
    return "".join(parts)


def parameter_table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return parameters as a table; empty if there are none."""
    cells = ((row["name"], _compact(row["value"]), row["allowed"], row["meaning"].replace("``", "`")) for row in rows)
    return _table(("parameter", "value", "allowed", "meaning"), cells)


def _table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    lines = ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows]
    return "\n".join(["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *lines]) if lines else ""


def interventions_list(interventions: Sequence[Mapping[str, Any]]) -> str:
    """Return interventions as a list."""
    return "\n".join(f"- {_compact(item)}" for item in interventions) or "None."


def measures_table(measures: Sequence[Mapping[str, Any]]) -> str:
    """Return measures as a table, under the names of their columns; empty if there are none."""
    return _table(("measure", "meaning", "unit"), ((m["column"], m["meaning"], m["unit"]) for m in measures))


def schedule_table(entries: Iterable[Mapping[str, Any]]) -> str:
    """Return the order of a tick as a table."""
    head, *rows = in_words([(*entry.values(),) for entry in entries])
    return _table(head, rows) or "Nothing."


def activation_sentence(activation: Mapping[str, str | None]) -> str:
    """Return who acts when in each mechanism in which that may be chosen, and what holds in the others."""
    others = "on the state as it stood when it began, unless its description says otherwise"
    named: dict[str, list[str]] = {}
    for name, how in activation.items():
        if how is not None:
            named.setdefault(how, []).append(f"`{name}`")
    if not named:
        return f"Who acts when (activation): in every mechanism all act {others}." if activation else ""
    told = "; ".join(f"{how} in {', '.join(names)}" for how, names in named.items())
    return f"Who acts when (activation): {told}. In every other mechanism all act {others}."


def _cell(value: Any) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")


def _compact(value: Any) -> str:
    """Return a value as configuration writes it, on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_compact(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_compact(inner) for inner in value) + "]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return f"{value:g}" if isinstance(value, float) else str(value)


def _span(column: Mapping[str, Any]) -> str:
    low, high = column["low"], column["high"]
    if low is not None and high is not None:
        return f"at least {low:g}" if high >= _NO_BOUND else f"{low:g} to {high:g}"
    return f"at least {low:g}" if low is not None else f"at most {high:g}" if high is not None else ""


_NO_BOUND = 2**31 - 1
"""What a column's type can just hold says nothing about the world."""
