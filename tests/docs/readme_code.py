#!/usr/bin/env python3
"""The README's C++ is examples/cpp/score.cc, which the install test builds and runs; links lead to files; specs shown parse.

usage: readme_code.py PROJECT_DIR THALWEG
"""
import os
import re
import subprocess
import sys
import tempfile

ROOT, THALWEG = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
wrong = []

readme = open(os.path.join(ROOT, "README.md"), encoding="utf-8").read()
blocks = re.findall(r"```cpp\n(.*?)```", readme, re.S)
if blocks != [open(os.path.join(ROOT, "examples/cpp/score.cc"), encoding="utf-8").read()]:
    wrong.append("README.md: its C++ is not examples/cpp/score.cc")

for folder, _, files in os.walk(ROOT):
    if any(part in folder.split(os.sep) for part in ("build", ".deps", ".git", "testdata")):
        continue
    for file in files:
        if not file.endswith(".md"):
            continue
        text = re.sub(r"```.*?```", "", open(os.path.join(folder, file), encoding="utf-8").read(), flags=re.S)
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
            if not os.path.exists(os.path.join(folder, link)):
                wrong.append(f"{os.path.relpath(os.path.join(folder, file), ROOT)}: no file behind the link {link}")

# Commands shown with "$ thalweg" run, in order, beside the examples.
with tempfile.TemporaryDirectory() as scratch:
    os.symlink(os.path.join(ROOT, "examples"), os.path.join(scratch, "examples"))
    with open(os.path.join(ROOT, "examples/census/test.csv")) as rows, open(os.path.join(scratch, "new.csv"), "w") as new:
        new.writelines([next(rows) for _ in range(50)])
    for line in re.findall(r"^\$ thalweg (.*)$", readme, re.M):
        command = line.split("  #")[0]
        run = subprocess.run(f"'{THALWEG}' {command}", shell=True, cwd=scratch, capture_output=True, text=True)
        if run.returncode != 0:
            wrong.append(f"README.md: thalweg {command}: exit {run.returncode}: {run.stderr.strip()}")

print("\n".join(wrong) or "README and links are true")
sys.exit(1 if wrong else 0)
