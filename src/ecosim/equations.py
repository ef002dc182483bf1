"""Equations and references out of docstrings, as a terminal, a Markdown page or a program can show them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable
from typing import NamedTuple


class Words(NamedTuple):
    """What a docstring says.

    Attributes:
        sentence: its first paragraph, as one line.
        text: all before the references, as Markdown; equations in TeX between dollars.
        equations: its displayed equations, in TeX.
        references: one line each.
        concepts: what its section ``Concepts:`` says of each design concept of the ODD protocol, by its name.
    """

    sentence: str
    text: str
    equations: tuple[str, ...]
    references: tuple[str, ...]
    concepts: tuple[tuple[str, str], ...] = ()


def words_of(documented: object) -> Words:
    """Return what the docstring of a class or function says."""
    docstring = inspect.getdoc(documented) or ""
    body, _, rest = docstring.partition("\nReferences:")
    body, _, listed = body.partition("\nConcepts:")
    sentence = _ROLE.sub(lambda found: readable(found.group(1)), " ".join(body.split("\n\n")[0].split()))
    equations = tuple(" ".join(found.split()) for found in _DISPLAYED.findall(body + "\n\n"))
    references = " ".join(rest.split("\n\n")[0].split())
    return Words(sentence, _markdown(body), equations, _split(references), _concepts(listed))


def bibliography(references: Iterable[str]) -> list[str]:
    """Return references by author, each work once.

    Of a work that is told more than once the fullest place is kept, and all that is remarked on it, in one pair of
    brackets at the end. Works of the same authors and year are the same where one place goes on from the other.
    """
    works: dict[str, list[str]] = {}
    for reference in sorted(set(references), key=str.casefold):
        place, remark = _remarked(reference)
        same = next((known for known in works if known.startswith(place) or place.startswith(known)), place)
        remarks = works.pop(same, [])
        works[max(same, place, key=len)] = [*remarks, *([remark] if remark and remark not in remarks else [])]
    return [f"{place} ({'; '.join(remarks)})" if remarks else place for place, remarks in works.items()]


def _remarked(reference: str) -> tuple[str, str]:
    """Return authors, year and place of a reference, and what the brackets at its end say."""
    found = _REMARK.fullmatch(reference)
    return (found.group(1), found.group(2)) if found else (reference, "")


def readable(tex: str) -> str:
    r"""Return an equation in TeX as a line of text: ``\frac{1}{n}\sum_i x_i`` becomes ``1/n Σ_i x_i``."""
    text = tex
    for _ in range(6):  # arguments may hold commands: innermost first, until nothing is left
        before = text
        for pattern, replacement in _STRUCTURES:
            text = pattern.sub(replacement, text)
        if text == before:
            break
    text = re.sub(r"\\([A-Za-z]+)", lambda found: _SIGNS.get(found.group(1), f" {found.group(1)} "), text)
    text = re.sub(r" +(?=[_^])", "", text)
    text = re.sub(r"\b(max|min|exp|ln|log|cos|sin) +(?=\()", r"\1", text)
    text = re.sub(r"\\[,;:! ]", " ", text).replace("\\\\", "; ").replace("\\", "")
    text = re.sub(r"([_^])‹(\w+)›", r"\1\2", text).replace("&", "")
    text = text.translate({ord("‹"): "(", ord("›"): ")"})
    text = re.sub(
        r"(?<![\w)])\((" + _ATOM + r")\)(?=/)|(?<=/)\((" + _ATOM + r")\)",
        lambda found: found.group(1) or found.group(2),
        text,
    )
    return re.sub(r" +([,.)])", r"\1", re.sub(r"(?<=\() +", "", re.sub(r"\s+", " ", text))).strip().rstrip(".,")


def _markdown(body: str) -> str:
    body = _DISPLAYED.sub(lambda found: "$$" + " ".join(found.group(1).split()) + "$$\n\n", body + "\n\n")
    body = _ROLE.sub(lambda found: "$" + " ".join(found.group(1).split()) + "$", body)
    body = re.sub(r":\w+:`~?(.+?)`", r"`\1`", body)
    return _TABLE.sub(_as_table, body.replace("``", "`")).strip()


def _concepts(listed: str) -> tuple[tuple[str, str], ...]:
    """Return entries ``name: words`` of an indented section; an entry may go on, further indented, on the next line."""
    entries = re.findall(r"^    (\w[\w ]*): (.+(?:\n     +.+)*)", listed, re.M)
    return tuple((name.lower(), " ".join(words.split())) for name, words in entries)


def _as_table(found: re.Match[str]) -> str:
    """Return a simple table of reStructuredText, columns two blanks apart, as a table of Markdown."""
    lines = found.group().splitlines()
    columns = len(lines[0].split())
    has_head = lines[2].startswith("==")
    rows = [re.split(" {2,}", line.strip(), maxsplit=columns - 1) for line in lines if not line.startswith("==")]
    head, *rows = rows if has_head else [[""] * columns, *rows]
    told = (head, ["---"] * columns, *rows)
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in told)


def _fraction(found: re.Match[str]) -> str:
    above, below = (argument.strip("{}") for argument in found.groups())
    follows = found.string[found.end() : found.end() + 1]
    return f"({above})/({below})" + (" " if follows.isalnum() else "")


def _split(references: str) -> tuple[str, ...]:
    """Split references at each full stop that authors and a year in brackets follow."""
    parts = re.split(r"\. (?=[^\W\d_](?:[^.()]|et al\.)*\(\d{4}\))", references)
    return tuple(part.rstrip(".") for part in parts if part)


_REMARK = re.compile(r"(.*?\(\d{4}\).*?) \(((?:[^()]|\([^()]*\))*)\)")
"""Authors, (year) and place, then brackets at the end, in which there may be others."""
_ROLE = re.compile(r":math:`(.+?)`", re.S)
_DISPLAYED = re.compile(r"\.\. math::[ \t]*\n?((?:.|\n(?!\s*\n))+?)\n[ \t]*\n")
_TABLE = re.compile(r"^==+ .*\n(?:.+\n)*==+ .*$", re.M)

_ATOM = r"\d+|[A-Za-z]+|[^\W\d](?:_\w+)?"

# What TeX takes for an argument: a group, a command, or a single sign.
_ARGUMENT = r"\s*(\{[^{}]*\}|\\[A-Za-z]+(?![A-Za-z])|\w)"

_STRUCTURES: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"\\(?:text|mathrm|mathbf|mathit|operatorname)\{([^{}]*)\}", r" \1 "),
        (r"\\[td]?frac(?![A-Za-z])" + _ARGUMENT + _ARGUMENT, _fraction),
        (r"\\sqrt\{([^{}]*)\}", r"√(\1)"),
        (r"\\bar\{?\s*(\\?[A-Za-z]+)\}?", r"⟨\1⟩"),
        (r"\\dot(?![A-Za-z])\{?\s*(\\?[A-Za-z]+)\}?", r"d\1/dt"),
        (r"\\not\s*\\ni(?![A-Za-z])", "∌"),
        (r"\\not\s*\\in(?![A-Za-z])", "∉"),
        (r"\\hat\{?\s*(\\?[A-Za-z]+)\}?", r"\1^"),
        (r"\\(?:left|right|big|Big|bigl|bigr)(?![A-Za-z])\.?", ""),
        (r"_\{([^{}]*)\}", r"_‹\1›"),
        (r"\^\{([^{}]*)\}", r"^‹\1›"),
    )
)

_SIGNS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε", "eta": "η", "theta": "θ",
    "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ",
    "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Delta": "Δ", "Omega": "Ω", "Phi": "Φ", "Sigma": "Σ",
    "ell": "ℓ", "sum": " Σ", "prod": " Π", "int": "∫", "partial": "∂", "infty": "∞", "le": "≤", "leq": "≤", "ge": "≥",
    "geq": "≥", "ne": "≠", "neq": "≠", "in": "∈", "ni": "∋", "notin": "∉", "sim": "∼", "approx": "≈", "propto": "∝",
    "leftarrow": "←", "rightarrow": "→", "to": "→", "pm": "±", "mp": "∓", "times": "×", "cdot": "·", "cdots": "…",
    "dots": "…", "ldots": "…", "quad": "  ", "qquad": "  ", "lVert": "‖", "rVert": "‖", "Vert": "‖", "lvert": "|",
    "rvert": "|", "mid": "|", "cup": "∪", "cap": "∩", "setminus": "∖", "subset": "⊂", "forall": "∀", "langle": "⟨",
    "rangle": "⟩", "lfloor": "⌊", "rfloor": "⌋", "sqrt": "√",
}  # fmt: skip
