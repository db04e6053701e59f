# NaN, infinity and numbers past float32 are bad rows in a number field.
. "$LIB"
cat > m.toml <<'T'
task = "binary"
label.name = "bought"
columns.age.kind = "numeric"
[wide]
columns = ["age"]
T
for number in NaN inf -inf 1e308; do
  make_rows rows.csv
  sed -i "5s/^[0-9]*/$number/" rows.csv
  run train rows.csv --spec m.toml
  expect_code 65
  expect_err "rows.csv row 4"
  expect_err '"age"'
  expect_err "$number"
done
