#!/usr/bin/env bash
# A Census model, harmed. usage: run.sh THALWEG HARM FOLDER PROJECT
set -euo pipefail
rm -rf "$3"; mkdir -p "$3"
"$1" train "$4/examples/census/train.csv" --label income --set training.passes=1 -q -o "$3/m.thalweg"
"$2" "$3/m.thalweg"
