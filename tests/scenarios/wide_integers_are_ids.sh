# Whole numbers of 64 bits that would run together as numbers are categories, each with its own id.
. "$LIB"
python3 - <<'P' > rows.csv
print("u,v,y")
for i in range(600):
    u = i * 37 % 50
    print(f"{9123372036854775800 - 10 * u},{2**63 + u},{u % 2}")
P
run train rows.csv --label y -o m.thalweg
expect_code 0
expect_err "u: category, 50 values"
expect_err "v: category, 50 values"
run evaluate m.thalweg rows.csv --json
grep -q '"accuracy": 1.0' out || fail "expected all to be told apart"
