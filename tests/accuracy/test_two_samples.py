"""Kolmogorov-Smirnov and Wasserstein against SciPy on the rows: families, reference sizes, shifts."""
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy import stats

FAMILIES = {
    "normal": lambda rng, n: rng.normal(0, 1, n),
    "lognormal_1": lambda rng, n: np.exp(rng.normal(0, 1, n)),
    "lognormal_3": lambda rng, n: np.exp(3 * rng.normal(0, 1, n)),
    "pareto_1": lambda rng, n: 1 + rng.pareto(1, n),
    "pareto_2": lambda rng, n: 1 + rng.pareto(2, n),
    "zero_inflated": lambda rng, n: np.where(rng.random(n) < 0.7, 0.0, rng.gamma(2, 2, n)),
    "integers": lambda rng, n: rng.poisson(30, n).astype(float),
    "gap": lambda rng, n: np.where(rng.random(n) < 0.5, rng.uniform(0, 1, n), rng.uniform(100, 101, n)),
}
SHIFTS = [0, 0.1, 0.5]  # in interquartile ranges
CHUNK = {1_500: 500, 20_000: 5_000, 1_000_000: 50_000}


@pytest.mark.parametrize("rows", CHUNK)
def test_against_scipy(longwatch, tmp_path, rows):
    rng = np.random.default_rng(rows)
    n = CHUNK[rows]
    reference = {name: make(rng, rows) for name, make in FAMILIES.items()}
    spread = {name: max(np.subtract(*np.percentile(x, [75, 25])), 1e-9) for name, x in reference.items()}
    analysis = {name: np.concatenate([make(rng, n) + shift * spread[name] for shift in SHIFTS]) for name, make in FAMILIES.items()}
    for name, data in (("reference", reference), ("analysis", analysis)):
        pq.write_table(pa.table(data), tmp_path / f"{name}.parquet")
    model = dict(reference="reference.parquet", analysis="analysis.parquet", chunk={"size": n}, reference_chunk={"number": 1},
                 metrics=["kolmogorov_smirnov", "wasserstein"])
    (tmp_path / "fleet.yaml").write_text(json.dumps({"models": {"m": model}}))
    run = longwatch("run", tmp_path / "fleet.yaml", "-o", tmp_path / "out", "--quiet")
    assert run.returncode == 0, run.stderr
    ours = {(r["chunk_index"], r["column"], r["metric"]): r for r in pq.read_table(tmp_path / "out" / "results.parquet").to_pylist()
            if r["period"] == "analysis"}
    failures = []
    for name, x in reference.items():
        exact = len(np.unique(x)) <= 1024
        for k, shift in enumerate(SHIFTS):
            y = analysis[name][k * n:(k + 1) * n]
            ks, w = (ours[k, name, metric]["value"] for metric in ("kolmogorov_smirnov", "wasserstein"))
            true_ks, true_w = stats.ks_2samp(x, y, method="asymp").statistic, stats.wasserstein_distance(x, y)
            if abs(ks - true_ks) > (1e-12 if exact else 2e-3):
                failures.append(f"{name} shift {shift}: KS {ks}, SciPy {true_ks}")
            resolution = ours[k, name, "kolmogorov_smirnov"]["resolution"]
            if abs(ks - true_ks) > (resolution or 0) + 1e-12:
                failures.append(f"{name} shift {shift}: KS {ks} is further from SciPy's {true_ks} than its resolution {resolution}")
            if abs(w - true_w) > 0.01 * true_w:
                failures.append(f"{name} shift {shift}: Wasserstein {w}, SciPy {true_w} ({w / true_w - 1:+.2%})")
    assert not failures, "\n".join(failures)


def test_one_row_below_the_reference(longwatch, tmp_path):
    """A single row below the reference's minimum moves the distance by its share, not by the range."""
    rng = np.random.default_rng(5)
    reference, chunk = np.exp(3 * rng.normal(0, 1, 20_000)), np.exp(3 * rng.normal(0, 1, 5_000))
    chunk[0] = reference.min() / 2
    pq.write_table(pa.table({"x": reference}), tmp_path / "reference.parquet")
    pq.write_table(pa.table({"x": chunk}), tmp_path / "analysis.parquet")
    model = dict(reference="reference.parquet", analysis="analysis.parquet", chunk={"number": 1})
    (tmp_path / "fleet.yaml").write_text(json.dumps({"models": {"m": model}}))
    assert longwatch("run", tmp_path / "fleet.yaml", "-o", tmp_path / "out", "--quiet").returncode == 0
    value = next(r["value"] for r in pq.read_table(tmp_path / "out" / "results.parquet").to_pylist()
                 if r["metric"] == "wasserstein" and r["period"] == "analysis")
    assert value == pytest.approx(stats.wasserstein_distance(reference, chunk), rel=0.01)


def test_summary_beyond_the_reference(longwatch, tmp_path):
    """After a shift by a factor of 1,000 quantiles are known to 5 %, mean and sum exactly."""
    rng = np.random.default_rng(6)
    reference, chunk = rng.gamma(2, 3, 20_000) + 1, 1000 * (rng.gamma(2, 3, 5_000) + 1)
    pq.write_table(pa.table({"x": reference, "y": -reference}), tmp_path / "reference.parquet")
    pq.write_table(pa.table({"x": chunk, "y": -chunk}), tmp_path / "analysis.parquet")
    model = dict(reference="reference.parquet", analysis="analysis.parquet", chunk={"number": 1})
    (tmp_path / "fleet.yaml").write_text(json.dumps({"models": {"m": model}}))
    assert longwatch("run", tmp_path / "fleet.yaml", "-o", tmp_path / "out", "--quiet").returncode == 0
    ours = {(r["column"], r["metric"]): r["value"] for r in pq.read_table(tmp_path / "out" / "results.parquet").to_pylist() if r["period"] == "analysis"}
    for column, values in (("x", chunk), ("y", -chunk)):
        assert ours[column, "mean"] == pytest.approx(values.mean(), rel=1e-12)
        assert ours[column, "sum"] == pytest.approx(values.sum(), rel=1e-12)
        assert ours[column, "standard_deviation"] == pytest.approx(values.std(ddof=1), rel=1e-9)
        assert ours[column, "minimum"] == values.min() and ours[column, "maximum"] == values.max()
        for metric, level in (("median", 0.5), ("quantile_05", 0.05), ("quantile_95", 0.95)):
            assert ours[column, metric] == pytest.approx(np.quantile(values, level), rel=0.05)
