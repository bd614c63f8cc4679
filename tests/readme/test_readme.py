"""What README.md, docs/ and --help tell people to type works, and what they link to is there."""
import json
import os
import pathlib
import re
import subprocess

import jsonschema
import pytest
import yaml

from conftest import BINARY, ROOT

README = (ROOT / "README.md").read_text()
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "CONTRIBUTING.md", ROOT / "examples" / "flights" / "README.md"]
VERBS = ("schema", "validate", "run", "fit", "analyze", "inspect", "synth", "cutoffs", "devices")  # each finds what the ones before it wrote
LONGWATCH = "build/release/longwatch "


def blocks(text, language):
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.M | re.S)


COMMANDS = [line for block in blocks(README, "sh") for line in block.splitlines() if line and not line.startswith("#")]


def shell(command, folder):
    """Runs in `folder`, where `longwatch` is the binary under test."""
    path = f"{folder / 'bin'}:{os.environ['PATH']}"
    return subprocess.run(["bash", "-c", command], cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True, timeout=900)


def copy_of_checkout(folder, build):
    """A working copy of links: what commands write lands beside them, not in the checkout."""
    for path in ROOT.iterdir():
        if path.name not in ("build", "out", "fleet.yaml", ".git"):
            (folder / path.name).symlink_to(path)
    (folder / "bin").mkdir()
    (folder / "bin" / "longwatch").symlink_to(BINARY)
    if build:
        (folder / "build").symlink_to(ROOT / "build")
    else:
        (folder / "build" / "release").mkdir(parents=True)
        (folder / "build" / "release" / "longwatch").symlink_to(BINARY)
    return folder


@pytest.fixture(scope="module")
def readme_runs(tmp_path_factory):
    """Every command of README.md that starts the binary, in order."""
    folder = copy_of_checkout(tmp_path_factory.mktemp("readme"), build=False)
    return {command: shell(command, folder) for command in COMMANDS if command.startswith(LONGWATCH)}


def test_readme_is_short_and_every_command_is_known():
    assert len(README.splitlines()) <= 150
    assert len(COMMANDS) > 5 and {"tools/demo", "tools/test"} < set(COMMANDS)
    assert [command for command in COMMANDS if not command.startswith(LONGWATCH) and command not in ("tools/demo", "tools/test")] == []


@pytest.mark.parametrize("command", [command for command in COMMANDS if command.startswith(LONGWATCH)])
def test_command_of_the_readme(readme_runs, command):
    done = readme_runs[command]
    assert done.returncode == 0, done.stderr


def test_table_of_the_readme_is_what_is_printed(readme_runs):
    words = lambda text: [re.sub(r", [\d.]+ s$", "", line).split() for line in text.splitlines() if line.strip() and line.strip() != "..."]
    printed = words(next(done.stdout for command, done in readme_runs.items() if "examples/flights/fleet.yaml" in command))
    shown = words(blocks(README, "text")[0])
    assert len(shown) > 8 and [line for line in shown if line not in printed] == []


@pytest.mark.skipif("LONGWATCH_BINARY" in os.environ, reason="tools/demo builds build/release; another binary is under test")
@pytest.mark.skipif(not (ROOT / "build" / "release" / "build.ninja").exists(), reason="build/release is not set up, and a test is no place to do it")
def test_demo(tmp_path):
    done = shell("tools/demo", copy_of_checkout(tmp_path, build=True))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "flights" / "results.parquet").exists()


def test_tools_of_the_readme_are_programs():
    for tool in ("tools/demo", "tools/test", "tools/setup", "tools/build"):
        assert os.access(ROOT / tool, os.X_OK), tool


def test_configuration_of_the_readme():
    schema = json.loads((ROOT / "schema" / "longwatch.schema.json").read_text())
    for block in blocks(README, "yaml"):
        jsonschema.validate(yaml.safe_load(block), schema)


def test_figures_of_the_readme():
    cells = json.loads((ROOT / "tests" / "golden" / "cells.json").read_text())["total"]
    assert f"{cells:,} cells" in README


def test_folders_of_the_map():
    section = README.split("## Map")[1]
    folders = {name for line in re.findall(r"^\| (`.*?) \|", section, re.M) for name in re.findall(r"`(\w+)/`", line)}
    assert len(folders) > 7 and all((ROOT / name).is_dir() for name in folders)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links(page):
    links = re.findall(r"\]\(([^)\s]+)\)", page.read_text())
    broken = [link for link in links if not re.match(r"[a-z]+:|#", link) and not (page.parent / link.split("#")[0]).exists()]
    assert broken == []


def test_every_page_is_linked():
    linked = {pathlib.Path(link).name for page in PAGES for link in re.findall(r"\]\(([^)\s#]+)", page.read_text())}
    assert {page.name for page in (ROOT / "docs").glob("*.md")} - linked == set()


# Commands of the guide and of --help


def with_flights(folder):
    copy_of_checkout(folder, build=False)
    for name in ("reference.parquet", "analysis.parquet"):
        (folder / name).symlink_to(ROOT / "examples" / "flights" / "data" / name)
    return folder


def test_commands_of_the_guide(tmp_path):
    with_flights(tmp_path)
    commands = re.findall(r"^    (longwatch .*)$", (ROOT / "docs" / "getting_started.md").read_text(), re.M)
    assert len(commands) >= 6
    for command in commands:
        done = shell(command, tmp_path)
        assert done.returncode == (1 if "--fail-on alert" in command else 0), (command, done.stderr)


def example(text):
    return re.search(r"^Example: (longwatch .*)$", text, re.M)[1]


def test_examples_of_help(longwatch, tmp_path):
    with_flights(tmp_path)
    for verb in VERBS:
        command = example(longwatch(verb, "--help").stdout)
        assert command.split()[1] == verb
        if verb == "cutoffs":
            shell("longwatch run examples/flights/fleet.yaml -o out/flights --models late_15_minutes", tmp_path)
        done = shell(command, tmp_path)
        assert done.returncode == 0, (command, done.stderr)


def test_help_of_the_command(longwatch):
    text = longwatch("--help").stdout
    assert "build/release/" + example(text) in COMMANDS
    listed = re.findall(r"^  ([a-z]+) ", text.split("Subcommands:")[1], re.M)
    assert sorted(listed) == sorted(VERBS)


def test_exit_codes_agree(longwatch):
    """--help, docs/errors.md and docs/output.md know the same codes."""
    assert re.findall(r"(?:: |; )(\d) ", longwatch("--help").stdout.split("Exit codes")[1].replace("\n", " ")) == ["0", "1", "2", "3", "4"]
    assert re.findall(r"^\| (\d) \|", (ROOT / "docs" / "errors.md").read_text(), re.M) == ["0", "1", "2", "3", "4"]
