"""Makes the expected values of the metrics' tests: numbers.json and categories.json (NumPy, SciPy),
gamma.json (mpmath).

Run from anywhere with a Python that has the three: tests/data/metrics/make.py. mpmath is needed for gamma.json only.
"""

import json
import pathlib

import numpy as np
from scipy import spatial, stats

FOLDER = pathlib.Path(__file__).parent
FLOOR = 1e-4


def bin_distances(p, q):
    """Distances of two vectors of counts over the same bins."""
    p, q = np.asarray(p) / np.sum(p), np.asarray(q) / np.sum(q)
    p_floored, q_floored = np.where(p > 0, p, FLOOR), np.where(q > 0, q, FLOOR)
    return {
        "jensen_shannon": spatial.distance.jensenshannon(p, q, base=2),
        "hellinger": np.linalg.norm(np.sqrt(p) - np.sqrt(q)) / np.sqrt(2),
        "total_variation": np.abs(p - q).sum() / 2,
        "kullback_leibler": stats.entropy(q_floored, p_floored),
    }


def stability_index(p, q):
    p, q = np.asarray(p) / np.sum(p), np.asarray(q) / np.sum(q)
    p, q = np.where(p > 0, p, FLOOR), np.where(q > 0, q, FLOOR)
    return np.sum((q - p) * np.log(q / p))


def decile_bins(reference, values):
    """Bins right-closed at the reference's deciles; a value that holds a tenth of the reference has its own."""
    ordered = np.sort(reference)
    deciles = sorted({ordered[int(np.floor(i * (len(ordered) - 1) / 10 + 0.5))] for i in range(1, 10)})
    bins = np.zeros(len(values), int)
    for edge in deciles:
        heavy = np.mean(reference == edge) >= 0.1
        if heavy and edge > ordered[0]:
            bins += values >= edge
        if ordered[0] < edge < ordered[-1] or (heavy and edge < ordered[-1]):
            bins += values > edge
    return bins


def number_case(reference, chunk):
    ref, new = (x[~np.isnan(x)] for x in (reference, chunk))
    finite = new[np.isfinite(new)]
    edges = np.histogram_bin_edges(ref, "doane")
    p, q = np.histogram(ref, edges)[0], np.histogram(new, edges)[0]
    expected = bin_distances(np.append(p, len(ref) - p.sum()), np.append(q, len(new) - q.sum()))
    both = decile_bins(ref, np.concatenate([ref, new]))
    size = both.max() + 1
    expected["population_stability_index"] = stability_index(
        np.bincount(both[: len(ref)], minlength=size), np.bincount(both[len(ref) :], minlength=size))
    expected["kolmogorov_smirnov"] = stats.ks_2samp(ref, new, method="asymp").statistic
    if len(finite) == len(new):
        expected["wasserstein"] = stats.wasserstein_distance(ref, new)
    n, deviation = len(finite), finite.std(ddof=1)
    fourth = stats.moment(finite, 4)
    expected |= {"mean": finite.mean(), "sum": finite.sum(), "standard_deviation": deviation,
                 "median": np.median(finite), "minimum": finite.min(), "maximum": finite.max()}
    expected |= {f"quantile_{level:02d}": np.quantile(finite, level / 100) for level in (5, 25, 75, 95)}
    rows = len(chunk)
    out = np.sum((new < ref.min()) | (new > ref.max()))
    missing, infinite = np.isnan(chunk).sum(), np.isinf(chunk).sum()
    expected |= {"missing_rate": missing / rows, "missing_count": missing, "inf_count": infinite,
                 "out_of_range_rate": out / rows, "out_of_range_count": out, "distinct_count": len(np.unique(new)),
                 "constant": len(np.unique(new)) == 1}
    case = {"reference": reference, "chunk": chunk, "expected": expected}
    if deviation == 0:
        return case | {"standard_errors": {"mean": 0, "standard_deviation": 0}}
    errors = {"mean": deviation / np.sqrt(n), "sum": deviation * np.sqrt(n),
              "standard_deviation": np.sqrt((fourth - (n - 3) / (n - 1) * deviation**4) / n) / (2 * deviation),
              "missing_rate": np.sqrt(missing / rows * (1 - missing / rows) / rows)}
    return case | {"standard_errors": errors}


def number_cases():
    rng = np.random.default_rng(20130101)
    normal = rng.normal(size=200)
    zeros = np.where(rng.random(150) < 0.4, 0.0, rng.gamma(2, 3, 150))
    return {
        "normal_shifted": number_case(normal, rng.normal(0.4, 1.2, 60)),
        "missing_values": number_case(np.append(normal, [np.nan] * 7), np.append(rng.normal(size=40), [np.nan] * 10)),
        "integers": number_case(rng.poisson(6, 120).astype(float), rng.poisson(8, 50).astype(float)),
        "zeros": number_case(zeros, np.where(rng.random(60) < 0.2, 0.0, rng.gamma(2, 4, 60))),
        "capped": number_case(np.minimum(rng.exponential(2, 150), 3.0), np.minimum(rng.exponential(2.5, 70), 3.0)),
        "one_row": number_case(normal, np.array([0.3, 0.3])),
        "far_away": number_case(normal, rng.normal(1e3, 10, 30)),
        "infinite": number_case(normal, np.append(rng.normal(size=30), [np.inf, np.inf, -np.inf])),
        "below_by_one": number_case(normal, np.append(normal[:99], -40.0)),
        "large_offset": number_case(1e9 + normal, 1e9 + rng.normal(0.1, 1, 80)),
    }


