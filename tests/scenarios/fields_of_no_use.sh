# Fields that are dropped, or that a spec does not use, may hold anything: objects in JSON lines.
. "$LIB"
awk 'BEGIN { for (i = 0; i < 300; i++) printf "{\"o\": {\"p\": [%d]}, \"a\": %d, \"y\": %d}\n", i, i % 7, i % 2 }' > rows.jsonl
run train rows.jsonl --label y -o m.thalweg
expect_code 65
expect_err 'field "o"'
run train rows.jsonl --label y --drop o -o m.thalweg
expect_code 0
run predict m.thalweg rows.jsonl
expect_code 0
cat > spec.toml <<'T'
label.name = "y"
columns.a = {kind = "numeric", normalizer = "standard"}
wide.columns = ["a"]
T
run train rows.jsonl --spec spec.toml -o m.thalweg
expect_code 0
