#!/usr/bin/env -S .venv/bin/python
"""Boosted trees: Longwatch's loss models and domain classifier beside LightGBM's own Python API growing the same trees on
the same rows, in turns. Run from the top of the repository: .venv/bin/python benchmarks/trees.py [--rows 50000] [--repeat 3]

The LightGBM side holds its rows in memory as a numpy matrix, bins them once, and grows boosters with the product's
parameters: side by side, one thread each (the faster way: see --inner). Longwatch's figure is a whole `longwatch run` that
computes nothing else but the row count: reading the files, choosing and ordering rows, trees, scoring, intervals, writing."""
import argparse
import concurrent.futures
import json
import os
import pathlib
import resource
import statistics
import subprocess
import tempfile
import time

import lightgbm
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

ROOT = pathlib.Path(__file__).resolve().parents[1]
NUMBERS, TEXTS, LOSSES, FOLDS, TREES = 40, 10, 5, 5, 100


def columns(rows, seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, NUMBERS))
    codes = rng.integers(0, 20, size=(rows, TEXTS))
    prediction = 100 + x[:, 0] + codes[:, 0] / 10
    label = prediction + rng.normal(size=rows) * (0.5 + np.abs(x[:, 1]))
    return x, codes, prediction, label


def write(folder, name, rows, seed):
    x, codes, prediction, label = columns(rows, seed)
    texts = np.array([f"c{i:02}" for i in range(20)])
    data = {f"x{i:02}": x[:, i] for i in range(NUMBERS)} | {f"t{i:02}": texts[codes[:, i]] for i in range(TEXTS)}
    data |= {"p": prediction, "y": label, "when": np.datetime64("2024-01-01", "s") + np.arange(rows)}
    pq.write_table(pa.table(data), folder / f"{name}.parquet", row_group_size=50_000)


def parameters(objective, threads):
    return dict(objective=objective, num_threads=threads, deterministic=True, force_row_wise=True, seed=1, verbosity=-1, metric="none")


def grow(data, rows, labels, objective, threads):
    part = data.subset(rows).construct()
    part.set_label(labels)
    return lightgbm.train(parameters(objective, threads), part, TREES)


def binned(matrix, categorical):
    return lightgbm.Dataset(matrix, np.zeros(len(matrix)), categorical_feature=categorical, params=parameters("regression", 1), free_raw_data=False).construct()


def side_by_side(work, threads):
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda one: one(), work))


def losses_alone(rows, threads, inner):
    """Six boosters a loss; every reference row scored by one of its folds, every analysis row by the whole one."""
    x, codes, prediction, label = columns(rows, 1)
    reference = np.column_stack([x, codes, prediction])
    x, codes, other, _ = columns(rows, 2)
    analysis = np.column_stack([x, codes, other])
    error = prediction - label
    losses = [np.abs(error), error ** 2, np.abs(error / label), (np.log1p(prediction) - np.log1p(np.maximum(label, 0))) ** 2, error]

    def booster(loss, fold):
        which = np.flatnonzero(np.arange(rows) % FOLDS != fold)
        grown = grow(data, which, loss[which], "regression", inner)
        held = np.flatnonzero(np.arange(rows) % FOLDS == fold) if fold < FOLDS else None
        grown.predict(analysis if held is None else reference[held], num_threads=inner)

    begun = time.perf_counter(), time.process_time()
    data = binned(reference, list(range(NUMBERS, NUMBERS + TEXTS)))
    side_by_side([lambda l=l, f=f: booster(l, f) for l in losses for f in range(FOLDS + 1)], threads)
    return time.perf_counter() - begun[0], time.process_time() - begun[1]


def domain_alone(rows, threads, inner, chunks):
    """Reference chunks against the rest of the reference, analysis chunks against all of it."""
    x, codes, _, _ = columns(rows, 1)
    reference = np.column_stack([x, codes])
    x, codes, _, _ = columns(rows, 2)
    analysis = np.column_stack([x, codes])
    size = rows // chunks

    def chunk(rest, part):
        matrix = np.concatenate([rest, part])
        labels = np.repeat([0.0, 1.0], [len(rest), len(part)])
        data = binned(matrix, list(range(NUMBERS, NUMBERS + TEXTS)))
        order = np.concatenate([np.arange(len(rest)), np.arange(len(part))]) % FOLDS
        for fold in range(FOLDS):
            which = np.flatnonzero(order != fold)
            grow(data, which, labels[which], "binary", inner).predict(matrix[order == fold], num_threads=inner)

    def of_reference(k):
        inside = np.arange(rows) // size == k
        chunk(reference[~inside], reference[inside])

    begun = time.perf_counter(), time.process_time()
    side_by_side([lambda k=k: of_reference(k) for k in range(chunks) if chunks > 1] +
                 [lambda k=k: chunk(reference, analysis[k * size:(k + 1) * size]) for k in range(chunks)], threads)
    return time.perf_counter() - begun[0], time.process_time() - begun[1]


def longwatch(folder, metrics, chunks, threads):
    size = pq.ParquetFile(folder / "reference.parquet").metadata.num_rows // chunks
    model = dict(task="regression", prediction="p", target="y", timestamp="when", chunk={"size": size}, pca={"max_columns": 0},
                 reference="reference.parquet", analysis="analysis.parquet", metrics=metrics)
    (folder / "fleet.yaml").write_text(json.dumps({"models": {"m": model}}))
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([ROOT / "build/release/longwatch", "run", "fleet.yaml", "-o", "out", "--quiet", "--threads", str(threads)], cwd=folder, check=True)
    wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--chunks", type=int, default=1, help="of each period, for the domain classifier; one of the reference is not scored")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--inner", action="store_true", help="boosters one after another, LightGBM's own threads")
    parser.add_argument("--case", choices=["losses", "domain"], action="append")
    options = parser.parse_args()
    outer, inner = (1, options.threads) if options.inner else (options.threads, 1)
    cases = {
        "losses": (lambda: losses_alone(options.rows, outer, inner),
                   lambda folder: longwatch(folder, ["row_count", "mae", "mse", "mape", "msle", "bias"], 10, options.threads)),
        "domain": (lambda: domain_alone(options.rows, outer, inner, options.chunks),
                   lambda folder: longwatch(folder, ["row_count", "domain_classifier_auroc"], options.chunks, options.threads)),
    }
    print(f"{options.rows} + {options.rows} rows x {NUMBERS + TEXTS} features, {options.threads} threads, lightgbm {lightgbm.__version__}, load {os.getloadavg()[0]:.1f}")
    print("| case | runs | LightGBM alone: wall s, CPU s | Longwatch: wall s, CPU s | wall ratio | CPU ratio |\n|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write(folder, "reference", options.rows, 1)
        write(folder, "analysis", options.rows, 2)
        for case in options.case or cases:
            alone, ours = zip(*[(cases[case][0](), cases[case][1](folder)) for _ in range(options.repeat)])
            (wall, cpu), (our_wall, our_cpu) = ([statistics.median(column) for column in zip(*side)] for side in (alone, ours))
            print(f"| {case} | {options.repeat} | {wall:.1f}, {cpu:.1f} | {our_wall:.1f}, {our_cpu:.1f} | {our_wall / wall:.2f} | {our_cpu / cpu:.2f} |", flush=True)


if __name__ == "__main__":
    main()
