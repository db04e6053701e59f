# Labels between 0 and 1 are no classes; the message names the task that learns them.
. "$LIB"
printf 'x,y\n1,0\n2,0.5\n3,1\n4,0.25\n' > rows.csv
run train rows.csv --label y --task binary -o m.thalweg
expect_code 65
expect_err '--task logistic_regression'
run train rows.csv --label y --task logistic_regression -o m.thalweg --quiet
expect_code 0
