"""The golden data sets: how each is configured, and which chunkings there are."""
import pathlib

HERE = pathlib.Path(__file__).resolve().parent

CAR_LOAN = dict(task="binary", score="y_pred_proba", prediction="y_pred", target="repaid", timestamp="timestamp", id="id")
SETS = {
    "synthetic_car_loan": CAR_LOAN,
    "synthetic_car_loan_dq": CAR_LOAN,
    "synthetic_car_price": dict(task="regression", prediction="y_pred", target="y_true", timestamp="timestamp", id="id"),
    "synthetic_multiclass": dict(task="multiclass", prediction="y_pred", target="y_true", timestamp="timestamp", id="id", score={
        name: f"y_pred_proba_{name}" for name in ("prepaid_card", "highstreet_card", "upmarket_card")}),
    "us_census_ma_employment": dict(task="binary", score="predicted_probability", prediction="prediction", target="employed", id="id",
                                    features={"exclude": ["year"]}),
}


# The peer's: mean +- 3 standard deviations, of distances the upper side; above 0; chi-squared by its own p-value.
UPPER = {"standard_deviation": {"upper": 3}}
PEER_THRESHOLDS = {"*": {"standard_deviation": 3}, "jensen_shannon": UPPER, "hellinger": UPPER, "l_infinity": UPPER,
                   "kolmogorov_smirnov": UPPER, "wasserstein": UPPER, "unseen_*": {"constant": {"upper": 0}},
                   "out_of_range_*": {"constant": {"upper": 0}}, "chi_squared": "none"}


def chunkings(name):
    """[(suffix of the golden files, chunk rule)] of a set."""
    suffixes = sorted({path.stem.split("__")[-1] for path in (HERE / "expected" / name).glob("*__*.parquet")})
    return [(s, {"size": int(s[4:])} if s.startswith("size") else "1M") for s in suffixes]


def fleet(name, chunk):
    """The configuration of one set as a dict (YAML is a superset of JSON)."""
    folder = HERE / "data" / name
    return {"models": {name: {**SETS[name], "reference": str(folder / "reference.parquet"),
                              "analysis": str(folder / "analysis.parquet"), "chunk": chunk,
                              "thresholds": PEER_THRESHOLDS}}}
