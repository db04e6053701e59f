#!/usr/bin/env python3
"""How fast are whole commands on a click log, beside the processor's peak and beside peers, in one run?

usage: criteo.py TRAIN.tsv TEST.tsv [--spec bench/criteo.toml] [--threads 0] [--repeat 3] [--precision auto] [--score]
                 [--peer NAME="COMMAND with {train} and {test}"]...

TRAIN and TEST are in the layout of Criteo's display ads: tab-separated, label, 13 counts, 26 categories, no header. Each of
`thalweg train` (or with --score `thalweg predict` of TRAIN's rows by the model trained before), the peak (bench/peak.cc, if it is
built) and the peers is run `repeat` times, in turn; the best of each counts. Times are of whole commands: file in, model
written. A peer that prints "N rows/s" is taken at its word (the first such figure of its last line, so that its start-up does
not count), another by the clock. The network's work is 6 operations a weight and row in training, 2 in scoring. Peak memory is the maximum
resident set, mapped pages counted. Nothing else should be running.
"""
import argparse
import json
import os
import platform
import re
import subprocess
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
THALWEG = os.environ.get("THALWEG", os.path.join(ROOT, "build/release/bin/thalweg"))
PEAK = os.path.join(os.path.dirname(THALWEG), "peak")


def run(command, **options):
    started = time.time()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
    out, err = process.stdout.read(), process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(f"{command}: ended with status {status}\n{err[-2000:]}")
    return time.time() - started, usage.ru_maxrss / 1024, out


def kernel_weights(spec):
    """Weights of the dense kernels of the network that a model file holds."""
    header = json.loads(subprocess.run([THALWEG, "show", spec, "--json"], check=True, capture_output=True, text=True).stdout)
    total = 0
    for parameter in header["parameters"]:
        name, shape = parameter["name"], parameter["shape"]
        if name.startswith("dnn/") and name.endswith("/kernel"):
            total += shape[0] * shape[1]
    return total


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train")
    parser.add_argument("test")
    parser.add_argument("--spec", default=os.path.join(ROOT, "bench/criteo.toml"))
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--precision", default="auto")
    parser.add_argument("--batch-size", type=int)
    parser.add_argument("--score", action="store_true")
    parser.add_argument("--peer", action="append", default=[])
    a = parser.parse_args()
    peers = [peer.split("=", 1) for peer in a.peer]
    with open(a.train, "rb") as f:
        rows = sum(block.count(b"\n") for block in iter(lambda: f.read(1 << 24), b""))
    commit = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    cpu = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), platform.machine())
    print(f"{os.cpu_count()} × {cpu}, commit {commit}, {rows:,} rows, {os.path.basename(a.spec)}, {'scoring' if a.score else 'training'}")
    with tempfile.TemporaryDirectory() as folder:
        model = os.path.join(folder, "m.thalweg")
        train = [THALWEG, "train", a.train, "--spec", a.spec, "-q", "-o", model, "--threads", str(a.threads), "--precision", a.precision,
                 "--seed", str(a.seed)]
        if a.batch_size:
            train += ["--batch-size", str(a.batch_size)]
        score = [THALWEG, "predict", model, a.train, "-q", "-o", os.path.join(folder, "scores.csv"), "--threads", str(a.threads)]
        if a.score:
            run(train)
        best, memory, peak = {}, {}, {}
        for _ in range(a.repeat):
            seconds, mb, _ = run(score if a.score else train)
            best["thalweg"] = max(best.get("thalweg", 0), rows / seconds)
            memory["thalweg"] = max(memory.get("thalweg", 0), mb)
            if os.path.exists(PEAK):
                for line in run([PEAK])[2].splitlines():
                    kind, gflops = line.split()
                    peak[kind] = max(peak.get(kind, 0), float(gflops))
            for name, command in peers:
                seconds, mb, out = run(command.format(train=a.train, test=a.test), shell=True)
                said = re.search(r"([\d,.]+) rows/s", out.strip().splitlines()[-1])
                best[name] = max(best.get(name, 0), float(said[1].replace(",", "")) if said else rows / seconds)
                memory[name] = max(memory.get(name, 0), mb)
                print(f"  {name}: {out.strip().splitlines()[-1]}", flush=True)
        metrics = json.loads(run([THALWEG, "evaluate", model, a.test, "--json"])[2])["metrics"]
        spec = json.loads(run([THALWEG, "show", model, "--spec", "--json"])[2])
        precision = spec["training"]["precision"]
        work = (2 if a.score else 6) * kernel_weights(model)
    print(f"{'':12} {'rows/s':>10} {'thalweg is':>11} {'peak MB':>8}")
    for name, rate in best.items():
        print(f"{name:12} {rate:>10,.0f} {best['thalweg'] / rate:>10.2f}× {memory[name]:>8.0f}")
    for kind, gflops in peak.items():
        share = f"{100 * best['thalweg'] * work / gflops / 1e9:.1f} % of it" if kind == precision else ""
        print(f"{kind} peak    {gflops * 1e9 / work:>10,.0f}             {share}")
    print(f"auc {metrics['auc']:.5f}, log loss {metrics['log_loss']:.5f}, {precision}")


main()
