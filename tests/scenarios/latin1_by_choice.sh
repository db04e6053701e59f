# Latin-1 is read when asked for.
. "$LIB"
make_rows rows.csv
sed -i 's/rome/köln/' rows.csv
iconv -f utf-8 -t latin1 rows.csv > latin1.csv
run train latin1.csv --label bought --encoding latin-1 -o a.thalweg
expect_code 0
run predict a.thalweg latin1.csv --keep city
expect_code 0
expect_out "köln"
