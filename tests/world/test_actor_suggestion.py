"""A mapping that is suggested can be used as it stands, and says where it had to guess."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosim.errors import InputError
from ecosim.world.actor_suggestion import suggest_mapping
from ecosim.world.actors import read_actors

ONE_LINE = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=12).map(str.strip).filter(bool)


@given(st.lists(ONE_LINE, unique=True, min_size=1, max_size=8))
def test_a_suggested_mapping_can_be_read_whatever_the_values(
    tmp_path_factory: pytest.TempPathFactory, values: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("values")
    rows = "".join('{},"{}"\n'.format(i, value.replace('"', '""')) for i, value in enumerate(values))
    (folder / "organisations.csv").write_text("name,sector\n" + rows, encoding="utf-8")
    (folder / "mapping.yaml").write_text(suggest_mapping(folder / "organisations.csv"), encoding="utf-8")
    assert len(read_actors(folder / "organisations.csv", None, folder / "mapping.yaml").sector) == len(values)


KINDS = {
    "government": ["Port Authority", "Registry Office", "School Board", "City Council", "Fire Department", "Agency",
                   "Ministry", "County"],
    "civil_society": ["Foundation", "Association", "Society", "Charity", "Church", "Trade Union", "Club", "Non-profit"],
    "business": ["Quay Ltd", "Acme Inc.", "Company", "Corp", "Bank", "For-profit", "Office Supplies Ltd"],
}  # fmt: skip


@pytest.mark.parametrize(("sector", "kind"), [(sector, kind) for sector, kinds in KINDS.items() for kind in kinds])
def test_a_suggested_mapping_guesses_the_sector_from_the_word(tmp_path: Path, sector: str, kind: str) -> None:
    (tmp_path / "organisations.csv").write_text(f"name,kind\nA,{kind}\n", encoding="utf-8")
    assert f'"{kind}": {sector}  # 1' in suggest_mapping(tmp_path / "organisations.csv")


@pytest.mark.parametrize(
    ("header", "weights", "line"),
    [
        ("distance", (0.5, 12.25), 'means: "distance"  # check this: the name says'),
        ("rank", (1, 2), 'means: "distance"  # check this: the name says'),
        ("contact", (0.5, 12.25), 'means: "strength"  # check this: such a name may say either'),
        ("frequency", (1, 4), 'means: "strength"  # check this: codes from 1 to 4 may say either'),
        ("weight", (1, 4), 'means: "strength"  # check this: codes from 1 to 4 may say either'),
        ("weight", (0.5, 12.25), 'means: "strength"  # or "distance"'),
    ],
)
def test_a_suggested_mapping_says_where_the_meaning_of_a_weight_must_be_checked(
    tmp_path: Path, header: str, weights: tuple[float, float], line: str
) -> None:
    organisations, ties = tmp_path / "organisations.csv", tmp_path / "ties.csv"
    organisations.write_text("name,sector\nA,business\nB,business\n", encoding="utf-8")
    ties.write_text(f"source,target,{header}\nA,B,{weights[0]}\nB,A,{weights[1]}\n", encoding="utf-8")
    suggested = suggest_mapping(organisations, ties)
    assert line in suggested
    (tmp_path / "mapping.yaml").write_text(suggested, encoding="utf-8")
    assert read_actors(organisations, ties, tmp_path / "mapping.yaml").ties.a.size == 1


def test_a_suggested_mapping_takes_numbers_with_gaps_for_numbers_and_says_how_gaps_are_spelt(tmp_path: Path) -> None:
    organisations, ties = tmp_path / "organisations.csv", tmp_path / "ties.csv"
    organisations.write_text("name,kind,staff\nA,Firm Ltd,NA\nB,City Council,20\n", encoding="utf-8")
    ties.write_text("source,target,weight\nA,B,n/a\nB,A,2\nA,B,4\n", encoding="utf-8")
    suggested = suggest_mapping(organisations, ties)
    assert 'missing: ["NA", "n/a"]' in suggested
    assert 'column: "weight"' in suggested
    assert 'capital: {column: "staff"' in suggested
    (tmp_path / "mapping.yaml").write_text(suggested, encoding="utf-8")
    read = read_actors(organisations, ties, tmp_path / "mapping.yaml")
    assert read.missing == {"capital": 1}
    assert read.told()["ties"]["weighed"] == 1


def test_the_mapping_to_save_stands_below_all_faults(tmp_path: Path) -> None:
    organisations, ties = tmp_path / "organisations.csv", tmp_path / "ties.csv"
    organisations.write_text("name,kind\nA,Firm Ltd\nB,City Council\n", encoding="utf-8")
    ties.write_text("source,target,weight\nA,Nobody,n/a\nB,A,2\n", encoding="utf-8")
    with pytest.raises(InputError) as refused:
        read_actors(organisations, ties)
    *_, last = refused.value.faults
    assert len(refused.value.faults) > 1
    above, _, block = last.partition("\n\n")
    assert "save this as mapping.yaml" in above
    (tmp_path / "mapping.yaml").write_text(block, encoding="utf-8")
    with pytest.raises(InputError) as again:
        read_actors(organisations, ties, tmp_path / "mapping.yaml")
    assert ["Nobody" in fault for fault in again.value.faults] == [True]


def refused_with_a_guess(*files: Path | None) -> tuple[list[str], str]:
    """Return the faults of tables, and the mapping to paste that stands below them."""
    with pytest.raises(InputError) as refused:
        read_actors(*files)
    *above, last = refused.value.faults
    told, _, block = last.partition("\n\n")
    return [*above, told], block


def test_a_column_that_was_named_is_kept_and_nobody_gets_a_sector_until_its_values_are_filled_in(
    tmp_path: Path,
) -> None:
    organisations, mapping = tmp_path / "organisations.csv", tmp_path / "mapping.yaml"
    organisations.write_text("name,Sectr\nA,Company\nB,Public\nC,NGO\n", encoding="utf-8")
    mapping.write_text("sector: {column: Sectr}\n", encoding="utf-8")
    _, block = refused_with_a_guess(organisations, None, mapping)
    assert 'column: "Sectr"' in block
    assert "default" not in block
    mapping.write_text(block, encoding="utf-8")
    with pytest.raises(InputError) as unfilled:
        read_actors(organisations, None, mapping)
    assert [fault.split(":")[0] for fault in unfilled.value.faults] == [
        f"mapping, sector.values.{value}" for value in ("Company", "Public", "NGO")
    ]
    mapping.write_text(block.replace('"?"', "government"), encoding="utf-8")
    assert read_actors(organisations, None, mapping).sector == ["government"] * 3


def test_misspelt_headers_are_told_with_values_and_ties_at_once_above_a_guess_that_can_be_used(tmp_path: Path) -> None:
    organisations, ties, mapping = (tmp_path / name for name in ("organisations.csv", "ties.csv", "mapping.yaml"))
    organisations.write_text("Organistaion,Sectr\nA,Company\nB,City Council\n", encoding="utf-8")
    ties.write_text("source,target\nA,B\nA,Nobody\n", encoding="utf-8")
    faults, block = refused_with_a_guess(organisations, ties)
    for fault, part in zip(faults, ("'Organistaion'", "'Sectr'", "'Company' (1)", "'Nobody'"), strict=True):
        assert part in fault
    mapping.write_text(block, encoding="utf-8")
    read = read_actors(organisations, None, mapping)
    assert (read.names, read.sector) == (["A", "B"], ["business", "government"])


@pytest.mark.parametrize(
    ("cells", "warned"),
    [("12 1.200 30", 1), ("12 1.25 30", 0), ("1.200 3.400", 0), ("12 0.125", 0), ("1.5 1.200", 0)],
)
def test_a_point_before_three_digits_beside_whole_numbers_is_noted_as_it_may_part_thousands(
    tmp_path: Path, cells: str, warned: int
) -> None:
    organisations, ties = tmp_path / "organisations.csv", tmp_path / "ties.csv"
    rows = "".join(f"{row},business,{cell}\n" for row, cell in enumerate(cells.split()))
    organisations.write_text("name,sector,capital\n" + rows, encoding="utf-8")
    told = [warning for warning in read_actors(organisations).warnings if "write 1200" in warning]
    assert len(told) == warned
    organisations.write_text("name,sector\nA,business\nB,business\nC,business\n", encoding="utf-8")
    pairs = ("A,B", "B,C", "C,A")
    ties.write_text(
        "source,target,weight\n"
        + "".join(f"{pair},{cell}\n" for pair, cell in zip(pairs, cells.split(), strict=False)),
        encoding="utf-8",
    )
    told = [warning for warning in read_actors(organisations, ties).warnings if "write 1200" in warning]
    assert len(told) == warned


def test_a_guess_of_capital_from_a_column_with_zeros_says_what_they_would_mean(tmp_path):
    table = tmp_path / "organisations.csv"
    table.write_text("name,sector,paid_staff\nBrigade,government,0\nPolice,government,400\n")
    assert "# check this: 0 (1 of 2 organisations) becomes no capital at all" in suggest_mapping(table)
    table.write_text("name,sector,paid_staff\nBrigade,government,3\nPolice,government,400\n")
    assert "check this" not in suggest_mapping(table)
