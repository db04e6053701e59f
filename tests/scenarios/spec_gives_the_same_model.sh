# show --spec prints a spec that gives the same model again.
. "$LIB"
make_rows rows.csv 1000
run train rows.csv --label bought -o a.thalweg
expect_code 0
run show a.thalweg --spec
expect_code 0
cp out spec.toml
run train rows.csv --spec spec.toml -o b.thalweg
expect_code 0
expect_same a.thalweg b.thalweg
