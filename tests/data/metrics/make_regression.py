"""Makes regression.json, the expected values of the regression metrics' tests, with scikit-learn and SciPy.

Run from anywhere with a Python that has NumPy and scikit-learn: tests/data/metrics/make_regression.py.
"""

import json
import math
import pathlib

import numpy as np
from sklearn import metrics

FOLDER = pathlib.Path(__file__).parent


def values(prediction, label):
    error = prediction - label
    out = {
        "mae": metrics.mean_absolute_error(label, prediction),
        "mse": metrics.mean_squared_error(label, prediction),
        "rmse": metrics.root_mean_squared_error(label, prediction),
        "bias": math.fsum(error) / len(error),
    }
    if np.all(label != 0):
        out["mape"] = metrics.mean_absolute_percentage_error(label, prediction)
    if np.all(label >= 0) and np.all(prediction >= 0):
        out["msle"] = metrics.mean_squared_log_error(label, prediction)
        out["rmsle"] = metrics.root_mean_squared_log_error(label, prediction)
    if len(label) > 1 and np.ptp(label) > 0:
        out["r2"] = metrics.r2_score(label, prediction)
    return {name: float(value) for name, value in out.items()}


def errors(prediction, label):
    """Standard errors by the plain formula: sd / sqrt(n) of the rows' losses."""
    n = len(label)
    if n < 2:
        return {}
    error = prediction - label
    of = lambda rows: float(np.std(rows, ddof=1) / math.sqrt(n))
    return {"mae": of(np.abs(error)), "mse": of(error**2), "bias": of(error)}


def main():
    random = np.random.default_rng(7)
    label = random.lognormal(2, 0.7, 300)
    cases = {
        "skewed": (label * random.lognormal(0.05, 0.3, 300), label),
        "exact": (label, label),
        "far from zero": (1e6 + random.normal(0, 1, 200), 1e6 + random.normal(0, 1, 200)),
        "small": (1e-9 * random.normal(0, 1, 50), 1e-9 * random.normal(0, 1, 50)),
        "negative": (random.normal(0, 3, 100), random.normal(0, 3, 100)),
        "a zero": (np.array([1.0, 2.0, 3.0]), np.array([1.5, 0.0, 2.0])),
        "one label": (np.array([1.0, 2.0, 3.0]), np.array([2.0, 2.0, 2.0])),
        "one row": (np.array([1.0]), np.array([2.0])),
        "precise": (5 + 1e-7 * random.normal(0, 1, 100) + np.arange(100), 5.0 + np.arange(100)),
    }
    out = {
        name: {"prediction": p.tolist(), "label": y.tolist(), "values": values(p, y), "errors": errors(p, y)}
        for name, (p, y) in cases.items()
    }
    (FOLDER / "regression.json").write_text(json.dumps({"cases": out}) + "\n")


main()
