"""The summary says what was measured, with its numbers, and is silent about the rest."""

import numpy as np
import pytest

from ecosim.measures.measure import Measure
from ecosim.results.doings import camps, clusters_by_chance, smaller_camp, turnover
from ecosim.results.phrases import number, percent
from ecosim.results.words import tell
from tests.results.toys import a_run


def test_the_words_carry_the_numbers_of_the_summary():
    run = a_run(ticks=20)
    share = run.summary["measures"]["cross_sector_share"]
    assert f"{percent(share['start'])} of the relationships" in run.words
    assert "12 organisations (4 businesses, 4 government bodies and 4 civil-society groups), 2 issues" in run.words
    assert "2 missing values of your tables were drawn at random (2 of 12 of capital)." in run.words
    assert (
        "5 rows of your table, 2 relationships from both sides; their weights became bonds from 0.250 to 1" in run.words
    )
    assert "the share at the end would be 2.50 standard deviations lower, more than chance gives" in run.words
    assert "housing (1, 16, 21) got worse" in run.words
    assert "health (1, 1, 1) hardly changed" in run.words
    assert "businesses (0.150 to 1.50) gained; government bodies (−0.150 to −1.50) lost" in run.words
    assert "**Stage at the end: network.**" in run.words


def test_a_stage_that_is_not_known_is_said_to_be_so():
    words = a_run(measured=[Measure("stage", "how far it is", "stage", lambda world: np.nan)]).words
    assert "**Stage at the end: not known.**" in words


@pytest.mark.parametrize(
    ("looks", "said"),
    [
        ([1, np.nan, np.nan, np.nan, 2], "It is one look, at the last tick"),
        ([1, 1, 2, 2, 2], "It was seen at every look since tick 20, and at 3 of 5 looks in all."),
        ([1, 2, np.nan, 1, 2], "It was seen at the last tick only, and at 2 of 4 looks in all."),
        ([2, 2, 2, 2, 2], "It was seen at every look since tick 0, and at 5 of 5 looks in all."),
    ],
)
def test_a_stage_is_told_with_how_long_it_has_held_or_that_nobody_looked(looks, said):
    from ecosim.results.words import _how_long

    assert _how_long(2, {"tick": np.arange(0, 50, 10), "stage": np.array(looks, float)}).startswith(said)
    assert "It is one look, at the last tick" in _how_long(2, {})


def test_what_was_not_measured_is_not_mentioned():
    words = a_run(measured=[Measure("other", "something else", "1", lambda world: 1.0)]).words
    for topic in ("Collaboration", "olaris", "Issues", "Success", "Win-win", "Stage"):
        assert topic not in words
    assert "| `other` | 1 | 1 | 1 | index | something else |" in words
    assert "Index: a number without a unit." in words


def test_before_anything_has_happened_nothing_is_told_to_have_happened():
    words = a_run(ticks=0).words
    assert "Nothing: the run has 0 ticks." in words
    assert "grew" not in words


def test_the_mean_is_over_the_second_half_and_the_early_success_over_the_first_tenth():
    summary = a_run(ticks=20).summary
    assert summary["measures"]["severity_housing"] == {"start": 1.0, "final": 21.0, "mean": 16.0, "unit": "severity"}
    assert summary["success"]["business"]["early"] == pytest.approx(0.15)
    assert summary["stage"] == {"number": 1, "word": "network"}
    assert summary["missing_values_drawn"] == {"total": 2, "columns": {"capital": 2}}
    assert set(summary["ledger"]) == {"win_win_share"}


def told(ticks=100, interventions=(), series=None, events=None, ecosystem=None, **measures):
    """Return the words on a run with these measures, each as (start, mean of the second half, end)."""
    counts = {"organisations": 6, "by_sector": {"business": 6}, "issues": 0, "relationships": 0, "coalitions": 0}
    summary = {
        "ticks": ticks,
        "seed": 1,
        "counts": {"start": counts, "end": counts},
        "measures": {
            name: {"start": start, "mean": mean, "final": end, "unit": "1"}
            for name, (start, mean, end) in measures.items()
        },
        "success": {},
        "ledger": {},
        "stage": None,
        "missing_values_drawn": {"total": 0, "columns": {}},
    }
    settings = {"title": "Told", "interventions": interventions, "ecosystem": ecosystem}
    return tell(summary, settings, {}, series, events)


