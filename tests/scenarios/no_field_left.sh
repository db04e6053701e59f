# Where no field is left to learn from, each is named with the reason.
. "$LIB"
awk 'BEGIN { print "one,id,none,y"; for (i = 0; i < 300; i++) print "x,k" i ",," i % 2 }' > rows.csv
run train rows.csv --label y -o m.thalweg
expect_code 65
expect_err 'one: left out: always "x"'
expect_err 'id: left out: a key or text that hardly repeats'
expect_err 'none: left out: no row has a value'
expect_no_file m.thalweg
