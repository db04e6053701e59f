# A cross of its own output is an error.
. "$LIB"
make_rows rows.csv
printf 'task = "binary"\nlabel.name = "bought"\n[columns.a]\nkind = "crossed"\nkeys = ["city", "b"]\nhash_bucket_size = 9\n[columns.b]\nkind = "crossed"\nkeys = ["city", "a"]\nhash_bucket_size = 9\n[wide]\ncolumns = ["a"]\n' > m.toml
run train rows.csv --spec m.toml
expect_code 78
expect_err "m.toml"
