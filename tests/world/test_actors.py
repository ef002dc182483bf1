"""Other people's tables become organisations and ties, or are refused with file, line and column."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosim.errors import _UNSHOWABLE, InputError
from ecosim.world.actor_mapping import mapping_of, read_mapping
from ecosim.world.actors import Actors, read_actors
from tests.clock import at_most_seconds

DATA = Path(__file__).parents[1] / "data"

THREE = "name,sector\nAcme,business\nTown,government\nRed Cross,civil_society\n"


def read(tmp_path: Path, organisations: str | bytes, ties: str | bytes | None = None, **settings) -> Actors:
    """Read tables given as text."""
    for name, text in (("organisations.csv", organisations), ("ties.csv", ties)):
        if text is not None:
            (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_actors(tmp_path / "organisations.csv", None if ties is None else tmp_path / "ties.csv", **settings)


def faults(tmp_path: Path, organisations: str | bytes, ties: str | bytes | None = None, **settings) -> list[str]:
    """Return the faults of tables that are refused, without the folder's name."""
    with pytest.raises(InputError) as refused:
        read(tmp_path, organisations, ties, **settings)
    return [fault.replace(f"{tmp_path}{os.sep}", "") for fault in refused.value.faults]


# the tables as they are


def test_a_small_harbour_is_read_as_its_mapping_says() -> None:
    harbour = read_actors(DATA / "harbour_organisations.csv", DATA / "harbour_ties.csv", DATA / "harbour_mapping.yaml")
    assert harbour.names == ["Quay Works", "Harbour Office", "Friends of the Bay", "Net & Sons", "Pilots"]
    assert harbour.sector == ["business", "government", "civil_society", "business", "government"]
    np.testing.assert_allclose(harbour.columns["capital"], [12, 4, np.nan, 0.9, 1.5])
    np.testing.assert_allclose(harbour.columns["reputation"], [0.55, 0.7, 0.8, np.nan, 0.6])
    assert harbour.missing == {"capital": 1, "reputation": 1}
    assert harbour.ties.a.tolist() == [0, 0, 1, 1]
    assert harbour.ties.b.tolist() == [1, 3, 2, 4]
    np.testing.assert_allclose(harbour.ties.weight, [(1.0 + 0.5) / 2, np.nan, 0.75, 0.5])
    assert harbour.ties.reports.tolist() == [2, 1, 1, 1]
    assert (harbour.ties.rows_read, harbour.ties.directed_merged, harbour.ties.repeated) == (5, 1, 0)
    assert harbour.warnings == []


# formats


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_separators_line_ends_and_byte_order_marks_change_nothing(
    tmp_path: Path, separator: str, ends: str, mark: str
) -> None:
    rows = ["name|sector|capital", '"Net; Sons, Ltd\t"|business|1.5', "", '"The ""Club"""|civil_society|', ""]
    text = mark + ends.join(row.replace("|", separator) for row in rows)
    actors = read(tmp_path, text)
    assert actors.names == ["Net; Sons, Ltd", 'The "Club"']
    np.testing.assert_array_equal(actors.columns["capital"], [1.5, np.nan])


def test_excels_line_that_names_the_separator_is_understood(tmp_path: Path) -> None:
    assert read(tmp_path, "sep=;\r\nname;sector\r\nAcme, Inc;business\r\n").names == ["Acme, Inc"]
    assert "line 3" in faults(tmp_path, "sep=;\r\nname;sector\r\nAcme;busines\r\n")[0]


