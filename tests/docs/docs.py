#!/usr/bin/env python3
"""What the documents show is so.

usage: docs.py PROJECT_DIR THALWEG [--refresh]

Of README.md, docs/*.md and examples/*/README.md, in an empty folder for each, with examples/ at hand:
- the commands of ```console blocks ("$ …", with continuations "> …") run in order, and none fails;
- a ```toml block whose first line is "# NAME.toml" is saved under that name, and a command uses it;
- other ```toml blocks are TOML (docs/spec.md's are held to the parser by src/spec/docs_test.cc).
The README's C++ is examples/cpp/score.cc (built and run by tests/install), the specs of examples/ train, links in all
documents lead to files, and docs/reference.md is what tools/gen_reference.py prints.

The test trains on the first rows only. --refresh runs the same commands on all rows and writes what they print into
the documents: where a block shows no output, none; where it shows "…", as many lines before the first "…" and after the
last one, and between them the lines that begin with the same word. A shown line that ends in " …" stays cut at its word.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib

ROOT, THALWEG = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
REFRESH = "--refresh" in sys.argv[3:]
TRAIN_ROWS, TEST_ROWS = 800, 300
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.S | re.M)
ELISION = "…"
wrong = []


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def documents():
    found = ["README.md"] + [f"docs/{name}" for name in sorted(os.listdir(f"{ROOT}/docs")) if name.endswith(".md")]
    return found + [f"examples/{name}/README.md" for name in sorted(os.listdir(f"{ROOT}/examples"))
                    if os.path.exists(f"{ROOT}/examples/{name}/README.md")]


def make_folder(folder):
    """examples/ at hand: as it is, or with the first rows of its tables."""
    if REFRESH:
        os.symlink(f"{ROOT}/examples", f"{folder}/examples")
        return
    shutil.copytree(f"{ROOT}/examples", f"{folder}/examples", ignore=shutil.ignore_patterns("*.csv"))
    for name, rows in (("train.csv", TRAIN_ROWS), ("test.csv", TEST_ROWS)):
        with open(f"{ROOT}/examples/census/{name}") as whole, open(f"{folder}/examples/census/{name}", "w") as part:
            part.writelines(line for line, _ in zip(whole, range(rows + 1)))


def run(command, folder):
    env = {**os.environ, "PATH": os.path.dirname(THALWEG) + ":" + os.environ["PATH"], "NO_COLOR": "1", "LC_ALL": "C.UTF-8"}
    try:
        done = subprocess.run(["bash", "-o", "pipefail", "-c", command], cwd=folder, env=env, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=600 if REFRESH else 120)
        return done.returncode, done.stdout.decode("utf-8", "replace")
    except subprocess.TimeoutExpired:
        return 124, "did not end"


def commands(block):
    """[[command lines], [output lines]]"""
    entries = []
    for line in block.splitlines():
        if line.startswith("$ "):
            entries.append([[line], []])
        elif line.startswith("> ") and entries and not entries[-1][1]:
            entries[-1][0].append(line)
        elif entries:
            entries[-1][1].append(line)
    return entries


def shorten(old, new):
    """Printed lines, cut as the shown ones are."""
    if not old:
        return []
    if ELISION in old:
        first, last = old.index(ELISION), len(old) - 1 - old[::-1].index(ELISION)
        middle = []
        for line in old[first:last]:
            if line == ELISION:
                middle.append(line)
            else:
                middle += [found for found in new[first:] if found.split()[:1] == line.split()[:1]][:1]
        tail = len(old) - 1 - last
        new = new[:first] + middle + [ELISION] + (new[-tail:] if tail else [])
    for i, line in enumerate(new[:len(old)]):
        if i < len(old) and old[i].endswith(" " + ELISION):
            new[i] = " ".join(line.split(" ")[:len(old[i].split(" ")) - 1]) + " " + ELISION
    return new


def check_document(path):
    text = read(path)
    saved = {}

    def block(match):
        kind, body = match.groups()
        if kind == "toml":
            name = re.match(r"# (\S+\.toml)\n", body)
            try:
                tomllib.loads(body)
            except tomllib.TOMLDecodeError as error:
                wrong.append(f"{path}: a toml block is not TOML: {error}: {body[:60]!r}")
            if name:
                saved[name.group(1)] = False
                with open(os.path.join(folder, name.group(1)), "w", encoding="utf-8") as file:
                    file.write(body)
        if kind != "console":
            return match.group(0)
        lines = []
        for shown, output in commands(body):
            command = "\n".join(line[2:] for line in shown)
            for name in saved:
                saved[name] = saved[name] or name in command
            code, printed = run(command, folder)
            if code != 0 and not (code == 141 and "| head" in command):   # head has seen enough
                wrong.append(f"{path}: {command}: exit {code}: {printed.strip()[-600:]}")
            lines += shown + shorten(output, printed.rstrip("\n").splitlines())
        return "```console\n" + "".join(line + "\n" for line in lines) + "```"

    with tempfile.TemporaryDirectory() as folder:
        make_folder(folder)
        refreshed = BLOCK.sub(block, text)
    wrong.extend(f"{path}: no command uses {name}" for name, used in saved.items() if not used)
    if REFRESH and refreshed != text:
        with open(os.path.join(ROOT, path), "w", encoding="utf-8") as file:
            file.write(refreshed)


def check_examples():
    with tempfile.TemporaryDirectory() as folder:
        make_folder(folder)
        for name in sorted(os.listdir(f"{ROOT}/examples/census")):
            if not name.endswith(".toml"):
                continue
            spec = f"examples/census/{name}"
            code, printed = run(f"thalweg train examples/census/train.csv --spec {spec} --passes 1 -o example.thalweg", folder)
            if code != 0:
                wrong.append(f"{spec}: exit {code}: {printed.strip()[-600:]}")


def check_links():
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in ("build", "testdata") and not name.startswith(".")]
        for file in files:
            if not file.endswith(".md"):
                continue
            path = os.path.relpath(os.path.join(folder, file), ROOT)
            for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", BLOCK.sub("", read(path))):
                if not os.path.exists(os.path.join(folder, link)):
                    wrong.append(f"{path}: no file behind the link {link}")


def check_reference():
    printed = subprocess.run([sys.executable, f"{ROOT}/tools/gen_reference.py", THALWEG], capture_output=True, text=True, check=True).stdout
    if REFRESH:
        with open(f"{ROOT}/docs/reference.md", "w", encoding="utf-8") as file:
            file.write(printed)
    elif printed != read("docs/reference.md"):
        wrong.append("docs/reference.md is not what the program says: tools/gen_reference.py THALWEG > docs/reference.md")


def check_readme_code():
    blocks = [body for kind, body in BLOCK.findall(read("README.md")) if kind == "cpp"]
    if blocks != [read("examples/cpp/score.cc")]:
        wrong.append("README.md: its C++ is not examples/cpp/score.cc")


check_reference()
check_readme_code()
check_links()
check_examples()
for document in documents():
    check_document(document)
print("\n".join(wrong) or "the documents are true")
sys.exit(1 if wrong else 0)
