# A negative weight is a bad row; weights that are all zero teach nothing.
. "$LIB"
make_rows rows.csv
awk -F, 'NR == 1 { print $0 ",w" } NR > 1 { print $0 "," (NR == 6 ? -1 : 1) }' rows.csv > negative.csv
awk -F, 'NR == 1 { print $0 ",w" } NR > 1 { print $0 ",0" }' rows.csv > zero.csv
run train negative.csv --label bought --weight w
expect_code 65
expect_err "negative.csv row 5"
expect_err '"w"'
run train zero.csv --label bought --weight w
expect_code 65
expect_err "weight"
expect_no_file model.thalweg
