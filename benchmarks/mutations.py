"""Mutations: every small change of a source file that its tests should notice.

A mutant swaps one operator, moves one comparison's boundary or turns it round, changes one number, swaps ``min`` and
``max``, or drops one sign or ``not``. Left alone are texts, annotations, declared parameters (``Field``), messages of
errors, and the numbers of draws (another number is another draw from the same law, so no test should notice).
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_SWAPPED: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Mult,),
    ast.Mod: (ast.Mult,),
    ast.Pow: (ast.Mult,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
}
_DRAWS = ("uniform", "uniform2", "uniform4", "normal", "normal2", "pair", "uniforms", "normals", "words")
_LEFT_ALONE = ("Field", "TypeVar", "Literal", "InputError", "ValueError", "RuntimeError", "Measure", "PrivateAttr")


class Mutant(NamedTuple):
    """One change of one file.

    Attributes:
        file: path of the source, relative to the repository.
        line: where the change begins.
        before: source of the changed expression.
        after: what stands there instead.
        start: first byte of it in the file.
        stop: one past its last byte.
    """

    file: str
    line: int
    before: str
    after: str
    start: int
    stop: int

    def applied(self, source: bytes) -> bytes:
        """Return the file's source with the change."""
        return source[: self.start] + self.after.encode() + source[self.stop :]


def mutants_of(root: Path, file: Path) -> Iterator[Mutant]:
    """Yield all mutants of a file, in the order of the file."""
    source = file.read_bytes()
    first = [0]
    for line in source.splitlines(keepends=True):
        first.append(first[-1] + len(line))
    for node in _worth_changing(ast.parse(source)):
        for changed in _changes(node):
            start = first[node.lineno - 1] + node.col_offset
            stop = first[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
            after = ast.unparse(changed)
            if isinstance(changed, ast.BinOp | ast.BoolOp | ast.Compare | ast.UnaryOp):
                after = f"({after})"
            yield Mutant(str(file.relative_to(root)), node.lineno, source[start:stop].decode(), after, start, stop)


def _worth_changing(tree: ast.AST) -> Iterator[ast.expr | ast.stmt]:
    """Yield the expressions and statements below a node that are not left alone."""
    for name, value in ast.iter_fields(tree):
        if name in ("annotation", "returns", "decorator_list", "type_params"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or _is_left_alone(child):
                continue
            if isinstance(child, ast.expr | ast.stmt):
                yield child
            yield from _worth_changing(child)


def _is_left_alone(node: ast.AST) -> bool:
    if isinstance(node, ast.JoinedStr | ast.Raise | ast.Import | ast.ImportFrom | ast.Assert):
        return True
    called = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
    return called in _LEFT_ALONE or called in _DRAWS


def _changes(node: ast.expr | ast.stmt) -> Iterator[ast.AST]:
    """Yield a node's changed forms."""
    if isinstance(node, ast.BinOp | ast.BoolOp | ast.AugAssign):
        for other in _SWAPPED.get(type(node.op), ()):
            yield _with(node, op=other())
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        for other in _SWAPPED.get(type(node.ops[0]), ()):
            yield _with(node, ops=[other()])
    elif isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            for other in _SWAPPED.get(type(operator), ())[:1]:
                yield _with(node, ops=[*node.ops[:place], other(), *node.ops[place + 1 :]])
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not):
        yield node.operand
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield ast.Constant(node.value + 1 if isinstance(node.value, int) else node.value * 2 or 1.0)
    elif isinstance(node, ast.Name) and node.id in ("min", "max"):
        yield ast.Name("max" if node.id == "min" else "min")
    elif isinstance(node, ast.Continue):
        yield ast.Break()


def _with(node: ast.AST, **changed: object) -> ast.AST:
    other = copy.copy(node)
    for name, value in changed.items():
        setattr(other, name, value)
    return other
