# convert writes rows in any format; the values, and so the scores, stay.
. "$LIB"
make_rows rows.csv 500
run train rows.csv --label bought -o m.thalweg
run predict m.thalweg rows.csv
cp out scores
before=rows.csv
for after in a.parquet b.tfrecord.gz c.jsonl d.arrow e.tsv.gz f.tfrecord g.csv; do
  run convert $before $after
  expect_code 0
  run predict m.thalweg $after
  expect_code 0
  expect_same out scores
  before=$after
done
expect_same g.csv rows.csv
# Standard input and output.
stdin=rows.csv
run convert - - --from csv --to jsonl
expect_code 0
cp out piped
run convert rows.csv h.jsonl
expect_same piped h.jsonl
stdin=/dev/null
# What would be lost is an error, and no file is left.
printf '{"a": ""}\n' > empty.jsonl
run convert empty.jsonl x.csv
expect_code 65
expect_err 'empty.jsonl row 1: field "a": found "", a value that reads back as missing'
expect_no_file x.csv
run convert rows.csv rows.csv
expect_code 2
run convert rows.csv rows.xls
expect_code 2
expect_err "says no format"
run convert rows.csv
expect_code 2
