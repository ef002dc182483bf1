"""The one table of state: every column of a world, with its axis, shape, unit, range and meaning.

Checks, documents, file metadata, plot labels and agents' attributes all read this table. A world holds only the columns
that its mechanisms and measures name (plus those marked ``always``), so a model of opinions carries no capital.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np

Axis = Literal["organisation", "relationship", "coalition", "membership", "issue", "citizen"]
Extent = Literal["capability", "stance", "issue", "motive", "culture", "practice", "member_stance", "sector", "side"]

COMPONENTS = ("financial", "public_value", "mission", "relational", "legitimacy")
"""The five components of the ledger that ``motive`` weighs into ``success``."""

RUNGS = ("contact", "transaction", "win_win", "win_win_win", "co_creation", "synergy")
"""The ladder of a relationship, from rung 0 to rung 5."""


class Column(NamedTuple):
    """One column of state.

    Attributes:
        name: the word used in code, configuration, tables and plots.
        axis: what has one entry each: an organisation, a relationship, a coalition, a membership, an issue,
            a citizen.
        meaning: a sentence.
        unit: unit, or what 1 means.
        low: least value allowed.
        high: greatest value allowed.
        initial: value of an entry that nobody has drawn.
        dtype: NumPy type.
        extent: what the second dimension counts, if there is one.
        always: whether every world has it.
    """

    name: str
    axis: Axis
    meaning: str
    unit: str = "1"
    low: float = -np.inf
    high: float = np.inf
    initial: float = 0.0
    dtype: str = "float64"
    extent: Extent | None = None
    always: bool = False


def _table(*columns: Column) -> dict[str, Column]:
    return {column.name: column for column in columns}


# A table: it reads by rows.
# fmt: off
COLUMNS: dict[str, Column] = _table(
    # organisations
    Column("identity", "organisation", "number an entity keeps for life; its luck follows it", "id", 0, 2**31 - 1, 0, "int64", always=True),
    Column("sector", "organisation", "business, government, civil society or another declared sector", "index", 0, 126, 0, "int8", always=True),
    Column("capital", "organisation", "means to act; 1 is a typical organisation at the start", "capital", 0, initial=1.0),
    Column("capability", "organisation", "what it can do, one entry for each kind of capability", "1", 0, extent="capability"),
    Column("stance", "organisation", "position on each axis of opinion", "1", -1, 1, extent="stance"),
    Column("prejudice", "organisation", "position on each axis of opinion that it started with", "1", -1, 1, extent="stance"),
    Column("susceptibility", "organisation", "how far its stance is open to influence; the rest clings to where it started", "share", 0, 1, 0.5),
    Column("self_affect", "organisation", "how it likes (1) or dislikes (-1) itself", "1", -1, 1),
    Column("salience", "organisation", "how much it cares about each issue; sums to 1", "share", 0, 1, extent="issue"),
    Column("motive", "organisation", "weights of the ledger's five components; sums to 1", "share", 0, 1, extent="motive"),
    Column("purpose", "organisation", "0 shareholder only, 1 what work is worth to others decides alone", "1", 0, 1),
    Column("culture", "organisation", "trait of each cultural feature", "trait", 0, 127, 0, "int8", extent="culture"),
    Column("contribution", "organisation", "share of its means put into the common work", "share", 0, 1),
    Column("invest", "organisation", "share of its effort put into its relationships", "share", 0, 1),
    Column("effort", "organisation", "effort it can spend on the common work this tick", "effort", 0),
    Column("alone", "organisation", "what its effort of this tick makes without partners", "output", 0),
    Column("income", "organisation", "what customers, taxes or donors gave it this tick", "capital / tick"),
    Column("forgone", "organisation", "income it would lose by contributing everything rather than nothing", "capital / tick", 0),
    Column("worth", "organisation", "what one unit of work on each issue is worth to it, by its own motive", "1 / output", 0, extent="issue"),
    Column("works_on", "organisation", "issue it works on alone, -1 where it works in coalitions", "index", -1, 2**15 - 1, -1, "int16"),
    Column("payoff", "organisation", "what it received for this tick's contribution, less the cost", "output"),
    Column("accustomed", "organisation", "payoff it has got used to, beyond what it aspired to at the start", "output"),
    Column("achieved", "organisation", "worth, by its own motive, of what it received or made alone this tick", "worth", 0),
    Column("spillover", "organisation", "benefit that reached it through others' joint work this tick (ripple)", "output", 0),
    Column("sent", "organisation", "benefit of its joint work that passed on this tick to partners who had no part in it", "output", 0),
    Column("ledger", "organisation", "this tick's five components of success", "see unit of each", extent="motive"),
    Column("success", "organisation", "its ledger weighed by its own motive", "1"),
    Column("reputation", "organisation", "how its conduct is regarded", "1", 0, 1, 0.5),
    Column("meetings", "organisation", "organisations of each sector that it met when organisations last looked for partners", "meetings", 0, 2**31 - 1, 0, "int32", extent="sector"),
    Column("acceptances", "organisation", "those of them where both said yes", "meetings", 0, 2**31 - 1, 0, "int32", extent="sector"),
    Column("introductions", "organisation", "organisations of each sector that it was introduced to when a synergist last acted", "meetings", 0, 2**31 - 1, 0, "int32", extent="sector"),
    Column("introductions_accepted", "organisation", "those of them where both said yes", "meetings", 0, 2**31 - 1, 0, "int32", extent="sector"),
    Column("camp", "organisation", "camp it belongs to under the landscape theory of aggregation, -1 before it has one", "index", -1, 2**15 - 1, -1, "int16"),
    Column("customers", "organisation", "citizens who buy from it", "citizens", 0),
    Column("workers", "organisation", "citizens who work for it", "citizens", 0),
    Column("supporters", "organisation", "citizens who support it", "citizens", 0),
    Column("support", "organisation", "how far citizens stand behind it: customers or supporters beside the usual, or approval", "1", 0, 1, 0.5),
    Column("custom_at_stake", "organisation", "customers it would lose by contributing everything rather than nothing, against those it has", "share", 0),
    Column("solution", "organisation", "which practices it follows (1) and which not (0)", "1", 0, 1, 0, "int8", extent="practice"),
    Column("performance", "organisation", "how well its practices work together; 1 is the best there is", "1", 0, 1, 0.5),
    Column("adapts", "organisation", "whether it goes on searching for better practices (1) or not (0)", "1", 0, 1, 1, "int8"),
    Column("insolvency", "organisation", "ticks on end for which it has been insolvent", "tick", 0, dtype="int64"),
    Column("adopted", "organisation", "whether it uses the new technology (1) or not (0)", "1", 0, 1, 0, "int8"),
    Column("voice", "organisation", "how far what it says reaches, against what it would without technology", "1", 1, initial=1.0),
    Column("transparency", "organisation", "how much of its true conduct is seen, against what would be without technology", "1", 1, initial=1.0),
    Column("distortion", "organisation", "how much fake signals and attention to extremes grow through it, against none", "1", 1, initial=1.0),
    Column("member_stance", "organisation", "position of each of its members on each axis of opinion", "1", -1, 1, extent="member_stance"),
    Column("member_prejudice", "organisation", "position on each axis of opinion that each of its members started with", "1", -1, 1, extent="member_stance"),
    Column("active", "organisation", "whether it acts (1) or not (0), where each acts once enough others do", "1", 0, 1, 0, "int8"),
    Column("threshold", "organisation", "share or number of those it sees that must act before it does", "share or number"),
    Column("committed", "organisation", "whether nothing that others do changes it (1) or not (0)", "1", 0, 1, 0, "int8"),
    Column("convention", "organisation", "chance that it uses the new convention, not the old: 0, 1/2 or 1", "1", 0, 1),
    Column("conventions_met", "organisation", "conventions met in its last meetings, a bit each: 1 the new, the latest in bit 0", "bits", 0, 2**62 - 1, 0, "int64"),
    # relationships
    Column("ends", "relationship", "rows of the two organisations, the lower first", "row", 0, 2**31 - 1, 0, "int64", extent="side", always=True),
    Column("trust", "relationship", "trust of each side in the other", "1", 0, 1, 0.5, extent="side"),
    Column("affect", "relationship", "like (1) or dislike (-1)", "1", -1, 1),
    Column("bond", "relationship", "relationship capital", "1", 0, 1),
    Column("rung", "relationship", "rung of the ladder, read off what happened", "rung", 0, 5, 0, "int64"),
    Column("tie_age", "relationship", "ticks since it began", "tick", 0, dtype="int64"),
    Column("apart", "relationship", "ticks since the two last worked together", "tick", 0, initial=2**40, dtype="int64"),
    Column("translation", "relationship", "share of the translation gap that remains between the two", "share", 0, 1, 1.0),
    Column("gain", "relationship", "running gain of each side against going alone", "output", extent="side"),
    Column("outside_gain", "relationship", "running gain of outsiders", "output"),
    # coalitions
    Column("coalition_identity", "coalition", "number a coalition keeps for life", "id", 0, 2**63 - 1, 0, "int64", always=True),
    Column("coalition_issue", "coalition", "issue the members joined for", "index", 0, 2**15 - 1, 0, "int64"),
    Column("coalition_stance", "coalition", "position on each axis of opinion", "1", -1, 1, extent="stance"),
    Column("coalition_prejudice", "coalition", "position on each axis of opinion that it started with", "1", -1, 1, extent="stance"),
    Column("effort_total", "coalition", "effort its members put in this tick", "effort", 0),
    Column("coalition_bond", "coalition", "mean bond over all pairs of its members, 0 for a pair that is not tied", "1", 0, 1),
    Column("coalition_gap", "coalition", "mean translation gap over all pairs of its members", "1", 0),
    Column("coalition_age", "coalition", "ticks since it was formed", "tick", 0, dtype="int64"),
    Column("pool", "coalition", "knowledge the members have pooled", "1", 0, 1),
    Column("output", "coalition", "what it made this tick", "output", 0),
    Column("output_alone", "coalition", "what its members' effort would have made alone", "output", 0),
    Column("losing", "coalition", "ticks in a row in which it made less than its members would alone", "tick", 0, dtype="int64"),
    # memberships
    Column("member", "membership", "row of the organisation", "row", 0, 2**31 - 1, 0, "int64", always=True),
    Column("member_coalition", "membership", "row of the coalition", "row", 0, 2**31 - 1, 0, "int64", always=True),
    Column("member_age", "membership", "ticks since it joined", "tick", 0, dtype="int64"),
    Column("member_effort", "membership", "effort it put into this coalition this tick", "effort", 0),
    Column("member_share", "membership", "its part of what the coalition made", "output"),
    Column("member_alone", "membership", "what that effort would have made alone", "output", 0),
    # issues
    Column("severity", "issue", "how bad the problem is", "severity", 0, always=False, initial=1.0),
    Column("urgency", "issue", "severity as it is perceived", "severity", 0, initial=1.0),
    Column("needs", "issue", "weight of each capability in solving it; sums to 1", "share", 0, 1, extent="capability"),
    Column("control", "issue", "how strongly collective effort holds it down", "severity / tick", 0),
    Column("relief", "issue", "work done on it this tick", "output", 0),
    Column("price", "issue", "what one unit of work on it is paid", "capital / output", 0, initial=1.0),
    Column("demand", "issue", "what the public pays for relief, against the long-run mean", "1", 0, initial=1.0),
    Column("pressure", "issue", "how fast it grows, against the usual rate; nobody sees it", "1", 0, initial=1.0),
    Column("usual_severity", "issue", "severity that citizens are used to", "severity", 0, initial=1.0),
    # citizens
    Column("orientation", "citizen", "0 consumer (us and them), 1 citizen (we)", "1", 0, 1, 0.5),
    Column("citizen_stance", "citizen", "position on each axis of opinion", "1", -1, 1, extent="stance"),
    Column("buys_from", "citizen", "row of the business it buys from, -1 for none", "row", -1, 2**31 - 1, -1, "int64"),
    Column("works_for", "citizen", "row of the organisation it works for, -1 for none", "row", -1, 2**31 - 1, -1, "int64"),
    Column("supports", "citizen", "row of the civil-society group it supports, -1 for none", "row", -1, 2**31 - 1, -1, "int64"),
    Column("approval", "citizen", "its approval of government", "1", 0, 1, 0.5),
)


# fmt: on

FIRST = {"stance": "prejudice", "member_stance": "member_prejudice"}
"""Column of organisations to the one that keeps how it was when they were founded or came in."""


def columns_of(axis: Axis) -> tuple[Column, ...]:
    """Return the columns of one axis, in the order of the table."""
    return tuple(column for column in COLUMNS.values() if column.axis == axis)
