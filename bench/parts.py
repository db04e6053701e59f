#!/usr/bin/env python3
"""Is the joint model better than its linear part alone and its deep part alone, on rows it has not seen?

usage: parts.py TRAIN.csv TEST.csv LABEL [SEEDS=3] [further options of train]      (no spec: one is chosen, then cut)

The wide and the deep model are the chosen spec without the other part, trained the same way.
"""
import json
import os
import subprocess
import sys
import tempfile
import tomllib

THALWEG = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "build/release/bin/thalweg")
THALWEG = os.environ.get("THALWEG", THALWEG)


def run(*args):
    return subprocess.run([THALWEG, *args], check=True, capture_output=True, text=True).stdout


def only(spec, part):
    """The spec without the other part, and without the columns that only that one used."""
    out = json.loads(json.dumps(spec))
    del out["deep" if part == "wide" else "wide"]
    used = set(out[part]["columns"])
    while True:
        more = set()
        for name in used & out["columns"].keys():
            column = out["columns"][name]
            more |= {column[k] for k in ("source", "column") if k in column}
        if more <= used:
            break
        used |= more
    out["columns"] = {name: column for name, column in out["columns"].items() if name in used}
    fields = {c.get("field", name) for name, c in out["columns"].items()}
    fields |= {key for c in out["columns"].values() for key in c.get("keys", [])} | {out["label"]["name"], out.get("weight", "")}
    out["fields"] = {name: f for name, f in out.get("fields", {}).items() if name in fields}
    return out


def main():
    train, test, label = sys.argv[1:4]
    seeds = int(sys.argv[4]) if len(sys.argv) > 4 else 3
    means = {}
    with tempfile.TemporaryDirectory() as folder:
        model = os.path.join(folder, "m.thalweg")
        for seed in range(1, seeds + 1):
            run("train", train, "--label", label, "--seed", str(seed), "-q", "-o", model, *sys.argv[5:])
            spec = tomllib.loads(run("show", model, "--spec"))
            for part in ("both", "wide", "deep"):
                if part != "both":
                    path = os.path.join(folder, "spec.json")
                    with open(path, "w") as f:
                        json.dump(only(spec, part), f)
                    run("train", train, "--spec", path, "--seed", str(seed), "-q", "-o", model, *sys.argv[5:])
                metrics = json.loads(run("evaluate", model, test, "--json"))["metrics"]
                for name in ("auc", "log_loss", "accuracy", "rmse"):
                    if metrics.get(name) is not None:
                        means.setdefault((part, name), []).append(metrics[name])
    for (part, name), values in means.items():
        print(f"{part:5} {name:9} {sum(values) / len(values):.5f}")


main()
