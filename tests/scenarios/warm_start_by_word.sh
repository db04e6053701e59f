# --warm-start gives each word its own weights, however the vocabulary of the new rows is ordered; --warm-start-only takes
# the parameters whose names match.
. "$LIB"
make_rows old.csv
sed -e 's/lima/oslo/' old.csv > new.csv    # oslo is new, lima is gone, the order is another
cat > spec.toml <<'END'
task = "binary"
label = "bought"
[columns]
age = {kind = "numeric", normalizer = "standard"}
city = {kind = "vocabulary_list"}
[wide]
columns = ["city"]
[deep]
columns = ["age"]
hidden_units = [4]
[training]
shuffle_rows = 0
END
run train old.csv --spec spec.toml -o old.thalweg
expect_code 0
run train new.csv --spec spec.toml --set 'columns.city.vocabulary=["oslo", "rome", "paris"]' --set training.steps=1 \
  --set wide.optimizer.kind=sgd --set wide.optimizer.learning_rate=1e-30 --warm-start old.thalweg -o new.thalweg
expect_code 0
expect_err "by word; new words, and those not listed, begin with zeros: city (2 of 3 words are there too)"
weights() { "$THALWEG" show "$1" --weights 9 | sed 's/^\(.\{7\}\) */\1 /' | sort -k 2; }
weights old.thalweg | grep -v lima > old.txt
weights new.thalweg | grep -v oslo > new.txt
expect_same old.txt new.txt
run train new.csv --spec spec.toml --warm-start old.thalweg --warm-start-only dnn/ -o half.thalweg
expect_code 0
expect_err "not chosen"
run train new.csv --spec spec.toml --warm-start old.thalweg --warm-start-only hiddenlayer -o half.thalweg
expect_code 2
expect_err "no parameter of this model has a name that begins as the expression says"
run train new.csv --spec spec.toml --warm-start-only dnn/ -o half.thalweg
expect_code 2
expect_err "which model?"
