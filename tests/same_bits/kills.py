#!/usr/bin/env python3
"""A run killed at random moments, also inside the writing of a checkpoint, and resumed ends in the same bytes.

usage: kills.py THALWEG FOLDER KILLS       (a fifth of the kills are aimed at the writing of a checkpoint)
"""
import os
import random
import shutil
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))


def command(thalweg, model, *more):
    return [thalweg, "train", "rows.csv", "--spec", "spec.toml", "--on-bad-row", "skip", "--checkpoint-steps", "8", "-q",
            "-o", model, *more]


def writing(folder):
    """A checkpoint is being written: there is a file that does not have its last name yet."""
    try:
        return any(not name.endswith(".ckpt") for name in os.listdir(folder))
    except FileNotFoundError:
        return False


def main():
    thalweg, folder, kills = os.path.abspath(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    os.chdir(folder)
    subprocess.run([sys.executable, os.path.join(HERE, "make_rows.py"), ".", "4000"], check=True)
    started = time.time()
    subprocess.run(command(thalweg, "whole.thalweg"), check=True)
    seconds = time.time() - started
    r = random.Random(int(os.environ.get("SEED", "1")))
    killed = inside = resumed = 0
    while killed < kills:
        run = subprocess.Popen(command(thalweg, "cut.thalweg", *(["--resume"] if resumed else [])))
        aim = killed % 5 == 4
        deadline = time.time() + r.uniform(0, seconds * 0.7)
        if aim:   # not always the first checkpoint
            time.sleep(r.uniform(0, seconds * 0.5))
        while run.poll() is None:
            if (writing("cut.thalweg.checkpoint") or time.time() > deadline + seconds) if aim else time.time() > deadline:
                run.send_signal(signal.SIGKILL)
                run.wait()
                killed += 1
                inside += writing("cut.thalweg.checkpoint")
                break
            time.sleep(0.0002 if aim else 0.002)
        if run.returncode == 0:
            compare()
            resumed = 0
            os.remove("cut.thalweg")
            shutil.rmtree("cut.thalweg.checkpoint", ignore_errors=True)
        elif run.returncode == -signal.SIGKILL:
            resumed += os.path.isdir("cut.thalweg.checkpoint") and bool([n for n in os.listdir("cut.thalweg.checkpoint") if n.endswith(".ckpt")])
        else:
            sys.exit(f"the run ended with exit code {run.returncode}")
    subprocess.run(command(thalweg, "cut.thalweg", *(["--resume"] if resumed else [])), check=True)
    compare()
    print(f"{killed} kills, {inside} of them inside the writing of a checkpoint: byte-equal every time")


def compare():
    with open("whole.thalweg", "rb") as a, open("cut.thalweg", "rb") as b:
        if a.read() != b.read():
            sys.exit("the resumed model differs from the one never broken")


main()
