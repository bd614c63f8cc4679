"""The flights by month: NannyML's estimate beside Longwatch's and the realized metric. Prints a Markdown table.

For the late model (binary, ROC AUC and accuracy and F1) and the delay model (regression, MAE and RMSE): mean distance of
the estimate from the realized metric, and the share of months whose realized metric lies inside NannyML's band of +- 3
sampling errors, and inside Longwatch's 95 % interval for the realized metric of these very rows (pi).

Usage: flights.py LONGWATCH_PROGRAM FLIGHTS_FOLDER WORK_FOLDER; run by build/peers-venv/bin/python
"""

import os
import subprocess
import sys
import warnings
from pathlib import Path

os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"
warnings.filterwarnings("ignore")

import nannyml as nml  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402

pd.options.future.infer_string = False  # DLE of NannyML 0.13.1 fails on pandas 3 where texts are not objects
ROLES = ["timestamp", "flight_id", "late", "arr_delay", "class"]
BINARY = {"roc_auc": "roc_auc", "accuracy": "accuracy", "f1": "f1"}
REGRESSION = {"mae": "mae", "rmse": "rmse"}
CONFIG = """
defaults:
  reference: {data}/reference.parquet
  analysis: {data}/analysis.parquet
  timestamp: timestamp
  id: flight_id
  chunk: 1M
  features: {{exclude: ["*_pred", "*score*", late, arr_delay, class]}}
  metrics: [roc_auc, accuracy, f1, mae, rmse]
models:
  late: {{task: binary, score: late_score, prediction: late_pred, target: late}}
  delay: {{task: regression, prediction: arr_delay_pred, target: arr_delay}}
"""


def with_longwatch(program: str, data: Path, work: Path) -> pd.DataFrame:
    config = work / "flights.yaml"
    config.write_text(CONFIG.format(data=data))
    subprocess.run([program, "run", str(config), "-o", str(work / "flights"), "--quiet"], check=True)
    rows = pd.read_parquet(work / "flights" / "results.parquet")
    rows = rows[(rows.period == "analysis") & rows.segment_column.isna() & rows.column.isna()]
    keep = ["value", "pi_lower", "pi_upper"]
    estimated = rows[rows.family == "estimated_performance"].set_index(["metric", "chunk_key"])[keep]
    realized = rows[rows.family == "realized_performance"].set_index(["metric", "chunk_key"])["value"]
    return estimated.join(realized.rename("realized"))


def frames(data: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    out = []
    for period in ("reference", "analysis"):
        frame = pd.read_parquet(data / f"{period}.parquet")
        frame["timestamp"] = pd.to_datetime(frame["timestamp"]).dt.tz_localize(None)
        out.append(frame)
    return out[0], out[1]


def with_nannyml(data: Path) -> pd.DataFrame:
    reference, analysis = frames(data)
    common = {"timestamp_column_name": "timestamp", "chunk_period": "M"}
    features = [
        name
        for name in reference.columns
        if name not in ROLES and not name.endswith("_pred") and "score" not in name
    ]
    late = nml.CBPE(
        problem_type="classification_binary", y_true="late", y_pred="late_pred", y_pred_proba="late_score",
        metrics=list(BINARY), **common,
    )
    delay = nml.DLE(
        feature_column_names=features, y_true="arr_delay", y_pred="arr_delay_pred", metrics=list(REGRESSION), **common
    )
    out = []
    for estimator, metrics in ((late, BINARY), (delay, REGRESSION)):
        result = estimator.fit(reference).estimate(analysis).filter(period="analysis").to_df()
        for metric in metrics:
            part = pd.DataFrame({
                "metric": metric,
                "chunk_key": result[("chunk", "key")],
                "nannyml": result[(metric, "value")],
                "band": 3 * result[(metric, "sampling_error")],
            })
            out.append(part)
    return pd.concat(out).set_index(["metric", "chunk_key"])


def main() -> None:
    program, data, work = sys.argv[1], Path(sys.argv[2]).resolve(), Path(sys.argv[3]).resolve()
    work.mkdir(parents=True, exist_ok=True)
    table = with_longwatch(program, data, work).join(with_nannyml(data), how="inner")
    print("| metric | months | realized, min - max | mean distance, NannyML | mean distance, Longwatch "
          "| realized inside NannyML's +- 3 SE | inside Longwatch's pi |")
    print("|---|---|---|---|---|---|---|")
    for metric in (*BINARY, *REGRESSION):
        rows = table.loc[metric]
        realized = rows["realized"]
        inside = ((realized >= rows.pi_lower) & (realized <= rows.pi_upper)).mean()
        band = (np.abs(realized - rows.nannyml) <= rows.band).mean()
        print(f"| {metric} | {len(rows)} | {realized.min():.4g} - {realized.max():.4g} "
              f"| {np.abs(rows.nannyml - realized).mean():.4g} | {np.abs(rows.value - realized).mean():.4g} "
              f"| {band:.0%} | {inside:.0%} |")


main()
