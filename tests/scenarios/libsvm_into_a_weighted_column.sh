# libsvm rows feed a weighted identity column as they are read.
. "$LIB"
awk 'BEGIN { for (i = 0; i < 400; i++) { a = i % 7; b = 7 + (i * 3) % 5; print ((a > 2) ? "+1" : "-1") " " a ":" (1 + i % 3) / 2 " " b ":1  # row " i } }' > rows.libsvm
cat > m.toml <<'T'
task = "binary"
label.name = "label"
fields.index = {type = "integer", many = true}
fields.value = {type = "number", many = true}
columns.index = {kind = "identity", num_buckets = 20}
columns.weighted = {kind = "weighted", column = "index", weight = "value"}
wide.columns = ["weighted"]
training.passes = 5
T
run train rows.libsvm --spec m.toml -o m.thalweg
expect_code 0
run evaluate m.thalweg rows.libsvm --json
expect_code 0
grep -q '"auc": *\(1\b\|1\.0\|0\.99\)' out || fail "the rows are told apart"
run convert rows.libsvm rows.tfrecord
expect_code 0
run predict m.thalweg rows.libsvm
cp out scores
run predict m.thalweg rows.tfrecord
expect_same out scores
