# A file that is no model, a model cut short, one byte changed: exit 65, never a score.
. "$LIB"
make_rows rows.csv
run predict rows.csv rows.csv
expect_code 65
expect_err "rows.csv"
run train rows.csv --label bought -o m.thalweg
expect_code 0
size=$(stat -c %s m.thalweg)
head -c $((size / 2)) m.thalweg > cut.thalweg
run predict cut.thalweg rows.csv
expect_code 65
[ ! -s out ] || fail "expected no score"
python3 - <<'P'
b = bytearray(open("m.thalweg", "rb").read())
for i, at in enumerate(range(3, len(b), len(b) // 12)):
    c = bytearray(b); c[at] ^= 1 << (i % 8); open(f"bad{i}.thalweg", "wb").write(c)
P
for bad in bad*.thalweg; do
  run predict $bad rows.csv
  expect_code 65
  [ ! -s out ] || fail "expected no score from $bad"
done
