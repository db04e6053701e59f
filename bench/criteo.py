#!/usr/bin/env python3
"""How fast does a whole `thalweg train` run on a click log, beside a peer on the same rows, in one run?

usage: criteo.py TRAIN.tsv TEST.tsv [--spec bench/criteo.toml] [--threads 2] [--repeat 1] [--peer "COMMAND"]

TRAIN and TEST are in the layout of Criteo's display ads: tab-separated, label, 13 counts, 26 categories, no header. The
peer's COMMAND is run with TRAIN and TEST in place of {train} and {test}, in turn with ours; its last line of output is
printed. Times are of whole commands: file in, model written. Peak memory is the maximum resident set, mapped pages counted.
"""
import argparse
import json
import os
import platform
import resource
import subprocess
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
THALWEG = os.path.join(ROOT, "build/release/bin/thalweg")


def run(command, **options):
    started = time.time()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, **options)
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(f"{command}: ended with status {status}")
    return time.time() - started, usage.ru_maxrss / 1024, out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train")
    parser.add_argument("test")
    parser.add_argument("--spec", default=os.path.join(ROOT, "bench/criteo.toml"))
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--peer")
    a = parser.parse_args()
    with open(a.train, "rb") as f:
        rows = sum(block.count(b"\n") for block in iter(lambda: f.read(1 << 24), b""))
    commit = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    cpu = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), platform.machine())
    print(f"{os.cpu_count()} × {cpu}, commit {commit}, {rows} rows, {os.path.basename(a.spec)}")
    with tempfile.TemporaryDirectory() as folder:
        model = os.path.join(folder, "m.thalweg")
        for i in range(a.repeat):
            seconds, mb, _ = run([THALWEG, "train", a.train, "--spec", a.spec, "-q", "-o", model, "--threads", str(a.threads),
                                  "--seed", str(a.seed + i)])
            _, _, out = run([THALWEG, "evaluate", model, a.test, "--json"])
            m = json.loads(out)["metrics"]
            print(f"thalweg  train {seconds:.1f} s, {rows / seconds:,.0f} rows/s | auc {m['auc']:.5f} log loss {m['log_loss']:.5f} | peak {mb:.0f} MB", flush=True)
            if a.peer:
                seconds, mb, out = run(a.peer.format(train=a.train, test=a.test), shell=True)
                print(f"peer     {out.strip().splitlines()[-1]}", flush=True)


main()
