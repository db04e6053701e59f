# evaluate names a class that the model does not know.
. "$LIB"
make_rows rows.csv
run train rows.csv --label bought -o m.thalweg
expect_code 0
sed '5s/,[a-z]*$/,perhaps/' rows.csv > other.csv
run evaluate m.thalweg other.csv
expect_code 65
expect_err "other.csv row 4"
expect_err '"perhaps"'
