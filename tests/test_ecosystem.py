"""The loop: found, step, record; what it refuses; what it leaves behind."""

import gc
import re
import weakref
from pathlib import Path
from typing import ClassVar

import mesa
import numpy as np
import pytest

import ecosim
from ecosim.dynamics.agent_rules import AgentRules
from ecosim.dynamics.change import Change, Shock
from ecosim.dynamics.ledger import Ledger
from ecosim.dynamics.market import Market
from ecosim.dynamics.mechanism import Mechanism
from ecosim.ecosystem import Ecosystem
from ecosim.errors import InputError
from ecosim.measures.measure import Measure
from tests.ecosystems import coupled, coupled_settings, differing, opinion_settings, opinions


class Add(Mechanism):
    """Adds to capital."""

    amount: float = 1.0
    writes: ClassVar[tuple[str, ...]] = ("capital",)

    def step(self, world, key):
        world.capital += self.amount


class Double(Mechanism):
    """Doubles capital."""

    writes: ClassVar[tuple[str, ...]] = ("capital",)

    def step(self, world, key):
        world.capital *= 2.0


def capital_of_first(world):
    """Capital of the first."""
    return float(world.capital[0])


def test_it_is_a_mesa_model():
    model = opinions()
    assert isinstance(model, mesa.Model)
    assert model.running
    assert model.steps == model.tick == 0
    model.step()
    model.run(3)
    assert model.steps == model.tick == 4


def test_what_mesa_makes_is_there_when_it_is_first_asked_for_as_if_made_at_the_founding():
    model, theirs = Ecosystem(opinion_settings(), rng=4), mesa.Model(rng=4)
    model.running = False
    model.run(3)
    assert not model.running
    assert model.random.random() == theirs.random.random()
    assert model.rng.random() == theirs.rng.random()
    assert model.steps == 3
    assert len(model.agents) == model.world.n
    assert not model.running
    with pytest.raises(AttributeError, match="has no attribute 'colour'"):
        model.colour  # noqa: B018


def test_what_goes_wrong_in_a_property_of_a_subclass_is_told_as_it_is():
    class Own(Ecosystem):
        @property
        def mood(self):
            return self.world.mood

    with pytest.raises(AttributeError, match="'World' object has no attribute 'mood'"):
        Own(opinion_settings(), rng=4).mood  # noqa: B018


def test_tick_0_is_recorded_before_anything_has_happened():
    model = Ecosystem(opinion_settings(), dynamics={"add": Add()}, measures={"first": capital_of_first})
    start = model.world.capital[0]
    model.run(3)
    series = model.recorder.series()
    assert series["tick"].tolist() == [0, 1, 2, 3]
    assert series["first"] == pytest.approx([start, start + 1, start + 2, start + 3])


def test_run_stops_where_the_settings_say():
    model = opinions(ticks=7)
    model.run(2)
    model.run()
    assert model.tick == 7
    model.run()
    assert model.tick == 7