@pytest.mark.parametrize(
    ("z", "lies", "verdict"),
    [
        (-1.74, "1.74 standard deviations higher", "not seen to seek or to avoid"),
        (-3.5, "3.50 standard deviations higher", "still keep to themselves"),
        (3.5, "3.50 standard deviations lower", "sectors seek each other"),
    ],
)
def test_a_share_that_grew_is_held_against_chance_in_a_sentence_of_its_own(z, lies, verdict):
    words = told(cross_sector_share=(0.47, 0.6, 0.6), cross_sector_share_z=(z, z, z))
    grew = words.index("**Collaboration across sectors grew:** 47 % of the relationships")
    assert grew < words.index("is another question") < words.index(f"the share at the end would be {lies}")
    assert verdict in words
    assert "fewer" not in words


@pytest.mark.parametrize(
    ("index", "distance", "humps", "verdict"),
    [
        ((0.01, 0.07), (0.2, 0.4), (0.4, 0.6), "Opinions polarised"),
        ((0.07, 0.01), (0.4, 0.2), (0.6, 0.4), "Opinions became less polarised"),
        ((0.07, 0.07), (0.4, 0.4), (0.6, 0.6), "Opinions stayed as polarised as they were"),
        ((0.015, 0.073), (0.489, 0.170), (0.55, 0.40), "Opinions drew together into tighter camps"),
        ((0.01, 0.07), (0.2, 0.4), (0.6, 0.4), "Opinions"),
        ((0.07, 0.01), (0.2, 0.4), (0.4, 0.6), "Opinions"),
    ],
)
def test_opinions_are_said_to_polarise_only_where_every_index_says_so(index, distance, humps, verdict):
    both = {"esteban_ray": index, "dispersion": distance, "bimodality": humps}
    words = told(**{name: (start, later, later) for name, (start, later) in both.items()})
    assert f"**{verdict}:** the Esteban–Ray index went from {number(index[0])} to {number(index[1])}" in words
    assert f"{number(distance[0])} to {number(distance[1])} and the bimodality coefficient" in words


def test_that_indices_of_polarisation_disagree_is_said_once():
    measured = {"esteban_ray": (0.01, 0.07, 0.07), "dispersion": (0.2, 0.4, 0.4), "bimodality": (0.6, 0.4, 0.4)}
    assert told(**measured).count("disagree") == 1


@pytest.mark.parametrize("share", [0.005, 0.04, 0.2, 0.5])
def test_the_smaller_camp_is_no_larger_than_what_its_distance_and_the_mean_distance_allow(share):
    """Exactly as large where each camp is of one mind, less than that where they are not."""
    n = 1000
    place = np.where(np.arange(n) < share * n, 0.6, -0.4)
    for noise in (0.0, 0.05):
        stances = place + noise * np.sin(np.arange(n))
        apart = stances[place > 0].mean() - stances[place < 0].mean()
        found = {"dispersion": np.abs(stances - stances.mean()).mean(), "divergence": apart}
        most = smaller_camp({name: {"final": value} for name, value in found.items()})
        assert most == pytest.approx(share) if noise == 0.0 else most >= share - 1e-9


def test_where_all_but_a_few_agree_they_are_told_so_and_not_as_two_camps():
    measured = {
        "esteban_ray": (0.015, 0.005, 0.005), "dispersion": (0.489, 0.011, 0.011), "bimodality": (0.512, 0.99, 0.99),
        "divergence": (0.993, 1.09, 1.09), "consensus": (0.734, 1.0, 1.0),
    }  # fmt: skip
    one_axis = {"stance": {"axes": 1}}
    words = told(ecosystem=one_axis, **measured)
    assert "At the end all but at most 0.5 % of the organisations hold one view; those few stand 1.09 away" in words
    assert "disagree" not in words
    assert "The two camps" not in words
    split = {**measured, "dispersion": (0.489, 0.5, 0.5)}
    assert "all but at most" not in told(ecosystem=one_axis, **split)
    assert "all but at most" not in told(ecosystem={"stance": {"axes": 2}}, **measured)