def test_yaml_organisations_and_ties_may_stand_in_one_file(tmp_path: Path) -> None:
    path = tmp_path / "town.yaml"
    path.write_text(
        "organisations:\n"
        "- {name: Acme, sector: business, capital: 2, stance_trade: -0.5}\n"
        "- {name: '3M', sector: Civil society}\n"
        "ties:\n- {source: Acme, target: '3M', weight: 0.5}\n"
    )
    actors = read_actors(path, known_columns=("capital", "stance_trade"))
    assert actors.sector == ["business", "civil_society"]
    np.testing.assert_array_equal(actors.columns["stance_trade"], [-0.5, np.nan])
    assert actors.ties.weight.tolist() == [1.0]
    assert "scale read off the table" in actors.warnings[-1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- {name: A, sector: no}\n", "line 2, column 21: organisations[0].sector: 'no' is read as false"),
        ("- {name: A, sector: busines}\n", "line 2, column 'sector': 'busines' is no sector; did you mean 'business'?"),
        ("- {name: A, sector: [b]}\n", "line 2: sector is a list or mapping"),
        ("- Acme\n", "line 2: 'Acme' in 'organisations'; allowed: {name: Acme, sector: business}"),
        ("- {name: A}\norganisation: []\n", "line 3: unknown key 'organisation'; did you mean 'organisations'?"),
        ("  3\n", "no list called 'organisations'"),
        ("  []\n", "no organisation below the header"),
        (
            "- {name: true, sector: business}\n- {name: 'true', sector: business}\n",
            "line 3, column 'name': 'true' is named twice, first in line 2",
        ),
    ],
)
def test_a_yaml_table_that_is_wrong_is_refused_with_its_line(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "town.yaml"
    path.write_text("organisations:\n" + text)
    with pytest.raises(InputError) as refused:
        read_actors(path)
    assert expected in str(refused.value)


# faults

WRONG: dict[str, dict[str, Any]] = json.loads((DATA / "wrong_tables.json").read_text(encoding="utf-8"))
UNREADABLE = {
    "not UTF-8": ("name,sector\nCafé,business\n".encode("latin-1"), "line 2, column 4: byte 0xe9 is not UTF-8"),
    "UTF-16": ("name,sector\n".encode("utf-16"), "line 1: written in UTF-16; allowed: UTF-8"),
    "endless name": (f"name,sector\n{'x' * 600},business\n", "is no name; allowed: one line of at most 500 characters"),
    "endless cell": (f"name,sector\n{'x' * 200_000},business\n", "line 2: not CSV: field larger than field limit"),
    "many columns": (f"name,sector{',c' * 2000}\n", "line 1: 2,002 columns; allowed: at most 1,000"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_table_is_refused_with_file_line_and_column(case: str, tmp_path: Path) -> None:
    wrong = WRONG[case]
    told = faults(tmp_path, wrong.get("organisations", THREE), wrong.get("ties"), mapping=wrong.get("mapping"))
    assert wrong["expected"] in told[0]
    assert len(told) == 1


@pytest.mark.parametrize("case", UNREADABLE)
def test_a_table_that_no_editor_would_show_is_refused(case: str, tmp_path: Path) -> None:
    text, expected = UNREADABLE[case]
    told = faults(tmp_path, text)
    assert told[0].startswith("organisations.csv, line ")
    assert expected in told[0]
    assert len(told) == 1


def test_all_faults_of_both_tables_are_told_at_once(tmp_path: Path) -> None:
    told = faults(
        tmp_path,
        "name,sector,capital\nAcme,busines,x\nAcme,government,-1\n",
        "source,target,weight\nAcme,Town,1\nAcme,Acme,2\n",
    )
    places = [fault.split(":")[0] for fault in told]
    assert places == [
        "organisations.csv, line 3, column 'name'",
        "organisations.csv, line 2, column 'sector'",
        "organisations.csv, line 2, column 'capital'",
        "organisations.csv, line 3, column 'capital'",
        "ties.csv, line 2, column 'target'",
        "ties.csv, line 3",
    ]


def test_twenty_faults_are_told_and_the_rest_counted_within_a_second(tmp_path: Path) -> None:
    names = "".join(f"organisation number {i},business\n" for i in range(5_000))
    ties = "".join(f"organisation number {i},organisation numbr {i}\n" for i in range(5_000))
    with at_most_seconds(1):
        told = faults(tmp_path, "name,sector\n" + names, "source,target\n" + ties)
    assert len(told) == 21
    assert told[-1] == "and 4980 more"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.xls", "ends in '.xls'; save it as .xlsx or .csv; valid: .csv, .tsv, .txt, .xlsx, .yaml"),
        ("a.pkl", "ends in '.pkl'; valid"),
        ("organisations", "its name has no ending; valid: .csv"),
        (".", "is a folder; allowed: a file that ends in .csv"),
        ("absent.csv", "cannot be read: no such file or directory"),
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path: Path, name: str, expected: str) -> None:
    with pytest.raises(InputError) as refused:
        read_actors(tmp_path / name)
    assert expected in str(refused.value)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"name": 5}, "name is 5; allowed: text; quote it"),
        ({"name": True}, "name is true; allowed: text; quote it"),
        ({"missing": "NA"}, "missing is 'NA'; allowed: a list"),
        ({"ties": 3}, "ties is 3; allowed: a mapping"),
        ({"ties": {"weight": {"column": "f", "from": "far"}}}, "ties.weight.from is 'far'; allowed: a number"),
    ],
)
def test_a_wrong_type_in_a_mapping_is_told_in_our_own_words(said: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError) as refused:
        mapping_of(said)
    assert [fault.partition(": ")[2] for fault in refused.value.faults] == [told]


