# Rows that come through a pipe are copied, its size is said, and they train the model that the file trains; gzip too.
. "$LIB"
make_rows rows.csv
stdin=rows.csv run train - --label bought -o a.thalweg
expect_code 0
code=0; cat rows.csv | "$THALWEG" train - --label bought -o b.thalweg > out 2> err || code=$?
expect_code 0
expect_err "copied to a temporary file"
expect_same a.thalweg b.thalweg
code=0; gzip -c rows.csv | "$THALWEG" train - --label bought -o c.thalweg > out 2> err || code=$?
expect_code 0
expect_same a.thalweg c.thalweg
code=0; cat rows.csv | "$THALWEG" train rows.csv --label bought --valid - -o d.thalweg > out 2> err || code=$?
expect_code 0
