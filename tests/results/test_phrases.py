"""Numbers, shares and names as a sentence, or Markdown, has them."""

import pytest

from ecosim.results.phrases import number, percent, plain, unescaped


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (0.0, "0"),
        (3.0, "3"),
        (1234.0, "1,234"),
        (0.12345, "0.123"),
        (-1.2345, "−1.23"),
        (12.345, "12.3"),
        (123.45, "123"),
        (-9.94e-4, "−0.000994"),
        (1.5e-7, "1.50e−07"),
        (2.5e9, "2.50e+09"),
        (None, "–"),
    ],
)
def test_a_number_has_three_digits_that_count(value, told):
    assert number(value) == told


def test_small_shares_keep_a_decimal():
    assert [percent(share) for share in (0.0, 0.004, 0.25, 1.0)] == ["0 %", "0.4 %", "25 %", "100 %"]


def test_markup_in_a_name_is_text():
    assert plain("<b>*x*</b>|\n") == r"&lt;b\>\*x\*&lt;/b\>\| "


@pytest.mark.parametrize("text", ["opinion_clusters", "a*b|c", r"C:\new", "<b> & co", "[x] ~1 #2 $3 `q`"])
def test_what_is_escaped_for_markdown_is_read_on_a_terminal_as_it_was(text):
    assert unescaped(plain(text)) == text
