"""Compiled kernels: where they are kept, many processes at once, and which files the cache must watch."""

import ast
import gc
import os
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest

from ecosim.kernels import FOLDER, PACKAGE, SHARED, cache_folder, inlined, inner, is_cold, kernel

DRAW = """
import numpy as np
from ecosim.rng import stream, uniforms
from ecosim.kernels import FOLDER
print(FOLDER, uniforms(stream(1, "meeting").key(2), np.arange(1000)).sum().hex())
"""


def python(code, **environment):
    return subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(PACKAGE.parent), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_cache_goes_where_the_user_says(tmp_path, monkeypatch):
    monkeypatch.setenv("ECOSIM_CACHE", str(tmp_path))
    assert cache_folder().is_relative_to(tmp_path)
    assert cache_folder().is_dir()


def test_the_cache_follows_the_systems_word_for_caches(tmp_path, monkeypatch):
    monkeypatch.delenv("ECOSIM_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder().is_relative_to(tmp_path)


def test_without_a_home_that_can_be_written_to_the_cache_is_temporary(tmp_path, monkeypatch):
    file = tmp_path / "home"
    file.write_text("no folder can be made below a file, not even by an administrator")
    temporary = tmp_path / "temporary"
    for name in ("ECOSIM_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(file))
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(temporary))
    assert cache_folder().is_relative_to(temporary)


def test_where_nothing_can_be_written_to_one_is_told_what_to_do(tmp_path, monkeypatch):
    file = tmp_path / "file"
    file.write_text("")
    monkeypatch.setenv("ECOSIM_CACHE", str(file))
    with pytest.raises(OSError, match="set ECOSIM_CACHE"):
        cache_folder()


def test_a_change_in_a_shared_file_changes_the_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("ECOSIM_CACHE", str(tmp_path))
    before = cache_folder()
    copied = tmp_path / "package"
    for name in SHARED:
        (copied / name).parent.mkdir(parents=True, exist_ok=True)
        (copied / name).write_bytes((PACKAGE / name).read_bytes())
    monkeypatch.setattr("ecosim.kernels.PACKAGE", copied)
    same = cache_folder()
    (copied / SHARED[-1]).write_text("changed = True")
    assert len({before, same, cache_folder()}) == 3


def test_four_processes_may_fill_an_empty_cache_at_once(tmp_path):
    processes = [python(DRAW, ECOSIM_CACHE=str(tmp_path)) for _ in range(4)]
    said = [process.communicate(timeout=300) for process in processes]
    assert [process.returncode for process in processes] == [0] * 4, said
    (answer,) = {out for out, _ in said}
    later = python(DRAW, ECOSIM_CACHE=str(tmp_path))
    out, _ = later.communicate(timeout=300)
    assert out == answer
    assert str(tmp_path) in answer
    assert list(tmp_path.rglob("*.nbi"))


def test_a_cache_that_has_been_used_is_not_cold():
    from ecosim.rng import generator, stream

    generator(stream(1, "meeting").key(0))
    assert FOLDER.is_dir()
    assert not is_cold()


def test_every_file_that_kernels_of_others_take_something_from_is_watched():
    """Numba notices a change in a kernel's own file only: files of other kernels and constants must be in SHARED."""
    taken_from = {
        source
        for file in PACKAGE.rglob("*.py")
        for function in compiled_functions(file).values()
        for name, source in imported_from_ecosim(file).items()
        if uses(function, name)
    }
    watched = {PACKAGE / name for name in SHARED}
    assert PACKAGE / "rng.py" in taken_from
    assert {str(file.relative_to(PACKAGE)) for file in taken_from - watched} == set()
    assert all(file.exists() for file in watched)


def test_the_first_kernel_does_not_wait_for_linear_algebra():
    process = python(DRAW + "import sys; print('scipy.linalg' in sys.modules)")
    said = process.communicate(timeout=120)
    assert said[0].endswith("False\n"), said


@pytest.mark.parametrize("collects", [True, False])
def test_compiling_leaves_the_garbage_collector_as_it_was(collects):
    """It is off while a kernel is compiled, also one that fails, and the kernels that it calls."""
    collecting = []

    @numba.extending.intrinsic
    def note(context):
        collecting.append(gc.isenabled())
        return numba.types.void(), lambda context, builder, signature, arguments: context.get_dummy_value()

    @inlined
    def doubled(number):
        note()
        return 2.0 * number

    @kernel
    def sum_of_doubles(numbers):
        note()
        total = 0.0
        for number in numbers:
            total += doubled(number)
        return total

    (gc.enable if collects else gc.disable)()
    try:
        assert sum_of_doubles(np.arange(5.0)) == 20.0
        assert collecting
        assert not any(collecting)
        assert gc.isenabled() == collects
        with pytest.raises(numba.core.errors.TypingError):
            sum_of_doubles("words")
        assert gc.isenabled() == collects
    finally:
        gc.enable()


@pytest.mark.skipif(numba.config.DISABLE_JIT, reason="without the compiler every kernel is plain Python")
@pytest.mark.parametrize("mark", [inner, inlined])
def test_a_kernel_for_kernels_only_may_be_called_from_python_before_and_after_they_call_it(mark):
    @mark
    def doubled(number):
        return 2.0 * number

    @kernel
    def doubled_twice(number):
        return doubled(doubled(number))

    for _ in range(2):
        assert doubled(1.5) == 3.0
        assert doubled(number=2) == 4.0
        assert doubled_twice(1.5) == 6.0
    with pytest.raises(numba.core.errors.TypingError):
        doubled("word")
    assert len(doubled.overloads) == 1, "kernels call the one without an entrance"


def test_a_kernel_that_cannot_be_compiled_is_not_kept_from_others():
    @kernel
    def half(number):
        return number / 2.0

    with pytest.raises(numba.core.errors.TypingError):
        half("word")
    assert half._cache._claimed == []
    assert half(3.0) == 1.5
    assert half._cache._claimed == []


def compiled_functions(file: Path):
    """Return the functions of a file that are kernels, inlined or C callbacks, by name."""
    tree = ast.parse(file.read_text())
    decorated = {
        node.name: node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and any(
            name in ast.unparse(mark) for mark in node.decorator_list for name in ("kernel", "inlined", "inner", "njit")
        )
    }
    handed_over = {
        ast.unparse(node.args[0])
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and "cfunc" in ast.unparse(node.func) and node.args
    }
    callbacks = {n.name: n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name in handed_over}
    return decorated | callbacks


def imported_from_ecosim(file: Path):
    """Return the file that each name imported from ecosim comes from: a module's own, or that which defines it."""
    found = {}
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "ecosim":
            folder = PACKAGE.parent / node.module.replace(".", "/")
            for alias in node.names:
                module = folder / f"{alias.name}.py"
                found[alias.asname or alias.name] = module if module.exists() else folder.with_suffix(".py")
    return found


def uses(function: ast.FunctionDef, name: str):
    """Return whether the body of a function reads a name; its annotations and decorators do not count."""
    return any(isinstance(node, ast.Name) and node.id == name for line in function.body for node in ast.walk(line))


def test_with_a_numba_that_is_not_known_its_own_compiler_does_all_the_work(tmp_path):
    program = tmp_path / "program.py"  # what lies in no file is not kept, and numba refuses to try
    program.write_text("""if True:
        import numba
        known = numba.__version__
        numba.__version__ = "0.99.0"
        from ecosim import kernels, rng
        from numba.core.targetconfig import TargetConfig
        kept = TargetConfig.values
        assert known.startswith(kernels.KNOWN), "numba is newer: look whether its insides are as they were"
        def half(x):
            return x / 2
        halve = kernels.inner(half)
        assert halve(3.0) == 1.5
        assert halve.overloads and "pipeline_class" not in kernels._changes()
        assert TargetConfig.values is kept, "numba was changed"
        """)
    environment = {**os.environ, "ECOSIM_CACHE": str(tmp_path)}
    subprocess.run([sys.executable, str(program)], env=environment, check=True)


def test_a_damaged_cache_is_thrown_away_and_made_anew(tmp_path):
    """Every file is cut short, as by a full disk or a power failure: the numbers are the same, and the next start reads."""
    tell = DRAW + "\nfrom ecosim.rng import _uniforms\nprint(sum(_uniforms.stats.cache_hits.values()))\n"
    cache = {"ECOSIM_CACHE": str(tmp_path)}
    whole, _ = python(tell, **cache).communicate()
    for file in tmp_path.rglob("*.nb*"):
        file.write_bytes(file.read_bytes()[:50])
    mended, errors = python(tell, **cache).communicate()
    assert mended.split()[:2] == whole.split()[:2], errors
    again, _ = python(tell, **cache).communicate()
    assert again.split()[:2] == whole.split()[:2]
    assert int(mended.split()[2]) == 0 < int(again.split()[2])
