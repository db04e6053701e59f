# Rows of several classes, several numbers, counts and shares: trained, evaluated and scored under TensorFlow's keys.
. "$LIB"
python3 - <<'P'
import json, random
random.seed(1)
with open("rows.jsonl", "w") as f, open("rows.csv", "w") as c:
    c.write("x,tags\n")
    for _ in range(300):
        x = random.random()
        tags = [t for t, p in (("red", x > 0.5), ("blue", x < 0.3), ("green", x > 0.8)) if p]
        c.write(f"{x},{'|'.join(tags)}\n")
        f.write(json.dumps({"x": x, "tags": tags, "flags": [int(x > 0.5), int(x < 0.3)], "pair": [x, 2 - x],
                            "count": int(10 * x * random.random()), "share": round(x / 2, 3)}) + "\n")
P
spec() {  # NAME, LINES: a spec of one column
  printf '%s\n\n[columns.x]\nkind = "numeric"\n\n[wide]\ncolumns = ["x"]\noptimizer = {kind = "adam", learning_rate = 0.1}\n\n[training]\nbatch_size = 16\npasses = 5\n' "$2" > "$1.toml"
}
spec tags 'task = "multilabel"
head = {thresholds = [0.5], classes_for_class_based_metrics = ["red"]}
[label]
name = "tags"
classes = ["red", "green", "blue"]'
spec flags 'task = "multilabel"
head = {classes_for_class_based_metrics = ["1"]}
[label]
name = "flags"
classes = 2
indicator = true'
spec pair 'task = "regression"
head = {label_dimension = 2}
[label]
name = "pair"'
spec count 'task = "poisson"
[label]
name = "count"'
spec share 'task = "logistic_regression"
[label]
name = "share"'
spec found 'task = "multilabel"
[label]
name = "tags"'
for one in tags flags pair count share found; do
  run train rows.jsonl --spec $one.toml -o $one.thalweg
  expect_code 0
  run evaluate $one.thalweg rows.jsonl --json --batch-size 16
  expect_code 0
  cp out $one.metrics
  run predict $one.thalweg rows.jsonl
  expect_code 0
  cp out $one.scores
done
run train rows.csv --spec tags.toml -o cells.thalweg
expect_code 0
run evaluate cells.thalweg rows.csv --json --batch-size 16
expect_code 0
cp out cells.metrics
python3 - <<'P'
import json
metrics = {one: json.load(open(one + ".metrics")) for one in ("tags", "flags", "pair", "count", "share", "found", "cells")}
first = {one: json.loads(open(one + ".scores").readline()) for one in ("tags", "flags", "pair", "count", "share")}
tf = {one: set(m["tensorflow"]) for one, m in metrics.items()}
number = {"average_loss", "label/mean", "loss", "prediction/mean", "global_step"}
several = {"auc", "auc_precision_recall", "average_loss", "loss", "global_step"}
at = {f"{m}/positive_threshold_0.5" for m in ("accuracy", "precision", "recall")}
assert tf["tags"] == several | at | {f"{m}/red" for m in ("auc", "auc_precision_recall", "probability_mean")}, tf["tags"]
assert tf["flags"] == several | {f"{m}/class1" for m in ("auc", "auc_precision_recall", "probability_mean")}, tf["flags"]
assert tf["pair"] == tf["count"] == tf["share"] == number, tf
assert metrics["tags"]["metrics"]["auc"] > 0.9 and metrics["flags"]["metrics"]["auc"] > 0.9
assert metrics["cells"]["metrics"] == metrics["tags"]["metrics"] and metrics["cells"]["tensorflow"] == metrics["tags"]["tensorflow"]
assert metrics["pair"]["metrics"]["rmse"] < 0.2, metrics["pair"]
assert list(first["tags"]) == ["logits", "probabilities", "classes"] and first["tags"]["classes"] == ["red", "green", "blue"]
assert list(first["pair"]) == ["predictions"] and len(first["pair"]["predictions"]) == 2
assert list(first["count"]) == list(first["share"]) == ["logits", "predictions"]
P
run show found.thalweg --json
python3 -c "import json; assert sorted(json.load(open('out'))['classes']) == ['blue', 'green', 'red']"
run show pair.thalweg --weights 3
expect_code 0
run predict pair.thalweg rows.jsonl -o pair.csv
expect_code 0
head -n 1 pair.csv | grep -qx "predictions_0,predictions_1" || fail "columns of pair.csv: $(head -n 1 pair.csv)"
echo '{"x": 1, "pair": [1]}' > short.jsonl
run evaluate pair.thalweg short.jsonl
expect_code 65
expect_err 'short.jsonl row 1: field "pair": found 1 numbers, expected 2'
