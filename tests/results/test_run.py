"""A run saved to a folder is read back as it was, and a user's names do no harm in it."""

import errno
import json
from dataclasses import fields
from pathlib import Path

import numpy as np
import pyarrow.parquet
import pytest

import ecosim
from ecosim.errors import InputError
from ecosim.measures.measure import Measure
from ecosim.results import store
from ecosim.results.run import Run, read
from ecosim.scenario_file import read_scenario
from ecosim.world.columns import COLUMNS
from ecosim.world.labels import Labels
from tests.results.toys import COLUMNS as COLUMNS_OF_TOYS
from tests.results.toys import SETTINGS, Keep, a_run

AWKWARD = (r"$\frac{$", "_Acme", "<script>alert(1)</script>", "=HYPERLINK(1)", "| pipe", "日本", "a,b\n", "ok")
TABLES = ("series", "organisations", "relationships", "coalitions", "memberships", "events")


def assert_same_files(one: Path, other: Path) -> None:
    """Assert that two folders hold the same files, byte for byte, and not none."""
    here, there = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in (one, other))
    assert here.keys() == there.keys() != set()
    assert [name for name, content in here.items() if there[name] != content] == []


def test_a_folder_holds_what_the_interface_promises(tmp_path):
    a_run().save(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        "config.yaml",
        "provenance.json",
        "summary.json",
        "summary.md",
        *(f"{name}.parquet" for name in (*TABLES, "frames")),
    }


@pytest.mark.parametrize("table", TABLES)
def test_a_table_read_back_is_the_table_that_was_saved(tmp_path, table):
    run = a_run()
    run.save(tmp_path)
    saved, found = getattr(run, table), getattr(read(tmp_path), table)
    assert len(saved) > 0
    assert saved.equals(found)
    assert list(saved.dtypes) == list(found.dtypes)


def test_what_organisations_give_is_kept_for_the_picture_where_nobody_holds_an_opinion(tmp_path):
    run = a_run(columns=("contribution",), measured=[])
    run.save(tmp_path)
    assert all(frame.contribution is not None for frame in run.frames)
    for saved, found in zip(run.frames, read(tmp_path).frames, strict=True):
        assert np.array_equal(saved.contribution, found.contribution)
    assert a_run(columns=("contribution", "stance"), measured=[]).frames[0].contribution is None