def test_one_index_alone_gives_no_verdict():
    assert "**Opinions:** the Esteban–Ray index went from 0.010 to 0.070." in told(esteban_ray=(0.01, 0.07, 0.07))


def test_an_issue_that_was_worst_on_the_way_is_told_with_its_peak():
    series = {"tick": np.array([0, 37, 100]), "severity_climate": np.array([1.8, 16.8, 0.37])}
    words = told(series=series, severity_climate=(1.8, 2.0, 0.37))
    assert "climate (1.80, 2, 0.370) peaked at 16.8 in tick 37 and eased to 0.370." in words


@pytest.mark.parametrize(
    ("path", "told_of_it"),
    [
        (
            (1.8, 16.0, 0.32, 6.99),
            "peaked at 16 in tick 37, fell to 0.320 in tick 140 and rose again to 6.99, above its start.",
        ),
        (
            (0.9, 10.5, 0.36, 1.94),
            "peaked at 10.5 in tick 37, fell to 0.360 in tick 140 and rose again to 1.94, above its start.",
        ),
        ((1.8, 1.5, 9.47, 8.08), "got worse, most in tick 140 (9.47)."),
        ((1.8, 16.0, 4.2, 4.0), "peaked at 16 in tick 37 and eased to 4, above its start."),
        ((4.0, 2.0, 0.5, 3.0), "fell to 0.500 in tick 140 and rose again to 3."),
        ((4.0, 2.0, 0.5, 0.6), "eased."),
    ],
)
def test_an_issue_that_ends_far_above_its_start_or_rises_again_is_not_said_to_have_eased(path, told_of_it):
    series = {"tick": np.array([0, 37, 140, 200]), "severity_climate": np.array(path)}
    mean = (path[2] + path[3]) / 2
    words = told(ticks=200, series=series, severity_climate=(path[0], mean, path[3]))
    assert f"climate ({number(path[0])}, {number(mean)}, {number(path[3])}) {told_of_it}" in words


def test_the_second_half_of_what_was_measured_at_start_and_end_alone_is_a_dash():
    series = {
        "tick": np.arange(5),
        "share_z": np.array([1.0, np.nan, np.nan, np.nan, 2.0]),
        "share": np.array([1.0, 1.0, 2.0, 2.0, 2.0]),
    }
    words = told(ticks=4, series=series, share_z=(1.0, 2.0, 2.0), share=(1.0, 2.0, 2.0))
    assert "| `share_z` | 1 | – | 2 |" in words
    assert "| `share` | 1 | 2 | 2 |" in words


NOBODY = {"sector": None, "names": [], "share": None, "number": None, "by": "chance"}
CONVENED = {"at": 50, "do": "convene", "issue": "climate", "who": {**NOBODY, "sector": "government", "number": 9}}


def test_each_intervention_is_told_with_its_tick():
    done = [
        {"at": 50, "do": "remove", "who": {**NOBODY, "names": ["Nets and Nests Trust", "Dockers' Union"]}},
        CONVENED,
        {"at": [60, 70], "do": "shock", "of": "urgency", "issue": None, "add": 3.0, "multiply": None},
        {"at": 10, "every": 20, "until": 30, "do": "invite", "sector": "business", "number": 2, "names": []},
        {"at": 80, "do": "set", "column": "stance", "part": "economy", "value": 0.5, "who": NOBODY},
        {"at": 81, "do": "set", "column": "severity", "part": None, "value": 2.0, "issue": "health", "who": NOBODY},
        {"at": 82, "do": "introduce", "pairs": [["A", "B"]]},
    ]
    words = told(interventions=done)
    for sentence in (
        "At tick 50: Nets and Nests Trust and Dockers' Union left; 9 of the government bodies were convened on climate.",
        "At ticks 60 and 70: the urgency of every issue rose by 3.",
        "At ticks 10 and 30: 2 businesses came.",
        "At tick 80: stance (economy) of all organisations was set to 0.500.",
        "At tick 81: severity of health was set to 2.",
        "At tick 82: A and B were introduced.",
    ):
        assert sentence in words


