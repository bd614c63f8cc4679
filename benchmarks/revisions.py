"""Makes the program of a git revision: build/revisions/SHA, release preset, only the command; built once."""

import os
import subprocess
import sys
from pathlib import Path

from processes import Failed, run_process

ROOT = Path(__file__).resolve().parent.parent
REVISIONS = ROOT / "build" / "revisions"


def program_of(text: str) -> tuple[Path, str]:
    """The program that `text` names, a path or a git revision, and how to call it in a table."""
    path = Path(text)
    if path.is_file():
        if not os.access(path, os.X_OK):
            raise Failed(f"{text} is a file that cannot be run")
        return path.resolve(), text
    sha = git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{text}^{{commit}}")
    if not sha:
        raise Failed(f"{text} is neither a program nor a revision of {ROOT}")
    return build(sha), git("log", "-1", "--format=%h %s", sha)


def git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    return done.stdout.strip()


def build(sha: str) -> Path:
    folder = REVISIONS / sha
    program = folder / "build" / "release" / "longwatch"
    if (folder / "finished").exists() and program.exists():
        return program
    folder.mkdir(parents=True, exist_ok=True)
    print(f"building {sha[:10]} in {folder}", file=sys.stderr, flush=True)
    unpack(sha, folder)
    # Paths relative, so that one revision's objects serve the next.
    environment = {**os.environ, "CCACHE_BASEDIR": str(folder), "CCACHE_NOHASHDIR": "1"}
    steps = [
        ["tools/setup"],
        ["cmake", "--preset", "release", "-DLONGWATCH_TESTS=OFF", "-DLONGWATCH_BENCHMARKS=OFF"],
        ["cmake", "--build", "build/release", "--target", "longwatch", "--parallel", str(os.cpu_count() or 1)],
    ]
    for number, step in enumerate(steps):
        run_process(step, folder / f"step_{number}.log", cwd=folder, env=environment)
    (folder / "finished").touch()
    return program


def unpack(sha: str, folder: Path) -> None:
    """The revision's files, and this checkout's environment, which tools/setup replaces where it is not the right one:
    it removes the link, not what it leads to.
    """
    archive = subprocess.Popen(["git", "archive", "--format=tar", sha], cwd=ROOT, stdout=subprocess.PIPE)
    unpacked = subprocess.run(["tar", "-x", "-C", str(folder)], stdin=archive.stdout, check=False)
    if archive.wait() != 0 or unpacked.returncode != 0:
        raise Failed(f"git archive {sha} did not give its files")
    venv = folder / ".venv"
    if (ROOT / ".venv").is_dir() and not os.path.lexists(venv):
        venv.symlink_to((ROOT / ".venv").resolve())
