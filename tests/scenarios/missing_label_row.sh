# A row without a label is a bad row: named where it fails, left out and counted where it is skipped.
. "$LIB"
make_rows rows.csv
sed '5s/,[a-z]*$/,/' rows.csv > some.csv
run train some.csv --label bought -o m.thalweg
expect_code 65
expect_err 'some.csv row 4: field "bought"'
if grep -q "left out" err; then fail "nothing was left out"; fi
run train some.csv --label bought --on-bad-row skip -o m.thalweg
expect_code 0
expect_err "1 bad row left out"
