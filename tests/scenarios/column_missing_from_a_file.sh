# A column that the model needs and the file lacks is named.
. "$LIB"
make_rows rows.csv
run train rows.csv --label bought -o m.thalweg
expect_code 0
cut -d, -f1 rows.csv > narrow.csv
run predict m.thalweg narrow.csv
expect_code 65
expect_err '"city"'
