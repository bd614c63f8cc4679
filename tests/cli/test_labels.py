"""Labels in files of their own, joined by id, against an oracle that walks both tables with dictionaries."""
import json
import random
from datetime import datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

ROWS = 3_000
START = datetime(2024, 1, 1)
COUNTS = ("labels_matched_rate", "labels_missing_rate", "labels_replaced_count", "labels_repeated_count", "labels_duplicate_ids",
          "labels_conflicting_ids", "labels_unmatched_ids")


def rows_of(seed, own=False):
    """(when, id, score, own label): some ids twice, some missing."""
    rng = random.Random(seed)
    out = []
    for i in range(ROWS):
        key = None if rng.random() < 0.02 else rng.choice([i, i, i, max(0, i - 1)])
        label = rng.choice([0, 1, None]) if own else None
        out.append((START + timedelta(minutes=10 * i), key, rng.random(), label))
    return out


def labels_of(seed):
    """(id, label): repeated ids, of which some conflict, ids of no row, missing ids and labels."""
    rng = random.Random(seed)
    out = []
    for key in range(-200, ROWS - 400):
        label = rng.choice([0, 1, 1, None])
        out.append((key, label))
        if rng.random() < 0.1:
            out.append((key, label))
        if rng.random() < 0.05:
            out.append((key, rng.choice([0, 1, None])))
    out += [(None, 1)] * 7
    rng.shuffle(out)
    return out


def write(path, rows, own=False, **options):
    when, key, score, label = zip(*rows)
    table = {"when": pa.array(when, pa.timestamp("us")), "id": pa.array(key, pa.int64()), "score": pa.array(score),
             "x": pa.array([float(i % 7) for i in range(len(rows))])}
    if own:
        table["y"] = pa.array(label, pa.int64())
    pq.write_table(pa.table(table), path, **options)


def write_labels(path, labels, names=("id", "y"), types=(pa.int64(), pa.int64()), convert=(lambda x: x, lambda x: x), **options):
    columns = {name: pa.array([None if label[i] is None else convert[i](label[i]) for label in labels], types[i]) for i, name in enumerate(names)}
    pq.write_table(pa.table(columns), path, **options)


def oracle(rows, labels):
    """The label of each row, and the counts."""
    by_id = {}
    for key, label in labels:
        if key is not None:
            by_id.setdefault(key, []).append(label)
    known = {key: {x for x in found if x is not None} for key, found in by_id.items()}
    final = [next(iter(known[key])) if len(known.get(key, ())) == 1 else own for _, key, _, own in rows]
    matched = [(key, own) for _, key, _, own in rows if len(known.get(key, ())) == 1]
    present = {key for _, key, _, _ in rows}
    return final, dict(zip(COUNTS, (
        len(matched) / len(rows), sum(x is None for x in final) / len(rows),
        sum(own is not None and own not in known[key] for key, own in matched), len(matched) - len({key for key, _ in matched}),
        sum(len(by_id[key]) > 1 and len(known[key]) <= 1 for key in by_id), sum(len(k) > 1 for k in known.values()),
        sum(key not in present for key in by_id))))


class Case:
    def __init__(self, folder, longwatch):
        self.folder, self.longwatch = folder, longwatch
        self.model = dict(task="binary", score="score", target="y", id="id", timestamp="when", chunk="1d", reference="reference.parquet",
                          analysis="analysis.parquet", labels="labels.parquet")
        reference = [(when, key, score, int(score > 0.5)) for when, key, score, _ in rows_of(1)]
        write(folder / "reference.parquet", reference, own=True)
        self.rows, self.labels = rows_of(2), labels_of(3)
        write(folder / "analysis.parquet", self.rows)
        write_labels(folder / "labels.parquet", self.labels)

    def run(self, *options, verb="run", env=None):
        (self.folder / "fleet.yaml").write_text(json.dumps({"models": {"m": self.model}}))
        output = [] if verb == "validate" else ["-o", self.folder / "out", "--quiet"]
        return self.longwatch(verb, self.folder / "fleet.yaml", *output, *options, env=env)

    def results(self, *options):
        done = self.run(*options)
        assert done.returncode == 0, done.stderr
        return pq.read_table(self.folder / "out" / "results.parquet").to_pylist()

    def record(self):
        return json.loads((self.folder / "out" / "run.json").read_text())

    def fails(self, *words, code=3):
        for verb in ("run", "validate"):
            done = self.run(verb=verb)
            assert done.returncode == code, (verb, done.returncode, done.stderr)
            for word in words:
                assert word in done.stderr + done.stdout, f"'{word}' is not in: {done.stderr}{done.stdout}"


