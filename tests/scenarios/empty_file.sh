# An empty file is an error that says so.
. "$LIB"
: > empty.csv
run train empty.csv --label y
expect_code 65
expect_err "empty.csv"
