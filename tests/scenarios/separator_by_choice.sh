# A file that is cut at the wrong character says so; --separator reads it, and the model keeps it.
. "$LIB"
make_rows comma.csv
tr , ';' < comma.csv > semicolon.csv
run train semicolon.csv --label bought -o m.thalweg
expect_code 2
expect_err "Say --separator ';'"
run train semicolon.csv --label bought --separator ';' -o m.thalweg
expect_code 0
run predict m.thalweg semicolon.csv
expect_code 0
run predict m.thalweg comma.csv
expect_code 65
expect_err 'comma.csv: "age" is not a field of the rows'
