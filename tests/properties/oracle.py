"""A slow, obvious Longwatch: chunks, segments and metrics straight from the rows, with NumPy and SciPy.

Follows docs/metrics.md and docs/chunks.md and none of the engine's code. Where the engine's answer is exact, so is the
oracle's; where it is bounded, the oracle has the exact value and the bound to hold the answer to.
"""
import collections
import datetime as dt
import math
import re
import warnings
import zoneinfo

import numpy as np
import pyarrow as pa
import scipy.spatial.distance
import scipy.stats

UTC = dt.timezone.utc
EPOCH = dt.datetime(1970, 1, 1)
MICRO = dt.timedelta(microseconds=1)
INSUFFICIENT = "insufficient_data"
QUANTILES = {"quantile_05": 0.05, "quantile_25": 0.25, "median": 0.5, "quantile_75": 0.75, "quantile_95": 0.95}
BINNED = {"jensen_shannon", "hellinger", "total_variation", "kullback_leibler"}
FLOOR = 1e-4


# --- what the documentation says of every metric -------------------------------------------------------------------

Described = collections.namedtuple("Described", "family columns least greatest threshold")


def described(path):
    """The table of docs/metrics.md by metric; without performance, which these tables do not have."""
    out = {}
    for line in path.read_text().splitlines():
        cells = [c.strip() for c in line.strip("|").split("|")]
        if re.fullmatch(r"`\w+`", cells[0]) and len(cells) == 7 and not cells[1].endswith("_performance"):
            ends = {"any": (-math.inf, math.inf), "from 0": (0, math.inf)}.get(cells[3]) or map(float, cells[3].split(" to "))
            least, greatest = ends
            out[cells[0].strip("`")] = Described(cells[1], cells[2], least, greatest, cells[4])
    return out


DEFAULT_RULES = {"null": "null", "null, above": "null", "above 0": {"constant": {"upper": 0}}, "none": None}


def limits(rule, values, metric):
    """Lower and upper limit (None: none) from the values of the reference's chunks, clipped to the metric's range."""
    ((kind, sides),) = rule.items()
    if not isinstance(sides, dict):
        sides = {"lower": sides, "upper": sides}
    if kind == "constant":
        found = dict(sides)
    elif kind == "quantile":
        found = {side: float(np.quantile(values, level)) for side, level in sides.items()} if len(values) else {}
    else:
        wide = np.array(values, np.longdouble)
        found = {side: float(wide.mean() + (times if side == "upper" else -times) * wide.std())
                 for side, times in sides.items()} if len(values) >= 2 else {}
    if "lower" in found:
        found["lower"] = max(found["lower"], metric.least)
    if "upper" in found:
        found["upper"] = min(found["upper"], metric.greatest)
    return found.get("lower"), found.get("upper")


# --- chunks ----------------------------------------------------------------------------------------------------------

Chunk = collections.namedtuple("Chunk", "key start end rows")  # rows: indices; times: aware UTC datetimes or None


def to_utc(local, zone):
    """First of two where clocks go back, forward by the gap where they go forward: the offset of the clocks before."""
    return local.replace(tzinfo=zoneinfo.ZoneInfo(zone), fold=0).astimezone(UTC)


