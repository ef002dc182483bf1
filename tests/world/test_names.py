"""Names keep their number whatever comes or goes, and do no harm where they are written."""

from __future__ import annotations

import csv
import html.parser
import io
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosim.errors import InputError
from ecosim.world import names as names_module
from ecosim.world.names import defuse_for_spreadsheet, for_html, for_path, for_plot, identity_of_names

STRANGE = [
    r"$\frac{$",
    "_Acme",
    "$$",
    "__x__",
    "a$b$c",
    r"\$x$",
    "<b>",
    "50 $ & more",
    "São_Paulo",
    "_$_",
    "%s {x}",
    "^_",
]


def test_the_number_of_a_name_is_fixed_for_ever() -> None:
    assert identity_of_names(["Acme", "Red Cross", ""]).tolist() == [1832730205, 780333971, 634351890]


@given(st.lists(st.text(max_size=20), unique=True, max_size=30), st.randoms(use_true_random=False))
def test_numbers_follow_the_name_and_not_the_row(names: list[str], random) -> None:
    numbers = dict(zip(names, identity_of_names(names), strict=True))
    random.shuffle(names)
    assert dict(zip(names, identity_of_names(names), strict=True)) == numbers


def test_one_more_organisation_changes_nobody_elses_number() -> None:
    names = [f"organisation {i}" for i in range(2000)]
    assert np.array_equal(identity_of_names([*names, "newcomer"])[:-1], identity_of_names(names))


def test_two_hundred_thousand_names_have_different_numbers_though_some_hashes_are_equal() -> None:
    names = [f"organisation {i}" for i in range(200_000)]
    numbers = identity_of_names(names)
    hashes = {names_module._hash(0, name.encode()) for name in names}
    assert len(hashes) < len(names)
    assert len(set(numbers.tolist())) == len(names)
    assert numbers.min() >= 0
    assert numbers.max() < 2**31
    assert numbers.dtype == np.int64


def test_numbers_that_collide_are_settled_alike_for_any_order_of_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names_module, "_hash", lambda attempt, name: attempt + len(name))
    assert identity_of_names(["ab", "aa", "c"]).tolist() == [3, 2, 1]
    assert identity_of_names(["c", "aa", "ab"]).tolist() == [1, 2, 3]


def test_a_name_given_twice_has_no_number() -> None:
    with pytest.raises(InputError, match="'Acme' is named twice"):
        identity_of_names(["Acme", "b", "Acme"])


@pytest.mark.parametrize(
    "text", ['=HYPERLINK("http://x")', "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1"]
)
def test_a_formula_becomes_text_in_a_spreadsheet(text: str) -> None:
    assert defuse_for_spreadsheet(text) == "'" + text
    written = io.StringIO()
    csv.writer(written).writerow([defuse_for_spreadsheet(text)])
    assert next(csv.reader(io.StringIO(written.getvalue(), newline="")))[0] == "'" + text


@pytest.mark.parametrize("text", ["Acme", "", "a=b", "'quoted", "A-1", "1+1", "São Paulo"])
def test_other_text_stays_as_it_is_in_a_spreadsheet(text: str) -> None:
    assert defuse_for_spreadsheet(text) == text


@pytest.mark.parametrize("text", STRANGE)
def test_a_plot_shows_a_strange_name_letter_by_letter_and_its_legend_keeps_it(text: str) -> None:
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.subplots()
    axes.plot([0, 1], label=for_plot(text))
    axes.set_title(for_plot(text))
    drawn = axes.legend().get_texts()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure.canvas.draw()
    assert len(drawn) == 1
    shown, mathematics = drawn[0]._preprocess_math(drawn[0].get_text())
    assert mathematics is False
    assert shown.removeprefix("\u200b") == text


@given(st.text(max_size=40))
def test_html_gives_back_the_name_as_text_and_opens_no_tag(text: str) -> None:
    class Reader(html.parser.HTMLParser):
        seen = ""
        tags = 0

        def handle_data(self, data: str) -> None:
            self.seen += data

        def handle_starttag(self, tag: str, attrs: object) -> None:
            self.tags += 1

    reader = Reader()
    reader.feed(f"<p title='{for_html(text)}'>{for_html(text)}</p>")
    assert reader.tags == 1
    assert reader.seen == names_module._CONTROLS.sub(" ", text)


def test_html_escapes_a_script() -> None:
    assert for_html("<script>alert('x')</script>") == "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;"


@given(st.text(max_size=200))
def test_a_name_used_as_a_path_stays_in_its_folder(text: str) -> None:
    name = for_path(text)
    assert Path("folder", name).parent == Path("folder")
    assert name.isascii()
    assert 0 < len(name) <= 80
    assert not set(name) - set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")


@given(st.lists(st.text(alphabet="./\\aA-_ ", max_size=6), unique=True, max_size=20))
def test_two_names_never_share_a_file(names: list[str]) -> None:
    assert len({for_path(name) for name in names}) == len(names)


def test_plain_names_keep_their_letters_in_a_path() -> None:
    assert for_path("Acme_2") == "Acme_2"
    assert for_path("../../etc/passwd").startswith("etc-passwd-")
    assert for_path("CON").startswith("CON-")


def test_a_name_spelt_like_the_path_of_another_gets_its_own() -> None:
    path = for_path("../../x")
    assert for_path(path) != path
