# A mistyped label gets the nearest name.
. "$LIB"
make_rows rows.csv
run train rows.csv --label bougth
expect_code 2
expect_err 'Did you mean "bought"?'
