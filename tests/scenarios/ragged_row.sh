# A row with too few fields is named; or left out and counted.
. "$LIB"
make_rows rows.csv
sed -i '8s/.*/33,rome/' rows.csv
run train rows.csv --label bought
expect_code 65
expect_err "rows.csv row 7"
expect_no_file model.thalweg
run train rows.csv --label bought --on-bad-row skip
expect_code 0
expect_err "1 bad row left out"
