# --export-best keeps the best validations' weights in MODEL.exports, and a restart never puts a worse one in their place;
# --export-latest and --export-final do what they say. All are models like any other.
. "$LIB"
make_rows rows.csv 3000
train="train rows.csv --label bought --valid 0.2 --set training.valid_every_steps=5 --passes 3"
run $train --export-best 2 --export-latest 1 --export-final -o m.thalweg
expect_code 0
expect_err "exported to m.thalweg.exports: "
[ "$(ls m.thalweg.exports/best-*.thalweg | wc -l)" = 2 ] || fail "expected two best ones"
[ "$(ls m.thalweg.exports/latest-*.thalweg | wc -l)" = 1 ] || fail "expected one latest"
[ "$(ls m.thalweg.exports/final-*.thalweg | wc -l)" = 1 ] || fail "expected one final"
best=$(ls m.thalweg.exports/best-*.thalweg | tail -n 1)
run show "$best"
expect_out "valid/log_loss"
run predict "$best" rows.csv
expect_code 0
mv out best.json
run predict m.thalweg rows.csv   # which holds the best weights too
expect_same out best.json
# A worse training into the same folder leaves the best as they are.
cp -r m.thalweg.exports before
run $train --seed 3 --set training.steps=5 --export-best 2 -o m.thalweg
expect_code 0
expect_err "nothing better than what is there"
for file in before/best-*; do expect_same "$file" "m.thalweg.exports/$(basename "$file")"; done
# Without rows to validate on there is no best.
run train rows.csv --label bought --valid 0 --export-best 1 -o n.thalweg
expect_code 2
expect_err "need rows: hold some out"
