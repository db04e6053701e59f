#!/usr/bin/env python3
"""Have TensorFlow 2.15's heads say losses, predictions and metrics of given logits, and write them down.

usage: make_golden_heads.py OUT.json

Each case is a head as our specs write it, with 40 rows of logits, labels and weights, in batches of 16. "loss" is each
batch's, "predictions" those of all rows, "metrics" what evaluate() would print.
"""
import json
import sys

import numpy as np
import tensorflow as tf

E = tf.estimator
R = tf.losses.Reduction
ROWS, BATCH = 40, 16

CASES = [
    ("binary", {"thresholds": [0.25, 0.5]}, 1, ["0", "1"], lambda: E.BinaryClassHead(weight_column="w", thresholds=[0.25, 0.5])),
    ("binary", {"loss_reduction": "sum"}, 1, ["0", "1"], lambda: E.BinaryClassHead(weight_column="w", loss_reduction=R.SUM)),
    ("multiclass", {}, 4, ["0", "1", "2", "3"], lambda: E.MultiClassHead(4, weight_column="w")),
    ("multilabel", {"thresholds": [0.5], "classes_for_class_based_metrics": ["2", "0"]}, 3, ["0", "1", "2"],
     lambda: E.MultiLabelHead(3, weight_column="w", thresholds=[0.5], classes_for_class_based_metrics=[2, 0])),
    ("multilabel", {"loss_reduction": "sum", "classes_for_class_based_metrics": ["b"]}, 2, ["a", "b"],
     lambda: E.MultiLabelHead(2, weight_column="w", label_vocabulary=["a", "b"], classes_for_class_based_metrics=["b"], loss_reduction=R.SUM)),
    ("regression", {"label_dimension": 3}, 3, [], lambda: E.RegressionHead(3, weight_column="w")),
    ("regression", {"label_dimension": 2, "loss_reduction": "sum"}, 2, [], lambda: E.RegressionHead(2, weight_column="w", loss_reduction=R.SUM)),
    ("logistic_regression", {}, 1, [], lambda: E.LogisticRegressionHead(weight_column="w")),
    ("poisson", {}, 1, [], lambda: E.PoissonRegressionHead(weight_column="w")),
    ("poisson", {"label_dimension": 2}, 2, [], lambda: E.PoissonRegressionHead(2, weight_column="w")),
]


def labels_of(task, width, random):
    if task == "binary":
        return random.randint(0, 2, (ROWS, 1)).astype(np.float32)
    if task == "multiclass":
        return random.randint(0, width, (ROWS, 1))
    if task == "multilabel":
        return random.randint(0, 2, (ROWS, width))
    if task == "logistic_regression":
        return random.uniform(size=(ROWS, 1)).astype(np.float32)
    if task == "poisson":
        return random.poisson(2.0, (ROWS, width)).astype(np.float32)
    return random.normal(size=(ROWS, width)).astype(np.float32)


def listed(values):
    values = np.asarray(values)
    return [float(x) for x in values.astype(np.float64).ravel()]


def main():
    random, cases = np.random.RandomState(11), []
    for task, params, width, classes, make in CASES:
        head, labels = make(), labels_of(task, width, random)
        logits = random.normal(size=(ROWS, width)).astype(np.float32)
        weights = random.choice([0.5, 1, 2, 3], ROWS).astype(np.float32)
        losses, metrics = [], head.metrics()
        for begin in range(0, ROWS, BATCH):
            part = slice(begin, begin + BATCH)
            features = {"w": tf.constant(weights[part])}
            losses.append(float(head.loss(tf.constant(labels[part]), tf.constant(logits[part]), features=features)))
            metrics = head.update_metrics(metrics, features, tf.constant(logits[part]), tf.constant(labels[part]))
        values = {name: float(metric.result()) for name, metric in metrics.items()}
        values["loss"] = float(np.mean(losses))
        predictions = {name: listed(value) for name, value in head.predictions(tf.constant(logits)).items()
                       if name in ("logits", "probabilities", "predictions", "class_ids")}
        cases.append({"task": task, "params": params, "classes": classes, "rows": ROWS, "batch": BATCH, "logits": listed(logits),
                      "labels": listed(labels), "weights": listed(weights), "loss": losses, "predictions": predictions, "metrics": values})
    with open(sys.argv[1], "w") as f:
        json.dump({"cases": cases}, f)
        f.write("\n")


if __name__ == "__main__":
    main()
