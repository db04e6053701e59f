#!/usr/bin/env python3
"""Rows and a spec that use everything that could make two runs differ. usage: make_rows.py FOLDER ROWS

FOLDER/rows.csv has numbers, categories, lists, weights and one bad row; FOLDER/spec.toml has crosses, a multivalent field,
dropout, batch normalisation, clipping, a shuffle window, validation and early stopping.
"""
import random
import sys

SPEC = """task = "binary"
weight = "w"
[label]
name = "y"
classes = ["no", "yes"]
[fields.tags]
many = true
separator = "|"
[columns.x]
kind = "numeric"
normalizer = "standard"
[columns.x_bucketized]
kind = "bucketized"
source = "x"
quantiles = 8
[columns.shop]
kind = "hash_bucket"
hash_bucket_size = 200
[columns.shop_embedding]
kind = "embedding"
column = "shop"
dimension = 6
[columns.city]
kind = "vocabulary_list"
num_oov_buckets = 2
[columns.city_indicator]
kind = "indicator"
column = "city"
[columns.tags]
kind = "hash_bucket"
hash_bucket_size = 50
[columns.tags_embedding]
kind = "embedding"
column = "tags"
dimension = 5
combiner = "sqrtn"
[columns.city_X_shop]
kind = "crossed"
keys = ["city", "shop"]
hash_bucket_size = 500
[columns.tags_X_x]
kind = "crossed"
keys = ["tags", "x_bucketized"]
hash_bucket_size = 300
[wide]
columns = ["x_bucketized", "shop", "city", "tags", "city_X_shop", "tags_X_x"]
optimizer = {kind = "ftrl", learning_rate = 0.1, l1_regularization_strength = 0.001}
[deep]
columns = ["x", "city_indicator", "shop_embedding", "tags_embedding"]
hidden_units = [48, 20]
dropout = 0.2
batch_norm = true
optimizer = {kind = "adagrad", learning_rate = 0.05}
[training]
batch_size = 64
passes = 6
shuffle_rows = 300
valid_fraction = 0.15
valid_every_steps = 20
early_stopping = 30
clip_norm = 0.5
seed = 3
"""


def main():
    folder, n = sys.argv[1], int(sys.argv[2])
    r = random.Random(5)
    with open(folder + "/spec.toml", "w") as f:
        f.write(SPEC)
    with open(folder + "/rows.csv", "w") as f:
        f.write("x,shop,city,tags,w,y\n")
        for i in range(n):
            x, shop, city = r.gauss(0, 2), r.randrange(120), r.choice(["rome", "oslo", "lima", "kyiv", "bern"])
            tags = [r.choice("abcdefgh") for _ in range(r.randrange(4))]
            z = x + (shop % 7 - 3) * 0.5 + (city == "rome") * (shop % 2) * 2 - 1 + ("a" in tags)
            number = "many" if i == n // 3 else f"{x:.4f}"
            f.write(f"{number},s{shop},{city},{'|'.join(tags)},{r.uniform(0.2, 2):.3f},{'yes' if z + r.gauss(0, 1) > 0 else 'no'}\n")


main()
