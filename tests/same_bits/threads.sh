#!/usr/bin/env bash
# 1, 2, 3 and 8 threads give byte-equal model files. usage: threads.sh THALWEG FOLDER
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
thalweg=$1; rm -rf "$2"; mkdir -p "$2"; cd "$2"
python3 "$here/make_rows.py" . 3000
for threads in 1 2 3 8; do
  "$thalweg" train rows.csv --spec spec.toml --on-bad-row skip --threads $threads -q -o $threads.thalweg
done
for threads in 2 3 8; do cmp 1.thalweg $threads.thalweg; done
echo "equal"
