#!/usr/bin/env python3
"""Workbooks inspected one by one: `quittance inspect` whole (sheets, links, macros, compiled code, signature, sentences, in a confined
child) against `olevba -a` on the same files.

    python3 -m venv VENV && VENV/bin/pip install oletools==0.60.2     (anywhere outside the repository)
    cargo build --release
    python3 benches/inspect/run.py --olevba VENV/bin/olevba [--program target/release/quittance] [--files ../shared/corpus/workbooks]

Each program is started once for each file, as a user would; the files are every one of the folder that olevba finds macros in or is
made for. Prints wall and processor seconds of both over all files, their ratios, and the slowest of ours. In turns, --runs times; the
median of each file counts.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
ENDINGS = {".xls", ".xlsm", ".xlsb", ".xlsx", ".xlam"}


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--olevba", required=True)
    parser.add_argument("--program", default=ROOT / "target/release/quittance")
    parser.add_argument("--files", type=pathlib.Path, default=ROOT / "../shared/corpus/workbooks")
    return parser.parse_args()


def run(command):
    """Wall and processor seconds of a process and its children, and their peak MiB."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    return time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    args = arguments()
    files = sorted(p for p in args.files.rglob("*") if p.suffix.lower() in ENDINGS)
    ours, theirs = {}, {}
    for _ in range(args.runs):
        for path in files:
            ours.setdefault(path, []).append(run([args.program, "inspect", path]))
            theirs.setdefault(path, []).append(run([args.olevba, "-a", path]))
    median = lambda runs: [statistics.median(column) for column in zip(*runs)]
    ours, theirs = ({p: median(runs) for p, runs in table.items()} for table in (ours, theirs))
    total = lambda table, column: sum(row[column] for row in table.values())
    print(f"{len(files)} files, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    for name, table in (("olevba -a", theirs), ("quittance inspect", ours)):
        peak = max(row[2] for row in table.values())
        print(f"{name:<18} wall {total(table, 0):7.2f} s, processor {total(table, 1):7.2f} s, peak {peak:.0f} MiB")
    print(f"ratio: {total(theirs, 0) / total(ours, 0):.1f} (wall), {total(theirs, 1) / total(ours, 1):.1f} (processor)")
    each = sorted(theirs[p][0] / ours[p][0] for p in files)
    print(f"ratio a file, wall: least {each[0]:.1f}, median {each[len(each) // 2]:.1f}, most {each[-1]:.1f}")
    for path in sorted(files, key=lambda p: -ours[p][0])[:5]:
        print(f"  {ours[path][0] * 1000:7.1f} ms  {theirs[path][0] * 1000:8.1f} ms  {path.relative_to(args.files)}")


if __name__ == "__main__":
    main()
