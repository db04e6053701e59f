# A model without columns says the share of each class of every row, and is trained and used as any other.
. "$LIB"
make_rows rows.csv
printf 'task = "binary"\nbaseline = true\n\n[label]\nname = "bought"\n\n[training]\nbatch_size = 16\npasses = 20\n' > base.toml
run train rows.csv --spec base.toml -o base.thalweg
expect_code 0
run evaluate base.thalweg rows.csv --json
expect_code 0
python3 - <<'P'
import json
m = json.load(open("out"))
assert abs(m["metrics"]["prediction_mean"] - m["metrics"]["label_mean"]) < 0.03, m
assert m["tensorflow"]["auc"] in (0.0, 0.5), m
P
run predict base.thalweg rows.csv --keep city
expect_code 0
python3 -c "import json; s = [json.loads(l) for l in open('out')]; assert len(s) == 200 and len({r['logits'][0] for r in s}) == 1 and s[0]['city'] == 'paris', s[0]"
run show base.thalweg
expect_code 0
expect_out "baseline/bias"
printf '[columns.age]\nkind = "numeric"\n\n[wide]\ncolumns = ["age"]\n' >> base.toml
run train rows.csv --spec base.toml -o other.thalweg
expect_code 78
expect_err "baseline"
