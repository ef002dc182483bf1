"""Compose: shipped scenarios by name, a stranger's file, and changes in Hydra's grammar."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from ecosim import compose as module
from ecosim.cli import app
from ecosim.commands.words import refuse_twice
from ecosim.compose import about, compose, configs, configuration_hash, load, names, plain, read_overrides
from ecosim.errors import InputError
from ecosim.settings import settings_from

FILES = sorted(path.relative_to(configs()).as_posix() for path in configs().rglob("*.yaml"))


def refused(*words, **options) -> str:
    with pytest.raises(InputError) as error:
        load(*words, **options)
    return str(error.value)


def read(file: str):
    return YAML(typ="safe", pure=True).load(configs() / file) or {}


def leaves(data, before=()):
    if isinstance(data, dict) and data:
        for key, value in data.items():
            yield from leaves(value, (*before, key))
    else:
        yield before, data


@pytest.mark.parametrize("name", names())
def test_every_shipped_scenario_is_valid_and_says_what_it_is(name):
    settings = load(name, yes=True)
    title, description = about(name)
    assert title
    assert description
    assert settings.title == title
    assert settings_from(plain(settings)) == settings


@pytest.mark.parametrize("name", names())
def test_a_shipped_scenario_loses_none_of_its_own_values(name):
    """Whatever a file's defaults list includes: its own values reach the composed configuration."""
    own = read(f"{names()[name]}/{name}.yaml")
    own.pop("defaults", None)
    composed = dict(leaves(compose(name)))
    assert {path: value for path, value in leaves(own) if composed.get(path) != value} == {}


@pytest.mark.parametrize("file", FILES)
def test_every_defaults_list_ends_with_the_file_itself(file):
    """So that a file's own values override what it includes; Hydra otherwise chooses the place by its version."""
    defaults = read(file).get("defaults", [])
    assert not defaults or (defaults.count("_self_") == 1 and defaults[-1] == "_self_")


@pytest.mark.parametrize("file", FILES)
def test_no_shipped_file_looks_a_value_up_or_names_code(file):
    text = (configs() / file).read_text()
    assert "${" not in text
    assert "_target_" not in text


def test_no_two_scenarios_share_a_name():
    stems = [path.stem for kind in module.KINDS for path in (configs() / kind).glob("*.yaml")]
    assert sorted(stems) == sorted(names())


def test_the_word_given_last_decides():
    assert load("opinions", "ticks=3", "ticks=4").ticks == 4


@pytest.mark.parametrize(
    "words",
    [
        ["ticks=5", "ticks=6"],
        ["ticks=5", "--ticks", "6"],
        ["++seed=1", "seed=1"],
        ["~dynamics.stance", "~dynamics.stance"],
        ["measures=panel", "measures=network"],
    ],
)
@pytest.mark.parametrize("command", ["run", "explain", "sweep", "compare"])
def test_a_key_given_twice_on_the_command_line_is_refused_naming_both(command, words, tmp_path):
    if "--ticks" in words and command != "run":
        pytest.skip("only run has the option")
    arms = ["opinions", "public_goods"] if command == "compare" else ["opinions"]
    out = [] if command == "explain" else ["--out", str(tmp_path / "out")]
    done = CliRunner().invoke(app, [command, *arms, *words, *out])
    assert done.exit_code == 2
    both = words if len(words) == 2 else ["ticks=5", "ticks=6"]
    assert f"given 2 times, {' and '.join(both)}; allowed: once" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_key_may_be_removed_and_given_anew():
    refuse_twice(["~dynamics.stance", "+dynamics.stance={rule: attraction_repulsion}"])


