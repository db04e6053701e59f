# Broken UTF-8 is a bad row that says which field.
. "$LIB"
make_rows rows.csv
python3 -c "
b = open('rows.csv', 'rb').read().split(b'\n'); b[4] = b'30,ro\xff\xfeme,yes'; open('rows.csv', 'wb').write(b'\n'.join(b))"
run train rows.csv --label bought
expect_code 65
expect_err "rows.csv row 4"
expect_err '"city"'
expect_err "UTF-8"
