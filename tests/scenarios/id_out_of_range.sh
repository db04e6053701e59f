# An id past the last bucket is a bad row.
. "$LIB"
{ echo "shop,y"; for i in $(seq 60); do echo "$((i % 5)),$((i % 2))"; done; } > rows.csv
cat > m.toml <<'T'
task = "binary"
label.name = "y"
[columns.shop]
kind = "identity"
num_buckets = 5
[wide]
columns = ["shop"]
T
run train rows.csv --spec m.toml -o m.thalweg
expect_code 0
sed '10s/^[0-9]*/9/' rows.csv > past.csv
run predict m.thalweg past.csv
expect_code 65
expect_err "past.csv row 9"
expect_err '"shop"'
run train past.csv --spec m.toml --on-bad-row skip -o n.thalweg
expect_code 0
expect_err "1 bad row left out"
