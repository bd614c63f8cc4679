"""Shared by all Python tests: the binary under test and a way to run it as a user would."""
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = ROOT / os.environ.get("LONGWATCH_BINARY", "build/release/longwatch")


def pytest_configure(config):
    config.addinivalue_line("markers", "sanitized: also run with the address and undefined behaviour sanitizers")
    config.addinivalue_line("markers", "threads: also run with the thread sanitizer")


@pytest.fixture(scope="session")
def longwatch():
    """Runs the command; returns the finished process with text output."""

    def run(*arguments, cwd=ROOT, env=None, timeout=600):
        return subprocess.run([str(BINARY), *map(str, arguments)], cwd=cwd, env={**os.environ, **(env or {})},
                              capture_output=True, text=True, timeout=timeout)

    return run
