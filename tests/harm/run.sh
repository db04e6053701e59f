#!/usr/bin/env bash
# A Census model, and the same with packed tables, harmed. usage: run.sh THALWEG HARM FOLDER PROJECT
set -euo pipefail
rm -rf "$3"; mkdir -p "$3"
"$1" train "$4/examples/census/train.csv" --label income --set training.passes=1 -q -o "$3/m.thalweg"
"$2" "$3/m.thalweg"
"$1" compact "$3/m.thalweg" -o "$3/small.thalweg" --tables int8 > /dev/null
"$2" "$3/small.thalweg"
