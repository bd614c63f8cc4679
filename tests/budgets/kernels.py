"""What the CUDA compiler makes of each kernel: registers, stack, spills, shared memory and instructions."""
import json
import pathlib
import re
import shlex
import struct
import subprocess

NOP = 0x7918  # the lowest 16 bits of the instruction that fills up a kernel; an instruction has 16 bytes since sm_70


def nvcc_version(nvcc):
    text = subprocess.run([nvcc, "--version"], capture_output=True, text=True, check=True).stdout
    return re.search(r"V(\d+\.\d+\.\d+)", text)[1]


def cubin_command(command, architecture, out):
    """The build's own command for a .cu, for one architecture and the program of a device alone."""
    words = shlex.split(command)
    kept, skip = [], 0
    for word in words:
        if skip:
            skip -= 1
        elif word in ("-o", "-MT", "-MF", "-x"):
            skip = 1
        elif word not in ("-c", "-MD") and not word.endswith("ccache") and not word.startswith("--generate-code"):
            kept.append(word)
    return [*kept, f"-arch=sm_{architecture}", "-cubin", "-Xptxas", "-v", "-o", str(out)]


def plain_name(symbol):
    """longwatch::cuda::(anonymous namespace)::numbers_kernel(Job) -> numbers_kernel, with template arguments."""
    full = subprocess.run(["c++filt", symbol], capture_output=True, text=True, check=True).stdout.strip()
    return re.search(r"(\w+(?:<[^()]*>)?)\(", full.replace("(anonymous namespace)", "").replace("void ", ""))[1]


def resources(ptxas):
    """By symbol, from what `ptxas -v` prints."""
    out, symbol = {}, None
    for line in ptxas.splitlines():
        if found := re.search(r"Function properties for (\w+)", line):
            symbol = found[1]
        elif found := re.search(r"(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads", line):
            out[symbol] = {"stack": int(found[1]), "spills": int(found[2]) + int(found[3]), "shared": 0}
        elif found := re.search(r"Used (\d+) registers", line):
            out[symbol]["registers"] = int(found[1])
            if shared := re.search(r"(\d+) bytes smem", line):
                out[symbol]["shared"] = int(shared[1])
    return out


def instructions(cubin):
    """By symbol: instructions of the ELF file's .text sections that are no filling."""
    offset, = struct.unpack_from("<Q", cubin, 0x28)
    size, count, names = struct.unpack_from("<HHH", cubin, 0x3a)
    sections = [struct.unpack_from("<IIQQQQ", cubin, offset + i * size) for i in range(count)]
    out = {}
    for name, _, _, _, at, length in sections:
        start = sections[names][4] + name
        text = cubin[start:cubin.index(b"\0", start)].decode()
        if text.startswith(".text."):
            opcodes = [struct.unpack_from("<H", cubin, at + i)[0] for i in range(0, length, 16)]
            out[text.removeprefix(".text.")] = sum(opcode != NOP for opcode in opcodes)
    return out


def measure(build, architecture, folder):
    """By kernel: its figures, of every kernel of the CUDA module of a build."""
    out = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = pathlib.Path(entry["file"])
        if path.suffix != ".cu" or "cuda_kernels" not in entry["command"] or "LW_KERNEL" not in path.read_text():
            continue
        cubin = folder / (path.stem + ".cubin")
        done = subprocess.run(cubin_command(entry["command"], architecture, cubin), cwd=entry["directory"], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        counts = instructions(cubin.read_bytes())
        for symbol, figures in resources(done.stderr).items():
            if symbol in counts:
                out[f"{path.stem}: {plain_name(symbol)}"] = {**figures, "instructions": counts[symbol]}
    return out


def compare(measured, budgets):
    """What is over its budget, a sentence each. A kernel may not spill, whatever its budget; a fiftieth more
    instructions pass."""
    out = []
    for kernel in sorted(measured.keys() | budgets.keys()):
        if kernel not in budgets:
            out.append(f"{kernel} has no budget")
        elif kernel not in measured:
            out.append(f"{kernel} has a budget and is no kernel any more")
        else:
            for name, figure in measured[kernel].items():
                most = 0 if name == "spills" else budgets[kernel][name]
                if figure > (most * 1.02 if name == "instructions" else most):
                    out.append(f"{kernel} has {figure} {name}, its budget is {most}")
    return out
