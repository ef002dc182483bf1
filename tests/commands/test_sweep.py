"""The command: words to values, and what is said at the end."""

import json

import pytest
import typer

from ecosim.commands.sweep import Order, carry_out, split_axes
from ecosim.errors import InputError
from ecosim.experiments.stored import read_runs
from tests.experiments.sweeps import HOW, PACKAGES, TINY, TOLERANCE


@pytest.fixture(autouse=True)
def _with_the_package_of_trouble(monkeypatch):
    """Every test here finds the tests' own rule, as a user's package would be found."""
    monkeypatch.syspath_prepend(PACKAGES)


@pytest.mark.parametrize(
    ("word", "key", "values"),
    [
        ("a.b=1,2,3", "a.b", (1, 2, 3)),
        ("a=0.1,2e-3", "a", (0.1, 0.002)),
        ("a=true,null,x", "a", (True, None, "x")),
        ("a='x, y',\"z\"", "a", ("x, y", "z")),
        ("a='1',1", "a", ("1", 1)),
        ("a=[1,2],[3]", "a", ([1, 2], [3])),
        ("a={rule: x, list: ['p']},{rule: y}", "a", ({"rule": "x", "list": ["p"]}, {"rule": "y"})),
        ("a=choice(1,2)", "a", (1, 2)),
        ("a=range(1,8,3)", "a", (1, 4, 7)),
        ("a=range(0,0.3,0.1)", "a", (0.0, 0.1, 0.2)),
        ("a=range(3,0,-1)", "a", (3, 2, 1)),
    ],
)
def test_several_values_are_read_by_hydras_grammar(word, key, values):
    axes, rest = split_axes([word])
    assert {name: tuple(given) for name, given in axes.items()} == {key: values}
    assert [type(value) for value in axes[key]] == [type(value) for value in values]
    assert rest == ()


def test_single_values_are_left_to_the_composer():
    words = ("a=1", "+b={rule: x}", "~c", "d=[1,2]", "e='1,2'")
    assert split_axes(words) == ({}, words)


def test_values_that_are_neither_listed_nor_a_range_are_refused_all_at_once():
    with pytest.raises(InputError) as refused:
        split_axes(["a=tag(late,interval(0,1))", "b=glob(*)", "c=shuffle(1,2)", "d=range(5,1)", "e=1,2", "e=3,4"])
    assert [fault.split("=")[0].strip("'")[0] for fault in refused.value.faults] == ["a", "b", "c", "d", "e"]


def test_code_in_a_value_is_refused():
    with pytest.raises(InputError):
        split_axes(["a=${oc.env:HOME},2"])
    with pytest.raises(InputError):
        split_axes(["hydra.run.dir=a,b"])


def test_a_range_of_a_hundred_million_values_is_not_listed():
    axes, _ = split_axes(["a=range(0,100000000)"])
    assert len(axes["a"]) == 10**8
    with pytest.raises(InputError, match="1,000,000,000 values"):
        split_axes(["a=range(0,100000000,0.1)"])


def test_the_command_says_how_much_is_ahead_and_what_came_of_it(tmp_path, capsys):
    words = (*TINY, f"{HOW}=none,raise")
    order = Order(
        words=("opinions", *words), out=tmp_path / "out", trust=("trouble",), replicates=2, workers=0, as_json=True
    )
    assert carry_out(order) == 1
    told = capsys.readouterr()
    assert "2 points × 2 replicates = 4 runs: about 1 second on this process and less than 1 MB on disk" in told.err
    assert "2 ok, 2 failed (2 × " in told.err
    assert json.loads(told.out)["made"] == 4
    assert len(read_runs(tmp_path / "out")) == 4


def test_a_quiet_command_says_nothing(tmp_path, capsys):
    words = (*TINY, f"{TOLERANCE}=0.1,0.2")
    assert (
        carry_out(Order(words=("opinions", *words), out=tmp_path / "out", trust=("trouble",), workers=0, quiet=True))
        == 0
    )
    told = capsys.readouterr()
    assert told.out + told.err == ""


def test_one_damaged_file_is_told_in_the_singular(tmp_path, capsys):
    order = Order(
        words=("opinions", *TINY, f"{TOLERANCE}=0.1,0.2"), out=tmp_path / "out", trust=("trouble",), workers=0
    )
    assert carry_out(order) == 0
    next((tmp_path / "out" / "runs").iterdir()).write_bytes(b"cut off")
    capsys.readouterr()
    assert carry_out(order) == 0
    assert "1 damaged file was found and its runs made again." in capsys.readouterr().err


def test_a_folder_has_to_be_named():
    with pytest.raises(InputError, match="--out DIR"):
        carry_out(Order(words=("opinions", f"{TOLERANCE}=0.1,0.2")))


def test_a_full_disk_stops_cleanly_and_the_same_command_goes_on(tmp_path, capsys, monkeypatch):
    out = tmp_path / "out"
    words = (*TINY, f"{TOLERANCE}=0.1,0.2,0.3,0.4")
    order = Order(words=("opinions", *words), out=out, trust=("trouble",), workers=0)
    monkeypatch.setattr("ecosim.experiments.execute.RUNS_A_SHARD", 1)
    with monkeypatch.context() as patch:
        patch.setattr("ecosim.experiments.shards.write_bytes", _Disk(room_for=5))
        with pytest.raises(typer.Exit) as ended:
            carry_out(order)
    assert ended.value.exit_code == 1
    told = capsys.readouterr().err
    assert "no space left on device" in told.lower()
    assert "the same command again goes on" in told
    assert len(read_runs(out)) == 2
    assert carry_out(order) == 0
    assert read_runs(out)["status"].tolist() == ["ok"] * 4


class _Disk:
    """A disk on which only so many files fit."""

    def __init__(self, room_for):
        self.room = room_for

    def __call__(self, path, content):
        import errno

        from ecosim.results.store import write_bytes

        self.room -= 1
        if self.room < 0:
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        write_bytes(path, content)
