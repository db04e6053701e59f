# training.early_stopping_steps ends a training so many steps after its best validation.
. "$LIB"
make_rows rows.csv 2000
run train rows.csv --label bought --valid 0.2 --passes 500 --set training.valid_every_steps=5 --set training.early_stopping=0 \
  --set training.early_stopping_steps=40 --history steps.jsonl -o m.thalweg
expect_code 0
expect_err "no better log_loss in 40 steps: the weights of step"
python3 - <<'END' || fail "expected the end 40 steps after the best"
import json
valid = [line for line in map(json.loads, open("steps.jsonl")) if "valid" in line]
best = min(valid, key=lambda line: line["valid"]["log_loss"])
assert valid[-1]["step"] == best["step"] + 40, (valid[-1]["step"], best["step"])
END
