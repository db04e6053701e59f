#!/usr/bin/env python3
"""Models that TensorFlow made, taken over, given back, and used there: is all as it was?

usage: there_and_back.py THALWEG GOLDEN_DIR [SET...]        (with TensorFlow 2.15 and its estimators; ./test --tensorflow)

For each SET of testdata/golden: import the checkpoint of step 10 with its slots, export it, and then
- load the SavedModel and ask each signature for the rows of rows.jsonl: beside predictions.json;
- let the estimator evaluate from the exported model_dir: beside metrics.json;
- let the estimator train ten more steps, and Thalweg the same ten: variable beside variable, slot beside slot.
Prints the largest difference of each in units of the tolerance, 1e-6 + 1e-5·|value|; exit code 1 where one is past 1.
"""
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
import tensorflow as tf

tf.compat.v1.disable_eager_execution()
tf.compat.v1.logging.set_verbosity("ERROR")
fc = tf.feature_column
BATCH = 16


def column(given, folder):
    """A feature column from model.json."""
    if isinstance(given, str):
        return given
    kind, of = given["kind"], lambda name, fallback=None: given.get(name, fallback)
    inner = column(given["column"], folder) if "column" in given else None
    if kind == "numeric":
        n = of("normalizer")
        normalise = n and (lambda x: ((tf.math.log1p(x) if n.get("log1p") else x) - n["mean"]) / n["stddev"])
        return fc.numeric_column(of("key"), shape=tuple(of("shape", (1,))), default_value=of("default_value"), normalizer_fn=normalise)
    if kind == "bucketized":
        return fc.bucketized_column(inner, of("boundaries"))
    if kind == "vocabulary_list":
        return fc.categorical_column_with_vocabulary_list(of("key"), of("vocabulary"), num_oov_buckets=of("num_oov_buckets", 0))
    if kind == "vocabulary_file":
        return fc.categorical_column_with_vocabulary_file(of("key"), os.path.join(folder, of("file")), num_oov_buckets=of("num_oov_buckets", 0))
    if kind == "hash_bucket":
        return fc.categorical_column_with_hash_bucket(of("key"), of("hash_bucket_size"), tf.as_dtype(of("dtype", "string")))
    if kind == "identity":
        return fc.categorical_column_with_identity(of("key"), of("num_buckets"), of("default_value"))
    if kind == "weighted":
        return fc.weighted_categorical_column(inner, of("weight_key"))
    if kind == "crossed":
        return fc.crossed_column([column(c, folder) for c in given["columns"]], of("hash_bucket_size"), of("hash_key"))
    if kind == "indicator":
        return fc.indicator_column(inner)
    return fc.embedding_column(inner, of("dimension"), combiner=of("combiner", "mean"))


def columns(given, folder):
    out = []
    for c in given:
        if c["kind"] == "shared_embeddings":
            out += fc.shared_embeddings([column(x, folder) for x in c["columns"]], c["dimension"], combiner=c.get("combiner", "mean"))
        else:
            out.append(column(c, folder))
    return out


def optimizer(given, version1):
    params = {k: v for k, v in given.items() if k != "name"}
    return getattr(tf.compat.v1.train, given["name"] + "Optimizer")(**params) if version1 else getattr(tf.keras.optimizers.legacy, given["name"])(**params)


def estimator(model, folder, model_dir):
    version1 = model["api"] == "v1"
    library = tf.compat.v1.estimator if version1 else tf.estimator
    args = dict(model["args"], config=tf.estimator.RunConfig(model_dir=model_dir, save_checkpoints_steps=10**9))
    for key in ("linear_optimizer", "dnn_optimizer"):
        if key in model:
            args[key] = optimizer(model[key], version1)
    wide, deep = columns(model["linear"], folder), columns(model["dnn"], folder)
    made = getattr(library, model["estimator"])
    if wide and deep:
        return made(linear_feature_columns=wide, dnn_feature_columns=deep, dnn_hidden_units=model["hidden"], **args), wide + deep
    return (made(wide, **args) if wide else made(model["hidden"], deep, **args)), wide + deep


def example(row):
    features = {}
    for key, value in row.items():
        values = value if isinstance(value, list) else [value]
        if all(isinstance(v, str) for v in values) and values:
            features[key] = tf.train.Feature(bytes_list=tf.train.BytesList(value=[v.encode() for v in values]))
        elif key in ("zip", "store"):
            features[key] = tf.train.Feature(int64_list=tf.train.Int64List(value=values))
        elif values:
            features[key] = tf.train.Feature(float_list=tf.train.FloatList(value=[float(v) for v in values]))
    return tf.train.Example(features=tf.train.Features(feature={k: f for k, f in features.items() if not k.startswith("y_")})).SerializeToString()


