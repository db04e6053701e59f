#!/usr/bin/env python3
"""Write testdata/golden/SET/spec.toml from model.json: the reference models as specs of ours.

usage: make_golden_specs.py testdata/golden SET...
"""
import json
import sys


def name_of(column):
    """TensorFlow's name of a column."""
    if isinstance(column, str):
        return column
    kind = column["kind"]
    if kind == "bucketized":
        return name_of(column["column"]) + "_bucketized"
    if kind == "weighted":
        return name_of(column["column"]) + "_weighted_by_" + column["weight_key"]
    if kind == "crossed":
        return "_X_".join(sorted(leaf for key in column["columns"] for leaf in leaves(key)))
    if kind in ("indicator", "embedding"):
        return name_of(column["column"]) + "_" + kind
    return column["key"]


def leaves(key):
    if isinstance(key, dict) and key["kind"] == "crossed":
        return [leaf for k in key["columns"] for leaf in leaves(k)]
    return [name_of(key)]


def toml(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return "[" + ", ".join(toml(v) for v in value) + "]"
    return repr(value)


def add(column, columns):
    """Put `column` and what it stands on into columns: {name: {key: value}}; returns its name."""
    if isinstance(column, str):
        return column
    if column["kind"] == "shared_embeddings":
        return add_shared(column, columns)
    name, kind, out = name_of(column), column["kind"], {}
    if kind in ("indicator", "embedding", "weighted"):
        out["column"] = add(column["column"], columns)
    elif kind == "bucketized":
        out["source"] = add(column["column"], columns)
    elif kind == "crossed":
        # A string key is a field; a column of the same name has to be said.
        keys = [(add(key, columns), isinstance(key, dict) and key.get("key") == name_of(key)) for key in column["columns"]]
        out["keys"] = ["column:" + name if said else name for name, said in keys]
    elif column["key"] != name:
        out["field"] = column["key"]
    for key, value in column.items():
        if key in ("kind", "column", "columns", "key"):
            continue
        if key == "normalizer":
            out["normalizer"] = "log1p" if value.get("log1p") else "standard"
            out["mean"], out["stddev"] = float(value["mean"]), float(value["stddev"])
        elif key == "weight_key":
            out["weight"] = value
        elif key == "file":
            out["vocabulary_file"] = value
        elif key == "dtype":
            out["dtype"] = {"int64": "integer"}.get(value, value)
        else:
            out[key] = value
    columns[name] = {"kind": kind, **out}
    return name


def add_shared(shared, columns):
    """Columns that share one table; returns their names."""
    inner = [add(column, columns) for column in shared["columns"]]
    table = "_".join(sorted(inner)) + "_shared_embedding"
    for name in inner:
        columns[name + "_shared_embedding"] = {"kind": "embedding", "column": name, "dimension": shared["dimension"],
                                               "combiner": shared.get("combiner", "mean"), "shared": table}
    return [name + "_shared_embedding" for name in inner]


def listed(names):
    return [n for name in names for n in (name if isinstance(name, list) else [name])]


def fields_of(columns):
    """The fields that are categories, and so dense or sparse, with their types."""
    types = {}
    for name, column in columns.items():
        if column["kind"] in ("vocabulary_list", "vocabulary_file", "hash_bucket", "identity"):
            integer = column["kind"] == "identity" or column.get("dtype") == "integer"
            types[column.get("field", name)] = "integer" if integer else "text"
        if column["kind"] == "crossed":
            for key in column["keys"]:
                if key not in columns and not key.startswith("column:"):
                    types.setdefault(key, "text")
    return types


def optimizer(given, fallback):
    out = {k: v for k, v in (given or fallback).items() if k != "name"}
    return "{" + ", ".join(f"{k} = {toml(v)}" for k, v in {"kind": (given or fallback)["name"].lower(), **out}.items()) + "}"


def main():
    for which in sys.argv[2:]:
        with open(f"{sys.argv[1]}/{which}/model.json") as f:
            model = json.load(f)
        columns, args = {}, model["args"]
        wide = listed(add(c, columns) for c in model.get("linear") or [])
        deep = listed(add(c, columns) for c in model.get("dnn") or [])
        task = "regression" if "Regressor" in model["estimator"] else "multiclass" if args.get("n_classes", 2) > 2 else "binary"
        lines = ["# Made from model.json by tools/make_golden_specs.py.", f"task = {toml(task)}",
                 f'profile = "tf_{model["api"]}"', "tensorflow_faults = true"]
        if args.get("weight_column"):
            lines.append(f"weight = {toml(args['weight_column'])}")
        lines += ["", "[label]", f"name = {toml(model['label'])}"]
        if task != "regression":
            lines.append(f"classes = {toml(args.get('label_vocabulary') or ['0', '1'])}")
        lines += ["", "[read]", 'format = "jsonl"']
        if model.get("dense"):
            for field, dtype in sorted(fields_of(columns).items()):
                lines += ["", f"[fields.{toml(field)}]", f"type = {toml(dtype)}", "dense = true"]
        for column, params in sorted(columns.items()):
            lines += ["", f"[columns.{toml(column)}]"] + [f"{k} = {toml(v)}" for k, v in params.items()]
        alone = {"LinearClassifier": 0.2}.get(model["estimator"])
        if wide:
            lines += ["", "[wide]", f"columns = {toml(wide)}",
                      "optimizer = " + optimizer(model.get("linear_optimizer"), {"name": "ftrl", "learning_rate": alone or 0.005})]
        if deep:
            lines += ["", "[deep]", f"columns = {toml(deep)}", f"hidden_units = {toml(model['hidden'])}"]
            if args.get("batch_norm"):
                lines.append("batch_norm = true")
            lines.append("optimizer = " + optimizer(model.get("dnn_optimizer"), {"name": "adagrad", "learning_rate": 0.001}))
        lines += ["", "[training]", "batch_size = 16", "steps = 10", "shuffle_rows = 0"]
        with open(f"{sys.argv[1]}/{which}/spec.toml", "w") as f:
            f.write("\n".join(lines) + "\n")


main()
