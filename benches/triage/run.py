#!/usr/bin/env python3
"""A company's mailbox of 10,000 mails: `quittance triage` whole, against dkimpy verifying DKIM alone, on the same mails, offline.

    python3 -m venv ~/bench && ~/bench/bin/pip install "dkimpy[arc]" pynacl cryptography
    cargo build --release -p quittance
    ~/bench/bin/python benches/triage/run.py [--mails 10000] [--quittance target/release/quittance] [--made ../shared/corpus/mail/made]

The mailbox is made by `company.py` beside this file, which says what it is made of; the make-up is printed too. Both sides answer
DNS from the same zone file. dkimpy is given the mails already split and with CRLF line ends, so that its time is verification and
nothing else; it is timed twice: as `dkim.verify` does it (the topmost signature only), and on every signature, which is what a
verdict needs and what `quittance` does. The time of `quittance` is that of the whole process: start, reading, SPF, DKIM, DMARC,
ARC, words, attachments, JSON. Each side takes the best of `--rounds` runs. Prints the times, their
ratios, and the processor time of each side: dkimpy uses one core, `quittance` all, and on a machine that others use too the
ratio of times falls short of what it is on an idle one.
"""
import argparse
import os
import pathlib
import resource
import subprocess
import tempfile
import time

import dkim
import company

ROOT = pathlib.Path(__file__).resolve().parents[2]


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mails", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quittance", default=ROOT / "target/release/quittance")
    parser.add_argument("--made", type=pathlib.Path, default=ROOT / "../shared/corpus/mail/made")
    parser.add_argument("--keep", type=pathlib.Path, help="write the mailbox into this folder and keep it")
    return parser.parse_args()


def verify(mails, dns, every):
    started, used = time.perf_counter(), time.process_time()
    passed = 0
    for raw in mails:
        try:
            if every:
                judge = dkim.DKIM(raw)
                for n in range(company.signatures(raw)):
                    passed += judge.verify(idx=n, dnsfunc=dns)
            else:
                passed += dkim.verify(raw, dnsfunc=dns)
        except dkim.DKIMException:
            pass
    return time.perf_counter() - started, passed, time.process_time() - used


def triage(args, folder):
    command = [
        args.quittance, "triage", folder / "box.mbox", "--zone", folder / "zone.txt", "--context", folder / "context.toml",
        "--format", "json",
    ]
    def used():
        told = resource.getrusage(resource.RUSAGE_CHILDREN)
        return told.ru_utime + told.ru_stime

    started, before = time.perf_counter(), used()
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    return time.perf_counter() - started, done.stdout.count(b'\n  "basis": {'), used() - before


def main():
    args = arguments()
    with tempfile.TemporaryDirectory() as made:
        folder = args.keep or pathlib.Path(made)
        folder.mkdir(exist_ok=True)
        mails, records, made_of = company.make(args.mails, folder, args.made)
        for line in made_of:
            print(line)

        def dns(name, timeout=5):
            return records.get((name if isinstance(name, str) else name.decode()).lower())

        # One side and the other by turns, so that a busy moment of the machine does not fall on one alone.
        rounds = [(verify(mails, dns, False), verify(mails, dns, True), triage(args, folder)) for _ in range(args.rounds)]
    top, every, ours = (min(each) for each in zip(*rounds))
    per = lambda side: f"{side[0]:8.2f} s, {1e6 * side[0] / len(mails):6.0f} us a mail, {side[2]:6.2f} s of processor"
    print(f"dkimpy, topmost signature: {per(top)}  ({top[1]} pass)")
    print(f"dkimpy, every signature:   {per(every)}  ({every[1]} pass)")
    print(f"quittance triage, whole:   {per(ours)}  ({ours[1]} judged)")
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"ratio: {top[0] / ours[0]:.1f} (topmost signature), {every[0] / ours[0]:.1f} (every signature)")


if __name__ == "__main__":
    main()
