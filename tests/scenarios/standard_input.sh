# Rows from standard input train the same model; scores stream through pipes.
. "$LIB"
make_rows rows.csv
run train rows.csv --label bought -o a.thalweg
stdin=rows.csv run train - --label bought -o b.thalweg
expect_code 0
expect_same a.thalweg b.thalweg
stdin=rows.csv run predict a.thalweg -
expect_code 0
[ "$(wc -l < out)" = 200 ] || fail "expected 200 scores"
