# Two columns of one name are an error.
. "$LIB"
{ echo "a,a,y"; for i in $(seq 40); do echo "$i,$((i % 3)),$((i % 2))"; done; } > rows.csv
run train rows.csv --label y
expect_code 65
expect_err '"a"'
