"""Of many failures one reason is told: that which most of them share, whatever numbers stand in it."""

from ecosim.experiments.failing import LONGEST, commonest


def failure(kind, message):
    return {"kind": kind, "message": message}


def test_messages_that_differ_in_numbers_alone_are_one_reason_told_by_its_first():
    late = [failure("timeout", f"not finished after {seconds} s") for seconds in (3.1, 3.25, 4)]
    others = [failure("error", "ValueError: no"), failure("error", "KeyError: no")]
    assert commonest([*others, *late]) == "3 × timeout: not finished after 3.1 s"
    assert commonest([*late, *others * 4]) == "4 × ValueError: no"


def test_only_the_first_line_is_told_and_not_all_of_a_long_one():
    assert commonest([failure("error", "ValueError: one\ntwo")]) == "1 × ValueError: one"
    long = commonest([failure("error", "x" * 5000)])
    assert len(long) <= LONGEST + 10
    assert long.endswith("…")


def test_where_nothing_failed_there_is_no_reason():
    assert commonest([]) == ""
