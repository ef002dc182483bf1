"""A stranger's YAML file: what is plain is read as it stands, everything else is refused and never run."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosim.errors import InputError
from ecosim.scenario_file import MOST_BYTES, check_plain, parse_scenario, read_scenario, read_scenario_with_places
from ecosim.yaml_scalar import plain_scalar
from tests.clock import within

ALIAS_BOMB = "a: &a [x, x]\n" + "".join(
    f"{b}: &{b} [*{a}, *{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)

# name: (text of the file, parts of the message in their order)
HOSTILE: dict[str, tuple[str | bytes, str]] = {
    # numbers and words that YAML readers disagree on
    "no": ("sector: no\n", "column 9: sector: 'no' is read as false by some YAML readers and as text by others; "),
    "No": ("sector: No\n", "column 9: sector: 'No' is read as false"),
    "yes": ("a:\n  b: yes\n", "line 2, column 6: a.b: 'yes' is read as true"),
    "on in a list": ("a: [1, on]\n", "column 8: a[1]: 'on' is read as true"),
    "OFF": ("a: OFF\n", "'OFF' is read as false"),
    "y": ("a: y\n", "'y' is read as true"),
    "N": ("a: N\n", "'N' is read as false"),
    "key on": ("on: 1\n", "line 1, column 1: on: key 'on' is read as true"),
    "sexagesimal time": ("at: 12:30\n", "at: '12:30' is read as a number to base 60 by some YAML readers; quote it"),
    "sexagesimal seconds": ("at: 1:20:30.5\n", "'1:20:30.5' is read as a number to base 60"),
    "negative sexagesimal": ("at: -1:30\n", "'-1:30' is read as a number to base 60"),
    "key n": ("n: 10\n", "line 1, column 1: n: key 'n' is read as false"),
    "leading zero": ("size: 010\n", "size: '010' is read to base 8 by some YAML readers; quote it or write it plainly"),
    "leading zero with eight": ("size: 08\n", "'08' is read to base 8"),
    "leading zero real": ("size: 00.5\n", "'00.5' is read to base 8"),
    "octal": ("size: 0o17\n", "'0o17' is not a decimal number"),
    "hexadecimal": ("size: 0x1F\n", "'0x1F' is not a decimal number"),
    "binary": ("size: 0b11\n", "'0b11' is not a decimal number"),
    "underscore": ("size: 1_000\n", "'1_000' is read as a number by some YAML readers only"),
    "underscore real": ("size: 1_0.5\n", "'1_0.5' is read as a number by some YAML readers only"),
    "date": ("at: 2024-01-31\n", "'2024-01-31' is read as a date by some YAML readers; quote it"),
    "timestamp": ("at: 2024-01-31T10:00:00Z\n", "'2024-01-31T10:00:00Z' is read as a date"),
    "not a number": ("p: .nan\n", "line 1, column 4: p: '.nan' is not a finite number"),
    "not a number plainly": ("p: NaN\n", "'NaN' is not a finite number"),
    "infinite": ("p: .inf\n", "'.inf' is not a finite number"),
    "minus infinite": ("p: -.INF\n", "'-.INF' is not a finite number"),
    "overflow": ("p: 1e999\n", "'1e999' is too large; allowed: finite numbers"),
    "huge integer": ("seed: 18446744073709551616\n", "'18446744073709551616' does not fit in 64 bits"),
    "thousands of digits": (f"seed: {'9' * 5000}\n", "does not fit in 64 bits"),
    "equals sign": ("a: =\n", "'=' is a command to some YAML readers"),
    # keys
    "key given twice": ("a: 1\nb: 2\na: 3\n", "line 3, column 1: a: key given twice, first in line 1; allowed: once"),
    "inner key given twice": ("a:\n  b: 1\n  b: 1\n", "line 3, column 3: a.b: key given twice, first in line 2"),
    "same key quoted": ("a: 1\n'a': 2\n", "line 2, column 1: a: key given twice, first in line 1"),
    "flow key given twice": ("a: {b: 1, b: 2}\n", "column 11: a.b: key given twice"),
    "number as key": ("1: a\n", "1: key '1' is not a word; quote it"),
    "truth as key": ("true: a\n", "true: key 'true' is not a word; quote it"),
    "nothing as key": (": a\n", "is not a word; quote it"),
    "list as key": ("? [a, b]\n: 1\n", "a list or mapping used as a key; allowed: a word"),
    "mapping as key": ("{a: 1}: 2\n", "a list or mapping used as a key; allowed: a word"),
    "merge key": ("a: {b: 1}\n<<: {c: 2}\n", "line 2, column 1: <<: key '<<' is a command to some YAML readers"),
    # what Hydra would act on
    "target": ("a:\n  _target_: os.system\n", "line 2, column 3: a._target_: key '_target_' is not allowed here"),
    "quoted target": ("'_target_': os.system\n", "key '_target_' is not allowed here"),
    "escaped target": ('"\\x5ftarget_": os.system\n', "key '_target_' is not allowed here"),
    "target with blanks": ("' _target_ ': os.system\n", "key ' _target_ ' is not allowed here"),
    "args": ("_args_: [rm]\n", "key '_args_' is not allowed here"),
    "partial": ("_partial_: true\n", "key '_partial_' is not allowed here"),
    "recursive": ("_recursive_: true\n", "key '_recursive_' is not allowed here"),
    "convert": ("_convert_: all\n", "key '_convert_' is not allowed here"),
    "hydra": ("hydra:\n  run:\n    dir: /\n", "line 1, column 1: hydra: key 'hydra' is not allowed here"),
    "hydra with colon": ("'hydra:run': 1\n", "key 'hydra:run' is not allowed here"),
    "hydra path": ("hydra/launcher: joblib\n", "key 'hydra/launcher' is not allowed here"),
    "override hydra": ("'override /hydra/launcher': joblib\n", "key 'override /hydra/launcher' is not allowed here"),
    "defaults": ("defaults: [base]\n", "key 'defaults' is not allowed here"),
    "target in a list": ("a: [{b: [{_target_: x}]}]\n", "a[0].b[0]._target_: key '_target_' is not allowed here"),
    "environment": ("a: ${oc.env:HOME}\n", "line 1, column 4: a: '${oc.env:HOME}' asks to look a value up with '${'"),
    "environment quoted": ("a: '${oc.env:HOME}'\n", "asks to look a value up with '${'"),
    "environment escaped": ('a: "\\x24{oc.env:HOME}"\n', "a: '${oc.env:HOME}' asks to look a value up"),
    "environment in a block": ("a: |\n  b\n  ${now:}\n", "asks to look a value up with '${'"),
    "environment in a key": ("${oc.env:HOME}: 1\n", "asks to look a value up with '${'"),
    "relative interpolation": ("a: [1, '${.b}']\n", "a[1]: '${.b}' asks to look a value up"),
    # tags, anchors, directives
    "python object": ("a: !!python/object/apply:os.system [id]\n", "a: tag 'tag:yaml.org,2002:python/object/"),
    "python name": ("!!python/name:os.system\n", "tag 'tag:yaml.org,2002:python/name:os.system'"),
    "local tag": ("a: !include /etc/passwd\n", "a: tag '!include'"),
    "verbatim tag": ("a: !<tag:yaml.org,2002:binary> aGk=\n", "a: tag 'tag:yaml.org,2002:binary'"),
    "string tag": ("a: !!str 1\n", "a: tag 'tag:yaml.org,2002:str'"),
    "non-specific tag": ("a: ! 1\n", "a: tag '!'"),
    "set tag": ("a: !!set {b, c}\n", "a: tag 'tag:yaml.org,2002:set'"),
    "anchor": ("a: &x 1\n", "line 1, column 4: a: anchor '&x'; allowed: write the value out"),
    "anchored key": ("&x a: 1\n", "anchor '&x'"),
    "alias": ("a: *x\n", "a: alias '*x'; allowed: write the value out"),
    "alias bomb": (ALIAS_BOMB, "line 1, column 4: a: anchor '&a'"),
    "alias of itself": ("a: &a [*a]\n", "anchor '&a'"),
    "version directive": ("%YAML 1.1\n---\na: no\n", "a '%' directive; allowed: plain YAML 1.2 without directives"),
    "tag directive": ("%TAG ! tag:yaml.org,2002:\n---\na: 1\n", "a '%' directive"),
    # shape
    "empty": ("", "the file is empty; allowed: a mapping such as 'ticks: 200'"),
    "only comments": ("# nothing\n\n", "the file is empty"),
    "only a marker": ("---\n", "the file is empty"),
    "only null": ("null\n", "the file is empty"),
    "list at the top": ("- a\n- b\n", "line 1, column 1: a list at the top; allowed: a mapping"),
    "word at the top": ("hello\n", "line 1, column 1: 'hello' at the top; allowed: a mapping"),
    "two documents": ("a: 1\n---\nb: 2\n", "line 2, column 1: a second document begins; allowed: one document a file"),
    "second document empty": ("a: 1\n---\n", "a second document begins"),
    "20,000 lists deep": ("a: " + "[" * 9000 + "\n" + "[" * 9000, "nested more than 64 levels deep"),
    "20,000 mappings deep": ("{a: \n" * 20_000, "line 65, column 1: a.a"),
    "20,000 dashes deep": ("a:\n" + ("- " * 4000 + "\n") * 5, "nested more than 64 levels deep"),
    "65 levels of block": ("".join("  " * i + f"k{i}:\n" for i in range(70)), "nested more than 64 levels deep"),
    "many values": ("a: [\n" + "1,\n" * 20_001 + "]\n", "more than 20,000 values; large tables are given as CSV"),
    "too large": ("#" + "x\n#" * MOST_BYTES, "larger than 262,144 bytes, the most that is read"),
    "endless line": ("a: " + "x" * 20_000, "line 1: longer than 10,000 characters"),
    "endless tag": ("a: !" + "x" * 250_000, "line 1: longer than 10,000 characters"),
    # encoding and characters
    "latin-1": ("a: 1\nb: caf\xe9\n".encode("latin-1"), "line 2, column 7: byte 0xe9 is not UTF-8; allowed"),
    "utf-16": ("a: 1\n".encode("utf-16"), "line 1: written in UTF-16; allowed: UTF-8"),
    "cut off inside a letter": (b"a: \xc3", "line 1, column 4: byte 0xc3 is not UTF-8"),
    "encoded surrogate": (b"a: \xed\xa0\x80", "is not UTF-8"),
    "nul": ("a: 1\nb: x\x00y\n", "line 2, column 5: control character '\\x00'; allowed: printable text"),
    "terminal escape": ("a: \x1b[2J\n", "line 1, column 4: control character '\\x1b'"),
    "escaped nul": ('a: "x\\0y"\n', "a: 'x\\x00y' holds the character '\\x00'; allowed: printable text"),
    "escaped surrogate": ('a: "\\ud800"\n', "a: '\\ud800' holds the character '\\ud800'"),
    "invisible line separator": ("a: x\u2028b: y\n", "control character '\\u2028'"),
    "bytes": (bytes(range(1, 128)), "control character"),
    # broken YAML
    "unclosed list": ("a: [1, 2\nb: 3\n", "not YAML: while parsing a flow sequence, expected ',' or ']'"),
    "unclosed quote": ("a: 'b\n", "line 2, column 1: not YAML: while scanning a quoted scalar"),
    "tab as indent": ("a:\n\tb: 1\n", "line 2, column 1: not YAML"),
    "bad indent": ("a: 1\n  b: 2\n", "line 2, column 4: not YAML"),
    "two colons": ("a: b: c\n", "line 1, column 5: not YAML: mapping values are not allowed here"),
    "undefined tag handle": ("a: !x!y 1\n", "not YAML: while parsing a node, found undefined tag handle"),
    "reserved sign": ("a: @b\n", "line 1, column 4: not YAML"),
    "bad escape": ('a: "\\q"\n', "not YAML: while scanning a double-quoted scalar"),
    "unicode escape out of range": ('a: "\\UFFFFFFFF"\n', "not YAML"),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_or_odd_file_is_refused_in_plain_words_within_a_second(case: str, tmp_path: Path) -> None:
    text, expected = HOSTILE[case]
    path = tmp_path / "town.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    error = within(1, lambda: refusal(path))
    message = str(error)
    assert expected in message
    assert message.startswith(str(path))
    assert len(error.faults) <= 21
    assert all(len(fault) < 600 + len(str(path)) and fault.isprintable() for fault in error.faults)


def refusal(path: Path) -> InputError:
    with pytest.raises(InputError) as refused:
        read_scenario(path)
    return refused.value


def test_all_hostile_files_together_take_less_than_200_megabytes(tmp_path: Path) -> None:
    program = (
        "import pathlib, sys\n"
        "from tests.peak_memory import peak_bytes\n"
        "from ecosim.scenario_file import read_scenario\n"
        "from ecosim.errors import InputError\n"
        "refused = 0\n"
        "for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):\n"
        "    try:\n        read_scenario(path)\n"
        "    except InputError:\n        refused += 1\n"
        "print(refused, peak_bytes())\n"
    )
    for number, (text, _) in enumerate(HOSTILE.values()):
        (tmp_path / f"{number}.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
    root = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True, cwd=root
    )
    refused, peak = (int(part) for part in done.stdout.split())
    assert refused == len(HOSTILE) >= 60
    assert peak < 200e6


def test_no_hostile_file_runs_code_or_reads_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    marker = tmp_path / "ran"
    monkeypatch.setenv("ECOSIM_SECRET", "confidential")
    monkeypatch.setattr(os, "system", lambda command: marker.write_text(command))
    texts = [
        f"a: !!python/object/apply:os.system ['touch {marker}']\n",
        f"_target_: os.system\ncommand: touch {marker}\n",
        "a: ${oc.env:ECOSIM_SECRET}\n",
        f"a: !!python/object/new:os.system ['touch {marker}']\n",
    ]
    for text in texts:
        with pytest.raises(InputError) as refused:
            parse_scenario(text, "x.yaml")
        assert "confidential" not in str(refused.value)
    assert not marker.exists()


def test_a_plain_file_is_read_as_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "town.yaml"
    path.write_text(
        "\ufeff# a town\nseed: 1\nrate: 1e-3\nshare: .5\ncold: -3\nquiet: true\nnothing:\nnone: ~\nword: nothing new\n"
        'quoted: "no"\ntime: \'12:30\'\ncode: "010"\nempty: {}\nlist:\n- 1\n- {a: [x, 2.0]}\ntext: |\n  two\n  lines\n',
        encoding="utf-8",
    )
    assert read_scenario(path) == {
        "seed": 1,
        "rate": 0.001,
        "share": 0.5,
        "cold": -3,
        "quiet": True,
        "nothing": None,
        "none": None,
        "word": "nothing new",
        "quoted": "no",
        "time": "12:30",
        "code": "010",
        "empty": {},
        "list": [1, {"a": ["x", 2.0]}],
        "text": "two\nlines\n",
    }


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", '=HYPERLINK("http://x")', r"$\frac{$", "_Acme", "São Paulo 🦊"]
)
def test_strange_names_are_kept_unchanged(name: str) -> None:
    quoted = "'" + name.replace("'", "''") + "'"
    assert parse_scenario(f"name: {quoted}\n", "x.yaml")[0] == {"name": name}


def test_every_fault_is_named_at_once() -> None:
    with pytest.raises(InputError) as refused:
        parse_scenario("a: no\nb: 010\na: 1\nc: ${x}\n", "x.yaml")
    assert [fault.split(":")[0] for fault in refused.value.faults] == [
        "x.yaml, line 1, column 4",
        "x.yaml, line 2, column 4",
        "x.yaml, line 3, column 1",
        "x.yaml, line 4, column 4",
    ]


def test_many_faults_are_cut_after_twenty_with_the_number_left() -> None:
    with pytest.raises(InputError) as refused:
        parse_scenario("".join(f"k{i}: no\n" for i in range(50)), "x.yaml")
    assert len(refused.value.faults) == 21
    assert refused.value.faults[-1] == "and 30 more"


def test_places_name_the_line_and_column_of_every_key_and_item(tmp_path: Path) -> None:
    path = tmp_path / "town.yaml"
    path.write_bytes(b"a: 1\r\n\r\nb:\r\n  c:\r\n    - 5\r\n    - {d: 6}\r\n")
    data, places = read_scenario_with_places(path)
    assert data == {"a": 1, "b": {"c": [5, {"d": 6}]}}
    assert places == {
        ("a",): (1, 1),
        ("b",): (3, 1),
        ("b", "c"): (4, 3),
        ("b", "c", 0): (5, 7),
        ("b", "c", 1): (6, 7),
        ("b", "c", 1, "d"): (6, 8),
    }


def test_sixty_four_levels_are_read_and_sixty_five_refused() -> None:
    def nested(levels: int) -> str:
        return "a: " + "[" * (levels - 1) + "]" * (levels - 1)

    assert parse_scenario(nested(64), "x.yaml")[0]["a"]
    with pytest.raises(InputError, match="nested more than 64 levels"):
        parse_scenario(nested(65), "x.yaml")


def test_files_that_are_no_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a file"):
        read_scenario(tmp_path)
    with pytest.raises(InputError, match="cannot be read: no such file"):
        read_scenario(tmp_path / "absent.yaml")
    with pytest.raises(InputError, match="not a file"):
        read_scenario("/dev/zero")
    with pytest.raises(InputError, match="cannot be read"):
        read_scenario("a\x00b")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_that_never_answers_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    with pytest.raises(InputError, match="not a file"):
        read_scenario(tmp_path / "pipe.yaml")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("${oc.env:HOME}", "a.b: '${oc.env:HOME}' asks to look a value up with '${'"),
        ({"_target_": "os.system"}, "a.b: key '_target_' is not allowed here"),
        ([{"c": {"hydra": 1}}], "a.b[0].c: key 'hydra' is not allowed here"),
        ({"defaults": []}, "key 'defaults' is not allowed here"),
        ({1: 2}, "key 1 is not a word"),
        ([object], "a.b[0]: <class 'object'> is not plain data"),
        (b"x", "is not plain data"),
        ("\ud800", "holds the character"),
    ],
)
def test_an_override_is_held_to_the_same_rules(value: object, expected: str) -> None:
    with pytest.raises(InputError) as refused:
        check_plain(value, "a.b")
    assert expected in str(refused.value)


@pytest.mark.parametrize("where", ["hydra.run.dir", "hydra/launcher", "+hydra.x", "a._target_", "~defaults"])
def test_an_override_cannot_reach_what_hydra_acts_on(where: str) -> None:
    with pytest.raises(InputError, match="is not allowed here"):
        check_plain(1, where)


def test_an_override_that_holds_itself_is_refused_and_not_followed_for_ever() -> None:
    loop: list[object] = []
    loop.append(loop)
    with pytest.raises(InputError, match="nested more than 64 levels"):
        check_plain(loop, "a")


def test_plain_data_is_let_through() -> None:
    check_plain({"a": [1, 2.5, None, True, "text", {"b": ()}]}, "dynamics.imitation")


@given(st.integers(-(2**63), 2**64 - 1))
def test_an_integer_reads_back_as_itself(number: int) -> None:
    assert plain_scalar(str(number)) == (number, None)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_real_number_reads_back_as_itself(number: float) -> None:
    assert plain_scalar(repr(number)) == (number, None)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_and_nothing_else_happens(text: str) -> None:
    with contextlib.suppress(InputError):
        check_plain(parse_scenario(text, "x.yaml")[0], "")


@given(st.text(alphabet="[]{}:,-?!&*|>'\"%@`#\n \\${}a0_~=<.", max_size=60))
def test_any_soup_of_yaml_signs_is_read_or_refused_and_nothing_else_happens(text: str) -> None:
    with contextlib.suppress(InputError):
        check_plain(parse_scenario(text, "x.yaml")[0], "")
