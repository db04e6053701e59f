# Two trainings that write checkpoints for one model do not mix them: the second says so and leaves all as it is.
. "$LIB"
make_rows rows.csv 20000
"$THALWEG" train rows.csv --label bought --passes 500 --set training.early_stopping=0 --checkpoint-steps 20 -q -o m.thalweg & pid=$!
for _ in $(seq 400); do [ -n "$(ls m.thalweg.checkpoint 2>/dev/null)" ] && break; sleep 0.02; done
run train rows.csv --label bought --seed 5 --passes 1 -o m.thalweg
kill -INT $pid
expect_code 73
expect_err "m.thalweg.checkpoint: another training writes its checkpoints here"
first=0; wait $pid || first=$?
[ $first = 130 ] || fail "expected the first to be interrupted, not $first"
[ -n "$(ls m.thalweg.checkpoint)" ] || fail "expected the first's checkpoint"
