# A label that is always the same teaches nothing.
. "$LIB"
make_rows rows.csv
sed -i '2,$s/,[a-z]*$/,yes/' rows.csv
run train rows.csv --label bought
expect_code 65
expect_err "bought"
expect_err "at least two classes"
