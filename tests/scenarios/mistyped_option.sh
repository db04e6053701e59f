# A mistyped option gets the nearest one, exit 2.
. "$LIB"
make_rows rows.csv
run train rows.csv --labl bought
expect_code 2
expect_err 'Did you mean --label?'
run trian rows.csv
expect_code 2
expect_err 'Did you mean "train"?'