def test_where_events_were_kept_it_is_told_whom_an_intervention_reached():
    events = {
        "tick": np.array([49, 50, 50, 50]),
        "kind": np.array(["convene", "convene", "convene", "joined"], object),
        "organisation_name": np.array(["Port", "Coast Guard", "Council", "Port"], object),
    }
    reached = "At tick 50: 2 government bodies (Coast Guard and Council) were convened on climate."
    assert reached in told(interventions=[CONVENED], events=events)
    unnamed = {**events, "organisation_name": np.array([None, "government 12", "government 7", None], object)}
    assert "At tick 50: 2 government bodies were convened" in told(interventions=[CONVENED], events=unnamed)
    nobody = {**events, "tick": np.array([1, 2, 3, 4])}
    assert "no coalition was convened on climate" in told(interventions=[CONVENED], events=nobody)


def test_an_intervention_after_the_end_never_came():
    words = told(interventions=[{**CONVENED, "at": 500}])
    assert "A coalition that was to be convened at tick 500 never came: the run ended at tick 100." in words
    assert "At tick 500" not in words


def test_citizens_are_told_of_where_they_were_measured():
    def moving(name, start, later):
        return Measure(name, "a share", "1", lambda world: start if world.tick == 0 else later)

    measured = [moving("orientation_mean", 0.4, 0.6), moving("approval_mean", 0.5, 0.25)]
    words = a_run(measured=[*measured, moving("supporters_share", 0.1, 0.3)]).words
    assert "**Citizens'** orientation moved towards “we”, 0.400 to 0.600" in words
    assert "Their approval of government fell, 50 % to 25 %." in words
    assert "Later, 30 % of them supported a civil-society group." in words
    assert "itizens" not in a_run(measured=[moving("other", 0.0, 1.0)]).words


def test_what_was_put_in_and_what_it_paid_is_told():
    words = told(contribution_mean=(0.478, 0.218, 0.186), payoff_mean=(None, 2.3, 1.9))
    assert "**Contributions fell:** organisations put 48 % of their means into the common work at the start" in words
    assert "22 % later and 19 % at the end." in words
    assert "less its cost, was 2.30 on average later, 1.90 at the end." in words


def test_clusters_and_camps_of_opinions_are_told():
    both = {"opinion_clusters": (9.0, 2.0), "divergence": (1.0, 0.8), "consensus": (0.7, 0.9)}
    words = told(**{name: (*pair, pair[1]) for name, pair in both.items()}, opinion_clusters_effective=(5.0, 1.3, 1.3))
    assert "Opinions stood in 9 clusters at the start, in 2 later (as many as 1.30 of equal size)" in words
    assert "stood 1 apart at the start, 0.800 later; within them consensus grew, 0.700 to 0.900." in words


def test_of_few_organisations_it_is_told_how_many_clusters_chance_would_give():
    chance = np.random.default_rng(1).uniform(-1, 1, (4000, 24))
    found = [1 + np.count_nonzero(np.diff(np.sort(row)) > 0.05) for row in chance]
    # The mean of 4,000 has a standard error of about .03: 5 of them are passed once in two million seeds.
    assert abs(np.mean(found) - clusters_by_chance(24)) < 5 * np.std(found) / np.sqrt(4000)
    measures = {"opinion_clusters": {"start": 12.5, "mean": 1.0, "final": 1.0}}
    assert "24 opinions drawn evenly from the whole scale would stand in about 14." in " ".join(camps(measures, 24))
    assert "drawn evenly" not in " ".join(camps(measures, 100))
    single = {"opinion_clusters": {"start": 1.0, "mean": 2.0, "final": 2.0}}
    assert "in 1 cluster at the start" in " ".join(camps(single, 100))


