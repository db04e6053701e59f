# A model trained on rows tells them apart, and its scores come in input order.
. "$LIB"
make_rows rows.csv
run train rows.csv --label bought -o m.thalweg
expect_code 0
run evaluate m.thalweg rows.csv --json
expect_code 0
python3 -c "import json; m = json.load(open('out'))['metrics']; assert m['auc'] > 0.9, m"
run predict m.thalweg rows.csv --keep city
expect_code 0
python3 - <<'P'
import csv, json
scores = [json.loads(line) for line in open("out")]
rows = list(csv.DictReader(open("rows.csv")))
assert [s["city"] for s in scores] == [r["city"] for r in rows]
assert all(abs(sum(s["probabilities"]) - 1) < 1e-6 and s["classes"] in ("yes", "no") for s in scores)
P
run evaluate m.thalweg rows.csv --json --thresholds 0.25,0.5 --batch-size 64
expect_code 0
python3 - <<'P'
import json
m = json.load(open("out"))
tf = m["tensorflow"]
assert abs(tf["auc"] - m["metrics"]["auc"]) < 0.02 and abs(tf["average_loss"] - m["metrics"]["log_loss"]) < 1e-6, m
assert tf["accuracy/positive_threshold_0.5"] == tf["accuracy"] and "recall/positive_threshold_0.25" in tf and tf["global_step"] > 0, tf
assert tf["loss"] != tf["average_loss"]   # the last batch is short
P
run evaluate m.thalweg rows.csv --thresholds 2
expect_code 2
expect_err "found 2, expected numbers between 0 and 1"
