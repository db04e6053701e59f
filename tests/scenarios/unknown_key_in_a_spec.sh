# An unknown key, kind or value in a spec: line, what was found, the nearest known.
. "$LIB"
make_rows rows.csv
printf 'task = "binary"\nlabel.name = "bought"\n[wide]\ncolums = ["city"]\n' > key.toml
run train rows.csv --spec key.toml
expect_code 78
expect_err "key.toml line 4"
expect_err '"columns"'
printf 'task = "binary"\nlabel.name = "bought"\n[columns.c]\nkind = "hash_buket"\n[wide]\ncolumns = ["c"]\n' > kind.toml
run train rows.csv --spec kind.toml
expect_code 78
expect_err "kind.toml line 4"
expect_err '"hash_bucket"'
printf 'task = "binary"\nlabel.name = "bought"\n[columns.city]\nkind = "hash_bucket"\nhash_bucket_size = 0\n[wide]\ncolumns = ["city"]\n' > value.toml
run train rows.csv --spec value.toml
expect_code 78
expect_err "value.toml line 5"
expect_err "hash_bucket_size"
