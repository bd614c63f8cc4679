"""Runs one program and measures it."""

import os
import re
import shlex
import subprocess
import time
from pathlib import Path


class Failed(Exception):
    """A program that did not start or exited with other than 0; says which, and the end of what it printed."""


def run_process(command: list[str], log: Path, **options: object) -> dict:
    """Wall and CPU seconds and peak MiB of one process and its children that it waited for, and `inside`, the seconds
    it says it took, where its last line is "seconds S". Its output goes to `log`; `options` to Popen.
    """
    with log.open("w") as output:
        begin = time.perf_counter()
        try:
            process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, **options)
        except OSError as error:
            raise Failed(f"{shlex.join(command)}: {error}") from error
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    text = log.read_text(errors="replace")
    if process.returncode != 0:
        raise Failed(f"{shlex.join(command)} failed with {process.returncode}, see {log}:\n{text[-2000:]}")
    measured = {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "peak_mib": usage.ru_maxrss / 1024}
    said = re.search(r"^seconds ([\d.]+)\s*\Z", text, re.M)
    return {**measured, "inside": float(said[1])} if said else measured
