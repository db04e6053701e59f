#!/usr/bin/env python3
"""Take the variables out of TensorFlow's reference checkpoints, with TensorFlow's own reader (2.15).

usage: make_golden_weights.py GOLDEN_DIR OUT_DIR SET...

For each SET, OUT_DIR/SET/ gets weights_0.json and weights_10.json: {variable name: {"shape": [...], "values": [...]}},
model variables only (no slots), float32 printed so that they read back equal. The files that a test needs beside them
(model.json, train.jsonl, rows.jsonl, trace.json, predictions.json, ids.json, vocabulary files) are copied.
"""
import json
import os
import shutil
import sys

import numpy as np
import tensorflow as tf

V1_SLOTS = {optimizer + suffix for optimizer in ("Adagrad", "Adam", "Ftrl", "Momentum", "RMSProp") for suffix in ("", "_1", "_2")}
FILES = ("model.json", "train.jsonl", "rows.jsonl", "trace.json", "predictions.json", "ids.json", "metrics.json", "occ.txt")


def variables(path):
    reader = tf.train.load_checkpoint(path)
    out = {}
    for name in sorted(reader.get_variable_to_shape_map()):
        if name.startswith("training/") or name == "global_step" or reader.get_tensor(name).dtype != np.float32:
            continue
        if name.rsplit("/", 1)[-1] in V1_SLOTS or name.startswith("head/"):
            continue
        value = reader.get_tensor(name)
        out[name] = {"shape": list(value.shape), "values": [float(x) for x in value.ravel()]}
    return out


def main():
    golden, out, sets = sys.argv[1], sys.argv[2], sys.argv[3:]
    for name in sets:
        os.makedirs(os.path.join(out, name), exist_ok=True)
        for step in (0, 10):
            with open(os.path.join(out, name, f"weights_{step}.json"), "w") as f:
                json.dump(variables(os.path.join(golden, name, "ckpt", f"model.ckpt-{step}")), f)
        for file in FILES:
            source = os.path.join(golden, name, file)
            if os.path.exists(source):
                shutil.copy(source, os.path.join(out, name, file))


main()
