#!/usr/bin/env python3
"""What CuPy and PyTorch take for the cases of benchmarks/cuda, on columns in device memory: a markdown table on stdout.

Histograms: cupy.histogram, and torch.bucketize with torch.bincount, one call a column, over all rows at once; neither
gives results by chunk, moments or distinct values. Row errors and Gram matrices: torch.matmul in float64 (the precision
that equal bits demand) and float32. Bootstrap of a table: multinomial draws of both.
A library that is not there, or has no device, is named and left out. Ways tried: torch.histogram has no CUDA version;
torch.searchsorted takes as long as torch.bucketize.
"""
import argparse
import statistics
import sys

BINS = (64, 256, 1024)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--columns", type=int, default=50)
    parser.add_argument("--rows", type=int, default=10_000_000, help="of a column")
    parser.add_argument("--features", type=int, nargs="*", default=[50, 500])
    parser.add_argument("--repeats", type=int, default=30)
    parser.add_argument("--bootstrap-items", type=int, default=100_000)
    parser.add_argument("--resamples", type=int, default=1000)
    parser.add_argument("--device", default="cuda", help="of PyTorch; cpu is for a test of this script")
    return parser.parse_args()


def row(peer, what, milliseconds, bytes_read):
    rate = f"{bytes_read / milliseconds / 1e6:.0f}" if bytes_read else ""
    print(f"| {peer} | {what} | {milliseconds:.3f} | {rate} |", flush=True)


