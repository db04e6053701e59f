#!/usr/bin/env python3
"""Make train.csv and test.csv from the official files of Census Income (UCI Adult).

usage: make_csv.py adult.data adult.test OUT_DIR

A header is added; blanks after commas, the full stop after the labels of adult.test, its first line (a comment) and
empty lines are removed. Nothing else is changed: "?" marks a missing value, as in the official files.
"""
import csv
import os
import sys

NAMES = ("age workclass fnlwgt education education_num marital_status occupation relationship race gender "
         "capital_gain capital_loss hours_per_week native_country income").split()


def rows(path):
    with open(path, encoding="ascii") as lines:
        for line in lines:
            cells = [cell.strip() for cell in line.strip().split(",")]
            if len(cells) == len(NAMES):
                cells[-1] = cells[-1].rstrip(".")
                yield cells


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    for source, name in ((sys.argv[1], "train.csv"), (sys.argv[2], "test.csv")):
        with open(os.path.join(sys.argv[3], name), "w", newline="", encoding="ascii") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(NAMES)
            writer.writerows(rows(source))


main()
