"""What the compiler leaves out changes nothing in the code that comes out."""

import os
import re
import subprocess
import sys

CODE = """
import sys
import numpy as np
from numba.core import ir, codegen, targetconfig, typed_passes, types, untyped_passes
from numba.core.typing import templates
from llvmlite.binding import ffi
import ecosim.kernels
from ecosim.kernels import inlined, kernel

def reached():
    return (ffi.lib._lock._cblist[:], targetconfig.TargetConfig.values, ir.Inst._rec_list_vars,
            codegen.CPUCodeLibrary._optimize_functions, types.Function.get_call_type,
            untyped_passes.InlineClosureLikes.run_pass, typed_passes.NopythonRewrites.run_pass,
            typed_passes.AnnotateTypes.run_pass, templates._OverloadFunctionTemplate._get_impl)

before = reached()
if sys.argv[1] == "all":
    ecosim.kernels.spare_work = lambda: None
if sys.argv[1] == "unseen":
    ecosim.lean_compiler.SEEN = ()

@inlined
def part(numbers, k):
    return np.exp(numbers[k]) / (1.0 + abs(k))

@kernel
def whole(numbers, least, fields):
    kept, count, total = np.empty(numbers.size), 0, 0.0
    for k in range(numbers.size):
        if numbers[k] > least:
            kept[count] = part(numbers, k)
            count += 1
    shifted = numbers[1:] - 2.0 * numbers[:-1]
    listed, three = np.array([float(k) for k in range(3)]), np.array([0.5, 1.5, 2.5])
    fields[0]["size"] = fields[1]["size"] + 1.0
    total += shifted.sum() + listed.sum() + three[1] + np.sqrt(three)[2] + fields["size"][0]
    if count == 0:
        raise ValueError("nothing is left")
    for number in kept[:count]:
        total += number
    return total, kept[:count]

total, kept = whole(np.linspace(-1.0, 1.0, 23), 0.25, np.zeros(2, [("size", "f8")]))
print(total.hex(), kept.sum().hex(), file=sys.stderr)
print(*[one != other for one, other in zip(before, reached())], file=sys.stderr)
print(next(iter(whole.inspect_llvm().values())))
"""


def compiled(how, tmp_path):
    file = tmp_path / "code.py"
    file.write_text(CODE)
    done = subprocess.run(
        [sys.executable, str(file), how],
        env={**os.environ, "ECOSIM_CACHE": str(tmp_path / how)},
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    numbers, spared = done.stderr.splitlines()
    return re.sub("0x[0-9a-f]+", "place", done.stdout).splitlines(), numbers, spared.split()


def test_the_code_is_the_same_with_all_the_work_and_without(tmp_path):
    code, numbers, spared = compiled("unseen", tmp_path)
    full_code, full_numbers, not_spared = compiled("all", tmp_path)
    _, shared_numbers, shared = compiled("lean", tmp_path)
    savings = len(spared)
    assert shared == ["True"] * savings, "another version of numba is arranged otherwise: see ecosim.lean_compiler"
    assert spared == ["True"] * (savings - 1) + ["False"]
    assert not_spared == ["False"] * savings
    assert numbers == full_numbers == shared_numbers
    assert len(code) > 100
    assert code == full_code
