"""Labels joined by id give the bytes that the same labels give inside the data: any threads, memory and layout."""
import hashlib
import json

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

import three_models
from three_models import MODELS

ROWS = 12_000


def table(seed, shift):
    """Rows with an id, three targets of which a quarter is missing, and the model outputs they belong to."""
    rng = np.random.default_rng(seed)
    return pa.table({
        "id": pa.array(rng.permutation(ROWS) + seed * ROWS), "x": rng.normal(shift, 1, ROWS),
        "when": pa.array(np.datetime64("2024-01-01", "us") + (rng.permutation(ROWS) * 300).astype("timedelta64[s]")),
        "region": pa.array(np.array(["north", "south"])[rng.integers(0, 2, ROWS)])} | three_models.columns(rng, ROWS, shift))


COUNTS = ["labels_matched_rate", "labels_missing_rate", "labels_replaced_count", "labels_repeated_count", "labels_duplicate_ids",
          "labels_conflicting_ids", "labels_unmatched_ids"]
TARGETS = [model["target"] for model in MODELS.values()]


@pytest.fixture(scope="module")
def tables():
    return {"reference": table(1, 0.3), "analysis": table(2, 0.6)}


def write(folder, tables, joined, pieces=1, row_group=5_000, shuffle=None, **more):
    """With `joined`, labels are in a file of their own, in an order of their own, and only known ones stand there. `more`: keys of every model."""
    folder.mkdir(parents=True)
    models = {}
    for name, data in tables.items():
        kept = data.drop_columns(TARGETS) if joined else data
        for i, at in enumerate(np.linspace(0, ROWS, pieces + 1).astype(int)[:-1]):
            pq.write_table(kept.slice(at, ROWS // pieces if i + 1 < pieces else None), folder / f"{name}-{i}.parquet", row_group_size=row_group)
        for target in TARGETS:
            labels = data.select(["id", target]).take(np.random.default_rng(shuffle or 0).permutation(ROWS)).drop_null()
            pq.write_table(labels, folder / f"{name}-{target}-labels.parquet", row_group_size=row_group // 2)
    for model, keys in MODELS.items():
        models[model] = dict(keys, id="id", timestamp="when", chunk="1w", segments=["region"], features=["x"], **more)
        models[model] |= {name: [f"{name}-{i}.parquet" for i in range(pieces)] for name in tables}
        if joined:
            models[model] |= {"labels": f"analysis-{keys['target']}-labels.parquet",
                              "reference_labels": f"reference-{keys['target']}-labels.parquet"}
    (folder / "fleet.yaml").write_text(json.dumps({"models": models}))
    return folder / "fleet.yaml"


@pytest.fixture(scope="module")
def rows(longwatch, tmp_path_factory):
    """The results without what only a join counts; and their digest, where there is no such thing to leave out."""
    def of(config, *options, joined=True):
        out = tmp_path_factory.mktemp("out") / "result"
        run = longwatch("run", config, "-o", out, "--quiet", *options)
        assert run.returncode == 0, run.stderr
        found = pq.read_table(out / "results.parquet")
        found = found.cast(pa.schema([(c.name, c.type.value_type if pa.types.is_dictionary(c.type) else c.type) for c in found.schema]))
        counts = pc.is_in(found["metric"], pa.array(COUNTS))
        assert pc.sum(counts).as_py() == (2 * len(COUNTS) * len(MODELS) if joined else 0)
        return hashlib.sha256((out / "results.parquet").read_bytes()).hexdigest(), found.filter(pc.invert(counts))

    return of


@pytest.fixture(scope="module")
def inside(tables, rows, tmp_path_factory):
    return rows(write(tmp_path_factory.mktemp("inside") / "data", tables, False), joined=False)


@pytest.fixture(scope="module")
def joined(tables, rows, tmp_path_factory):
    config = write(tmp_path_factory.mktemp("joined") / "data", tables, True)
    return config, rows(config, "--threads", "1")


def test_as_inside_the_data(inside, joined):
    """But for the rows that count the join itself, all values are the same."""
    assert inside[1].num_rows > 1_000
    assert inside[1].equals(joined[1][1])


@pytest.mark.sanitized
@pytest.mark.threads
@pytest.mark.parametrize("options", [("--threads", "2"), ("--threads", "8", "--labels-memory", "1KB"), ("--threads", "1", "--labels-memory", "100KB"),
                                     ("--slab-rows", "77")])
def test_threads_and_memory(joined, rows, options):
    assert rows(joined[0], *options)[0] == joined[1][0]


@pytest.mark.parametrize("pieces,row_group,shuffle", [(3, 1_000, 1), (1, 100_000, 2), (5, 778, 3)])
def test_layout(tables, joined, rows, tmp_path, pieces, row_group, shuffle):
    assert rows(write(tmp_path / "data", tables, True, pieces, row_group, shuffle))[0] == joined[1][0]


def test_segments_fitted_apart(tables, rows, tmp_path):
    """Each segment's classes, calibration and thresholds come from labels that were joined before the segments were taken apart."""
    inside = rows(write(tmp_path / "inside", tables, False, fit="per_segment"), joined=False)[1]
    apart = rows(write(tmp_path / "joined", tables, True, fit="per_segment"), "--threads", "1")
    assert inside.num_rows > 1_000 and inside.equals(apart[1])
    segments = inside.filter(pc.equal(inside["segment_value"], "north"))
    known = pc.and_(pc.equal(segments["family"], "realized_performance"), pc.equal(segments["status"], "ok"))
    assert {r["model"] for r in segments.filter(known).to_pylist()} == set(MODELS)
    for options in (("--threads", "4", "--labels-memory", "1KB"), ("--segment-memory", "500KB")):
        assert rows(write(tmp_path / options[0] / options[-1], tables, True, 3, 1_000, 5, fit="per_segment"), *options)[0] == apart[0]
