"""Drift and data quality with NannyML on its defaults: univariate Jensen-Shannon, PCA reconstruction, missing values,
unseen values, mean and standard deviation. Prints the seconds of each.

Rows are given in the order of their timestamps and without the timestamp column: it spares NannyML a sort per column.
Usage: nannyml_monitoring.py CHUNK_ROWS OUTPUT [REFERENCE ANALYSIS]... ; OUTPUT may be -; without files it only starts
"""

import os
import sys
import time
import warnings

os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"
warnings.filterwarnings("ignore")

import nannyml as nml  # noqa: E402
import pandas as pd  # noqa: E402

ROLES = ("id", "timestamp", "target", "label", "score", "prediction")


def features(frame: pd.DataFrame) -> tuple[list[str], list[str]]:
    names = [name for name in frame.columns if not name.startswith(ROLES)]
    numbers = [name for name in names if pd.api.types.is_numeric_dtype(frame[name]) and frame[name].dtype != bool]
    return names, numbers


def analyse(reference_path: str, analysis_path: str, chunk_rows: int, output: str) -> None:
    reference, analysis = pd.read_parquet(reference_path), pd.read_parquet(analysis_path)
    names, numbers = features(reference)
    texts = [name for name in names if name not in numbers]
    calculators = {
        "jensen_shannon": nml.UnivariateDriftCalculator(column_names=names, chunk_size=chunk_rows),
        "reconstruction": nml.DataReconstructionDriftCalculator(column_names=names, chunk_size=chunk_rows),
        "missing": nml.MissingValuesCalculator(column_names=names, chunk_size=chunk_rows),
        "mean": nml.SummaryStatsAvgCalculator(column_names=numbers, chunk_size=chunk_rows),
        "standard_deviation": nml.SummaryStatsStdCalculator(column_names=numbers, chunk_size=chunk_rows),
    }
    if texts:
        calculators["unseen"] = nml.UnseenValuesCalculator(column_names=texts, chunk_size=chunk_rows)
    for name, calculator in calculators.items():
        begin = time.perf_counter()
        result = calculator.fit(reference).calculate(analysis)
        print(f"{name} {time.perf_counter() - begin:.2f} s", flush=True)
        if output != "-" and name == "jensen_shannon":
            frame = result.filter(period="analysis").to_df(multilevel=False)
            frame.to_parquet(output)


def main() -> None:
    chunk_rows, output, paths = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
    for reference, analysis in zip(paths[::2], paths[1::2]):
        analyse(reference, analysis, chunk_rows, output)


main()