def test_a_wrong_mapping_is_refused_with_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text("sector: kind\ncolums: {}\nties:\n  weight: {column: f, means: farness, from: 4, to: -1}\n")
    with pytest.raises(InputError) as refused:
        read_mapping(path)
    assert [fault.removeprefix(str(path)) for fault in refused.value.faults] == [
        ", line 4: ties.weight.means is 'farness'; allowed: 'strength' or 'distance'",
        ", line 4: ties.weight.to is -1; allowed: greater than 0",
        ", line 2: unknown key 'colums'; did you mean 'columns'? "
        "valid: columns, directed, missing, name, sector, sectors, sheet, ties",
    ]
    with pytest.raises(InputError, match="from 4 lies above to 1"):
        mapping_of({"ties": {"weight": {"column": "f", "from": 4, "to": 1}}})
    with pytest.raises(InputError, match="asks to look a value up"):
        mapping_of({"name": "${oc.env:HOME}"})


# what is odd but can be


def test_missing_numbers_stay_missing_and_are_counted(tmp_path: Path) -> None:
    text = "name,sector,capital,purpose\nA,business,,0.5\nB,business,NA,\nC,business,0,\n"
    actors = read(tmp_path, text, mapping={"missing": ["NA"]})
    np.testing.assert_array_equal(actors.columns["capital"], [np.nan, np.nan, 0.0])
    assert actors.missing == {"capital": 2, "purpose": 2}


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", '=HYPERLINK("x";"y")', r"$\frac{$", "_Acme", "../../x", "O'Neill & Söhne 🦊"]
)
def test_strange_names_are_read_unchanged_and_nothing_is_written(tmp_path: Path, name: str) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    before = sorted(tmp_path.rglob("*"))
    actors = read(tmp_path, f"name,sector\n{quoted},business\nTown,government\n", f"source,target\nTown,{quoted}\n")
    assert actors.names == [name, "Town"]
    assert (actors.ties.a.tolist(), actors.ties.b.tolist()) == ([0], [1])
    assert set(tmp_path.rglob("*")) - set(before) == {tmp_path / "organisations.csv", tmp_path / "ties.csv"}


def test_no_ties_and_a_single_organisation_are_fine(tmp_path: Path) -> None:
    assert read(tmp_path, THREE).ties.a.size == 0
    assert read(tmp_path, THREE, "source,target\n").ties.a.size == 0
    assert read(tmp_path, "name,sector\nAcme,business\n").names == ["Acme"]


def test_a_tie_given_twice_is_warned_of_and_the_first_counts(tmp_path: Path) -> None:
    ties = "source,target,weight\nAcme,Town,1\nTown,Acme,2\nAcme,Town,4\n"
    actors = read(tmp_path, THREE, ties, mapping={"ties": {"weight": {"column": "weight", "from": 0, "to": 4}}})
    assert actors.ties.repeated == 1
    np.testing.assert_allclose(actors.ties.weight, [(1 / 4 + 2 / 4) / 2])
    assert actors.warnings == [f"{tmp_path / 'ties.csv'}, line 4: tie given before, in line 2; the first counts"]


def test_names_that_look_alike_are_warned_of(tmp_path: Path) -> None:
    actors = read(tmp_path, "name,sector\nAcme Ltd,business\nACME  Ltd,business\n")
    assert actors.names == ["Acme Ltd", "ACME  Ltd"]
    assert "line 3, column 'name': 'ACME  Ltd' differs from line 2 by spelling only" in actors.warnings[0]


def test_a_column_of_weights_nobody_explained_is_not_used_but_named(tmp_path: Path) -> None:
    actors = read(tmp_path, THREE, "source,target,frequency\nAcme,Town,3\n")
    assert np.isnan(actors.ties.weight).all()
    assert "no column of weights used" in actors.warnings[0]


@pytest.mark.parametrize("spelling", ["civil_society", "Civil Society", "CIVIL-SOCIETY", "civil society"])
def test_a_sector_may_be_spelt_as_people_do(tmp_path: Path, spelling: str) -> None:
    assert read(tmp_path, f"name,Sector\nAcme,{spelling}\n").sector == ["civil_society"]


def test_single_organisations_can_be_placed_by_name_before_the_column_speaks(tmp_path: Path) -> None:
    text = "name,kind\nBoeing,Private\nRed Cross,Private\nTown,City\nX,\n"
    values = {"Private": "civil_society", "City": "government"}
    sector = {"values": values, "names": {"Boeing": "business"}, "default": "government"}
    assert read(tmp_path, text, mapping={"sector": sector}).sector == [
        "business",
        "civil_society",
        "government",
        "government",
    ]


