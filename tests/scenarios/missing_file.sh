# A file that is not there is named, exit 66.
. "$LIB"
run train nowhere.csv --label y
expect_code 66
expect_err "nowhere.csv"
expect_no_file model.thalweg
