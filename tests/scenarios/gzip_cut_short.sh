# A gzip file cut short is an error; a whole one reads as the plain one.
. "$LIB"
make_rows rows.csv 2000
gzip -c rows.csv > rows.csv.gz
head -c $(($(stat -c %s rows.csv.gz) / 2)) rows.csv.gz > cut.csv.gz
run train cut.csv.gz --label bought
expect_code 65
expect_err "cut.csv.gz"
run train rows.csv --label bought -o a.thalweg
run train rows.csv.gz --label bought -o b.thalweg
expect_code 0
expect_same a.thalweg b.thalweg
