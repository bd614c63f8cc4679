"""Random tables and configurations, one per seed: types, values, gaps, chunk rules, segments, file layouts."""
import datetime as dt
import decimal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

START = dt.datetime(2019, 10, 20)


def nulls(rng, rows):
    share = rng.choice([0, 0, 0.05, 0.5, 0.97])
    return rng.random(rows) < share


def floats(rng, rows):
    shape = rng.integers(9)
    if shape == 0:
        values = rng.normal(rng.choice([0, 1e6]), 1, rows)
    elif shape == 1:
        values = np.exp(rng.normal(0, 3, rows))
    elif shape == 2:
        values = np.full(rows, rng.choice([0.0, -3.25, 1e300, 7e15]))
    elif shape == 3:
        values = rng.choice([0.0, -0.0, 1.5, 2.5, -2.5], rows)
    elif shape == 4:
        values = np.where(rng.random(rows) < 0.8, 0.0, rng.gamma(2, 2, rows))
    elif shape == 5:
        values = rng.normal(0, 1e300, rows)
    elif shape == 6:
        values = rng.integers(-50, 50, rows) * 5e-324
    elif shape == 7:
        values = rng.normal(0, 1, rows)
        values[rng.random(rows) < 0.02] = rng.choice([1e9, -1e12])
    else:
        values = rng.integers(0, 2000, rows) / 4.0
    if rng.random() < 0.4:
        values = np.where(rng.random(rows) < 0.05, rng.choice([np.nan, np.inf, -np.inf], rows), values)
    return values


def integers(rng, rows, kind):
    low, high = np.iinfo(kind).min, np.iinfo(kind).max
    style = rng.integers(4)
    if style == 0:
        return rng.integers(low, high, rows, kind, endpoint=True)
    if style == 1:
        return np.full(rows, rng.integers(low, high, dtype=kind), kind)
    return np.clip(rng.poisson(rng.choice([2, 40]), rows), 0, min(high, 10**6)).astype(kind)


def words(rng, rows):
    pool = [["a", "b", "c"], ["", "naïve", "x,y", "back\\slash", "nan", "\\N"], [f"v{i}" for i in range(rng.choice([40, 900]))]][rng.integers(3)]
    return np.array(pool, object)[np.minimum(rng.geometric(rng.choice([0.05, 0.4]), rows) - 1, len(pool) - 1)]


def column(rng, rows, kind):
    mask = nulls(rng, rows)
    masked = lambda values, arrow: pa.array([None if m else v for v, m in zip(values, mask)], arrow)
    if kind in ("float", "double"):
        with np.errstate(over="ignore"):
            values = floats(rng, rows).astype(np.float32 if kind == "float" else np.float64)
        return pa.array(values, mask=mask)
    if "int" in kind:
        return pa.array(integers(rng, rows, np.dtype(kind)), mask=mask)
    if kind == "bool":
        return masked((rng.random(rows) < rng.choice([0.5, 0.01])).tolist(), pa.bool_())
    if kind in ("string", "large_string"):
        return masked(words(rng, rows), getattr(pa, kind)())
    if kind == "dictionary":
        return masked(words(rng, rows), pa.string()).dictionary_encode()
    if kind.startswith("decimal"):
        return masked([decimal.Decimal(int(v)).scaleb(-2) for v in rng.integers(-10**6, 10**6, rows)], pa.decimal128(int(kind[7:]), 2))
    if kind == "date32":
        return masked([dt.date(2020, 1, 1) + dt.timedelta(int(v)) for v in rng.integers(0, 400, rows)], pa.date32())
    return masked([START + dt.timedelta(seconds=int(v)) for v in rng.integers(0, 10**7, rows)], pa.timestamp("ms"))


KINDS = ["float", "double", "double", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "bool", "string",
         "large_string", "dictionary", "decimal9", "decimal18", "decimal30", "date32", "timestamp"]
CONTINUOUS = {k for k in KINDS if "int" in k} | {"float", "double", "decimal", "date32", "timestamp"}


def moments_of_time(rng, rows, kind, days):
    """Unordered, with ties, some missing; whole quarters of hours, so that every unit can hold them."""
    seconds = rng.integers(0, max(1, int(days * 96)), rows) * 900
    missing = rng.random(rows) < rng.choice([0, 0.1])
    missing[0] = False
    if rng.random() < 0.3:
        seconds = np.sort(seconds)
    values = [None if m else START + dt.timedelta(seconds=int(s)) for s, m in zip(seconds, missing)]
    if kind == "text":
        spoiled = rng.random(rows) < 0.05
        spoiled[0] = False
        return pa.array([None if v is None else "soon" if s else v.isoformat() for v, s in zip(values, spoiled)], pa.string())
    if kind == "epoch":
        return pa.array([None if v is None else int((v - dt.datetime(1970, 1, 1)).total_seconds()) for v in values], pa.int64())
    if kind == "date":
        return pa.array([None if v is None else v.date() for v in values], pa.date32())
    unit, _, zone = kind.partition("@")
    return pa.array(values, pa.timestamp("us")).cast(pa.timestamp(unit)).cast(pa.timestamp(unit, zone) if zone else pa.timestamp(unit))


