"""Kernels stay within the registers, stack and instructions that are written down in cuda.json for one nvcc.
LONGWATCH_UPDATE=1 in the environment writes it anew."""
import copy
import json
import os
import re
import struct

import pytest

from conftest import BINARY, ROOT
from kernels import compare, cubin_command, instructions, measure, nvcc_version, plain_name, resources

FILE = ROOT / "tests" / "budgets" / "cuda.json"
UPDATE = "run `LONGWATCH_UPDATE=1 .venv/bin/python -m pytest tests/budgets` and say in the commit why"


def nvcc():
    cache = BINARY.parent / "CMakeCache.txt"
    found = re.search(r"^CMAKE_CUDA_COMPILER:\w+=(/.*)$", cache.read_text(), re.M) if cache.exists() else None
    return found and found[1]


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    if nvcc() is None:
        pytest.skip("this build has no nvcc, so no kernel was measured")
    budgets = json.loads(FILE.read_text())
    if nvcc_version(nvcc()) != budgets["nvcc"] and "LONGWATCH_UPDATE" not in os.environ:
        pytest.skip(f"the budgets are those of nvcc {budgets['nvcc']}, this is {nvcc_version(nvcc())}: no kernel was compared")
    return measure(BINARY.parent, budgets["architecture"], tmp_path_factory.mktemp("cubin"))


def test_every_kernel_keeps_its_budget(measured):
    budgets = json.loads(FILE.read_text())
    if "LONGWATCH_UPDATE" in os.environ:
        assert [kernel for kernel, figures in measured.items() if figures["spills"]] == []
        budgets = {"nvcc": nvcc_version(nvcc()), "architecture": budgets["architecture"], "kernels": measured}
        FILE.write_text(json.dumps(budgets, indent=1, sort_keys=True) + "\n")
    assert compare(measured, budgets["kernels"]) == [], UPDATE


def test_a_lowered_budget_is_seen(measured):
    for name in ("registers", "instructions"):
        lowered = copy.deepcopy(measured)
        kernel = next(iter(lowered))
        lowered[kernel][name] = lowered[kernel][name] * 9 // 10
        assert compare(measured, lowered) == [f"{kernel} has {measured[kernel][name]} {name}, its budget is {lowered[kernel][name]}"]


KERNEL = {"registers": 40, "stack": 0, "spills": 0, "shared": 0, "instructions": 1000}


@pytest.mark.parametrize("change, seen", [({}, False), ({"registers": 41}, True), ({"stack": 8}, True), ({"spills": 4}, True), ({"shared": 16}, True),
                                          ({"instructions": 1020}, False), ({"instructions": 1021}, True), ({"registers": 32}, False)])
def test_what_is_over_a_budget(change, seen):
    assert (compare({"a: k": {**KERNEL, **change}}, {"a: k": KERNEL}) != []) == seen


def test_a_budget_cannot_allow_a_spill():
    spilling = {"a: k": {**KERNEL, "spills": 4}}
    assert compare(spilling, spilling) == ["a: k has 4 spills, its budget is 0"]


def test_kernels_come_and_go_with_their_budgets():
    assert compare({"a: k": KERNEL}, {}) == ["a: k has no budget"]
    assert compare({}, {"a: k": KERNEL}) == ["a: k has a budget and is no kernel any more"]


def test_what_the_assembler_prints_is_read():
    text = """ptxas info    : Compiling entry function '_Z1kv' for 'sm_90'
ptxas info    : Function properties for _Z1kv
    200 bytes stack frame, 4 bytes spill stores, 8 bytes spill loads
ptxas info    : Used 56 registers, used 1 barriers, 200 bytes cumulative stack size, 1024 bytes smem, 400 bytes cmem[0]
"""
    assert resources(text) == {"_Z1kv": {"stack": 200, "spills": 12, "shared": 1024, "registers": 56}}


def test_instructions_are_counted_without_filling():
    names = b"\0.text.k\0"
    code = b"".join(struct.pack("<QQ", opcode, 0) for opcode in (0x7a02, 0x7918, 0x794d, 0x7918, 0x7918))
    at = 64 + len(names) + len(code)
    header = bytearray(64)
    struct.pack_into("<Q", header, 0x28, at)
    struct.pack_into("<HHH", header, 0x3a, 64, 2, 1)
    section = lambda name, offset, size: struct.pack("<IIQQQQ", name, 1, 0, 0, offset, size) + bytes(24)
    cubin = bytes(header) + names + code + section(1, 64 + len(names), len(code)) + section(0, 64, len(names))
    assert instructions(cubin) == {"k": 2}


def test_the_command_is_the_build_s_own():
    command = "/usr/bin/ccache /c/nvcc -forward-unknown-to-host-compiler -I/s -O2 --generate-code=arch=compute_90,code=[sm_90] -fmad=false -MD -MT a.o -MF a.d -x cu -c /s/a.cu -o a.o"
    assert cubin_command(command, "90", "k.cubin") == ["/c/nvcc", "-forward-unknown-to-host-compiler", "-I/s", "-O2", "-fmad=false", "/s/a.cu",
                                                      "-arch=sm_90", "-cubin", "-Xptxas", "-v", "-o", "k.cubin"]
    assert plain_name("_ZN9longwatch4cuda43_GLOBAL__N__a28c742b_10_numbers_cu_cc9267eb14numbers_kernelENS1_12NumberLaunchE") == "numbers_kernel"