def inputs(rows, model, used):
    label = [r[model["label"]] for r in rows]
    if model.get("dense"):
        names = {k for c in used for k in fc.make_parse_example_spec([c])}
        arrays = {k: np.array([r[k] for r in rows]) for k in names}
        arrays = {k: v.astype("f") if v.dtype.kind == "f" else v.astype(object) if v.dtype.kind == "U" else v for k, v in arrays.items()}
        return lambda: tf.data.Dataset.from_tensor_slices((arrays, label)).batch(BATCH)
    spec = fc.make_parse_example_spec(used)
    weight = model["args"].get("weight_column")
    if weight:
        spec[weight] = tf.io.FixedLenFeature([1], tf.float32)
    serialised = [example(r) for r in rows]
    return lambda: tf.data.Dataset.from_tensor_slices((serialised, label)).batch(BATCH).map(lambda s, y: (tf.io.parse_example(s, spec), y))


def off(ours, theirs):
    a, b = np.asarray(ours, "f8").ravel(), np.asarray(theirs, "f8").ravel()
    return float((np.abs(a - b) / (1e-6 + 1e-5 * np.abs(b))).max()) if a.shape == b.shape else float("inf")


def tensors(path):
    """The tensors of a model file (the safetensors layout)."""
    with open(path, "rb") as f:
        size = struct.unpack("<Q", f.read(8))[0]
        header = json.loads(f.read(size))
        data = f.read()
    return {k: np.frombuffer(data[v["data_offsets"][0]:v["data_offsets"][1]], "<f4") for k, v in header.items()
            if k != "__metadata__" and not k.startswith("thalweg/") and v["dtype"] == "F32"}


def their_name(name, there):
    """The variable of a slot, in either version's names."""
    if not name.startswith("slots/"):
        return name
    variable, slot = name[len("slots/"):].rsplit("/", 1)
    for optimizer_name in ("Ftrl", "Adagrad", "Adam", "RMSprop", "RMSProp", "SGD", "Momentum"):
        for found in (f"training/{optimizer_name}/{variable}/{slot}", f"training/{optimizer_name}_1/{variable}/{slot}",
                      f"{variable}/{optimizer_name}" + ("_1" if slot in ("linear", "v") else "")):
            if found in there:
                return found
    return name


def main():
    thalweg, golden = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    failed = False
    for which in sys.argv[3:] or sorted(os.listdir(golden)):
        folder = os.path.join(golden, which)
        if not os.path.exists(os.path.join(folder, "spec.toml")):
            continue
        read = lambda name: json.load(open(os.path.join(folder, name)))
        rows = lambda name: [json.loads(line) for line in open(os.path.join(folder, name))]
        model, expected, metrics = read("model.json"), read("predictions.json"), read("metrics.json")
        with tempfile.TemporaryDirectory() as work:
            run = lambda *args: subprocess.run([thalweg, *args, "-q"], check=True, cwd=folder)
            at = lambda name: os.path.join(work, name)
            run("import-tf", "ckpt/model.ckpt-10", "--spec", "spec.toml", "-o", at("m.thalweg"))
            run("export-tf", at("m.thalweg"), at("dir"))
            run("train", "train.jsonl", "--warm-start", at("m.thalweg"), "--keep-slots", "-o", at("more.thalweg"))
            worst = {}
            with tf.Graph().as_default(), tf.compat.v1.Session() as session:
                meta = tf.compat.v1.saved_model.load(session, ["serve"], at("dir/saved_model"))
                serialised = [example(r) for r in rows("rows.jsonl")]
                for key, signature in meta.signature_def.items():
                    feed = {list(signature.inputs.values())[0].name: serialised}
                    answer = session.run({k: v.name for k, v in signature.outputs.items()}, feed)
                    if key == "predict":
                        worst["predict"] = max(off(answer[k], v) for k, v in expected.items() if answer[k].dtype != object)
            shutil.rmtree(at("dir/saved_model"))
            e, used = estimator(model, folder, at("dir"))
            evaluated = e.evaluate(inputs(rows("rows.jsonl"), model, used))
            worst["evaluate"] = max(off(evaluated[k], v) for k, v in metrics.items())
            e.train(inputs(rows("train.jsonl"), model, used), steps=10)
            there, ours = tf.train.load_checkpoint(at("dir")), tensors(at("more.thalweg"))
            names = there.get_variable_to_shape_map()
            worst["ten more steps"] = max(off(value, there.get_tensor(their_name(name, names))) for name, value in ours.items())
        failed = failed or max(worst.values()) > 1
        print(f"{which:14}", "  ".join(f"{k} {v:.3f}" for k, v in worst.items()), flush=True)
    sys.exit(failed)


main()
