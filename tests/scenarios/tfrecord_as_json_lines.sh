# A TFRecord file, plain, gzip or zlib, gives the model that its JSON lines give; cut or changed it is an error that names the record.
. "$LIB"
cat > make.py <<'P'
import gzip, json, random, struct, sys, zlib

table = []
for i in range(256):
    for _ in range(8):
        i = (i >> 1) ^ (0x82F63B78 if i & 1 else 0)
    table.append(i)

def crc(data):
    c = 0xFFFFFFFF
    for byte in data:
        c = (c >> 8) ^ table[(c ^ byte) & 255]
    c ^= 0xFFFFFFFF
    return struct.pack("<I", (((c >> 15) | (c << 17)) + 0xA282EAD8) & 0xFFFFFFFF)

def varint(v):
    out = b""
    while v >= 0x80:
        out, v = out + bytes([v & 0x7F | 0x80]), v >> 7
    return out + bytes([v])

def part(number, data):
    return varint(number * 8 + 2) + varint(len(data)) + data

def feature(v):
    if isinstance(v, float):
        return part(2, part(1, struct.pack("<f", v)))
    if isinstance(v, int):
        return part(3, part(1, varint(v % 2**64)))
    return part(1, b"".join(part(1, t.encode()) for t in ([v] if isinstance(v, str) else v)))

random.seed(1)
records = b""
with open("rows.jsonl", "w") as lines:
    for _ in range(600):
        age, city, tags = random.randint(18, 80), random.choice(["lima", "rome", "oslo"]), random.choices("abcd", k=random.randint(0, 3))
        row = {"age": age, "score": random.randint(0, 1000) / 8, "city": city, "tags": tags, "bought": "yes" if (age > 45) != (city == "rome") else "no"}
        if random.random() < 0.1:
            del row["score"]
        lines.write(json.dumps(row) + "\n")
        data = part(1, b"".join(part(1, part(1, k.encode()) + part(2, feature(v))) for k, v in row.items()))
        head = struct.pack("<Q", len(data))
        records += head + crc(head) + data + crc(data)
open("rows.tfrecord", "wb").write(records)
open("rows.tfrecord.gz", "wb").write(gzip.compress(records))
open("packed", "wb").write(zlib.compress(records))
open("cut.tfrecord", "wb").write(records[:-30])
open("changed.tfrecord", "wb").write(records[:1000] + bytes([records[1000] ^ 1]) + records[1001:])
P
python3 make.py
run train rows.jsonl --label bought -o json.thalweg
expect_code 0
run show json.thalweg --spec
cp out spec.toml
for rows in rows.tfrecord rows.tfrecord.gz packed; do
  run train $rows --label bought -o records.thalweg
  expect_code 0
  run show records.thalweg --spec
  grep -v '^format\|^.read.$\|^$' spec.toml > a
  grep -v '^format\|^.read.$\|^$' out > b
  expect_same a b
  run predict records.thalweg $rows
  cp out scores
  run predict json.thalweg rows.jsonl
  expect_same out scores
done
run train cut.tfrecord --label bought
expect_code 65
expect_err "cut.tfrecord row 600: the record at byte "
expect_err "is cut short"
run train changed.tfrecord --label bought
expect_code 65
expect_err "checksum: the file is damaged"
run predict json.thalweg changed.tfrecord
expect_code 65
