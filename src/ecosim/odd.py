"""ODD: a scenario described under the headings that journals ask for, from its own code and settings.

What each rule contributes to a design concept stands in the ``Concepts:`` section of its docstring; what the engine
itself does is said here once. The rest (state, schedule, equations, parameters, sources) is what ``ecosim.explain``
collects, so a description cannot lag behind the model.

References:
    Grimm et al. (2020), The ODD protocol for describing agent-based and other simulation models: a second update to
    improve clarity, replication, and structural realism, JASSS 23(2) 7, doi:10.18564/jasss.4259.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ecosim import explain
from ecosim.equations import bibliography

CONCEPTS: dict[str, str] = {
    "basic principles": "What happens between very different organisations is designed by none of them: rules tell what "
    "each does in its own situation, and everything larger is read off the result.",
    "emergence": "No rule mentions a pattern of the whole: who forms groups, camps and crises, and how sectors fare beside "
    "each other, arises from the rules. Some rules read a mean over all (usual conduct, the trust of the society, the sum "
    "in a purse) and say so; none reads a measure of pattern. Imposed are the settings under 5, the values under 7 and the "
    "order of a tick.",
    "adaptation": "",
    "objectives": "",
    "learning": "",
    "prediction": "",
    "sensing": "A rule sees the columns that the schedule lists under “reads”, as they stood when it began, and without "
    "error unless it says otherwise.",
    "interaction": "Direct along relationships and inside coalitions, and with whoever a rule draws; indirect through "
    "what several read and write, such as issues, purses and news.",
    "stochasticity": "Every draw is a function of the run's seed, the rule's name, the tick and the number of whom it "
    "concerns (a counter-based generator, Philox 4×32-10): the same seed gives the same run, and two scenarios share "
    "their luck where they do not differ.",
    "collectives": "",
    "observation": "The state is read at the end of a tick as it is: nobody observes in part or with error. Measures that "
    "cost much are taken less often (`costly_every`). What differs between scenarios is told from replicates under the same "
    "luck, with intervals.",
}
"""The design concepts of the protocol in its order, each with what holds for every scenario; empty where nothing does."""

REAL_NETWORKS = {
    "cross_sector_share": ".55 to .86",
    "cross_sector_share_z": "−3.2 to +.7",
    "clustering": ".45 to .79",
    "degree_assortativity": "−.49 to −.17",
}
"""Measure of a network to its range in seven real ones between organisations (Drabek et al. 1981)."""

LAWS = {
    "lognormal, with the mean of the sector": ("capital", "capability"),
    "Dirichlet": ("motive", "salience", "needs"),
    "beta": ("invest", "purpose", "susceptibility", "reputation", "orientation", "trust", "bond"),
    "uniform, one value, all or nothing, or beta around the sector's mean, as set": ("contribution",),
    "uniform up to the spread on either side of the mean, cut at −1 and 1": ("affect",),
    "normal, uniform or two camps, as set": ("stance",),
    "what the stance is": ("prejudice",),
    "normal around what is set": ("citizen_stance",),
    "normal around the organisation's stance": ("member_stance",),
    "normal, uniform, beta or dealt out, as set": ("threshold",),
    "the sector's typical trait with the chance that is set, else any": ("culture",),
    "0 or 1, each as likely": ("solution",),
    "1 with the chance that is set, else 0": ("active", "committed"),
    "1 with the chance that is set and of the committed, else 0": ("convention",),
    "what the convention is, as if met in all meetings": ("conventions_met",),
    "the severity that is set": ("severity", "urgency", "usual_severity"),
}
"""What a column is drawn from at the start, unless its settings say otherwise: every column that founding fills."""

_KIND = (
    "**What kind of purpose.** Exposition: to show what follows from stated rules, how far, and within which bounds. It "
    "predicts no particular place, and no value is estimated from data, unless `ecosim calibrate` did so and says so."
)
_VALUES = (
    "Each rule with its equations, and each parameter with the value it has here and what it may be. An index i or j is an "
    "organisation, q an issue and k a kind of capability; ⟨x⟩ is a mean of x, a prime or an arrow marks the value after a "
    "step, and z a standard normal draw. Values were chosen so "
    "that the patterns named above can appear, not estimated; which choices were argued about, and what was turned down, is "
    "told in the proposals that come with the program."
)
_PROTOCOL = (
    "Grimm et al. (2020), The ODD protocol for describing agent-based and other simulation models: a second update to "
    "improve clarity, replication, and structural realism, JASSS 23(2) 7"
)
_NETWORKS = (
    "Drabek, Tamminga, Kilijanek & Adams (1981), Data from Managing Multiorganizational Emergency Responses: Emergent "
    "Search and Rescue Networks, Monograph 33, Institute of Behavioral Science, University of Colorado"
)

_NOTHING = {
    "adaptation": "No rule of this scenario lets anyone change what they do in answer to their situation.",
    "objectives": "Nobody pursues a declared objective in this scenario.",
    "learning": "Nobody changes how they decide: rules and their parameters stay the same throughout.",
    "prediction": "Nobody forecasts: what is expected is what was seen last.",
    "collectives": "There are no groups with a state of their own.",
}


def as_markdown(description: Mapping[str, Any], tex: bool = True) -> str:
    """Return a description as Markdown under the seven headings of the ODD protocol.

    Args:
        description: what ``ecosim.explain.describe`` returns.
        tex: whether equations stay in TeX, between dollars; else they are made readable as they stand.
    """
    title = description["title"] or "A scenario"
    parts = [
        f"# {title}: a description after the ODD protocol",
        "The headings are those of Grimm et al. (2020). Names in `this type` are the words that configuration and result "
        "tables use.",
        *_purpose(description),
        *_entities(description),
        *_processes(description),
        "## 4. Design concepts",
        *(part for concept in CONCEPTS for part in _concept(concept, description)),
        *_initialisation(description),
        *_input(description),
        "## 7. Submodels",
        _VALUES,
        *(part for mechanism in description["mechanisms"] for part in explain.mechanism_parts(mechanism, tex)),
        "## Sources",
        "\n".join(f"- {reference}" for reference in _sources(description)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def undescribed(description: Mapping[str, Any]) -> list[str]:
    """Return what the description leaves unsaid, one sentence each: empty for a scenario that is described completely.

    Every mechanism in the schedule needs a sentence, more than that sentence, a word on at least one design concept, and
    a meaning and a range for each of its parameters.
    """
    gaps = []
    for mechanism in description["mechanisms"]:
        name = f"{mechanism['name']} ({mechanism['rule']})"
        if not mechanism["sentence"] or len(mechanism["text"]) <= len(mechanism["sentence"]) + 1:
            gaps.append(f"{name}: its docstring says no more than one sentence")
        if not mechanism["concepts"]:
            gaps.append(f"{name}: its docstring has no section 'Concepts:'")
        gaps += [
            f"{name}: Concepts names '{concept}'; allowed: {', '.join(CONCEPTS)}"
            for concept in mechanism["concepts"]
            if concept not in CONCEPTS
        ]
        gaps += [
            f"{name}: the parameter {parameter['name']} lacks a meaning or what it may be"
            for parameter in mechanism["parameters"]
            if not (parameter["meaning"] and parameter["allowed"])
        ]
    return gaps


def _purpose(description: Mapping[str, Any]) -> Iterator[str]:
    yield "## 1. Purpose and patterns"
    yield description["purpose"]
    yield description["watch"]
    yield _KIND
    yield from _patterns(description)


def _patterns(description: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the model is judged by: published results, real networks, and what this scenario measures."""
    measured = [measure["name"] for measure in description["measures"]]
    real = [f"`{name}` {span}" for name, span in REAL_NETWORKS.items() if name in measured]
    lines = [
        "Rules that stem from published models are held against the published results of these, each with a test of known "
        "false-alarm rate (`ecosim verify`)."
    ]
    if real:
        lines.append(
            "In seven networks between organisations in search and rescue (Drabek et al. 1981) lie, as computed from their "
            f"ties: {', '.join(real)}. A run that leaves these ranges is unlike them in that respect."
        )
    if measured:
        lines.append(
            f"Otherwise by what is measured, {len(measured)} in all, listed under observation; first of all "
            + ", ".join(f"`{name}`" for name in measured[:6])
            + "."
        )
    yield "**Patterns by which it is judged.**"
    yield "\n".join(f"- {line}" for line in lines)


