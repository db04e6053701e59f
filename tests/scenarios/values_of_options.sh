# Values that options do not take are refused in words, with what was found and what is expected.
. "$LIB"
make_rows rows.csv
refused() { run "$@"; expect_code 2; expect_err "$text"; expect_no_file m.thalweg; }
text='--passes: found "x", expected a number above 0'; refused train rows.csv --label bought --passes x -o m.thalweg
text='--passes: found "nan"'; refused train rows.csv --label bought --passes nan -o m.thalweg
text='--seed: found "99999999999999999999", expected a whole number'; refused train rows.csv --label bought --seed 99999999999999999999 -o m.thalweg
text='--batch-size: found "0", expected a whole number from 1 to'; refused train rows.csv --label bought --batch-size 0 -o m.thalweg
text='--task: found "bin", expected binary or multiclass or multilabel or regression or logistic_regression or poisson'; refused train rows.csv --label bought --task bin -o m.thalweg
text='--valid: found 1.5, expected a fraction'; refused train rows.csv --label bought --valid 1.5 -o m.thalweg
text='--separator: found ";;"'; refused train rows.csv --label bought --separator ';;' -o m.thalweg
text='--label: a value is missing'; refused train rows.csv --label
text='--label: is given more than once'; refused train rows.csv --label a --label b
text='"-x" is not an option of train'; refused train rows.csv -x
text='--drop has no say beside --spec'; refused train rows.csv --spec s.toml --drop age -o m.thalweg
run train rows.csv --label bought --valid nope.csv -o m.thalweg
expect_code 66
expect_err "nope.csv: no such file"
run train rows.csv --label bought --valid 0 -o m.thalweg
expect_code 0
