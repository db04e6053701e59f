# What scenario scripts share. Each script is one behaviour of the command line, run in an empty folder with $THALWEG.
#   run ARGS…                    runs thalweg; its output is in out, its talk in err, its exit code in $code
#   expect_code N · expect_err TEXT · expect_out TEXT     (fixed strings; the scenario fails with what was found)
set -u
trap 'echo "scenario stopped at line $LINENO"; exit 1' ERR

run() { code=0; "$THALWEG" "$@" > out 2> err < "${stdin:-/dev/null}" || code=$?; }
fail() { echo "$1"; echo "--- exit $code; standard output:"; head -20 out; echo "--- standard error:"; head -20 err; exit 1; }
expect_code() { [ "$code" = "$1" ] || fail "expected exit $1"; }
expect_err() { grep -qF -- "$1" err || fail "expected on standard error: $1"; }
expect_out() { grep -qF -- "$1" out || fail "expected on standard output: $1"; }
expect_no_file() { [ ! -e "$1" ] || fail "expected no file $1"; }
expect_same() { cmp -s "$1" "$2" || fail "expected $1 and $2 to be equal"; }

# 200 rows with a number, a category and a label that depends on both.
make_rows() {  # FILE [ROWS]
  awk -v n="${2:-200}" 'BEGIN { print "age,city,bought"; for (i = 0; i < n; i++) { a = 20 + (i * 37) % 50; c = substr("parisrome lima ", 1 + 5 * (i % 3), 5);
    gsub(" ", "", c); print a "," c "," ((a > 45) != (c == "rome") ? "yes" : "no") } }' > "$1"
}
