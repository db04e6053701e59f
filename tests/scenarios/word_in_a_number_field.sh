# A word among numbers is a bad row, in training and in scoring, with row, field and the text found.
. "$LIB"
make_rows rows.csv
run train rows.csv --label bought -o m.thalweg
expect_code 0
sed '10s/^[0-9]*/old/' rows.csv > words.csv
run train words.csv --label bought -o n.thalweg
expect_code 65
expect_err "words.csv row 9"
expect_err '"age"'
expect_err '"old"'
run train words.csv --label bought --on-bad-row skip -o n.thalweg
expect_code 0
expect_err "1 bad row left out"
run predict m.thalweg words.csv
expect_code 65
expect_err "words.csv row 9"
run predict m.thalweg words.csv --on-bad-row skip
expect_code 0
[ "$(wc -l < out)" = 199 ] || fail "expected 199 scores"
