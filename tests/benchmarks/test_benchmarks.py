"""The benchmarks run, compare like with like, and leave a table and a plot."""

import csv

import numpy as np
import pytest

from benchmarks import growth, mechanisms, run, speed
from benchmarks.rivals import ECOSIM, MESA, RIVALS, WithEcosim
from benchmarks.waiting import FIRST_TICK, HELP
from benchmarks.work import BOUNDED_CONFIDENCE, MODELS
from ecosim.compose import load


def test_a_tiny_benchmark_leaves_tables_and_a_plot(tmp_path, capsys):
    assert run.main(["--quick", "--organisations", "50", "--ticks", "3", "--out", str(tmp_path)]) == 0
    with (tmp_path / "ticks.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {(row["model"], row["rival"]) for row in rows} == {(m, r) for m in MODELS for r in (ECOSIM, *RIVALS)}
    assert all(float(row["ns_per_organisation_and_tick"]) > 0 for row in rows)
    assert (tmp_path / "ticks.png").read_bytes().startswith(b"\x89PNG")
    assert "<svg" in (tmp_path / "ticks.svg").read_text(encoding="utf-8")
    assert "town" in (tmp_path / "runs.csv").read_text(encoding="utf-8")
    assert "culture" in (tmp_path / "docking.csv").read_text(encoding="utf-8")
    with (tmp_path / "waiting.csv").open(newline="", encoding="utf-8") as file:
        waits = list(csv.DictReader(file))
    assert [row["what"] for row in waits] == [HELP, FIRST_TICK]
    assert all(float(row["processor_seconds"]) > 0 for row in waits)
    assert "ns per organisation and tick" in capsys.readouterr().out


def test_every_mechanism_of_town_is_timed_and_the_shares_add_up():
    rows = list(mechanisms.measure((60,), rounds=1))
    assert {row["mechanism"] for row in rows} == set(load("town").schedule)
    assert sum(row["share_of_a_tick"] for row in rows) == pytest.approx(1.0)
    assert all(row["microseconds_an_act"] > 0 for row in rows)


def test_what_is_not_measured_stays_empty():
    rows = list(speed.measure({30: 1}, mesa_up_to=20, rounds=1, ticks=1))
    assert {row.rival for row in rows} == {ECOSIM, "NumPy and SciPy"}
    assert all(np.isnan(row.plain()["times_as_fast_as_mesa"]) for row in rows)


def test_a_rival_that_does_other_work_is_refused():
    ours = WithEcosim(BOUNDED_CONFIDENCE, 50)
    theirs = RIVALS[MESA](ours.work)
    speed.require_same_answers(BOUNDED_CONFIDENCE, {ECOSIM: ours, MESA: theirs})
    theirs.model.tolerance = 0.1
    with pytest.raises(ValueError, match="does other work"):
        speed.require_same_answers(BOUNDED_CONFIDENCE, {ECOSIM: ours, MESA: theirs})


def test_linear_cost_has_the_exponent_one():
    rows = [{"organisations": n, "ties": 5 * n, "seconds": 3e-6 * n} for n in (10, 1000, 100_000)]
    assert growth.exponent(rows, "seconds") == pytest.approx(1.0)


def test_growth_is_that_of_a_world_in_which_relationships_and_coalitions_come_and_go():
    (row,) = growth.measure([300])
    assert row["organisations"] == 300
    assert row["ties_at_start"] > row["ties"] > 0
    assert row["coalitions"] > 0
    assert min(row["seconds_to_found"], row["seconds_per_tick_at_first"], row["seconds_per_tick"]) > 0
    assert 0.01 < row["peak_gigabytes"] < 1


def test_a_size_for_which_there_is_no_time_is_left_out_aloud(capfd):
    assert list(growth.measure([300, 600], most_seconds=0.0)) == []
    assert "Left out: 300 organisations and more" in capfd.readouterr().err


def test_a_world_without_coalitions_is_no_measure_of_growth(monkeypatch):
    monkeypatch.setattr(growth, "TICKS", 1)
    with pytest.raises(RuntimeError, match="0 coalitions after 2 ticks"):
        growth.measure_one(50)
