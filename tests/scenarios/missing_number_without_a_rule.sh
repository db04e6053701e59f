# A missing number where the column has no default is a bad row.
. "$LIB"
make_rows rows.csv
cat > m.toml <<'T'
task = "binary"
label.name = "bought"
columns.age.kind = "numeric"
[wide]
columns = ["age"]
T
run train rows.csv --spec m.toml -o m.thalweg
expect_code 0
sed '7s/^[0-9]*//' rows.csv > hole.csv
run predict m.thalweg hole.csv
expect_code 65
expect_err "hole.csv row 6"
expect_err '"age"'