def test_settings_summary_words_and_provenance_are_read_back(tmp_path):
    run = a_run()
    run.save(tmp_path)
    found = Run.read(tmp_path)
    assert found.settings == run.settings
    assert found.summary == json.loads(json.dumps(run.summary))
    assert found.words == run.words == (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert found.provenance == run.provenance
    assert found.run_id == run.run_id
    assert found.notes("series") == run.notes("series")


def test_a_run_that_was_read_can_be_saved_elsewhere(tmp_path):
    a_run().save(tmp_path / "first")
    Run.read(tmp_path / "first").save(tmp_path / "second")
    assert_same_files(tmp_path / "first", tmp_path / "second")


@pytest.mark.parametrize(
    ("organisations", "names", "columns"),
    [(12, None, COLUMNS_OF_TOYS), (12, tuple(f"n{k}" for k in range(12)), ("stance",)), (0, None, ()), (1, ("a",), ())],
)
def test_what_pictures_need_is_read_back_to_the_bit(tmp_path, organisations, names, columns):
    run = a_run(organisations, names=names, columns=columns, measured=[])
    run.save(tmp_path)
    saved, found = run.frames, read(tmp_path).frames
    assert [frame.tick for frame in found] == [0, 2, 4]
    for one, other in zip(saved, found, strict=True):
        for field in fields(one):
            before, after = getattr(one, field.name), getattr(other, field.name)
            if field.name == "labels":
                assert (before.sectors, before.issues, before.stance_axes) == (
                    after.sectors,
                    after.issues,
                    after.stance_axes,
                )
            elif isinstance(before, np.ndarray):
                assert before.shape == after.shape
                assert np.array_equal(before, after), field.name
            else:
                assert (before or None) == (after or None), field.name


def test_a_disk_that_fills_up_leaves_nothing_of_a_first_run(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "write_json", full_after(1))
    with pytest.raises(OSError, match="No space left"):
        a_run().save(tmp_path / "new" / "run")
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_fills_up_leaves_an_earlier_run_whole(tmp_path, monkeypatch):
    folder = a_run(seed=1).save(tmp_path / "run")
    (folder / "notes.txt").write_text("mine")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with monkeypatch.context() as patch:
        patch.setattr(store, "write_json", full_after(1))
        with pytest.raises(OSError, match="No space left"):
            a_run(seed=2).save(folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    a_run(seed=2).save(folder)
    assert read(folder).summary["seed"] == 2
    assert {path.name for path in folder.iterdir()} == set(before)


def full_after(files):
    """Return what writes JSON while there is room for so many files more."""
    write, left = store.write_json, [files]

    def write_json(path, value):
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        write(path, value)

    return write_json


def test_the_same_run_leaves_the_same_bytes(tmp_path):
    a_run().save(tmp_path / "first")
    a_run().save(tmp_path / "second")
    assert_same_files(tmp_path / "first", tmp_path / "second")


def test_another_seed_leaves_another_series(tmp_path):
    assert not a_run(seed=1).relationships.equals(a_run(seed=2).relationships)


def test_an_undefined_value_is_null_in_the_file_and_nowhere_a_number(tmp_path):
    undefined = Measure("undefined", "never defined", "1", lambda world: np.nan)
    run = a_run(measured=[undefined], ticks=3)
    run.save(tmp_path)
    column = pyarrow.parquet.read_table(tmp_path / "series.parquet").column("undefined")
    assert column.null_count == len(column) == 4
    assert run.summary["measures"]["undefined"] == {"start": None, "final": None, "mean": None, "unit": "1"}
    assert "NaN" not in (tmp_path / "summary.json").read_text(encoding="utf-8")


def test_every_column_of_every_file_says_what_it_means(tmp_path):
    a_run(columns=tuple(COLUMNS)).save(tmp_path)
    for name in (*TABLES, "frames"):
        for field in pyarrow.parquet.read_schema(tmp_path / f"{name}.parquet"):
            assert field.metadata[b"unit"], (name, field.name)
            assert field.metadata[b"meaning"], (name, field.name)


def test_a_state_of_several_entries_fills_a_column_for_each():
    columns = set(a_run().organisations.columns)
    assert {"name", "identity", "sector", "capital", "stance_economy", "capability_money", "ledger_mission"} <= columns
    assert {"trust_source", "trust_target", "rung", "rung_name"} <= set(a_run().relationships.columns)


def test_how_long_two_have_not_worked_together_is_missing_where_they_never_have():
    model = ecosim.Ecosystem(ecosim.load("town", "ecosystem.organisations=60", "ticks=8"))
    model.run()
    frame = model.results().relationships
    worked = frame["rung"] > 0
    assert frame["apart"].isna().any()
    assert frame["apart"].max() <= 8
    assert frame.loc[worked, "apart"].notna().all()


def test_sectors_issues_and_names_are_words():
    run = a_run(8, names=AWKWARD)
    assert run.organisations["name"].tolist() == list(AWKWARD)
    assert set(run.organisations["sector"]) == {"business", "government", "civil_society"}
    assert set(run.coalitions["issue"]) <= {"housing", "health"}
    assert set(run.relationships["source"]) <= set(AWKWARD)


def test_numbers_of_coalitions_stay_whole_where_some_events_have_none():
    run = a_run(ticks=2)
    events = run.events
    assert str(events["coalition"].dtype) == "Int64"
    assert set(events.loc[events["kind"] == "founded", "coalition"]) >= set(run.coalitions["coalition"])


def test_events_name_organisations_and_are_read_back_with_what_is_missing(tmp_path):
    run = a_run(8, names=AWKWARD)
    again = Run.read(run.save(tmp_path / "run"))
    for events in (run.events, again.events):
        tied = events["kind"].isin(["tie_made", "tie_ended"])
        assert tied.any()
        assert set(events.loc[tied, "other_name"]) <= set(AWKWARD)
        assert events.loc[~tied, "other_name"].isna().all()
        has_one = events["organisation"].notna()
        assert (events["organisation_name"].notna() == has_one).all()
    assert run.events.equals(again.events)
    run.to_csv(tmp_path / "csv")
    assert "None" not in (tmp_path / "csv" / "events.csv").read_text(encoding="utf-8")


def test_a_formula_in_a_name_is_text_in_a_spreadsheet(tmp_path):
    run = a_run(8, names=AWKWARD)
    run.to_csv(tmp_path)
    text = (tmp_path / "organisations.csv").read_text(encoding="utf-8")
    assert "'=HYPERLINK(1)" in text
    assert "\n=HYPERLINK" not in text.replace(",", "\n")
    assert run.organisations["name"].tolist() == list(AWKWARD)


def test_the_configuration_is_read_back_by_the_reader_of_scenarios(tmp_path):
    settings = {
        "title": "no",
        "text": 'a "quote", a # and a: colon',
        "empty": "",
        "like numbers": ["010", "12:30", "1e3", "-", "~", "2024-01-01", " x "],
        "numbers": [1, 1.5, 1e-9, -3, True, None],
        "deep": [{"a": [[1, 2], []], "b": {}}, {"c": "línea\tä"}],
        "<<": "merge",
    }
    run = a_run(settings=settings)
    run.save(tmp_path)
    assert read_scenario(tmp_path / "config.yaml") == {**settings, "seed": 1}


def test_a_folder_without_a_run_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"series\.parquet"):
        read(tmp_path)


def test_a_table_that_was_not_kept_says_how_to_keep_it():
    with pytest.raises(AttributeError, match=r"record\.organisations"):
        _ = a_run(keep=Keep(organisations="never")).organisations


def test_a_world_of_nobody_and_of_one_leave_results(tmp_path):
    for organisations in (0, 1):
        run = a_run(organisations, ticks=0, measured=[])
        run.save(tmp_path / str(organisations))
        assert len(read(tmp_path / str(organisations)).organisations) == organisations
        assert len(read(tmp_path / str(organisations)).relationships) == 0


def test_the_settings_given_are_left_as_they_were():
    settings = json.loads(json.dumps(SETTINGS))
    a_run(settings=settings)
    assert settings == SETTINGS


def test_issues_with_names_of_strangers_are_told_letter_by_letter():
    labels = Labels(issues=("<b>bold</b>", "a|b"), stance_axes=("x",), capabilities=("m",))
    words = a_run(labels=labels).words
    assert "<b>" not in words.replace("`severity_<b>bold</b>`", "").replace("`urgency_<b>bold</b>`", "")
    rows = [line for line in words.splitlines() if line.startswith("| ")]
    assert all(line.replace(r"\|", "").count("|") == 7 for line in rows)