def quantiles(values, bins):
    """Edges as in benchmarks/cuda/numbers.cpp, from the first rows of a column; a host list."""
    ordered = sorted(values)
    return [ordered[i * (len(ordered) - 1) // bins] for i in range(bins + 1)]


class Torch:
    def __init__(self, torch, device):
        self.torch, self.device, self.name = torch, device, f"torch {torch.__version__}"

    def milliseconds(self, work, repeats):
        """The median by CUDA events; on a CPU by a clock."""
        work()
        times = []
        for _ in range(repeats):
            if self.device == "cpu":
                import time
                begin = time.perf_counter()
                work()
                times.append(1e3 * (time.perf_counter() - begin))
                continue
            begin, end = (self.torch.cuda.Event(enable_timing=True) for _ in range(2))
            begin.record()
            work()
            end.record()
            end.synchronize()
            times.append(begin.elapsed_time(end))
        return statistics.median(times)

    def histograms(self, of):
        torch = self.torch
        for name, dtype, size in (("float32", torch.float32, 4), ("float64", torch.float64, 8)):
            columns = [torch.randn(of.rows, dtype=dtype, device=self.device) for _ in range(of.columns)]
            for bins in BINS:
                edges = torch.tensor(quantiles(columns[0][:100_000].tolist(), bins), dtype=dtype, device=self.device)

                def work():
                    for column in columns:
                        torch.bincount(torch.bucketize(column, edges, out_int32=True), minlength=bins + 2)

                row(f"{self.name}, bucketize + bincount, {name}, {bins} bins", f"{of.columns} columns x {of.rows} rows",
                    self.milliseconds(work, of.repeats), of.columns * of.rows * size)
            del columns

    def matrices(self, of):
        torch = self.torch
        torch.backends.cuda.matmul.allow_tf32 = False
        for features in of.features:
            rank = features * 2 // 5
            rows = max(1, of.rows * 25 // features)
            for name, dtype in (("float32", torch.float32), ("float64", torch.float64)):
                z = torch.randn(rows, features, dtype=dtype, device=self.device)
                basis = torch.linalg.qr(torch.randn(features, rank, dtype=dtype, device=self.device))[0]
                what = f"{rows} rows, {features} features"
                row(f"{self.name}, Gram matrix, {name}", what, self.milliseconds(lambda: z.T @ z, of.repeats), z.element_size() * z.numel())
                row(f"{self.name}, row errors, {name}, rank {rank}", what,
                    self.milliseconds(lambda: torch.linalg.vector_norm(z - (z @ basis) @ basis.T, dim=1), of.repeats), z.element_size() * z.numel())
                del z

    def bootstrap(self, of):
        """Multinomial counts of 20 cells, as draws of Poisson weights by cell: torch has no batched multinomial counts."""
        torch = self.torch
        items = max(1, of.bootstrap_items // 100)
        means = torch.rand(items, 1, 20, device=self.device) * 5000 + 10
        milliseconds = self.milliseconds(lambda: torch.poisson(means.expand(items, of.resamples, 20)), max(1, of.repeats // 10))
        row(f"{self.name}, poisson counts of 20 cells", f"{items} tables x {of.resamples} resamples", milliseconds, 0)


class CuPy:
    def __init__(self, cupy):
        self.cupy, self.name = cupy, f"cupy {cupy.__version__}"

    def milliseconds(self, work, repeats):
        cuda = self.cupy.cuda
        work()
        times = []
        for _ in range(repeats):
            begin, end = cuda.Event(), cuda.Event()
            begin.record()
            work()
            end.record()
            end.synchronize()
            times.append(cuda.get_elapsed_time(begin, end))
        return statistics.median(times)

    def histograms(self, of):
        cupy = self.cupy
        for name, dtype, size in (("float32", cupy.float32, 4), ("float64", cupy.float64, 8)):
            columns = [cupy.random.standard_normal(of.rows, dtype=dtype) for _ in range(of.columns)]
            for bins in BINS:
                edges = cupy.asarray(quantiles(columns[0][:100_000].tolist(), bins), dtype=dtype)

                def work():
                    for column in columns:
                        cupy.histogram(column, bins=edges)

                row(f"{self.name}, histogram, {name}, {bins} bins", f"{of.columns} columns x {of.rows} rows",
                    self.milliseconds(work, max(3, of.repeats // 10)), of.columns * of.rows * size)
            del columns

    def bootstrap(self, of):
        """cupy.random.multinomial draws counts of one table a call, row by row: 100 tables are timed."""
        cupy = self.cupy
        shares = [0.05] * 20
        tables = min(100, of.bootstrap_items)

        def work():
            for _ in range(tables):
                cupy.random.multinomial(50_000, shares, size=of.resamples)

        row(f"{self.name}, random.multinomial, 20 cells of 50000 rows", f"{tables} tables x {of.resamples} resamples",
            self.milliseconds(work, 3), 0)


def peers(of):
    try:
        import torch
        if of.device != "cpu" and not torch.cuda.is_available():
            print(f"torch {torch.__version__} sees no GPU: left out", file=sys.stderr)
        else:
            yield Torch(torch, of.device)
    except ImportError:
        print("torch is not installed: left out", file=sys.stderr)
    if of.device == "cpu":
        return
    try:
        import cupy
        if cupy.cuda.runtime.getDeviceCount() > 0:
            yield CuPy(cupy)
    except ImportError:
        print("cupy is not installed: left out", file=sys.stderr)
    except Exception as failure:  # no driver, or one that is too old
        print(f"cupy cannot use a GPU ({failure}): left out", file=sys.stderr)


def main():
    of = arguments()
    found = False
    for peer in peers(of):
        if not found:
            print(f"Medians of {of.repeats}; GB/s of the columns as float32 or float64, read once.\n")
            print("| peer | what | ms | GB/s |\n|---|---|---|---|")
        found = True
        for case in ("histograms", "matrices", "bootstrap"):
            if not hasattr(peer, case):
                continue
            try:
                getattr(peer, case)(of)
            except Exception as failure:  # out of memory: the other cases are still worth having
                print(f"| {peer.name}, {case} | failed: {str(failure).splitlines()[0]} | | |", flush=True)
    return 0 if found else 3


if __name__ == "__main__":
    sys.exit(main())
