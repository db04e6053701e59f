# What does not reach standard output is a failure of every command (exit 74).
. "$LIB"
make_rows rows.csv
run train rows.csv --label bought -o m.thalweg
for command in "show m.thalweg" "show m.thalweg --spec" "evaluate m.thalweg rows.csv" "predict m.thalweg rows.csv" "kinds" "kinds --json"; do
  code=0; "$THALWEG" $command > /dev/full 2> err || code=$?
  expect_code 74
  expect_err "standard output: cannot be written"
done