def chunk_rule(rng, rows, timed):
    style = rng.integers(4) if timed else rng.integers(2)
    if style == 0:
        return {"size": int(rng.integers(1, rows + 1)) if rows < 8 else int(rng.integers(max(2, rows // 9), rows)), "incomplete": str(rng.choice(["keep", "append", "drop"]))}
    if style == 1:
        return {"number": int(rng.integers(1, 8))}
    zone = str(rng.choice(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"]))
    return {"period": f"{rng.choice([1, 1, 2, 3])}{rng.choice(list('hdwMqy'))}", "time_zone": zone}


def rows_of(rng):
    return int(rng.choice([1, 2, 3, rng.integers(4, 60), rng.integers(60, 600), rng.integers(600, 3000)], p=[0.03, 0.03, 0.04, 0.15, 0.5, 0.25]))


THRESHOLDS = [{}, {"*": {"quantile": {"lower": 0.1, "upper": 0.9}}}, {"mean": {"constant": {"lower": -1.0, "upper": 2.5}}, "missing_*": {"standard_deviation": 1}},
              {"chi_squared": {"standard_deviation": {"upper": 2}}, "row_count": {"quantile": {"upper": 0.5}}}, {"jensen_shannon": "none"}]


def case(seed):
    """(model, {"reference": table, "analysis": table}); the model lacks only its paths."""
    rng = np.random.default_rng(seed)
    rows = {"reference": rows_of(rng), "analysis": rows_of(rng)}
    timed = rng.random() < 0.75
    when = str(rng.choice(["us", "ms", "ns", "us@UTC", "ms@Europe/Berlin", "text", "epoch", "date"]))
    days = rng.choice([0.3, 20, 60, 900])
    model = {"quantiles": 1024}
    if timed:
        model["timestamp"] = "when"
        if rng.random() < 0.5:
            model["time_zone"] = str(rng.choice(["Europe/Berlin", "America/New_York"]))
    rule = chunk_rule(rng, min(rows.values()), timed)
    most = {"h": 0.5, "d": 9, "w": 50}.get(rule.get("period", "y")[-1], 900)  # every chunk is hundreds of results
    days = min(days, most)
    model["chunk"] = rule
    if rng.random() < 0.3:
        model["reference_chunk"] = {"number": 3}
    kinds = [str(k) for k in rng.choice(KINDS, rng.integers(1, 4))]
    model["treat_as"] = {}
    for i, kind in enumerate(kinds):
        if kind in ("int8", "uint8", "bool") and rng.random() < 0.5:
            model["treat_as"][f"c{i}"] = "continuous" if kind == "bool" else "categorical"
    segments = int(rng.integers(3))
    model["segments"] = [["s"], ["s", ["s", "t"]]][segments - 1] if segments else []
    model["thresholds"] = THRESHOLDS[rng.integers(len(THRESHOLDS))]
    tables = {}
    shared = int(rng.integers(2**32))
    for number, (period, n) in enumerate(rows.items()):
        # Half of the columns are of one make in both periods, the others differ as they may.
        make = lambda i: np.random.default_rng([seed, i, 0 if (shared >> i) & 1 else number])
        columns = {f"c{i}": column(make(i), n, kind) for i, kind in enumerate(kinds)}
        if timed:
            columns["when"] = moments_of_time(np.random.default_rng([seed, 99, number]), n, when, days)
        pick = np.random.default_rng([seed, 98, number])
        columns["s"] = pa.array(np.array(["a", "b,c", "d\\", None] + ["late"] * number, object)[pick.integers(0, 4 + number, n)], pa.string())
        columns["t"] = pa.array([None if v == 2 else bool(v) for v in pick.integers(0, 3, n)], pa.bool_())
        tables[period] = pa.table(columns)
    return {k: v for k, v in model.items() if v != {} and v != []}, tables


def write(folder, tables, seed):
    """One to three files a period, of small row groups; the bytewise order of the paths is the order of the rows."""
    rng = np.random.default_rng([seed, 97])
    for period, table in tables.items():
        cuts = sorted(rng.integers(0, table.num_rows + 1, rng.integers(3)).tolist())
        for i, (a, b) in enumerate(zip([0, *cuts], [*cuts, table.num_rows])):
            pq.write_table(table.slice(a, b - a), folder / f"{period}-{i}.parquet", row_group_size=int(rng.choice([7, 100, 5000])))