def category_case(reference, chunk):
    """Counts by category; None is missing."""
    ref = {k: v for k, v in reference.items() if k}
    new = {k: v for k, v in chunk.items() if k}
    names = sorted(ref)
    unseen = sum(v for k, v in new.items() if k not in ref)
    p = [ref[k] for k in names] + [0]
    q = [new.get(k, 0) for k in names] + [unseen]
    expected = bin_distances(p, q) | {"population_stability_index": stability_index(p, q)}
    union = names + sorted(set(new) - set(ref))
    table = np.array([[counts.get(k, 0) for k in union] for counts in (ref, new)])
    test = stats.chi2_contingency(table)
    shares = table / table.sum(axis=1, keepdims=True)
    rows, missing = sum(chunk.values()), chunk.get("", 0)
    expected |= {"chi_squared": test.statistic, "l_infinity": np.abs(shares[0] - shares[1]).max(),
                 "unseen_count": unseen, "unseen_rate": unseen / rows, "missing_rate": missing / rows,
                 "distinct_count": len(new), "constant": float(len(new) == 1)}
    return {"reference": reference, "chunk": chunk, "expected": expected, "p_value": test.pvalue}


def category_cases():
    many = {f"c{i:02d}": 10 + i for i in range(40)}
    return {
        "three": category_case({"a": 50, "b": 30, "c": 20}, {"a": 20, "b": 20, "c": 15}),
        "two_by_two": category_case({"no": 70, "yes": 30}, {"no": 20, "yes": 25}),
        "two_by_two_close": category_case({"no": 70, "yes": 31}, {"no": 7, "yes": 3}),
        "unseen": category_case({"a": 50, "b": 30}, {"a": 20, "x": 5, "y": 3, "z": 1}),
        "all_unseen": category_case({"a": 50, "b": 30}, {"x": 12}),
        "missing": category_case({"a": 50, "b": 30, "": 9}, {"a": 10, "b": 12, "": 6}),
        "gone": category_case({"a": 50, "b": 30, "c": 4}, {"a": 10, "b": 12}),
        "one_category": category_case({"a": 50}, {"a": 7}),
        "many": category_case(many, {k: v // 2 + 3 * (i % 3) for i, (k, v) in enumerate(many.items())}),
        "many_unseen": category_case(many, {f"u{i:02d}": 1 + i % 5 for i in range(60)} | {"c03": 40}),
        "deep_tail": category_case({"a": 900, "b": 500, "c": 300}, {"a": 100, "b": 800, "c": 600}),
    }


def gamma_cases():
    """The upper regularised incomplete gamma function, as 1 - the sum of DLMF 8.7.1 with 400 digits."""
    import mpmath
    mpmath.mp.dps = 400
    shapes = (0.5, 1, 1.5, 2.5, 7, 15.5, 16, 16.5, 50, 500.5, 5000, 32800)
    points = [(a, a * t) for a in shapes for t in (0.01, 0.5, 0.99, 1, 1.01, 1.5)]
    points += [(a, a + t) for a in (0.5, 1, 2.5, 10, 16.5, 50, 500.5) for t in (30, 200, 600)]
    points += [(5000, 7500.0), (32800, 39000.0), (32800, 32981.5)]
    cases = []
    for a, x in points:
        a, x = mpmath.mpf(a), mpmath.mpf(x)
        total, term, k = mpmath.mpf(0), 1 / a, 0
        while term > total * mpmath.mpf(10) ** -400:
            total, k = total + term, k + 1
            term *= x / (a + k)
        value = 1 - total * mpmath.exp(a * mpmath.log(x) - x - mpmath.loggamma(a))
        if 1e-300 < value:
            cases.append({"a": float(a), "x": float(x), "q": float(value)})
    return cases


def plain(value):
    """JSON has no NaN or infinity: they are the texts "nan", "inf" and "-inf"."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, np.ndarray)):
        return [plain(v) for v in value]
    if isinstance(value, str):
        return value
    value = float(value)
    return value if np.isfinite(value) else repr(value)


if __name__ == "__main__":
    for name, cases in (("numbers", number_cases()), ("categories", category_cases()), ("gamma", gamma_cases())):
        (FOLDER / f"{name}.json").write_text(json.dumps(plain(cases), indent=1) + "\n")
