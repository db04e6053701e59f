#!/usr/bin/env bash
# Installs a build, moves what was installed, and uses it from there: the command line, and programs that find the
# library with find_package. usage: run.sh BUILD FOLDER
set -euo pipefail
build=$1 folder=$2
project=$(cd "$(dirname "$0")/../.." && pwd)
fail() { echo "FAILED: $*" >&2; exit 1; }
rm -rf "$folder"
mkdir -p "$folder"

cmake --install "$build" --prefix "$folder/first" > "$folder/install.log" || { cat "$folder/install.log"; exit 1; }
mv "$folder/first" "$folder/moved"
moved=$folder/moved
if grep -rlF -e "$project" -e "$folder/first" "$moved/include" "$moved"/lib*/cmake; then
  fail "those name the build's folders"
fi

# The command line, with the libraries it brings.
thalweg=$moved/bin/thalweg
ldd "$thalweg" > "$folder/ldd.log"
if grep -F -e 'not found' -e "$project/.deps" "$folder/ldd.log"; then fail "libraries are missing"; fi
[ "$(grep -cF "$(realpath "$moved")/" "$folder/ldd.log")" -ge 4 ] || fail "libraries come from elsewhere: see $folder/ldd.log"
census=$project/examples/census
"$thalweg" train -q "$census/train.csv" --label income --drop fnlwgt --passes 1 -o "$folder/income.thalweg"
"$thalweg" show "$folder/income.thalweg" > "$folder/show.log"

# The library.
cmake -G Ninja -S "$project/examples/cpp" -B "$folder/consumer" -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH="$moved" \
  -DCMAKE_EXPORT_COMPILE_COMMANDS=ON > "$folder/configure.log" 2>&1 || { cat "$folder/configure.log"; exit 1; }
if grep -F -e "$project/include" -e "$project/src" "$folder/consumer/compile_commands.json"; then
  fail "headers come from the checkout"
fi
cmake --build "$folder/consumer" > "$folder/build.log" 2>&1 || { cat "$folder/build.log"; exit 1; }
score=$folder/consumer/score
if ldd "$score" | grep -E 'arrow|parquet|simdjson'; then fail "scoring links readers"; fi
if nm -C "$score" | grep -E 'thalweg::(Trainer|TableSource|MetricSet)'; then fail "scoring links training"; fi
"$score" "$folder/income.thalweg" | sort > "$folder/scores.txt"
cat "$folder/scores.txt"
"$folder/consumer/rank" "$folder/income.thalweg" | tee "$folder/rank.txt"
[ "$(wc -l < "$folder/rank.txt")" = 4 ] && sort -r -c "$folder/rank.txt" || fail "the candidates are not ranked"
"$folder/consumer/train" "$folder/visits.thalweg" | tee "$folder/train.txt"
grep -qE '^400 steps, auc 0\.(8[5-9]|9)' "$folder/train.txt" || fail "the example does not learn"

# Both ways give the same numbers.
python3 - "$census/test.csv" "$folder/rows.csv" <<'P'
import csv, sys
fields = next(csv.reader(open(sys.argv[1])))
with open(sys.argv[2], "w") as f:
    out = csv.DictWriter(f, fields, restval="")
    out.writeheader()
    numbers = ("age", "education_num", "capital_gain", "capital_loss", "hours_per_week")
    out.writerow(dict(zip(numbers, (44, 16, 0, 0, 50)), occupation="Exec-managerial", education="Doctorate"))
    out.writerow(dict(zip(numbers, (19, 9, 0, 0, 20)), occupation="Other-service", education="HS-grad"))
P
"$thalweg" predict -q "$folder/income.thalweg" "$folder/rows.csv" > "$folder/predictions.jsonl"
python3 - "$folder/predictions.jsonl" "$folder/scores.txt" <<'P'
import json, struct, sys
def single(x): return struct.pack("f", float(x))
command = [single(json.loads(line)["probabilities"][1]) for line in open(sys.argv[1])]
program = [single(line.split()[-1]) for line in open(sys.argv[2])]
sys.exit(0 if command == program and len(program) == 2 else f"the command line says {command}, the program {program}")
P
echo passed
