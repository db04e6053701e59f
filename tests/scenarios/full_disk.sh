# A full disk leaves the old model and says so.
. "$LIB"
make_rows rows.csv
run train rows.csv --label bought -o m.thalweg
expect_code 0
run predict m.thalweg rows.csv -o /dev/full/x.csv
expect_code 73
code=0; "$THALWEG" predict m.thalweg rows.csv > /dev/full 2> err || code=$?
: > out
expect_code 74
