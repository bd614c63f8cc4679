"""What a binary, a multiclass and a regression model say of the same rows; a quarter of the labels is missing."""
import numpy as np
import pyarrow as pa

MODELS = {
    "binary": dict(task="binary", score="score", prediction="predicted", target="late"),
    "multiclass": dict(task="multiclass", score={"a": "a", "b": "b", "c": "c"}, prediction="class_predicted", target="class"),
    "regression": dict(task="regression", prediction="minutes_predicted", target="minutes"),
}


def columns(rng, rows, shift):
    """Scores, predictions and targets of MODELS, by name."""
    score = rng.random(rows)
    logits = rng.random((rows, 3)) + np.array([0.5, 0.2, shift])
    shares = logits / logits.sum(axis=1, keepdims=True)
    unknown = rng.random(rows) < 0.25
    classes = np.array(["a", "b", "c"])
    true_class = (shares.cumsum(axis=1) < rng.random((rows, 1))).sum(axis=1).clip(0, 2)
    return {
        "score": score, "predicted": (score > 0.5).astype(np.int64), "late": pa.array((rng.random(rows) < score).astype(np.int64), mask=unknown),
        "a": shares[:, 0], "b": shares[:, 1], "c": shares[:, 2], "class_predicted": pa.array(classes[shares.argmax(axis=1)]),
        "class": pa.array(classes[true_class], mask=unknown), "minutes_predicted": pa.array((10 * score).astype(np.float32)),
        "minutes": pa.array((10 * score + rng.normal(0, 3, rows)).astype(np.float32), mask=unknown)}
