"""The same past and the same luck: copies, and files from which a model goes on."""

import json
import zipfile
from typing import ClassVar

import mesa
import pytest
from mesa.datacollection import DataCollector

import ecosim
from ecosim.compose import load
from ecosim.dynamics.agent_rules import AgentRules
from ecosim.dynamics.mechanism import Mechanism
from ecosim.ecosystem import Ecosystem
from ecosim.errors import InputError
from tests.ecosystems import coupled, coupled_settings, differing, opinion_settings, opinions


class Grow(Mechanism):
    """Capital grows."""

    writes: ClassVar[tuple[str, ...]] = ("capital",)

    def step(self, world, key):
        world.capital *= 1.01


def throw_dice(agent):
    """Take what Mesa's own generators say."""
    agent.capital = agent.random.random() + agent.model.rng.random()


def test_a_branch_goes_on_as_the_original_does():
    model = Ecosystem(coupled_settings(), measures={"wealth": lambda world: world.capital.sum()})
    model.run(6)
    with ecosim.branch(model) as what_if:
        what_if.run(6)
        assert what_if.tick == what_if.steps == 12
    model.run(6)
    assert differing(model.world, what_if.world) == []
    ours, its = model.recorder.series(), what_if.recorder.series()
    assert list(ours) == ["tick", "wealth"]
    assert all((ours[name] == its[name]).all() for name in ours)
    assert model.results().events.equals(what_if.results().events)


def test_what_happens_in_a_branch_leaves_the_original_as_it_is():
    model, undisturbed = coupled(), coupled()
    model.run(4)
    undisturbed.run(4)
    with ecosim.branch(model) as what_if:
        name = next(iter(what_if.organisations))
        what_if.organisations[name].remove()
        what_if.run(3)
    assert name in model.organisations
    model.run(3)
    undisturbed.run(3)
    assert differing(model.world, undisturbed.world) == []
    assert what_if.world.n == model.world.n - 1


def test_a_branch_has_what_a_user_gave_the_model_and_its_agents():
    model = coupled()
    model.collector = DataCollector(model_reporters={"tick": "tick"})
    model.mayor = model.agents[0]
    model.agents[2].mood = ["glad"]
    with ecosim.branch(model) as what_if:
        what_if.step()
        what_if.collector.collect(what_if)
        what_if.agents[2].mood.append("sad")
    assert what_if.mayor is what_if.agents[0]
    assert what_if.mayor is not model.mayor
    assert model.agents[2].mood == ["glad"]
    assert what_if.agents[2].mood == ["glad", "sad"]
    assert model.collector.model_vars["tick"] == []
    assert what_if.collector.model_vars["tick"] == [1]


def test_mesas_own_generators_share_their_luck_with_a_branch(tmp_path):
    rules = {"dice": AgentRules(function=throw_dice, changes=("capital",))}
    model = Ecosystem(opinion_settings(), dynamics=rules)
    model.run(2)
    twin = model.copy()
    restored = Ecosystem.restore(model.save(tmp_path / "model"), dynamics=rules)
    for each in (model, twin, restored):
        each.run(3)
    assert differing(model.world, twin.world) == differing(model.world, restored.world) == []


@pytest.mark.parametrize("tick", [0, 1, 7, 13, 19])
def test_a_model_restored_from_a_file_goes_on_bit_for_bit(tmp_path, tick):
    interventions = [
        {"at": 5, "do": "invite", "sector": "business", "number": 3, "tied_to": {"number": 2}},
        {"at": 10, "do": "remove", "who": {"share": 0.2}},
        {"at": 15, "do": "shock", "add": 1.0},
    ]
    model = coupled(interventions=interventions)
    model.run(tick)
    restored = Ecosystem.restore(model.save(tmp_path / "model.npz"))
    assert (restored.tick, restored.steps, restored.seed) == (tick, tick, model.seed)
    model.run()
    restored.run()
    assert model.tick == restored.tick == 20
    assert differing(model.world, restored.world) == []
    assert restored.recorder.series()["tick"].tolist() == list(range(tick, 21))


EVERYTHING_ON = (
    *("dynamics.change.motive_noise=0.05", "dynamics.change.motive_return=0.05"),
    *("dynamics.change.ramp=0.02", "dynamics.change.ramp_from=5", "dynamics.change.ramp_until=30"),
    *("dynamics.change.shock_rate=0.1", "dynamics.imitation.looking=0.2", "ecosystem.organisations=80", "ticks=40"),
)


def test_a_town_with_every_mechanism_on_goes_on_bit_for_bit_from_any_of_twenty_ticks(tmp_path):
    model = Ecosystem(load("town", *EVERYTHING_ON, "record.figures=false"))
    assert {"motive", "pressure", "contribution", "stance", "affect", "coalition_identity"} <= {*model.world.arrays()}
    files = {}
    for tick in range(40):
        if tick % 2:
            files[tick] = model.save(tmp_path / f"{tick}.npz")
        model.step()
    assert model.world.coalitions > 5
    assert len(files) == 20
    for tick, file in files.items():
        restored = Ecosystem.restore(file)
        restored.run()
        assert restored.tick == 40
        assert differing(model.world, restored.world) == [], f"restored at tick {tick}"


def test_ones_own_mechanisms_must_be_given_again(tmp_path):
    model = Ecosystem(opinion_settings(), dynamics={"grow": Grow()})
    path = model.save(tmp_path / "model")
    with pytest.raises(InputError, match="grow"):
        Ecosystem.restore(path)
    assert list(Ecosystem.restore(path, dynamics={"grow": Grow()}).schedule.mechanisms) == ["stance", "grow"]


def test_a_file_that_holds_no_model_is_refused(tmp_path):
    (tmp_path / "text").write_text("hello")
    with pytest.raises(InputError):
        Ecosystem.restore(tmp_path / "text")
    with pytest.raises(InputError):
        Ecosystem.restore(tmp_path / "nothing")


def test_a_file_holds_arrays_and_json_only(tmp_path):
    path = opinions().save(tmp_path / "model")
    with zipfile.ZipFile(path) as file:
        names = file.namelist()
        assert json.loads(file.read("model.json"))["seed"] == 1
    assert all(name.endswith((".npy", ".json")) for name in names)
    assert [found.name for found in tmp_path.iterdir()] == ["model"]


def test_saving_again_replaces_the_file(tmp_path):
    model = coupled()
    model.save(tmp_path / "model")
    model.run(2)
    model.save(tmp_path / "model")
    assert Ecosystem.restore(tmp_path / "model").tick == 2


def test_a_branch_of_a_subclass_is_one_too():
    class Town(Ecosystem):
        pass

    model = Town(coupled_settings())
    model.step()
    twin = model.copy()
    assert type(twin) is Town
    assert isinstance(twin, mesa.Model)
    assert twin.settings is model.settings


def test_a_branch_of_what_is_no_model_is_refused_at_once():
    with pytest.raises(InputError, match="branch of 5; allowed: a model"):
        ecosim.branch(5)


def test_a_number_is_no_path_and_a_file_no_folder(tmp_path):
    model = opinions()
    with pytest.raises(InputError, match="5 is no path; allowed"):
        model.save(5)
    with pytest.raises(InputError, match="5 is no path; allowed"):
        Ecosystem.restore(5)
    with pytest.raises(InputError, match="5 is no path; allowed"):
        ecosim.read(5)
    run, file = model.results(), tmp_path / "file"
    file.write_text("mine")
    with pytest.raises(InputError, match="is a file; allowed: a folder"):
        run.save(file)
    with pytest.raises(InputError, match="5 is no path; allowed"):
        run.save(5)
    assert file.read_text() == "mine"
