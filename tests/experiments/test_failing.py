"""Of many failures one reason is told: that which most of them share, whatever numbers stand in it."""

import numpy as np
import pytest

import ecosim
from ecosim.experiments.failing import LONGEST, Failures
from ecosim.experiments.ids import as_array
from ecosim.experiments.stored import read_runs
from tests.experiments.sweeps import HOW, TINY


def failures(*reasons):
    """Return failures of such kinds and messages, by runs whose ids are their numbers."""
    known = Failures()
    for number, (kind, message) in enumerate(reasons):
        known.add(f"{number:032x}", kind, message)
    return known


def commonest(*reasons):
    return failures(*reasons).commonest_of_last(len(reasons))


def test_messages_that_differ_in_numbers_alone_are_one_reason_told_by_its_first():
    late = [("timeout", f"not finished after {seconds} s") for seconds in (3.1, 3.25, 4)]
    others = [("error", "ValueError: no"), ("error", "KeyError: no")]
    assert commonest(*others, *late) == "3 × timeout: not finished after 3.1 s"
    assert commonest(*late, *others * 4) == "4 × ValueError: no"


def test_only_the_first_line_is_told_and_not_all_of_a_long_one():
    assert commonest(("error", "ValueError: one\ntwo")) == "1 × ValueError: one"
    long = commonest(("error", "x" * 5000))
    assert len(long) <= LONGEST + 10
    assert long.endswith("…")


def test_where_nothing_failed_there_is_no_reason():
    assert commonest() == ""
    assert Failures().commonest_of(as_array(())) == ""


def test_of_some_runs_their_own_reasons_are_told():
    known = failures(("error", "A"), ("killed", "B"), ("error", "A"), ("killed", "B"), ("killed", "B"))
    some = known.ids[[0, 2, 3]]
    assert known.kinds_of(some) == ["error", "error", "killed"]
    assert known.commonest_of(some) == "2 × A"
    left = known.without(np.array([False, True, False, True, False]))
    assert left.kinds_of(left.ids) == ["error", "error", "killed"]


def test_a_hundred_thousand_failures_take_few_bytes_each():
    """Their tracebacks are in the file: here an id of 16 bytes and the number of a reason."""
    known = failures(*(("error", f"ValueError: no value at tick {tick}") for tick in range(20_000)))
    assert len(known) == 20_000
    assert len(known._ids) + known._why.itemsize * len(known._why) == 24 * 20_000
    assert len(known._reasons) == 1


@pytest.mark.parametrize("is_kept", [True, False])
def test_whoever_sweeps_in_python_is_warned_of_failures_and_why(tmp_path, is_kept):
    where = r"more: .*failures\.jsonl" if is_kept else "out=FOLDER keeps all reasons"
    with pytest.warns(UserWarning, match=rf"2 of 4 runs failed \(2 × .*RuntimeError.*\); {where}") as seen:
        runs = ecosim.sweep(
            "opinions", {HOW: ["none", "raise"]}, *TINY, trust=("trouble",), replicates=2, workers=0,
            out=tmp_path / "out" if is_kept else None,
        )  # fmt: skip
    assert (runs["status"] != "ok").sum() == 2
    assert seen[0].filename == __file__


def test_whoever_compares_in_python_is_warned_of_failures_and_why(tmp_path):
    arms = {"well": ["opinions", *TINY], "ill": ["opinions", *TINY, f"{HOW}=raise"]}
    with pytest.warns(UserWarning, match=r"2 of 4 runs failed \(2 × .*RuntimeError.*\); more: .*failures\.jsonl"):
        found = ecosim.compare(arms, trust=("trouble",), replicates=2, workers=0, out=tmp_path / "out")
    assert found.failed == 2
    assert (read_runs(tmp_path / "out")["status"] != "ok").sum() == 2