@pytest.fixture
def case(tmp_path, longwatch):
    return Case(tmp_path, longwatch)


pytestmark = pytest.mark.sanitized


def counts(rows, period="analysis"):
    found = [r for r in rows if r["period"] == period and r["metric"] in COUNTS]
    assert all((r["column"], r["family"], r["chunk_index"], r["status"], r["rows"]) == ("y", "data_quality", None, "ok", ROWS) for r in found)
    return {r["metric"]: r["value"] for r in found}


@pytest.mark.parametrize("own", [False, True])
def test_counts_are_exact(case, own):
    case.rows = rows_of(2, own)
    write(case.folder / "analysis.parquet", case.rows, own)
    found = case.results()
    final, wanted = oracle(case.rows, case.labels)
    assert all(wanted[name] > 0 for name in COUNTS if own or name != "labels_replaced_count")
    assert counts(found) == wanted
    record = case.record()
    model, = record["models"]
    assert model["reference_labels"] is None
    assert model["analysis_labels"]["matched"] == round(wanted["labels_matched_rate"] * ROWS)
    assert model["analysis_labels"]["labels"] == len(case.labels) and model["analysis_labels"]["labels_without_id"] == 7
    assert any(i["path"].endswith("labels.parquet") and i["rows"] == len(case.labels) for i in record["inputs"])
    assert any("different labels" in w and "labels.parquet" in w for w in record["warnings"])
    # The joined target is a column like any other: its missing rate by day is that of the final labels.
    by_day = {r["chunk_index"]: r["value"] for r in found if (r["column"], r["metric"], r["period"]) == ("y", "missing_rate", "analysis")}
    days = [final[at:at + 144] for at in range(0, ROWS, 144)]
    assert by_day == {i: sum(x is None for x in day) / len(day) for i, day in enumerate(days)}
    assert not [r for r in found if r["metric"] in ("missing_column", "new_column", "type_change")]


@pytest.mark.parametrize("form", ["path", "list", "folder", "glob", "map", "names"])
def test_forms(case, form):
    plain = counts(case.results())
    files = [case.folder / "parts" / f"{i}.parquet" for i in range(3)]
    files[0].parent.mkdir()
    names = ("key", "truth") if form == "names" else ("id", "y")
    for i, path in enumerate(files):
        write_labels(path, case.labels[i::3], names, row_group_size=100 + 400 * i)
    case.model["labels"] = {"path": "labels.parquet", "list": [f"parts/{i}.parquet" for i in range(3)], "folder": "parts", "glob": "parts/*.parquet",
                            "map": {"file": ["parts/*.parquet"]}, "names": {"file": "parts", "id": "key", "target": "truth"}}[form]
    assert counts(case.results()) == plain


@pytest.mark.parametrize("types,convert", [
    ((pa.float64(), pa.float32()), (float, float)), ((pa.string(), pa.string()), (str, str)), ((pa.int32(), pa.bool_()), (int, bool)),
    ((pa.string(), pa.string()), (str, lambda x: [" 0", "True"][x]))])
def test_ids_and_labels_of_other_types(case, types, convert):
    """1, 1.0 and "1" are one id; 1, 1.0, true and "1" are one label."""
    plain = counts(case.results())
    write_labels(case.folder / "labels.parquet", case.labels, types=types, convert=convert)
    assert counts(case.results()) == plain


def test_mapped_labels_do_not_conflict(case):
    case.model["label_map"] = {"yes": 1, "no": 0}
    plain = counts(case.results())
    mixed = [(key, None if label is None else str([["no", "0"], ["yes", "1.0"]][label][i % 2])) for i, (key, label) in enumerate(case.labels)]
    write_labels(case.folder / "labels.parquet", mixed, types=(pa.int64(), pa.string()))
    assert counts(case.results()) == plain
    del case.model["label_map"]
    assert counts(case.results())["labels_conflicting_ids"] > plain["labels_conflicting_ids"]


