"""Makes isotonic.json, the expected knots of calibration maps, with scikit-learn.

Run from anywhere with a Python that has NumPy and scikit-learn: tests/data/profile/make_isotonic.py.
A table is a list of [score, positive labels, rows].
"""

import json
import pathlib

import numpy as np
from sklearn.isotonic import IsotonicRegression

FOLDER = pathlib.Path(__file__).parent
AT = [0.0, 0.05, 0.123, 0.25, 0.5, 0.51, 0.77, 0.9, 1.0]


def drawn(seed, rows, digits, shape=lambda s: s):
    rng = np.random.default_rng(seed)
    score = np.round(rng.beta(0.7, 1.1, rows), digits)
    label = rng.random(rows) < np.clip(shape(score), 0, 1)
    values, place = np.unique(score, return_inverse=True)
    return [[s, int(p), int(n)] for s, p, n in zip(values.tolist(), np.bincount(place, label), np.bincount(place))]


def case(table):
    score, positive, rows = (np.array(x, float) for x in zip(*table))
    map_ = IsotonicRegression(out_of_bounds="clip").fit(
        np.repeat(score, 2), np.tile([1.0, 0.0], len(score)),
        sample_weight=np.column_stack([positive, rows - positive]).ravel())
    return {"table": table, "scores": map_.X_thresholds_.tolist(), "probabilities": map_.y_thresholds_.tolist(),
            "at": [[s, float(p)] for s, p in zip(AT, map_.predict(AT))]}


def main():
    tables = {
        "continuous": drawn(1, 600, 17),
        "ties": drawn(2, 5000, 2, lambda s: s**2),
        "no relation": drawn(3, 2000, 2, lambda s: 0.3 + 0 * s),
        "the wrong way round": drawn(4, 500, 2, lambda s: 1 - s),
        "steps": drawn(5, 5000, 3, lambda s: np.round(s * 4) / 4),
        "many rows a score": [[s, p * 98765, n * 98765] for s, p, n in drawn(6, 400, 1)],
        "one score": [[0.4, 3, 7]],
        "two scores": [[0.2, 1, 7], [0.8, 5, 7]],
        "two scores, falling": [[0.2, 5, 7], [0.8, 1, 7]],
        "apart": [[0.1, 0, 5], [0.2, 0, 6], [0.3, 0, 1], [0.7, 4, 4], [0.8, 2, 2]],
        "only positives": [[0.1, 5, 5], [0.2, 6, 6]],
    }
    (FOLDER / "isotonic.json").write_text(json.dumps({name: case(table) for name, table in tables.items()}) + "\n")


if __name__ == "__main__":
    main()
