# NUL bytes are a bad row.
. "$LIB"
make_rows rows.csv
python3 -c "
b = open('rows.csv', 'rb').read().split(b'\n'); b[4] = b'30,ro\0me,yes'; open('rows.csv', 'wb').write(b'\n'.join(b))"
run train rows.csv --label bought
expect_code 65
expect_err "rows.csv row 4"