def _entities(description: Mapping[str, Any]) -> Iterator[str]:
    yield "## 2. Entities, state variables and scales"
    yield (
        "“Changed by” names the mechanisms that write a column; “—” marks what stays as it began (of a relationship, a "
        "coalition or a membership: as when it was made). Interventions may change any of them."
    )
    yield from explain.state_tables(description["state"], _writers(description["schedule"]))
    yield (
        f"**Scales.** A run lasts {description['ticks']} ticks unless told otherwise. A tick is one round of decisions; it "
        "stands for no fixed length of calendar time. There is no space: who can affect whom is told by relationships, "
        "coalitions and, where there are some, by citizens' choices."
    )


def _processes(description: Mapping[str, Any]) -> Iterator[str]:
    yield "## 3. Process overview and scheduling"
    yield (
        "In a tick, interventions that are due come first; then each of these mechanisms acts in this order; then the "
        "state is recorded. Values that a mechanism writes hold at once. Ties, memberships and organisations that it "
        "makes or ends come and go when it has finished, so it sees the world as it stood when it began, unless it says "
        "otherwise. Ticks are counted from 1; tick 0 is the start, before anything has acted. What acts every so many "
        "ticks does so at those which that number divides: what it wrote holds in between, and its rates are for each time "
        "it acts."
    )
    yield explain.schedule_table(description["schedule"])
    yield explain.activation_sentence(description["activation"])
    yield from (f"Note: {sentence}." for sentence in description["rivals"])
    yield "\n".join(
        f"{place}. **{m['name']}**: {m['sentence']}" for place, m in enumerate(description["mechanisms"], 1)
    )


