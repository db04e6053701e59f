# Words are no label for a regression; three classes none for a binary model.
. "$LIB"
make_rows rows.csv
run train rows.csv --label bought --task regression
expect_code 65
expect_err "regression needs numbers"
run train rows.csv --label city --task binary
expect_code 65
expect_err "multiclass"
