# No command writes over what it reads.
. "$LIB"
make_rows rows.csv
cp rows.csv kept.csv
run train rows.csv --label bought -o rows.csv
expect_code 2
expect_err "rows.csv: is read, and so cannot be written"
expect_same rows.csv kept.csv
run train rows.csv --label bought -o m.thalweg --history rows.csv
expect_code 2
run train rows.csv --label bought -o m.thalweg
run predict m.thalweg '*.csv' -o ./rows.csv
expect_code 2
expect_same rows.csv kept.csv
