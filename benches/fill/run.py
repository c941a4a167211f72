#!/usr/bin/env python3
"""A form of 900 rows and 250 columns filled whole, 225,000 cells: `workbook::fill` against openpyxl's load, fill, save.

    python3 -m venv VENV && VENV/bin/pip install openpyxl==3.1.5     (anywhere outside the repository)
    cargo build --release -p workbook --example fill
    VENV/bin/python benches/fill/run.py [--fill target/release/examples/fill] [--form ../shared/corpus/workbooks/made/questionnaire-900x250.xlsm]

Both get the same answers, of the kinds that the form's columns ask for. openpyxl's time is load, fill and save alone, its answers
being in memory already, in a process of its own; ours is told for the same span, which holds all checks of locks, merged cells,
formulas and validations, and for the whole process, which reads the answers too. Prints wall seconds, processor seconds and peak
memory of both, and the ratios. Each runs as often as --runs says, in turns; the median counts.
"""
import argparse
import datetime
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--fill", default=ROOT / "target/release/examples/fill")
    parser.add_argument(
        "--form", type=pathlib.Path, default=ROOT / "../shared/corpus/workbooks/made/questionnaire-900x250.xlsm"
    )
    parser.add_argument("--theirs", nargs=3, help=argparse.SUPPRESS)
    return parser.parse_args()


def letters(column):
    out = ""
    while column:
        column, digit = divmod(column - 1, 26)
        out = chr(65 + digit) + out
    return out


def answers(form):
    lists = {"list:Sources": 0, "list:Canaux": 1, "list:Hyperviseurs": 2, "list:ModesSQL": 3, "yn": 4}
    import openpyxl

    book = openpyxl.load_workbook(form, read_only=True)
    words = [[c for c in column if c] for column in zip(*book["Listes"].iter_rows(min_row=2, values_only=True))]
    columns = json.loads(pathlib.Path(f"{form}.columns.json").read_text())
    for row in range(5, 905):
        for number, column in enumerate(columns, 1):
            kind, seed = column["kind"], row * 7 + number
            if kind in lists:
                value = ("text", words[lists[kind]][seed % len(words[lists[kind]])])
            elif kind == "date":
                value = ("date", f"20{11 + seed % 14}-{1 + seed % 12:02}-{1 + seed % 28:02}")
            elif kind in ("eur", "pct"):
                value = ("decimal", f"{seed % 997}.{seed % 89:02}")
            elif kind == "int":
                value = ("integer", str(seed % 5000))
            else:
                value = ("text", f"Réponse {seed}")
            yield "Questionnaire", f"{letters(number)}{row}", *value


def theirs(form, lines, out):
    import openpyxl

    read = {
        "integer": int, "decimal": float, "text": str, "date": datetime.date.fromisoformat,
    }
    told = []
    for line in pathlib.Path(lines).read_text().splitlines():
        sheet, cell, kind, value = line.split("\t")
        told.append((sheet, cell, read[kind](value)))
    before, started = os.times(), time.perf_counter()
    book = openpyxl.load_workbook(form, keep_vba=True)
    for sheet, cell, value in told:
        try:
            book[sheet][cell] = value
        except AttributeError:
            pass
    book.save(out)
    wall, after = time.perf_counter() - started, os.times()
    print(json.dumps({"cpu": after.user + after.system - before.user - before.system, "wall": wall}))


def run(command):
    """Output, processor seconds, wall seconds and peak MiB of a process."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{command[0]} ended with {status}")
    return said.strip(), usage.ru_utime + usage.ru_stime, time.perf_counter() - started, usage.ru_maxrss / 1024


def main():
    args = arguments()
    if args.theirs:
        return theirs(*args.theirs)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        lines = folder / "answers.tsv"
        given = ["\t".join(a) for a in answers(args.form)]
        lines.write_text("\n".join(given) + "\n")
        ours, other = [], []
        for _ in range(args.runs):
            said, cpu, wall, peak = run([args.fill, args.form, lines, folder / "ours.xlsm"])
            span, busy = (float(part.split()[0]) for part in said.split(", ")[:2])
            ours.append((span, busy, peak, wall, cpu))
            told, _, _, their_peak = run(
                [sys.executable, __file__, "--theirs", args.form, lines, folder / "theirs.xlsm"]
            )
            told = json.loads(told)
            other.append((told["wall"], told["cpu"], their_peak))
        sizes = [(folder / name).stat().st_size / 1e6 for name in ("ours.xlsm", "theirs.xlsm")]
    mine = [statistics.median(column) for column in zip(*ours)]
    them = [statistics.median(column) for column in zip(*other)]
    print(f"{len(given)} answers; ours: {said.split(' s, ')[2]}")
    print(f"openpyxl        load, fill, save {them[0]:6.2f} s (processor {them[1]:.2f} s), peak {them[2]:6.1f} MiB, {sizes[1]:.2f} MB written")
    print(f"workbook::fill  load, fill, save {mine[0]:6.2f} s (processor {mine[1]:.2f} s), peak {mine[2]:6.1f} MiB, {sizes[0]:.2f} MB written")
    print(f"                whole process    {mine[3]:6.2f} s (processor {mine[4]:.2f} s)")
    print(f"ratio: {them[0] / mine[0]:.1f} (wall), {them[1] / mine[1]:.1f} (processor), {them[1] / mine[4]:.1f} (processor, our whole process)")


if __name__ == "__main__":
    main()