def test_progress_is_told_after_each_tick():
    told = []
    opinions().run(3, lambda done, ticks: told.append((done, ticks)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_ones_own_mechanisms_act_last_in_the_order_given():
    settings = opinion_settings()
    add_first = Ecosystem(settings, dynamics={"add": Add(), "double": Double()})
    double_first = Ecosystem(settings, dynamics={"double": Double(), "add": Add()})
    start = add_first.world.capital[0]
    add_first.step()
    double_first.step()
    assert list(add_first.schedule.mechanisms) == ["stance", "add", "double"]
    assert add_first.world.capital[0] == (start + 1) * 2
    assert double_first.world.capital[0] == start * 2 + 1


def test_ones_own_mechanism_takes_the_place_of_its_name():
    model = Ecosystem(coupled_settings(), dynamics={"issue": Add()})
    names = list(model.schedule.mechanisms)
    assert names == list(coupled_settings().schedule)
    assert model.schedule.mechanisms["issue"] == Add()


def test_a_measure_of_ones_own_may_say_what_it_reads():
    wealth = Measure("wealth", "total capital", "capital", lambda world: world.capital.sum(), reads=("capital",))
    model = Ecosystem(opinion_settings(), measures={"wealth": wealth})
    assert model.recorder.series()["wealth"][0] == model.world.capital.sum()


@pytest.mark.parametrize("seed", [-1, 2**64, 1.5, "1", True])
def test_impossible_seeds_are_refused(seed):
    with pytest.raises(InputError, match="rng is"):
        Ecosystem(opinion_settings(), rng=seed)


def test_a_whole_number_of_numpy_is_a_seed_and_a_number_of_ticks_like_any_other():
    plain, numpy = Ecosystem(opinion_settings(), rng=3), Ecosystem(opinion_settings(), rng=np.int64(3))
    plain.run(2)
    numpy.run(np.int64(2))
    assert type(numpy.seed) is int
    assert numpy.world.stance.tobytes() == plain.world.stance.tobytes()


@pytest.mark.parametrize("ticks", [-1, 1.5, float("nan"), "3", True])
def test_what_is_no_number_of_ticks_is_refused_before_the_first(ticks):
    model = Ecosystem(opinion_settings())
    with pytest.raises(InputError, match=r"ticks is .*allowed: a whole number of at least 0"):
        model.run(ticks)
    assert model.world.tick == 0


@pytest.mark.parametrize("given", [{"measures": ["dispersion"]}, {"dynamics": [Add()]}, {"measures": len}])
def test_rules_and_measures_of_ones_own_without_a_name_are_refused(given):
    (key,) = given
    with pytest.raises(InputError, match=f"{key} is .*allowed: a mapping of names"):
        Ecosystem(opinion_settings(), **given)


@pytest.mark.parametrize(
    ("settings", "way"),
    [
        ("town", "settings is 'town'.*ecosim.Ecosystem(ecosim.load('town'))"),
        ("mine.yaml", "ecosim.load(scenario='mine.yaml')"),
        (Path("mine.yaml"), "ecosim.load(scenario='mine.yaml')"),
        ({"ticks": 3}, "ecosim.settings.settings_from("),
        (None, "settings is None.*ecosim.load('town')"),
    ],
)
def test_what_are_no_settings_are_refused_with_the_way_to_them(settings, way):
    with pytest.raises(InputError, match=".*".join(map(re.escape, way.split(".*")))):
        Ecosystem(settings)


def test_model_world_and_recorder_say_what_they_are_in_a_line():
    model = coupled(title="A place")
    model.run(3)
    world = model.world
    ties, groups = f"{world.ties:,} ties", f"{world.coalitions:,} coalitions"
    assert repr(model) == f"<Ecosystem 'A place', seed 1: tick 3 of 20, 40 organisations, {ties}, {groups}>"
    columns = len(world.columns)
    assert repr(world).startswith(f"<World at tick 3: 40 organisations, {ties}, {groups}, ")
    assert repr(world).endswith(f" issues, {columns} columns>")
    rows = len(model.recorder.series()["tick"])
    assert repr(model.recorder) == f"<Recorder: {rows} rows of {len(model.recorder.notes)} columns, the last of tick 3>"


def test_what_is_no_mechanism_or_measure_is_refused():
    with pytest.raises(InputError, match=r"dynamics\.gossip"):
        Ecosystem(opinion_settings(), dynamics={"gossip": len})
    with pytest.raises(InputError, match=r"measures\.mean"):
        Ecosystem(opinion_settings(), measures={"mean": 3})


def test_names_that_mechanisms_do_not_find_in_the_world_are_refused_at_once_before_the_first_tick():
    settings = coupled_settings(interventions=[{"at": 1, "do": "shock", "issue": "issue_9", "add": 1.0}])
    own = {
        "change": Change(shocks=(Shock(at=90, size=1.0, issue="isue_1"),)),
        "market": Market(customers=("busines",), taxes=("government", "church")),
        "ledger": Ledger(answerable=("goverment",)),
        "brokers": AgentRules(function=print, sector="civil"),
    }
    with pytest.raises(InputError) as caught:
        Ecosystem(settings, dynamics=own)
    assert [fault.split(";")[0] for fault in caught.value.faults] == [
        "dynamics.change.shocks[0].issue names 'isue_1'",
        "dynamics.market.customers names 'busines'",
        "dynamics.market.taxes names 'church'",
        "dynamics.ledger.answerable names 'goverment'",
        "dynamics.brokers.sector names 'civil'",
        "interventions[0].issue names 'issue_9'",
    ]
    assert "did you mean 'issue_1'?" in str(caught.value)
    assert "did you mean 'government'?" in str(caught.value)


def test_sectors_that_only_a_default_names_need_not_be_there(tmp_path):
    sectors = {"farms": {}, "mills": {}}
    ecosystem = {"organisations": 20, "sectors": sectors, "network": {"kind": "random", "degree": 4}}
    model = coupled(ecosystem=ecosystem)
    model.run(2)
    twin = Ecosystem.restore(model.save(tmp_path / "model"))  # where every value is given
    twin.run(1)
    assert twin.tick == 3


def test_a_run_that_blows_up_stops_that_tick_and_says_where():
    class BlowUp(Mechanism):
        """Divides by nothing in tick 3."""

        writes: ClassVar[tuple[str, ...]] = ("capital",)

        def step(self, world, key):
            if world.tick == 3:
                world.capital[5] = np.nan

    model = Ecosystem(opinion_settings(), dynamics={"blow": BlowUp()})
    with pytest.raises(FloatingPointError, match=re.escape(f"tick 3: capital of {model.world.name(5)} is nan")):
        model.run(10)
    assert model.tick == 3
    assert model.recorder.series()["tick"].tolist() == [0, 1, 2]


def test_infinite_values_of_ties_that_were_made_are_found_too():
    class Tie(Mechanism):
        """Ties two with endless gain."""

        reads: ClassVar[tuple[str, ...]] = ("gain",)
        writes: ClassVar[tuple[str, ...]] = ("ties",)

        def step(self, world, key):
            world.add_ties(np.array([[0, 1]]), gain=np.inf)

    settings = opinion_settings(ecosystem={"organisations": 3, "network": {"kind": "none"}})
    with pytest.raises(FloatingPointError, match="gain of relationship 0 is inf"):
        Ecosystem(settings, dynamics={"tie": Tie()}).step()


def test_a_step_of_ones_own_may_wrap_the_models():
    class Watched(Ecosystem):
        def step(self):
            super().step()
            self.seen = getattr(self, "seen", 0) + 1

    model = Watched(opinion_settings())
    model.run(4)
    model.step()
    assert (model.steps, model.tick, model.seen) == (5, 5, 5)
    plain = opinions()
    plain.run(5)
    assert differing(model.world, plain.world) == []


def test_models_nobody_holds_any_longer_are_gone():
    kept = []
    for seed in range(1000):
        model = opinions(3, rng=seed)
        if seed % 10 == 0:
            mesa.Agent(model)
            len(model.agents)
        kept.append(weakref.ref(model))
    del model
    gc.collect()
    assert sum(one() is not None for one in kept) == 0


def test_a_model_without_agents_goes_without_the_garbage_collector():
    gc.disable()
    try:
        model = opinions(3)
        model.run(2)
        gone = weakref.ref(model)
        del model
        assert gone() is None
    finally:
        gc.enable()


def test_results_hold_what_was_recorded_and_the_mechanisms_that_were_added():
    model = Ecosystem(coupled_settings(ticks=3), rng=5, dynamics={"add": Add()}, measures={"first": capital_of_first})
    model.run()
    run = model.results()
    assert run.seed == 5
    assert run.series["tick"].tolist() == [0, 1, 2, 3]
    assert run.series["first"].iloc[-1] == model.world.capital[0]
    assert len(run.organisations) == model.world.n
    assert run.settings["schedule"][-1] == "add"
    assert run.settings["dynamics"]["add"]["amount"] == 1.0


def test_a_world_has_only_the_columns_that_somebody_names():
    names = set(opinions().world.arrays())
    assert "stance" in names
    assert not names & {"capital", "trust", "severity", "pool"}


def test_one_organisation_and_none_tied_to_anyone_can_run():
    for settings in (
        opinion_settings(1),
        coupled_settings(1),
        coupled_settings(ecosystem={"network": {"kind": "none"}}),
    ):
        model = Ecosystem(settings)
        model.run(5)
        assert model.tick == 5


def test_the_package_gives_its_names_lazily_and_refuses_others():
    assert ecosim.Ecosystem is Ecosystem
    assert ecosim.Mechanism is Mechanism
    assert "branch" in dir(ecosim)
    with pytest.raises(AttributeError, match="nonsense"):
        _ = ecosim.nonsense


def test_agents_changes_count_for_the_ticks_that_follow():
    model, other = coupled(rng=4), coupled(rng=4)
    model.run(3)
    other.run(3)
    next(iter(model.agents)).remove()
    model.run(2)
    other.run(2)
    assert other.world.n == model.world.n + 1
