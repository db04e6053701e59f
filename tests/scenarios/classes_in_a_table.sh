# Metrics by class print as a table in the model's order; --json has them under "metric/class".
. "$LIB"
awk 'BEGIN { print "a,y"; for (i = 0; i < 600; i++) print i % 12, "," , i % 12 }' | tr -d ' ' > rows.csv
run train rows.csv --label y --task multiclass -o m.thalweg
expect_code 0
run evaluate m.thalweg rows.csv
expect_code 0
grep -A3 '^class  *precision  *recall  *f1' out | tail -1 | grep -q '^2 ' || fail "expected class 2 in the third line of the table"
run evaluate m.thalweg rows.csv --json
expect_out '"f1/2"'
