"""Estimated and realized performance of a binary classifier with NannyML on its defaults: CBPE and PerformanceCalculator,
seven metrics each. Prints the seconds of each.

Rows are given in the order of their timestamps and without the timestamp column: it spares NannyML a sort.
Usage: nannyml_performance.py CHUNK_ROWS OUTPUT [REFERENCE ANALYSIS]... ; OUTPUT may be -; without files it only starts
"""

import os
import sys
import time
import warnings

os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"
warnings.filterwarnings("ignore")

import nannyml as nml  # noqa: E402
import pandas as pd  # noqa: E402

METRICS = ["roc_auc", "average_precision", "f1", "precision", "recall", "specificity", "accuracy"]
COLUMNS = ["score", "prediction", "target"]


def analyse(reference_path: str, analysis_path: str, chunk_rows: int, output: str) -> None:
    reference, analysis = (pd.read_parquet(path, columns=COLUMNS) for path in (reference_path, analysis_path))
    common = {
        "problem_type": "classification_binary",
        "y_true": "target",
        "y_pred": "prediction",
        "y_pred_proba": "score",
        "metrics": METRICS,
        "chunk_size": chunk_rows,
    }
    for name, kind in (("estimated", nml.CBPE), ("realized", nml.PerformanceCalculator)):
        begin = time.perf_counter()
        calculator = kind(**common).fit(reference)
        result = calculator.estimate(analysis) if name == "estimated" else calculator.calculate(analysis)
        print(f"{name} {time.perf_counter() - begin:.2f} s", flush=True)
        if output != "-":
            result.filter(period="analysis").to_df(multilevel=False).to_parquet(f"{output}.{name}.parquet")


def main() -> None:
    chunk_rows, output, paths = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
    for reference, analysis in zip(paths[::2], paths[1::2]):
        analyse(reference, analysis, chunk_rows, output)


main()
