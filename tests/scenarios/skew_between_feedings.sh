# verify: the same rows in two files are the same to a model, or it names the column, the row and the values.
. "$LIB"
{ echo "agent,state,tags,pay,y"
  for i in $(seq 0 299); do
    printf '%03d,%s,%s,%s,%s\n' $((i % 30)) "$([ $((i % 7)) = 0 ] && echo '?' || echo "s$((i % 5))")" "t$((i % 3))|t$((i % 4 + 3))" $((i % 50)).25 $((i % 30 < 15))
  done; } > rows.csv
cat > spec.toml <<'S'
task = "binary"
label = "y"
[fields.agent]
type = "text"
[fields.state]
type = "text"
missing = ["?"]
[fields.tags]
many = true
separator = "|"
[columns]
agent = {kind = "vocabulary_list", num_oov_buckets = 1}
state = {kind = "hash_bucket", hash_bucket_size = 50}
tags = {kind = "hash_bucket", hash_bucket_size = 50}
pay = {kind = "numeric"}
agent_X_state = {kind = "crossed", keys = ["agent", "state"], hash_bucket_size = 1000}
[wide]
columns = ["agent", "state", "tags", "agent_X_state", "pay"]
S
run train rows.csv --spec spec.toml --passes 1 -o m.thalweg
expect_code 0

# The same rows as TFRecord and as CSV: equal.
run convert rows.csv rows.tfrecord --missing '?' --lists tags
expect_code 0
run verify m.thalweg --examples rows.tfrecord --table rows.csv
expect_code 0
expect_err "the same: 300 rows, 5 columns"
run verify m.thalweg --examples rows.tfrecord --table rows.csv --json
expect_code 0
python3 -c "
import json; r = json.load(open('out')); assert r['equal'] and r['rows'] == {'examples': 300, 'table': 300}, r
assert all(c['differ'] == 0 and c['rows'] == 300 for c in r['columns']), r"

# Somebody's program read agents as numbers and wrote them again: "007" became 7.
python3 -c "
rows = open('rows.csv').read().splitlines()
print('\n'.join(rows[:1] + [str(int(r[:3])) + r[3:] for r in rows[1:]]))" > plain.csv
run verify m.thalweg --examples rows.tfrecord --table plain.csv --limit 1
expect_code 65
expect_out "agent: 300 of 300 rows differ"
expect_out "  row 1: rows.tfrecord row 1, plain.csv row 1"
expect_out '    examples  agent "000" → 0 (agent=000)'
expect_out '    table     agent "0" → 30 (agent=(other))'
expect_err 'in 2 of 5 columns: "agent", "agent_X_state"'

# A missing mark that came through as a value.
run convert rows.csv marks.tfrecord --lists tags
run verify m.thalweg --examples marks.tfrecord --table rows.csv --json
expect_code 65
python3 -c "
import json; r = json.load(open('out')); c = {c['column']: c for c in r['columns']}
assert not r['equal'] and c['state']['differ'] == 43 and c['agent']['differ'] == 0 and c['state']['fields'] == ['state'], r
first = c['state']['first'][0]
assert len(c['state']['first']) == 3 and first['row'] == 1 and first['examples']['fields'] == {'state': ['?']} and len(first['examples']['ids']) == 1, first
assert first['table']['fields'] == {'state': []} and first['table']['ids'] == [] and first['table']['origin'] == 'rows.csv row 1', first"

# A list of which only the first item came through; a number of which the fraction did not; the last rows.
sed -E '2,$s/\|t[0-9]+//' rows.csv > cut.csv
run verify m.thalweg --examples rows.tfrecord --table cut.csv --limit 1
expect_code 65
expect_out "tags: 300 of 300 rows differ"
expect_out 'examples  tags ["t0", "t3"] → ['
expect_out 'table     tags "t0" → '
expect_err 'in 1 of 5 columns: "tags"'
sed -E '2,$s/\.25//' rows.csv > whole.csv
run verify m.thalweg --examples rows.tfrecord --table whole.csv --limit 1
expect_code 65
expect_out "pay: 300 of 300 rows differ"
head -n 291 rows.csv > short.csv
run verify m.thalweg --examples rows.tfrecord --table short.csv
expect_code 65
expect_err "not the same: the examples are 300 rows and the table 290"

# A cross whose fields TensorFlow had as arrays in one place and out of tf.Examples in the other.
cat > cross.toml <<'S'
task = "binary"
label = "y"
[columns]
agent = {kind = "hash_bucket", hash_bucket_size = 50}
pay = {kind = "numeric"}
pay_buckets = {kind = "bucketized", source = "pay", boundaries = [10, 20]}
agent_X_pay = {kind = "crossed", keys = ["agent", "pay_buckets"], hash_bucket_size = 1000}
[wide]
columns = ["agent", "pay_buckets", "agent_X_pay"]
S
run train rows.csv --spec cross.toml --passes 1 -o c.thalweg
expect_code 0
run verify c.thalweg --examples rows.csv --table rows.csv
expect_code 0
run verify c.thalweg --examples rows.csv --table rows.csv --as-dense all
expect_code 65
expect_out "agent_X_pay: 300 of 300 rows differ, all of them with equal values"
expect_err 'in 1 of 3 columns: "agent_X_pay"'
run verify c.thalweg --examples rows.csv --table rows.csv --as-dense agnet
expect_code 2
expect_err 'Did you mean "agent"?'
run verify c.thalweg --examples - --table -
expect_code 2

# A field that the table has not is an error of the table.
cut -d, -f2- rows.csv > agentless.csv
run verify m.thalweg --examples rows.tfrecord --table agentless.csv
expect_code 65
expect_err "agentless.csv"