def test_a_panel_that_disagrees_says_who_says_what():
    words = told(spread=(1.0, 1.6, 1.6), van_der_eijk=(0.6, 0.3, 0.3), dispersion=(0.5, 0.501, 0.5))
    assert "The panel of polarisation disagrees: by spread it rose, by van der Eijk's index it fell" in words
    assert "disagree" not in told(spread=(1.0, 1.6, 1.6), van_der_eijk=(0.3, 0.6, 0.6), dispersion=(0.5, 0.501, 0.5))


def test_learning_technology_and_purpose_are_told():
    words = told(
        performance_mean=(0.4, 0.7, 0.8),
        solutions=(50.0, 6.0, 4.0),
        adapting_advantage=(None, -0.05, 0.1),
        adopted_share=(0.02, 0.5, 0.9),
        purpose_mean=(0.5, 0.3, 0.3),
    )
    assert (
        "**Organisations learnt:** the performance of their practices went from 0.400 to 0.700; 50 different" in words
    )
    assert "Later, those who adapt were 0.050 behind the others." in words
    assert "used by 2.0 % of them at the start and by 90 % at the end." in words
    assert "Their purpose faded, 0.500 to 0.300." in words


def test_who_came_and_who_went_is_told_by_the_events():
    events = {"tick": np.arange(4), "kind": np.array(["gone", "came", "gone", "tie_made"], object)}
    events["organisation_name"] = np.array(["a", "b", "c", "d"], object)
    assert "**Turnover:** 2 organisations left and 1 came" in told(events=events)
    assert "Turnover" not in told(events={name: values[3:] for name, values in events.items()})


OWN_LEFT = {
    "tick": np.array([4, 10, 10, 10, 20]),
    "kind": np.array(["remove", "gone", "gone", "came", "gone"], object),
    "organisation_name": np.array(["Port", "Port", "Fire Brigade", "new business 1", "new business 1"], object),
}


@pytest.mark.parametrize(
    ("events", "settings", "told_of_it"),
    [
        (
            {**OWN_LEFT, "why": np.array([None, "removed", "insolvent", None, "insolvent"], object)},
            {},
            "(removed from outside: Port; insolvent: Fire Brigade)",
        ),
        (
            OWN_LEFT,
            {"dynamics": {"turnover": {"rule": "turnover"}}},
            "(removed from outside: Port; insolvent: Fire Brigade)",
        ),
        (
            OWN_LEFT,
            {"dynamics": {"turnover": {"rule": "turnover"}, "mine": {"rule": "my_rules:Exit"}}},
            "(removed from outside: Port; Fire Brigade)",
        ),
    ],
)
def test_of_the_users_own_organisations_those_that_left_are_named_with_the_cause_where_it_is_known(
    events, settings, told_of_it
):
    from ecosim.results.words import _sole_cause

    words = " ".join(turnover(25, 24, events, are_own=True, cause=_sole_cause(settings)))
    assert f"Of your own organisations, 2 left {told_of_it}." in words
    assert "Of your own" not in " ".join(turnover(25, 24, events))


def test_a_run_in_which_organisations_come_and_go_counts_them():
    from tests.ecosystems import opinions

    going = {"do": "remove", "at": 2, "who": {"number": 4}}
    coming = {"do": "invite", "at": [1, 3, 4], "sector": "business", "number": 2}
    model = opinions(30, ticks=5, interventions=[going, coming])
    model.run()
    assert "**Turnover:** 4 organisations left and 6 came, so that 30 became 32." in model.results().words
    assert "32 organisations are there at the end." in model.results().words


def test_what_to_watch_is_told_before_what_happened():
    words = a_run(settings={"title": "A town", "watch": "Watch severity\nrise."}).words
    assert words.index("**What to watch.** Watch severity rise.") < words.index("## The world")


@pytest.mark.parametrize(("ticks", "is_told"), [(1000, True), (4, False)])
def test_a_run_that_ended_early_says_by_what(ticks, is_told):
    stop = {"measure": "active_ties", "at_most": 0.0, "at_least": None}
    words = a_run(ticks=4, settings={"title": "Culture", "ticks": ticks, "stop": stop}).words
    told = "It ended before its 1,000 ticks were over, as `active_ties` was at most 0."
    assert (told in words) == is_told
