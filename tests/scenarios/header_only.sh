# A header without rows is an error.
. "$LIB"
echo "a,y" > rows.csv
run train rows.csv --label y
expect_code 65
expect_err "rows.csv"
expect_err "no row"
