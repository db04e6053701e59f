# Without a spec "?" among numbers is a missing number, said and kept.
. "$LIB"
make_rows rows.csv
sed -i '5s/^[0-9]*/?/; 9s/^[0-9]*/?/' rows.csv
run train rows.csv --label bought -o m.thalweg
expect_code 0
expect_err "?"
run show m.thalweg --spec
expect_out '"?"'
