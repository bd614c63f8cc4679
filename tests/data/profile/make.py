"""Makes the expected values of the profile's tests with NumPy: doane.json and pca.json.

Run from anywhere with the project's Python: tests/data/profile/make.py
"""

import json
import pathlib
import warnings

import numpy as np

FOLDER = pathlib.Path(__file__).parent


def doane_cases():
    rng = np.random.default_rng(20130501)
    floats = {
        "normal": rng.normal(size=300),
        "lognormal": rng.lognormal(0, 2, size=300),
        "integers_as_floats": rng.poisson(4, size=300).astype(float),
        "constant": np.full(20, 0.1),
        "constant_zero": np.zeros(5),
        "two_values": np.where(np.arange(100) % 7 == 0, 3.5, -1.25),
        "outliers": np.concatenate([rng.normal(size=200), [1e6, -3e5]]),
        "one_value": np.array([42.5]),
        "size_2": np.array([1.0, 4.0]),
        "size_3": np.array([1.0, 4.0, 4.5]),
        "zero_inflated": np.where(rng.random(300) < 0.8, 0.0, rng.gamma(2.0, 3.0, size=300)),
        "negative": -rng.exponential(0.3, size=150),
        "far_from_zero": 1e9 + rng.random(200),
        "tiny": rng.random(100) * 1e-100,
        "huge": rng.random(100) * 1e100,
        "symmetric": np.concatenate([-np.arange(1, 65), np.arange(1, 65)]) / 8,
    }
    integers = {
        "poisson": rng.poisson(40, size=300),
        "narrow": rng.integers(0, 4, size=300),
        "binary": rng.integers(0, 2, size=100),
        "wide": rng.integers(-(10**12), 10**12, size=200),
        "constant": np.full(10, 7),
        "one": np.array([3]),
        "two": np.array([3, 9]),
        "three": np.array([3, 4, 9]),
    }
    for kind, cases in (("float64", floats), ("int64", integers)):
        for name, values in cases.items():
            values = np.asarray(values, dtype=kind)
            edges = np.histogram_bin_edges(values, "doane")
            yield {
                "name": f"{name} ({kind})",
                "integer": kind == "int64",
                "values": [float(v) for v in values],
                "edges": [float(e) for e in edges],
            }


def pca_case(name, z, variances):
    """scikit-learn's PCA: singular values of the centred rows, searchsorted(..., side="right") + 1 components."""
    z = np.round(z * 4096).astype(np.int64)
    rows = z / 4096
    _, singular, vectors = np.linalg.svd(rows - rows.mean(axis=0), full_matrices=False)
    eigenvalues = singular**2 / (len(rows) - 1)
    ratios = eigenvalues / eigenvalues.sum()
    ranks = [int(np.searchsorted(np.cumsum(ratios), v, side="right")) + 1 for v in variances]
    kept = vectors[: ranks[0]]
    return {
        "name": name,
        "z": z.tolist(),
        "variances": variances,
        "eigenvalues": eigenvalues.tolist(),
        "ranks": ranks,
        "projector": (kept.T @ kept).tolist(),
    }


def standardise(x):
    return (x - x.mean(axis=0)) / x.std(axis=0)


def pca_cases():
    rng = np.random.default_rng(7)
    factors = rng.normal(size=(80, 2)) @ rng.normal(size=(2, 6))
    yield pca_case("two factors and noise", standardise(factors + 0.3 * rng.normal(size=(80, 6))), [0.65, 0.2, 0.95, 0.999])
    yield pca_case("not centred", standardise(rng.exponential(size=(40, 4)) ** 2) + [0, 1, -2, 3], [0.65, 0.5, 0.9])
    yield pca_case("more features than rows", standardise(rng.normal(size=(5, 8))), [0.65, 0.3])


def main():
    warnings.simplefilter("error")
    texts = {"doane.json": list(doane_cases()), "pca.json": list(pca_cases())}
    for name, cases in texts.items():
        lines = ",\n".join(json.dumps(case) for case in cases)
        (FOLDER / name).write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