def _concept(concept: str, description: Mapping[str, Any]) -> Iterator[str]:
    said = [
        f"- `{mechanism['name']}`: {mechanism['concepts'][concept]}"
        for mechanism in description["mechanisms"]
        if concept in mechanism["concepts"]
    ]
    yield f"### {concept.capitalize()}"
    yield CONCEPTS[concept]
    yield "\n".join(said)
    if concept == "observation":
        yield from _observation(description)
    elif not said and not CONCEPTS[concept]:
        yield _NOTHING[concept]


def _observation(description: Mapping[str, Any]) -> Iterator[str]:
    yield explain.parameter_table(description["record"])
    yield explain.measures_table(description["measures"]) or "Nothing is measured."


def _initialisation(description: Mapping[str, Any]) -> Iterator[str]:
    yield "## 5. Initialisation"
    yield (
        "The world of tick 0 is drawn from these settings; each attribute has a stream of its own, and each entity's draws "
        "come from its number, so that one entity more changes no other. Seeds differ in everything that is drawn; what is "
        "said in sectors, issues and means is the same in all."
    )
    yield from _laws(description["state"])
    yield explain.parameter_table(description["founding"])


def _input(description: Mapping[str, Any]) -> Iterator[str]:
    yield "## 6. Input data"
    yield (
        "No time series drives the model. Organisations and ties may be read from a user's tables (`--organisations`, "
        "`--ties`); what these leave out is drawn as above. Interventions are changes from outside at set ticks:"
    )
    yield explain.interventions_list(description["interventions"])


def _writers(schedule: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Return which mechanisms write each column, in the order of a tick."""
    writers: dict[str, list[str]] = {}
    for entry in schedule:
        for column in entry["writes"].split(", "):
            writers.setdefault(column, []).append(f"`{entry['name']}`")
    return writers


def _laws(state: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield what each column that is drawn at the start is drawn from."""
    columns = {column["name"] for column in state}
    told = [
        f"{law}: {', '.join(f'`{name}`' for name in names if name in columns)}"
        for law, names in LAWS.items()
        if columns.intersection(names)
    ]
    if told:
        yield (
            f"**Laws**, unless the table says otherwise: {'; '.join(told)}. A `jitter` is the standard deviation as a share "
            "of the widest that the mean allows, √(m(1 − m)). What is neither named here nor in the table starts at 0 or at "
            "its neutral value."
        )


def _sources(description: Mapping[str, Any]) -> list[str]:
    """Return the sources, the protocol's among them, without what only points to a place in the program."""
    is_compared = any(measure["name"] in REAL_NETWORKS for measure in description["measures"])
    cited = [reference for reference in description["references"] if "ecosim." not in reference]
    return bibliography([*cited, _PROTOCOL, *([_NETWORKS] if is_compared else [])])
