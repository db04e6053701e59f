# Classes, the positive class and missing marks may be written as numbers or booleans: they are what the cells are.
. "$LIB"
awk 'BEGIN { print "a,c,y"; for (i = 0; i < 300; i++) print (i % 9 ? i % 9 : -1) "," (i % 4) "," i % 2 }' > rows.csv
cat > spec.toml <<'T'
label = {name = "y", classes = [0, 1], positive = 1}
fields.a = {type = "number", missing = [-1]}
columns.a = {kind = "numeric", missing = "mean"}
columns.c = {kind = "vocabulary_list", vocabulary = ["0", "1", "2", "3"]}
deep = {columns = ["a"], hidden_units = [4]}
wide.columns = ["c"]
T
run train rows.csv --spec spec.toml -o m.thalweg
expect_code 0
run show m.thalweg --spec
expect_out 'classes = ["0", "1"]'
expect_out 'missing = ["-1"]'
run train rows.csv --spec spec.toml --set 'label.positive=true' -o n.thalweg
expect_code 78
echo '{"label": {"name": "y", "classes": [0, 1]}, "columns": {"c": {"kind": "hash_bucket", "hash_bucket_size": 9}}, "wide": {"columns": ["c"]}}' > spec.json
run train rows.csv --spec spec.json -o n.thalweg
expect_code 0
