# Numbers far from 0, large or small are predicted as well as numbers about 1.
. "$LIB"
awk 'BEGIN { srand(3); print "a,t,price,year,tiny"; for (i = 0; i < 2000; i++) { a = rand(); t = int(4 * rand()); y = 3 * a + t + 0.1 * rand();
  printf "%.4f,t%d,%.4f,%.4f,%.4e\n", a, t, 200000 + 100000 * y, 2000 + y, y * 1e-6 } }' > rows.csv
for label in price year tiny; do
  run train rows.csv --label $label --drop "$(echo price,year,tiny | sed "s/$label//; s/,,/,/")" -o m.thalweg
  expect_code 0
  run evaluate m.thalweg rows.csv
  awk '$1 == "r2" && $2 > 0.97 { good = 1 } END { exit !good }' out || fail "expected r2 above 0.97 for $label"
done
