# show --spec prints a spec that gives the same model again.
. "$LIB"
make_rows rows.csv 1000
run train rows.csv --label bought -o a.thalweg
expect_code 0
run show a.thalweg --spec
expect_code 0
cp out spec.toml
run train rows.csv --spec spec.toml -o b.thalweg
expect_code 0
expect_same a.thalweg b.thalweg
# So does that of a spec in which classes and vocabularies are found in the rows, and marks of missing values are named.
awk 'BEGIN { print "z,a,m"; for (i = 0; i < 400; i++) print (i % 7 == 0 ? "?" : "z" i % 5) "," i % 11 "," substr("lowmidtop", 1 + 3 * (i % 3), 3) }' > three.csv
cat > three.toml <<'T'
label = {name = "m"}
task = "multiclass"
fields.z.missing = ["?"]
columns.z = {kind = "vocabulary_list"}
columns.a = {kind = "numeric", normalizer = "standard"}
wide.columns = ["z"]
deep = {columns = ["a"], hidden_units = [4]}
training = {batch_size = 20, passes = 2}
T
run train three.csv --spec three.toml -o c.thalweg
expect_code 0
run show c.thalweg --spec
if grep -q '"?"' out && ! grep -q 'missing = \["?"\]' out; then fail "? is no value"; fi
cp out again.toml
run train three.csv --spec again.toml -o d.thalweg
expect_code 0
expect_same c.thalweg d.thalweg
run show c.thalweg --weights 20
if grep -q 'z=?' out; then fail "? marks a missing value"; fi
