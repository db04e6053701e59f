# "007" stays text when the model reads it again.
. "$LIB"
{ echo "agent,y"; for i in $(seq 300); do printf '%03d,%s\n' $((i % 30)) $((i % 30 < 15)); done; } > rows.csv
run train rows.csv --label y -o m.thalweg
expect_code 0
run show m.thalweg --json
python3 -c "
import json; kinds = {c['name']: c['kind'] for c in json.load(open('out'))['columns']}; assert kinds['agent'] == 'vocabulary_list', kinds"
