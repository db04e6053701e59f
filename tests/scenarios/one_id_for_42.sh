# 42 in CSV, JSON lines and Parquet is one id: scores are equal to the bit.
. "$LIB"
{ echo "shop,y"; for i in $(seq 400); do echo "$((i % 97)),$(( (i % 97) % 2 ))"; done; } > rows.csv
cat > m.toml <<'T'
task = "binary"
label.name = "y"
[columns.shop]
kind = "hash_bucket"
hash_bucket_size = 1000
[wide]
columns = ["shop"]
T
run train rows.csv --spec m.toml -o m.thalweg
expect_code 0
python3 -c "
import csv, json
for r in csv.DictReader(open('rows.csv')): print(json.dumps({'shop': int(r['shop'])}))" > rows.jsonl
run predict m.thalweg rows.csv; cp out csv.out
run predict m.thalweg rows.jsonl; cp out json.out
expect_code 0
expect_same csv.out json.out
