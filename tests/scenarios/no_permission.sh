# A folder that cannot be written into is said before training begins.
. "$LIB"
make_rows rows.csv
run train rows.csv --label bought -o nowhere/m.thalweg
expect_code 73
expect_err "nowhere"
