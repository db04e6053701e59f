# A quote that is never closed is an error, not a row of a million lines.
. "$LIB"
make_rows rows.csv
sed -i '6s/.*/30,"rome,yes/' rows.csv
run train rows.csv --label bought
expect_code 65
expect_err "rows.csv"
expect_no_file model.thalweg
