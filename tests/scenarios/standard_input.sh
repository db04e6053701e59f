# Rows from standard input train a model that scores alike; scores stream through pipes.
. "$LIB"
make_rows rows.csv
run train rows.csv --label bought -o a.thalweg
stdin=rows.csv run train - --label bought -o b.thalweg
expect_code 0
run predict a.thalweg rows.csv; cp out a.out
run predict b.thalweg rows.csv; cp out b.out
expect_same a.out b.out
stdin=rows.csv run predict a.thalweg -
expect_code 0
expect_same out a.out
"$THALWEG" predict a.thalweg rows.csv | head -n 1 > out
[ "$(wc -l < out)" = 1 ] || fail "expected one score"