def test_reference_labels(case):
    """Both periods; a fit keeps the counts, so that analyze gives what run gives."""
    write(case.folder / "reference.parquet", rows_of(1))
    case.model["reference_labels"] = {"file": "reference_labels.parquet", "target": "truth"}
    labels = [(key, int(score > 0.5)) for _, key, score, _ in rows_of(1)]
    write_labels(case.folder / "reference_labels.parquet", labels, ("id", "truth"))
    found = case.results()
    assert counts(found, "reference") == oracle(rows_of(1), labels)[1]
    assert counts(found) == oracle(case.rows, case.labels)[1]
    plain = (case.folder / "out" / "results.parquet").read_bytes()
    fitted = case.folder / "fitted"
    assert case.longwatch("fit", case.folder / "fleet.yaml", "-o", fitted, "--quiet").returncode == 0
    done = case.run("--profiles", fitted / "profiles", verb="analyze")
    assert done.returncode == 0, done.stderr
    assert (case.folder / "out" / "results.parquet").read_bytes() == plain
    assert case.record()["models"][0]["reference_labels"]["rows"] == ROWS


def test_labels_may_be_added_after_the_fit(case):
    labels = case.model.pop("labels")
    fitted = case.folder / "fitted"
    (case.folder / "fleet.yaml").write_text(json.dumps({"models": {"m": case.model}}))
    assert case.longwatch("fit", case.folder / "fleet.yaml", "-o", fitted, "--quiet").returncode == 0
    case.model["labels"] = labels
    assert case.run("--profiles", fitted / "profiles", verb="analyze").returncode == 0


def test_a_range_of_time_and_a_filter_leave_fewer_rows(case):
    case.model["filter"] = [{"column": "x", "less_than": 3}]
    found = case.results("--from", "2024-01-03")
    kept = [row for i, row in enumerate(case.rows) if i % 7 < 3 and row[0] >= datetime(2024, 1, 3)]
    values = {r["metric"]: (r["rows"], r["value"]) for r in found if r["metric"] in COUNTS}
    assert values == {name: (len(kept), value) for name, value in oracle(kept, case.labels)[1].items()}


def test_labels_of_a_regression(case):
    case.model |= dict(task="regression", prediction="score")
    del case.model["score"]
    write_labels(case.folder / "labels.parquet", case.labels, types=(pa.int64(), pa.float32()), convert=(int, lambda x: x + 0.5))
    found = case.results()
    final = [None if x is None else x + 0.5 for x in oracle(case.rows, case.labels)[0]]
    assert counts(found) == oracle(case.rows, case.labels)[1]
    means = [r["value"] for r in found if (r["column"], r["metric"], r["period"]) == ("y", "mean", "analysis")]
    days = [[x for x in final[at:at + 144] if x is not None] for at in range(0, ROWS, 144)]
    assert [m is None for m in means] == [not day for day in days]
    assert [m for m in means if m is not None] == pytest.approx([sum(day) / len(day) for day in days if day], rel=1e-12)


def test_on_disk_in_any_layout_and_with_any_threads(case):
    temporary = case.folder / "temporary"
    temporary.mkdir()
    contents = set()
    for size in (10_000, 97):
        write_labels(case.folder / "labels.parquet", case.labels, row_group_size=size)
        for options in (["--threads", "1"], ["--threads", "4", "--labels-memory", "1KB"], ["--threads", "1", "--labels-memory", "40KB"]):
            assert case.run(*options, env={"TMPDIR": str(temporary)}).returncode == 0
            contents.add((case.folder / "out" / "results.parquet").read_bytes())
            assert list(temporary.iterdir()) == []
    assert len(contents) == 1


def test_no_label_that_matches_is_a_warning(case):
    """Labels of other days are no mistake: drift goes on."""
    write_labels(case.folder / "labels.parquet", [(10**6 + key, label) for key, label in case.labels if key is not None])
    found = counts(case.results())
    assert (found["labels_matched_rate"], found["labels_missing_rate"]) == (0, 1)
    assert any("none of the" in w and "labels.parquet" in w for w in case.record()["warnings"])
    write_labels(case.folder / "labels.parquet", [])
    assert counts(case.results())["labels_missing_rate"] == 1
    assert any("no label" in w for w in case.record()["warnings"])