def instants(column, zone):
    """UTC instants of a timestamp column's rows; None where there is none."""
    kind = column.type
    if pa.types.is_timestamp(kind):
        per = {"s": 1_000_000, "ms": 1000, "us": 1, "ns": None}[kind.unit]
        values = column.cast(pa.int64()).to_pylist()
        naive = [None if v is None else EPOCH + (v * per if per else v // 1000) * MICRO for v in values]
        if kind.tz is not None:
            return [None if v is None else v.replace(tzinfo=UTC) for v in naive]
    elif pa.types.is_date(kind):
        naive = [None if v is None else dt.datetime(v.year, v.month, v.day) for v in column.to_pylist()]
    elif pa.types.is_integer(kind):  # seconds
        naive = [None if v is None else EPOCH + dt.timedelta(seconds=v) for v in column.to_pylist()]
    else:
        naive = []
        for text in column.to_pylist():
            try:
                naive.append(dt.datetime.fromisoformat(text) if text is not None else None)
            except ValueError:
                naive.append(None)
    return [None if v is None else to_utc(v, zone) for v in naive]


def month_start(index):
    return dt.datetime(1970 + index // 12, index % 12 + 1, 1)


UNITS = {  # index of the unit that holds a local time, start of a unit, key of a unit
    "h": (lambda t: (t - EPOCH) // dt.timedelta(hours=1), lambda i: EPOCH + dt.timedelta(hours=i), lambda s: f"{s:%Y-%m-%d %H}:00"),
    "d": (lambda t: (t - EPOCH) // dt.timedelta(days=1), lambda i: EPOCH + dt.timedelta(days=i), lambda s: f"{s:%Y-%m-%d}"),
    "w": (lambda t: (t - dt.datetime(1969, 12, 29)) // dt.timedelta(weeks=1), lambda i: dt.datetime(1969, 12, 29) + dt.timedelta(weeks=i),
          lambda s: f"{s:%Y-%m-%d}/{s + dt.timedelta(days=6):%Y-%m-%d}"),
    "M": (lambda t: (t.year - 1970) * 12 + t.month - 1, month_start, lambda s: f"{s:%Y-%m}"),
    "q": (lambda t: (t.year - 1970) * 4 + (t.month - 1) // 3, lambda i: month_start(3 * i), lambda s: f"{s.year}Q{(s.month - 1) // 3 + 1}"),
    "y": (lambda t: t.year - 1970, lambda i: month_start(12 * i), lambda s: f"{s.year}"),
}


def by_period(times, rule):
    count, unit = re.fullmatch(r"(\d+)(\w)", rule["period"]).groups()
    count, zone = int(count), rule.get("time_zone", "UTC")
    index_of, start_of, key_of = UNITS[unit]
    rows = collections.defaultdict(list)
    for row, time in enumerate(times):
        if time is not None:
            rows[index_of(time.astimezone(zoneinfo.ZoneInfo(zone)).replace(tzinfo=None)) // count].append(row)
    return [Chunk(key_of(start_of(i * count)), to_utc(start_of(i * count), zone), to_utc(start_of((i + 1) * count), zone), rows[i])
            for i in sorted(rows)]


def by_position(times, rule, rows):
    order = list(range(rows)) if times is None else sorted((r for r in range(rows) if times[r] is not None), key=lambda r: times[r])
    n, incomplete = len(order), rule.get("incomplete", "keep")
    size = rule["size"] if "size" in rule else n // rule["number"]
    if size == 0 or size > n:
        pieces = [order]
    else:
        pieces = [order[i:i + size] for i in range(0, n, size)]
        if len(pieces[-1]) < size and incomplete != "keep":
            rest = pieces.pop()
            pieces[-1] = pieces[-1] + (rest if incomplete == "append" else [])
    out, first = [], 0
    for piece in pieces:
        start, end = (None, None) if times is None else (times[piece[0]], times[piece[-1]])
        out.append(Chunk(f"[{first}:{first + len(piece) - 1}]", start, end, piece))
        first += len(piece)
    return out


def chunks_of(table, model, rule):
    """The chunks of a table in file and row order, and how many of its rows have no usable timestamp."""
    rule = {"period": rule} if isinstance(rule, str) else rule
    if "timestamp" not in model:
        return by_position(None, rule, table.num_rows), 0
    times = instants(table[model["timestamp"]], model.get("time_zone", "UTC"))
    return by_period(times, rule) if "period" in rule else by_position(times, rule, table.num_rows), times.count(None)


# --- columns and segments --------------------------------------------------------------------------------------------


def number_text(value, single):
    if math.isnan(value) or math.isinf(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    if value == math.trunc(value) and abs(value) < 2**53:
        return str(int(value))
    return str(np.float32(value)) if single else repr(value)


def texts(column):
    """The category texts of a column: None where null."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return texts(column.cast(kind.value_type))
    values = column.to_pylist()
    if pa.types.is_boolean(kind):
        return [None if v is None else "true" if v else "false" for v in values]
    if pa.types.is_floating(kind):
        return [None if v is None else number_text(v, kind.bit_width == 32) for v in values]
    return [None if v is None else str(v) for v in values]


def numbers(column):
    """(values as doubles, nulls): what a continuous column holds."""
    kind = column.type
    nulls = np.array(column.is_null().to_pylist(), bool)
    if pa.types.is_timestamp(kind):
        per = {"s": 1, "ms": 1e3, "us": 1e6, "ns": 1e9}[kind.unit]
        values = [0.0 if v is None else float(v) / per for v in column.cast(pa.int64()).to_pylist()]
    elif pa.types.is_date(kind):
        values = [0.0 if v is None else float(v) * 86400 for v in column.cast(pa.int32()).to_pylist()]
    else:
        values = [0.0 if v is None else float(v) for v in column.to_pylist()]
    return np.array(values, float) + 0.0, nulls


class Column:
    """One column of both periods; `kind` is continuous or categorical."""

    def __init__(self, name, reference, analysis, kind):
        self.name, self.kind = name, kind
        self.integer = pa.types.is_integer(reference.type) or pa.types.is_boolean(reference.type)
        if kind == "continuous":
            self.periods = {"reference": numbers(reference), "analysis": numbers(analysis)}
            values, nulls = self.periods["reference"]
            self.known = np.sort(values[~nulls & np.isfinite(values)])
            self.doane = doane(self.known, self.integer) if len(self.known) else None
        else:
            self.nan_is_missing = pa.types.is_floating(reference.type)
            self.periods = {"reference": texts(reference), "analysis": texts(analysis)}
            self.known = sorted({t for t in self.periods["reference"] if t is not None and not (self.nan_is_missing and t == "nan")})
        self.usable = len(self.known) > 0
        self.why = f"undefined: no {'finite ' if kind == 'continuous' else ''}value in the reference"


def doane(values, integer):
    """numpy.histogram_bin_edges(values, 'doane'), brought to the middle of the range of doubles and back; None where NumPy fails."""
    if values[0] == values[-1] and abs(values[0]) >= 2**52:
        return np.array([np.nextafter(values[0], -np.inf), np.nextafter(values[0], np.inf)])
    if values[0] != values[-1] and values[-1] - values[0] < TINY:
        return None
    exponent = 0
    if not integer and values[0] != values[-1]:
        exponent = math.frexp(max(abs(values[0]), abs(values[-1])))[1]
        if abs(exponent) < 300:
            exponent = 0
    scaled = np.ldexp(values, -exponent)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return np.ldexp(np.histogram_bin_edges(scaled.astype(np.int64) if integer and abs(scaled).max() < 2**53 else scaled, "doane"), exponent)
    except (ValueError, OverflowError):
        return None


def escaped(part):
    return "\\N" if part is None else part.replace("\\", "\\\\").replace(",", "\\,")


def segments_of(tables, definitions):
    """By period, (segment_column, segment_value) -> row indices; ("", None) of (None, None) is all rows."""
    out = {}
    for period, table in tables.items():
        found = {(None, None): list(range(table.num_rows))}
        for definition in definitions:
            names = [definition] if isinstance(definition, str) else definition
            for row, parts in enumerate(zip(*(texts(table[name]) for name in names))):
                value = parts[0] if len(names) == 1 else ",".join(map(escaped, parts))
                found.setdefault((",".join(names), value), []).append(row)
        out[period] = found
    return out


# --- metrics ---------------------------------------------------------------------------------------------------------

Answer = collections.namedtuple("Answer", "value status tolerance p_value resolved", defaults=(None, "ok", 0.0, None, False))
# resolved: the engine's own `resolution` is to be added to the tolerance


def close(value, relative=1e-9, absolute=1e-12, **more):
    return Answer(float(value), tolerance=abs(float(value)) * relative + absolute, **more)


TINY = 1e-316  # below the normal numbers nothing is promised


def exact(value):
    return Answer(float(value))


def undefined(why):
    return Answer(status=why)


def floored(counts):
    shares = counts / counts.sum()
    return np.where(shares > 0, shares, FLOOR)


def distances(metric, p, q):
    """p and q: counts of reference and chunk by bin."""
    if metric == "kullback_leibler":
        return close(scipy.stats.entropy(floored(q), floored(p)), absolute=1e-10)
    a, b = p / p.sum(), q / q.sum()
    if metric == "jensen_shannon":
        with np.errstate(invalid="ignore"):
            value = scipy.spatial.distance.jensenshannon(a, b, 2)
        return close(0 if np.isnan(value) else value, 1e-7, 1e-7)
    if metric == "hellinger":
        return close(np.sqrt(((np.sqrt(a) - np.sqrt(b)) ** 2).sum() / 2), absolute=1e-7)
    return close(abs(a - b).sum() / 2)


def stability(p, q):
    a, b = floored(p), floored(q)
    return close(((b - a) * np.log(b / a)).sum(), absolute=1e-10)


class Numbers:
    """The rows of one cell of a continuous column."""

    def __init__(self, column, period, rows):
        values, nulls = column.periods[period]
        values, nulls = values[rows], nulls[rows]
        self.rows, self.nulls, self.nans = len(rows), int(nulls.sum()), int((np.isnan(values) & ~nulls).sum())
        self.present = np.sort(values[~nulls & ~np.isnan(values)])
        self.finite = self.present[np.isfinite(self.present)]
        self.infinite = len(self.present) - len(self.finite)


def histogram(edges, cell):
    inside = np.histogram(cell.finite, edges)[0]
    return np.append(inside, len(cell.present) - inside.sum())


def decile_bins(column, reference):
    """Where the bins of population_stability_index end: (value, 0) before it, (value, 1) after it."""
    known, n = column.known, len(column.known)
    ends = set()
    for decile in {known[(2 * i * (n - 1) + 10) // 20] for i in range(1, 10)}:
        heavy = 10 * (reference.finite == decile).sum() >= len(reference.present)
        if heavy and (reference.finite < decile).any():
            ends.add((decile, 0))
        if known[0] < decile < known[-1] or (heavy and decile < known[-1]):
            ends.add((decile, 1))
    return sorted(ends)


def place(cell, ends):
    below = [np.searchsorted(cell.present, value, "right" if after else "left") for value, after in ends]
    return np.diff([0, *below, len(cell.present)]).astype(float)


def moments(column, cell, metric):
    """Bounds: the engine's sums are exact to about 1e-11 of the column's width."""
    wide = cell.finite.astype(np.longdouble)
    middle = np.quantile(column.known, [1 / 16, 0.5, 15 / 16], method="nearest")
    width = max(middle[2] - middle[1], middle[1] - middle[0])
    if width == 0:
        width = float(column.known.astype(np.longdouble).std()) or abs(column.known[0]) or 1
    mean = wide.mean()
    if metric == "mean":
        return close(mean, 1e-12, 1e-10 * width + TINY)
    if metric == "sum":
        return close(wide.sum(), 1e-12, 1e-10 * width * len(wide) + 1e-14 * float(abs(wide).sum()) + TINY * len(wide))
    variance = ((wide - mean) ** 2).sum() / (len(wide) - 1)
    scores = abs(wide - middle[1]) / np.longdouble(width)
    if (scores**2).sum() > 1e307:  # the engine's sums of squares are doubles in units of the width
        return undefined("undefined: the value is beyond the range of a double")
    deviation = float(np.sqrt(variance))
    with np.errstate(over="ignore"):
        slack = np.float64(1e-9) * width * (width / deviation) if deviation else 0
        return Answer(deviation, tolerance=1e-9 * deviation + min(3e-5 * width, slack) + TINY)


def number_metric(metric, column, cell, reference):
    """`reference`: the same segment's reference rows, None where it has none."""
    if metric in COUNTS:
        return count_metric(metric, cell)
    drift = metric in BINNED | {"kolmogorov_smirnov", "wasserstein", "population_stability_index"}
    if drift and reference is None:
        return undefined("not_in_reference")
    if not column.usable:
        return undefined(column.why)
    if drift:
        if len(cell.present) == 0:
            return undefined(INSUFFICIENT)
        if len(reference.present) == 0:
            return undefined("undefined: no value in the reference")
        return number_drift(metric, column, cell, reference)
    if metric.startswith("out_of_range"):
        if len(cell.present) == 0:
            return undefined(INSUFFICIENT)
        count = ((cell.present < column.known[0]) | (cell.present > column.known[-1])).sum()
        return close(count / cell.rows if metric.endswith("rate") else count, 1e-15, 0)
    if metric == "constant":
        return undefined(INSUFFICIENT) if len(cell.present) < 2 else exact(cell.present[0] == cell.present[-1])
    if len(cell.finite) < (2 if metric == "standard_deviation" else 1):
        return undefined(INSUFFICIENT)
    if metric == "distinct_count":
        return distinct(len(np.unique(cell.present)))
    if metric in ("minimum", "maximum"):
        return exact(cell.finite[0] if metric == "minimum" else cell.finite[-1])
    if metric in QUANTILES:
        value = np.quantile(cell.finite, QUANTILES[metric])
        reach = max(column.known[-1], cell.finite[-1]) / 2 - min(column.known[0], cell.finite[0]) / 2
        return close(value, 1e-12, 1e-9 * reach + TINY, resolved=True)
    return moments(column, cell, metric)


def number_drift(metric, column, cell, reference):
    if metric == "kolmogorov_smirnov":
        value = scipy.stats.ks_2samp(reference.present, cell.present, method="asymp").statistic
        return close(value, resolved=len(np.unique(column.known)) > 1024)
    if metric == "wasserstein":
        for side, where in ((cell, "chunk"), (reference, "reference")):
            if side.infinite:
                return undefined(f"undefined: infinite values in the {where}")
        value = scipy.stats.wasserstein_distance(reference.finite, cell.finite)
        scale = max(abs(reference.finite).max(), abs(cell.finite).max())
        return close(value, 1e-9, 1e-11 * scale + TINY, resolved=True)
    if metric == "population_stability_index":
        ends = decile_bins(column, reference)
        return stability(place(reference, ends), place(cell, ends))
    if column.doane is None:
        return None
    return distances(metric, histogram(column.doane, reference), histogram(column.doane, cell))


COUNTS = {"missing_rate", "missing_count", "null_rate", "null_count", "nan_count", "inf_count"}


def count_metric(metric, cell):
    if cell.rows == 0:
        return undefined(INSUFFICIENT)
    name, unit = metric.rsplit("_", 1)
    count = {"missing": cell.nulls + cell.nans, "null": cell.nulls, "nan": cell.nans, "inf": cell.infinite}[name]
    return exact(count / cell.rows if unit == "rate" else count)


def distinct(count):
    return Answer(count, tolerance=1.5 + 3 * 1.04 / 64 * count)


class Categories:
    """The rows of one cell of a categorical column."""

    def __init__(self, column, period, rows):
        values = [column.periods[period][row] for row in rows]
        self.rows, self.nulls = len(values), values.count(None)
        self.nans = values.count("nan") if column.nan_is_missing else 0
        self.infinite = 0
        self.counts = collections.Counter(v for v in values if v is not None and not (column.nan_is_missing and v == "nan"))
        self.present = sum(self.counts.values())
        known = set(column.known)
        self.unseen = {v: n for v, n in self.counts.items() if v not in known}


def category_metric(metric, column, cell, reference):
    if metric in COUNTS:
        return count_metric(metric, cell)
    drift = metric in BINNED | {"chi_squared", "l_infinity", "population_stability_index"}
    if drift and reference is None:
        return undefined("not_in_reference")
    if not column.usable:
        return undefined(column.why)
    if cell.present < (2 if metric == "constant" else 1):
        return undefined(INSUFFICIENT)
    unseen = sum(cell.unseen.values())
    if metric.startswith("unseen"):
        return close(unseen / cell.rows if metric.endswith("rate") else unseen, 1e-15, 0)
    if metric == "constant":
        return exact(len(cell.counts) == 1)
    if metric == "distinct_count":
        return distinct(len(cell.counts))
    if reference.present == 0:
        return undefined("undefined: no value in the reference")
    if metric in ("chi_squared", "l_infinity"):
        return category_test(metric, column, cell, reference)
    p = np.array([reference.counts[v] for v in column.known] + [0], float)
    q = np.array([cell.counts[v] for v in column.known] + [unseen], float)
    return stability(p, q) if metric == "population_stability_index" else distances(metric, p, q)


def category_test(metric, column, cell, reference):
    """Each unseen value is a category of its own; the engine keeps 64 of them."""
    names = [v for v in [*column.known, *cell.unseen] if reference.counts[v] + cell.counts[v] > 0]
    table = np.array([[reference.counts[v] for v in names], [cell.counts[v] for v in names]], float)
    if metric == "l_infinity":
        shares = table / table.sum(axis=1, keepdims=True)
        return close(abs(shares[0] - shares[1]).max(), resolved=True)
    if len(cell.unseen) > 64:
        return None
    if len(names) == 1:
        return Answer(0.0, p_value=1.0)
    found = scipy.stats.chi2_contingency(table)
    return close(found.statistic, p_value=float(found.pvalue))