def test_a_package_that_there_is_not_cannot_be_trusted(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    with pytest.raises(InputError, match=r"--trust 'numpi': there is no such package; did you mean 'numpy'\?"):
        load("opinions", trust=("numpi",))
    with pytest.raises(InputError, match="no such package"):
        load("opinions", trust=("a.b",))
    (tmp_path / "my_own_rules_here.py").write_text("")
    load("opinions", trust=("my_own_rules_here", "numpy"))


def test_changes_reach_parameters_that_the_file_does_not_name():
    settings = load("opinions", "dynamics.stance.every=25", "record.every=5", "ecosystem.network.trust=0.9")
    assert settings.dynamics["stance"].every == 25
    assert settings.record.every == 5
    assert settings.ecosystem.network.trust == 0.9
    assert settings.ecosystem.network.degree == 10


def test_changing_one_sector_keeps_the_others():
    sectors = load("opinions", "ecosystem.sectors.business.purpose=0.9").ecosystem.sectors
    assert list(sectors) == ["business", "government", "civil_society"]
    assert sectors["business"].purpose == 0.9


def test_a_mechanism_can_be_switched_off_added_and_replaced():
    assert load("opinions", "~dynamics.stance").schedule == ()
    both = load("opinions", "+dynamics.again={rule: bounded_confidence}", "schedule=[stance,again]")
    assert list(both.dynamics) == ["stance", "again"]
    other = load("opinions", "dynamics.stance={rule: attraction_repulsion}").dynamics["stance"]
    assert type(other).__name__ == "AttractionRepulsion"


@pytest.mark.parametrize(
    ("key", "rule", "old"),
    [
        ("dynamics.coalition", "landscape", "joining"),
        ("dynamics.stance", "bounded_confidence", "attraction_repulsion"),
        ("dynamics.contribution", "moran", "best_response"),
    ],
)
def test_a_rule_changed_by_its_name_alone_is_told_how_it_is_replaced(key, rule, old):
    with pytest.raises(InputError) as error:
        load("town", f"{key}.rule={rule}")
    (told,) = error.value.faults
    assert told.startswith(f"{key}: ")
    assert f"to the rule {old}, not to {rule}" in told
    assert f"write '{key}={{rule: {rule}}}'" in told
    assert f"'{key}={{rule: {rule}}},{{rule: {old}}}'" in told
    assert load("town", f"{key}={{rule: {rule}}}").dynamics[key.split(".")[1]].rule() == rule


def test_a_misspelt_parameter_is_not_taken_for_one_of_another_rule():
    assert "stance.tolerence: no such key; did you mean 'tolerance'" in refused("town", "+dynamics.stance.tolerence=.1")
    assert "media.rate: no such key" in refused("town", "+dynamics.media.rate=.1")


def test_text_with_spaces_is_quoted_as_hydra_quotes_it():
    assert load("opinions", 'title="Two, or three, camps"').title == "Two, or three, camps"


def test_an_addition_to_what_is_there_is_refused():
    assert "without the '+'" in refused("opinions", "+ticks=3")


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("ticks", "not of the form key=value"),
        ("=3", "allowed: key=value"),
        ("ticks=1,2", "several values"),
        ("ticks=range(1,5)", "several values"),
        ("ticks=choice(1,2)", "several values"),
        ("ticks=${seed}", "asks to look a value up"),
        ("ticks=${oc.env:HOME}", "asks to look a value up"),
        ("title='${oc.env:HOME}'", "asks to look a value up"),
        ("hydra.run.dir=here", "is not allowed here"),
        ("hydra/launcher=basic", "is not allowed here"),
        ("++hydra.verbose=true", "is not allowed here"),
        ("_target_=os.system", "is not allowed here"),
        ("dynamics.stance._target_=os.system", "is not allowed here"),
        ("dynamics.stance={_target_: os.system}", "is not allowed here"),
        ("ecosystem@seed=3", "allowed: key=value"),
        ("~dynamics.stanc", "did you mean 'stance'?"),
        ("ticks.more=1", "ticks is 100, which has nothing inside"),
        ("ticks=" + "[" * 5000, "not of the form key=value"),
        ("ticks=" + "9" * 5000, "ticks"),
        ("ticks=" + "9" * 20_000, "longer than 10,000 characters"),
        ("title=\x1b[31m", "title"),
        ("scenario=../../x", "scenario: no such key"),
    ],
)
def test_what_is_no_plain_change_is_refused(word, told):
    message = refused("opinions", word)
    assert told in message
    assert "\x1b" not in message
    assert "hydra.cc" not in message


@pytest.mark.parametrize("given", [5, None, {"ticks": 5}])
def test_a_change_that_is_no_text_is_refused(given):
    with pytest.raises(InputError, match="is no change; allowed: text such as 'ticks=50'"):
        load("town", given)


def test_faulty_words_are_all_told():
    with pytest.raises(InputError) as error:
        read_overrides(["a=1,2", "b=3", "c"])
    assert len(error.value.faults) == 2


