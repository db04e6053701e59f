# compact writes the same model in a smaller file: without slots, without rows of zeros, numbers as asked for; it says what that
# costs, and the file is used as any other.
. "$LIB"
make_rows rows.csv 300
cat > spec.toml <<'END'
task = "binary"
label = "bought"
[columns]
age = {kind = "numeric", normalizer = "standard"}
city = {kind = "hash_bucket", hash_bucket_size = 5000}
city_embedding = {kind = "embedding", column = "city", dimension = 16}
[wide]
columns = ["city"]
[deep]
columns = ["age", "city_embedding"]
hidden_units = [8]
END
run train rows.csv --spec spec.toml --keep-slots -o m.thalweg
expect_code 0
"$THALWEG" predict m.thalweg rows.csv > scores.jsonl

run compact m.thalweg -o exact.thalweg rows.csv
expect_code 0
expect_out "optimizers' memory"
expect_out "the same on 300 rows"
"$THALWEG" predict exact.thalweg rows.csv > exact.jsonl
expect_same exact.jsonl scores.jsonl
"$THALWEG" show m.thalweg --weights 3 > weights.txt
"$THALWEG" show exact.thalweg --weights 3 > out
expect_same out weights.txt
run show exact.thalweg
expect_out "fp32, 3 of 5,000 rows"

run compact m.thalweg -o small.thalweg --tables int8 rows.csv --json
expect_code 0
python3 - <<'P'
import json, os
report = json.load(open("out"))
sizes = [os.path.getsize(name) for name in ("m.thalweg", "exact.thalweg", "small.thalweg")]
assert report["bytes"] == {"before": sizes[0], "after": sizes[2]} and sizes[2] < sizes[1] < sizes[0], (report, sizes)
parts = {part["part"]: part for part in report["parts"]}
assert parts["deep tables"]["after"] < parts["deep tables"]["before"] / 3 and parts["optimizers' memory"]["after"] == 0, parts
assert sum(part["after"] for part in report["parts"]) == sizes[2]
loss = report["loss"]
assert loss["name"] == "log_loss" and loss["rows"] == 300 and abs(loss["change"]) < 0.01, loss
P
for verb in "evaluate small.thalweg rows.csv" "bench small.thalweg rows.csv --seconds 0.05" "show small.thalweg --json" \
    "export-tf small.thalweg model_dir" "compact small.thalweg -o again.thalweg --tables bf16"; do
  run $verb
  expect_code 0
done

# A training begins with its numbers; what the optimizers remembered is gone, and that is said.
run train rows.csv --spec spec.toml --warm-start small.thalweg --keep-slots -o next.thalweg
expect_code 0
expect_err "the optimizers begin anew: small.thalweg does not keep their memory"

run compact m.thalweg -o m.thalweg
expect_code 2
expect_err "is read, and so cannot be written"
run compact m.thalweg -o x.thalweg -
expect_code 2
run compact m.thalweg
expect_code 2
run compact rows.csv -o x.thalweg
expect_code 65
run compact m.thalweg -o x.thalweg --tables int4
expect_code 2
expect_no_file x.thalweg
cp small.thalweg harmed.thalweg
printf '!' | dd of=harmed.thalweg bs=1 seek=20000 conv=notrunc 2> /dev/null
run predict harmed.thalweg rows.csv
expect_code 65
