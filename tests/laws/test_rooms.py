"""Stages never include later stages, Arrow stays in its rooms, and no file grows beyond reading."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
ORDER = ["base", "config", "source", "model", "chunk", "filter", "gather", "unique", "labels", "state", "backend", "profile", "accumulate", "trees", "metrics", "alert", "evaluate", "explain", "output"]
MAY_USE_ARROW = {"source", "output"}
MOST_LINES = 400


def files(folder):
    return [p for p in sorted((ROOT / folder).rglob("*")) if p.suffix in (".cpp", ".hpp")]


def test_the_map_lists_the_rooms_in_order():
    rooms = re.findall(r"^\| `(\w+)/`", (ROOT / "engine" / "README.md").read_text(), re.M)
    assert rooms == ORDER == [r for r in ORDER if (ROOT / "engine" / r).is_dir()]
    assert {p.name for p in (ROOT / "engine").iterdir() if p.is_dir()} == set(ORDER)


def test_a_room_includes_only_rooms_above_it():
    wrong = []
    for at, room in enumerate(ORDER):
        for path in files(f"engine/{room}"):
            for other in re.findall(r'#include "engine/(\w+)/', path.read_text()):
                if other != room and (other not in ORDER or ORDER.index(other) > at):
                    wrong.append(f"{path.relative_to(ROOT)} includes {other}")
    assert not wrong, "\n".join(wrong)


def test_arrow_stays_in_its_rooms():
    users = {p for folder in ("engine", "cpu") for p in files(folder) if re.search(r"#include <(arrow|parquet)/", p.read_text())}
    assert {p.relative_to(ROOT / "engine").parts[0] for p in users} <= MAY_USE_ARROW


def test_files_stay_small():
    long = {str(p.relative_to(ROOT)): n for folder in ("engine", "cpu", "tools", "tests") for p in files(folder)
            if (n := len(p.read_text().splitlines())) > MOST_LINES}
    assert not long, long
