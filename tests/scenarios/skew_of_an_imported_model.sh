# A model of TensorFlow's that was fed arrays and crosses them: out of tf.Examples TensorFlow would have given other ids.
. "$LIB"
run import-tf "$PROJECT/testdata/golden/dense_v2/saved_model" -o m.thalweg
expect_code 0
rows="$PROJECT/testdata/golden/dense_v2/rows.jsonl"
run verify m.thalweg --examples "$rows" --table "$rows"
expect_code 0
run verify m.thalweg --examples "$rows" --table "$rows" --as-sparse all --json
expect_code 65
python3 -c "
import json; differ = [c for c in json.load(open('out'))['columns'] if c['differ']]
assert any('_X_' in c['column'] and c['of_equal_values'] == c['differ'] for c in differ), differ"
