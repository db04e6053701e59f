# A checkpoint of other data, spec or seed is refused.
. "$LIB"
python3 "$PROJECT/tests/same_bits/make_rows.py" . 4000
start="train rows.csv --spec spec.toml --on-bad-row skip --set training.passes=40 --set training.early_stopping=0 -o m.thalweg"
"$THALWEG" $start --checkpoint-steps 10 -q & pid=$!
for _ in $(seq 400); do ls m.thalweg.checkpoint/*.ckpt > /dev/null 2>&1 && break; sleep 0.02; done
kill -9 $pid; wait $pid 2>/dev/null || true
run $start --resume --seed 9
[ "$code" != 0 ] || fail "expected an error"
expect_err "seed"
cp rows.csv kept.csv; sed -i '$d' rows.csv
run $start --resume
[ "$code" != 0 ] || fail "expected an error"
expect_err "data"