def test_a_choice_of_a_group_is_taken_from_the_list_and_never_used_as_a_path(tmp_path, monkeypatch):
    for file, text in {
        "ecosim.yaml": "seed: 1\n",
        "scenario/small.yaml": "# @package _global_\ndefaults:\n  - /ecosystem: few\n  - _self_\nticks: 5\n",
        "scenario/bare.yaml": "# @package _global_\nticks: 6\n",
        "ecosystem/few.yaml": "organisations: 20\n",
        "ecosystem/more.yaml": "organisations: 30\n",
    }.items():
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text(text)
    monkeypatch.setattr(module, "configs", lambda: tmp_path)
    names.cache_clear()
    try:
        assert load("small").ecosystem.organisations == 20
        assert load("small", "ecosystem=more").ecosystem.organisations == 30
        assert load("bare", "ecosystem=more", "ticks=7").ticks == 7
        assert load("bare", "ecosystem=more").ecosystem.organisations == 30
        assert "did you mean 'more'?" in refused("small", "ecosystem=moar")
        assert "no file '../few'" in refused("small", "ecosystem=../few")
    finally:
        names.cache_clear()


def test_a_file_alone_is_laid_on_the_plain_defaults(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("ticks: 7\necosystem:\n  organisations: 12\n")
    settings = load(scenario=file)
    assert (settings.ticks, settings.ecosystem.organisations, settings.schedule) == (7, 12, ())


@pytest.mark.parametrize("way", ["key", "name"])
def test_a_partial_file_is_laid_on_the_scenario_it_names(tmp_path, way):
    file = tmp_path / "mine.yaml"
    file.write_text(("base: opinions\n" if way == "key" else "") + "dynamics:\n  stance:\n    tolerance: 0.7\n")
    settings = load(*(() if way == "key" else ("opinions",)), scenario=file)
    assert settings.dynamics["stance"].tolerance == 0.7
    assert settings.ticks == load("opinions").ticks


def test_changes_go_on_top_of_a_file(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("base: opinions\nticks: 7\n")
    assert load(None, "ticks=8", scenario=file).ticks == 8


def test_a_fault_in_a_file_is_told_with_its_line(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("base: opinions\ndynamics:\n  stance:\n    tolerence: 0.7\n    responsiveness: 2\n")
    told = refused(scenario=file).splitlines()
    assert any(
        f"{file}, line 4, column 5: dynamics.stance.tolerence: no such key; did you mean 'tolerance'" in t for t in told
    )
    assert any(
        f"{file}, line 5, column 5: dynamics.stance.responsiveness: 2; allowed: a number from 0 to 1" in t for t in told
    )


@pytest.mark.parametrize("base", ["opinion", "../scenario/opinions", "3", "[opinions]"])
def test_a_base_is_one_of_the_scenarios(tmp_path, base):
    file = tmp_path / "mine.yaml"
    file.write_text(f"base: {base}\n")
    assert "line 1, column 1: base:" in refused(scenario=file)


def test_a_file_and_the_command_do_not_name_two_bases(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("base: opinions\n")
    assert "allowed: one" in refused("town", scenario=file)


def test_the_hash_follows_the_configuration_and_not_the_seed():
    first = configuration_hash(load("opinions"))
    assert configuration_hash(load("opinions")) == first
    assert configuration_hash(load("opinions", "seed=5")) == first
    assert configuration_hash(load("opinions", "dynamics.stance.tolerance=0.31")) != first


def test_threads_may_compose_at_the_same_time():
    found, faults = {}, []

    def work(number: int) -> None:
        try:
            found[number] = load("opinions", f"ticks={number}").ticks
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert found == {number: number for number in range(8)}


def test_composing_leaves_a_users_own_hydra_alone(tmp_path):
    from hydra import compose as compose_by_hydra
    from hydra import initialize_config_dir

    (tmp_path / "mine.yaml").write_text("answer: 42\n")
    with initialize_config_dir(str(tmp_path), version_base="1.3"):
        assert load("opinions").ticks == 100
        assert compose_by_hydra("mine").answer == 42


def test_configuration_is_found_in_an_installed_package(tmp_path, monkeypatch):
    package = tmp_path / "ecosim"
    (package / "configs" / "scenario").mkdir(parents=True)
    monkeypatch.setattr(module, "__file__", str(package / "compose.py"))
    assert module.configs() == package / "configs"


def test_the_words_of_the_environment_never_enter(monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET", "do-not-read-me")
    file = tmp_path / "mine.yaml"
    file.write_text('title: "${oc.env:SECRET}"\n')
    assert "do-not-read-me" not in refused(scenario=file)
    assert "do-not-read-me" not in refused("opinions", "title=${oc.env:SECRET}")


def test_importing_compose_imports_neither_hydra_nor_numba():
    code = "import sys, ecosim.compose; print({'hydra', 'omegaconf', 'numba', 'pandas', 'mesa'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
