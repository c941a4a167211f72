#!/usr/bin/env python3
"""A mailbox of 10,000 mails: `quittance triage` whole, against dkimpy verifying DKIM alone, on the same mails, offline.

    pip install dkimpy pynacl
    cargo build --release -p quittance
    python3 benches/triage/run.py [--mails 10000] [--quittance target/release/quittance] [--made ../shared/corpus/mail/made]

Both read the same mailbox and answer DNS from the same zone file; dkimpy is given the mails already split and with CRLF line
ends, so that its time is verification and nothing else. The time of `quittance` is that of the whole process: start, reading,
SPF, DKIM, DMARC, ARC, words, attachments, JSON. Prints both times and their ratio.
"""
import argparse
import pathlib
import re
import subprocess
import tempfile
import time

import dkim

ROOT = pathlib.Path(__file__).resolve().parents[2]


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mails", type=int, default=10_000)
    parser.add_argument("--quittance", default=ROOT / "target/release/quittance")
    parser.add_argument("--made", type=pathlib.Path, default=ROOT / "../shared/corpus/mail/made")
    return parser.parse_args()


def zone(path):
    records = {}
    for line in path.read_text().splitlines():
        found = re.match(r"(\S+)\s+\d+\s+IN\s+TXT\s+(.*)", line)
        if found:
            text = "".join(re.findall(r'"([^"]*)"', found.group(2)))
            records[found.group(1).lower()] = text.encode()
    return records


def main():
    args = arguments()
    made = [p.read_bytes() for p in sorted(args.made.glob("*.eml"))]
    mails = []
    for n in range(args.mails):
        raw = made[n % len(made)]
        # A field on top that no signature covers makes every mail another one.
        mails.append(b"X-Copy: %d\r\n" % n + raw)
    records = zone(args.made / "zone.txt")

    def dns(name, timeout=5):
        return records.get((name if isinstance(name, str) else name.decode()).lower())

    started = time.perf_counter()
    passed = 0
    for raw in mails:
        try:
            passed += dkim.verify(raw, dnsfunc=dns)
        except dkim.DKIMException:
            pass
    theirs = time.perf_counter() - started

    with tempfile.TemporaryDirectory() as folder:
        box = pathlib.Path(folder) / "box.mbox"
        with open(box, "wb") as out:
            for raw in mails:
                text = raw.replace(b"\r\n", b"\n")
                out.write(b"From bench@bench.example Mon Jun  1 00:00:00 2026\n")
                out.write(re.sub(rb"(?m)^(>*From )", rb">\1", text) + b"\n")
        command = [
            args.quittance, "triage", box, "--zone", args.made / "zone.txt", "--context", args.made / "answers.toml",
            "--format", "json",
        ]
        started = time.perf_counter()
        done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
        ours = time.perf_counter() - started
        judged = done.stdout.count(b'\n  "basis": {')
    size = sum(map(len, mails)) / 1e6
    print(f"{len(mails)} mails, {size:.1f} MB")
    print(f"dkimpy, DKIM alone:      {theirs:8.2f} s  ({passed} pass)")
    print(f"quittance triage, whole: {ours:8.2f} s  ({judged} judged)")
    print(f"ratio: {theirs / ours:.1f}")


if __name__ == "__main__":
    main()