def test_hostile_labels_name_their_file(case):
    path = case.folder / "labels.parquet"
    good = path.read_bytes()

    path.unlink()
    case.fails("labels.parquet", "no such file")
    path.write_bytes(b"")
    case.fails("labels.parquet")
    path.write_text("id,y\n1,0\n")
    case.fails("labels.parquet")
    path.write_bytes(good[:-100])
    case.fails("labels.parquet")
    write_labels(path, case.labels, ("ID", "y"))
    case.fails("labels.parquet", "no column 'id'", "known: ID, y")
    write_labels(path, case.labels, ("id", "yy"))
    case.fails("labels.parquet", "no column 'y'", "'yy'")
    pq.write_table(pa.table({"id": pa.array([[1], [2]]), "y": pa.array([0, 1])}), path)
    case.fails("labels.parquet", "column 'id'", "list<")
    pq.write_table(pa.table([pa.array([1]), pa.array([2]), pa.array([0])], names=["id", "id", "y"]), path)
    case.fails("labels.parquet", "2 columns named 'id'")


def test_damaged_labels(case):
    path = case.folder / "labels.parquet"
    write_labels(path, case.labels, write_page_checksum=True, compression="none", use_dictionary=False)
    data = bytearray(path.read_bytes())
    data[len(data) // 4] ^= 1
    path.write_bytes(data)
    done = case.run()
    assert done.returncode == 3 and "labels.parquet" in done.stderr and "row group 0" in done.stderr
    assert not (case.folder / "out").exists()


def test_ids_of_another_kind(case):
    write_labels(case.folder / "labels.parquet", case.labels, types=(pa.string(), pa.int64()), convert=(lambda key: f"flight-{key}", int))
    done = case.run()
    assert done.returncode == 3
    for word in ("labels.parquet", "column 'id'", "none of its", "string here", "int64 there"):
        assert word in done.stderr, done.stderr


def test_text_labels_of_a_regression(case):
    case.model |= dict(task="regression", prediction="score")
    del case.model["score"]
    write_labels(case.folder / "labels.parquet", case.labels, types=(pa.int64(), pa.string()), convert=(int, str))
    case.fails("labels.parquet", "column 'y'", "numbers are needed")


def test_data_without_the_id(case):
    pq.write_table(pq.read_table(case.folder / "analysis.parquet").drop_columns(["id"]), case.folder / "analysis.parquet")
    case.fails("analysis.parquet", "joined by id", "no column 'id'")


def test_other_models_go_on(case):
    (case.folder / "labels.parquet").unlink()
    alone = {key: value for key, value in case.model.items() if key != "labels"}
    (case.folder / "fleet.yaml").write_text(json.dumps({"models": {"good": alone}}))
    run = lambda: case.longwatch("run", case.folder / "fleet.yaml", "-o", case.folder / "out", "--quiet")
    assert run().returncode == 0
    expected = (case.folder / "out" / "results.parquet").read_bytes()
    (case.folder / "fleet.yaml").write_text(json.dumps({"models": {"good": alone, "broken": case.model}}))
    done = run()
    assert done.returncode == 4 and "model 'broken'" in done.stderr and "labels.parquet" in done.stderr
    assert (case.folder / "out" / "results.parquet").read_bytes() == expected


@pytest.mark.parametrize("change,words", [
    ({"id": None}, ["need an 'id'"]), ({"target": None}, ["need a 'target'"]), ({"labels": {"id": "x"}}, ["names no file"]),
    ({"labels": {"file": "a.parquet", "ids": "x"}}, ["unknown key 'ids'", "did you mean 'id'?"]), ({"weight": "w"}, ["does not support row weights"]),
    ({"label_map": {"a": 1, "b": []}}, ["label_map"]), ({"label_map": {"true": 1, "1.0": 0}}, ["label_map", "'1.0'", "'true'"])])
def test_configuration(case, change, words):
    case.model = {key: value for key, value in (case.model | change).items() if value is not None}
    done = case.run()
    assert done.returncode == 2, done.stderr
    for word in ["fleet.yaml:1:", *words]:
        assert word in done.stderr, done.stderr
