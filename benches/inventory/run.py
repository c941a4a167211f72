#!/usr/bin/env python3
"""A great list of installed programs, taken into a case by `quittance add`, against DuckDB doing only
`SELECT name, count(*) GROUP BY name` over the same file; both on two threads, in turns.

    python3 -m venv VENV && VENV/bin/pip install duckdb     (anywhere outside the repository)
    cargo build --release && rustc -O benches/inventory/generate.rs -o FOLDER/generate
    VENV/bin/python benches/inventory/run.py --generate FOLDER/generate --folder FOLDER [--machines 10000 100000 1000000] [--runs 3]

Each machine has a hundred of some five thousand titles, the frequent ones far more often than the rest. A case is new each time.
Prints wall and processor seconds, the memory of all our processes together at its peak, the size of the store, and the ratios;
of several runs the best counts, as the machine may do other work. A million machines are 8 GB, twice while the case stands;
everything is removed at the end.
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
DUCK = "import duckdb, sys; c = duckdb.connect(); c.execute('set threads=2'); " \
    "c.execute(f\"SELECT name, count(*) FROM '{sys.argv[1]}' GROUP BY name\").fetchall()"


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--machines", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--generate", type=pathlib.Path, required=True)
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "target/release/quittance")
    return parser.parse_args()


def family(process):
    """A process and all that it has started."""
    found = [process]
    try:
        for task in os.listdir(f"/proc/{process}/task"):
            for child in pathlib.Path(f"/proc/{process}/task/{task}/children").read_text().split():
                found += family(int(child))
    except OSError:
        pass
    return found


def memory(process):
    """KiB of a process, shared pages by its share."""
    try:
        for line in pathlib.Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0


def run(command):
    """Wall and processor seconds of a process and its children, and their peak MiB together."""
    started, peak, looked = time.perf_counter(), 0, 0.0
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while True:
        ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        if ended:
            break
        # Adding up a process's pages takes a core for a while: seldom, so that it is not measured along.
        if time.perf_counter() - looked > 0.5:
            peak, looked = max(peak, sum(memory(each) for each in family(process.pid))), time.perf_counter()
        time.sleep(0.02)
    assert status == 0, command
    return time.perf_counter() - started, usage.ru_utime + usage.ru_stime, peak / 1024


def main():
    args = arguments()
    case, program = args.folder / "bench-case", args.program.resolve()
    for machines in args.machines:
        path = args.folder / f"bench-{machines}.csv"
        subprocess.run([args.generate.resolve(), str(machines), path], check=True)
        ours, theirs = [], []
        for _ in range(args.runs):
            shutil.rmtree(case, ignore_errors=True)
            subprocess.run([program, "new", case], check=True, stdout=subprocess.DEVNULL)
            ours.append(run([program, "add", path, "--case", case]))
            theirs.append(run([sys.executable, "-c", DUCK, path]))
        store = (case / "case.db").stat().st_size / 1e6
        wall, processor = (min(each[column] for each in ours) / min(each[column] for each in theirs) for column in (0, 1))
        best = [min(each[column] for each in ours) for column in range(2)]
        other = [min(each[column] for each in theirs) for column in range(2)]
        print(f"{machines * 100:>11,} rows, {path.stat().st_size / 1e6:,.0f} MB, load {os.getloadavg()[0]:.1f}")
        print(f"  quittance add  wall {best[0]:7.1f} s, processor {best[1]:7.1f} s, peak {max(each[2] for each in ours):.0f} MiB, store {store:.0f} MB")
        print(f"  duckdb         wall {other[0]:7.1f} s, processor {other[1]:7.1f} s")
        print(f"  ratio          wall {wall:7.2f},   processor {processor:7.2f}", flush=True)
        shutil.rmtree(case, ignore_errors=True)
        path.unlink()


main()
