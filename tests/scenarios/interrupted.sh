# SIGINT writes a checkpoint, leaves the old model and exits 130; --resume ends where an unbroken run ends.
. "$LIB"
python3 "$PROJECT/tests/same_bits/make_rows.py" . 4000
run train rows.csv --spec spec.toml --on-bad-row skip --set training.passes=40 --set training.early_stopping=0 -o whole.thalweg
expect_code 0
echo old > m.thalweg
"$THALWEG" train rows.csv --spec spec.toml --on-bad-row skip --set training.passes=40 --set training.early_stopping=0 --checkpoint-steps 10 -q -o m.thalweg & pid=$!
for _ in $(seq 400); do [ -n "$(ls m.thalweg.checkpoint 2>/dev/null)" ] && break; sleep 0.02; done
kill -INT $pid
code=0; wait $pid || code=$?
: > out; : > err
expect_code 130
[ "$(cat m.thalweg)" = old ] || fail "expected the old model"
run train rows.csv --spec spec.toml --on-bad-row skip --set training.passes=40 --set training.early_stopping=0 --resume -o m.thalweg
expect_code 0
expect_same whole.thalweg m.thalweg
expect_no_file m.thalweg.checkpoint