def test_a_declared_sector_is_as_good_as_the_three(tmp_path: Path) -> None:
    assert read(tmp_path, "name,sector\nMIT,education\n", sectors=("business", "education")).sector == ["education"]


# formulas


@pytest.mark.parametrize("means", ["distance", "strength"])
def test_a_weight_becomes_a_bond_in_equal_steps_from_one_to_a_quarter(tmp_path: Path, means: str) -> None:
    organisations = "name,sector\n" + "".join(f"o{i},business\n" for i in range(5))
    ties = "source,target,f\n" + "".join(f"o{i},o{i + 1},{i + 1}\n" for i in range(4))
    mapping = {"ties": {"weight": {"column": "f", "means": means, "from": 1, "to": 4}}}
    bonds = read(tmp_path, organisations, ties, mapping=mapping).ties.weight
    expected = [1.0, 0.75, 0.5, 0.25] if means == "distance" else [0.25, 0.5, 0.75, 1.0]
    np.testing.assert_allclose(bonds, expected)


def test_numbers_are_scaled_ranked_and_taken_to_logarithms(tmp_path: Path) -> None:
    text = "name,sector,x\nA,business,1\nB,business,3\nC,business,3\nD,business,\nE,business,9\n"

    def capital(**said: object) -> list[float]:
        mapping = {"columns": {"capital": {"column": "x", **said}}}
        return read(tmp_path, text, mapping=mapping).columns["capital"].tolist()

    nan = math.nan
    assert capital(scale=0.5) == pytest.approx([0.5, 1.5, 1.5, nan, 4.5], nan_ok=True)
    assert capital(scale="mean") == pytest.approx([0.25, 0.75, 0.75, nan, 2.25], nan_ok=True)
    logarithms = [math.log(2), math.log(4), math.log(4), nan, math.log(10)]
    assert capital(transform="log1p") == pytest.approx(logarithms, nan_ok=True)
    assert capital(transform="rank") == pytest.approx([0.0, 0.5, 0.5, nan, 1.0], nan_ok=True)


@given(st.randoms(use_true_random=False))
def test_the_order_of_the_ties_changes_nothing(tmp_path_factory: pytest.TempPathFactory, random) -> None:
    folder = tmp_path_factory.mktemp("ties")
    organisations = "name,sector\n" + "".join(f"o{i},business\n" for i in range(6))
    rows = [f"o{i},o{j},{1 + (i * j) % 4}\n" for i in range(6) for j in range(6) if i != j and (i + 2 * j) % 3]
    first = read(folder, organisations, "source,target,weight\n" + "".join(rows))
    random.shuffle(rows)
    again = read(folder, organisations, "source,target,weight\n" + "".join(rows))
    for one, other in zip(vars(first.ties).values(), vars(again.ties).values(), strict=True):
        np.testing.assert_array_equal(one, other)


@given(st.text(max_size=80))
def test_any_text_below_a_header_is_read_or_refused_in_printable_words(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    folder = tmp_path_factory.mktemp("any")
    coded = f"name,sector\n{text}".encode("utf-8", "replace")
    told: tuple[str, ...] = ()
    try:
        read(folder, coded, mapping={"sector": {"default": "business"}})
    except InputError as refused:
        told = refused.faults
    assert not any(_UNSHOWABLE.search(fault) for fault in told)


def test_a_hundred_thousand_organisations_take_seconds_and_little_memory(tmp_path: Path) -> None:
    count = 100_000
    (tmp_path / "o.csv").write_text("name,sector,capital\n" + "".join(f"o{i},business,{i}\n" for i in range(count)))
    (tmp_path / "t.csv").write_text("source,target\n" + "".join(f"o{i},o{i + 1}\n" for i in range(count - 1)))
    program = (
        "import json, sys, time\nfrom pathlib import Path\n"
        "from ecosim.world.actors import read_actors\nfrom tests.peak_memory import peak_bytes\n"
        "folder = Path(sys.argv[1])\nstart = time.process_time()\n"
        "actors = read_actors(folder / 'o.csv', folder / 't.csv')\n"
        "print(json.dumps([len(actors.names), int(actors.ties.a.size), time.process_time() - start,\n"
        "      peak_bytes(), 'pandas' in sys.modules]))\n"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True, cwd=root
    )
    organisations, ties, seconds, peak, pandas_loaded = json.loads(done.stdout)
    assert (organisations, ties, pandas_loaded) == (count, count - 1, False)
    assert seconds < 10
    assert peak < 500e6
