"""Trains investing-retail-1 from its training.csv and writes model.onnx and reference.csv beside it.

    python3 models/training/train.py models/investing-retail-1

The same rows and library versions (models/README.md) give the same bytes. The directions that card.yaml declares
are constraints here: the fund change may only raise a score as it rises, so no week can be learnt by heart.
expected.csv, beside this file, has scikit-learn's own probability for each row of reference.csv, for the test.
"""

import csv
import sys
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, save
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import log_loss, roc_auc_score

TRAINED_TO = "2025-W12"
# Labels look four weeks ahead: these weeks would share outcomes with the training weeks, and are left out of both.
OUT_OF_TIME_FROM = "2025-W17"
# In the order of the features; age may go either way.
DIRECTIONS = {
    "age": 0,
    "engagement": 1,
    "balance": 1,
    "growth": 1,
    "growth_before": 1,
    "savings_share": 1,
    "fund_month": 1,
}
TREES = 100
REFERENCE_ROWS = 200


def read(path):
    with open(path, newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["week", *DIRECTIONS, "label"], header
    weeks = np.array([row[0] for row in rows])
    features = np.array([row[1:-1] for row in rows], dtype=np.float32)
    labels = np.array([row[-1] for row in rows], dtype=np.int64)
    return weeks, features, labels, [row[1:-1] for row in rows]


def fit(features, labels):
    model = HistGradientBoostingClassifier(
        max_iter=TREES,
        max_depth=2,
        learning_rate=0.1,
        min_samples_leaf=300,
        l2_regularization=5.0,
        max_bins=64,
        monotonic_cst=list(DIRECTIONS.values()),
        early_stopping=False,
        random_state=1,
    )
    return model.fit(features, labels)


def not_above(value):
    """The largest float32 that is not above a float64: `x <= value` stays the same for every float32 x."""
    rounded = np.float32(value)
    return rounded if float(rounded) <= value else np.nextafter(rounded, np.float32(-np.inf))


def tree_ensemble(model):
    """The trees as one TreeEnsembleClassifier: a leaf adds to the log-odds of class 1, class 0 is what is left."""
    nodes = {name: [] for name in ("treeids", "nodeids", "featureids", "values", "modes", "truenodeids", "falsenodeids")}
    leaves = {name: [] for name in ("treeids", "nodeids", "ids", "weights")}
    for tree_id, (predictor,) in enumerate(model._predictors):
        for node_id, node in enumerate(predictor.nodes):
            leaf = bool(node["is_leaf"])
            nodes["treeids"].append(tree_id)
            nodes["nodeids"].append(node_id)
            nodes["featureids"].append(0 if leaf else int(node["feature_idx"]))
            nodes["values"].append(0.0 if leaf else float(not_above(node["num_threshold"])))
            nodes["modes"].append("LEAF" if leaf else "BRANCH_LEQ")
            nodes["truenodeids"].append(0 if leaf else int(node["left"]))
            nodes["falsenodeids"].append(0 if leaf else int(node["right"]))
            if leaf:
                leaves["treeids"].append(tree_id)
                leaves["nodeids"].append(node_id)
                leaves["ids"].append(0)
                leaves["weights"].append(float(node["value"]))
    # One weight per leaf makes it a two-class model; with weights of one sign only, runtimes would read it otherwise.
    assert min(leaves["weights"]) < 0 < max(leaves["weights"])
    return helper.make_node(
        "TreeEnsembleClassifier",
        ["features"],
        ["label", "probabilities"],
        domain="ai.onnx.ml",
        classlabels_int64s=[0, 1],
        base_values=[float(np.ravel(model._baseline_prediction)[0])],
        post_transform="LOGISTIC",
        **{f"nodes_{name}": values for name, values in nodes.items()},
        **{f"class_{name}": values for name, values in leaves.items()},
    )


def to_onnx(model):
    graph = helper.make_graph(
        [tree_ensemble(model)],
        "investing-retail-1",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, [None, len(DIRECTIONS)])],
        [
            helper.make_tensor_value_info("label", TensorProto.INT64, [None]),
            helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [None, 2]),
        ],
    )
    opsets = [helper.make_opsetid("", 15), helper.make_opsetid("ai.onnx.ml", 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8, producer_name="models/training/train.py")


def write_reference(path, lines, scores):
    """Lines of training.csv at even distances in the order of their scores, features only: the mean score of this
    baseline, from which explanations count, is close to that of all training rows. Gives their scores."""
    order = np.argsort(scores, kind="stable")
    places = ((np.arange(REFERENCE_ROWS) + 0.5) * len(order) / REFERENCE_ROWS).astype(int)
    with open(path, "w", newline="") as file:
        file.write(",".join(DIRECTIONS) + "\n")
        for index in order[places]:
            file.write(",".join(lines[index]) + "\n")
    return scores[order[places]]


def main(folder):
    weeks, features, labels, lines = read(folder / "training.csv")
    inside, outside = weeks <= TRAINED_TO, weeks >= OUT_OF_TIME_FROM
    model = fit(features[inside], labels[inside])
    save(to_onnx(model), folder / "model.onnx")
    probabilities = model.predict_proba(features)[:, 1]
    inside_lines = [line for line, taken in zip(lines, inside) if taken]
    expected = write_reference(folder / "reference.csv", inside_lines, probabilities[inside])
    np.savetxt(Path(__file__).with_name("expected.csv"), expected, fmt="%.9f", header="probability", comments="")
    for name, part in (("in time", inside), ("out of time", outside)):
        truth, score = labels[part], probabilities[part]
        print(
            f"{name}: {part.sum()} rows, {truth.sum()} converted ({truth.mean():.4f}, expected {score.mean():.4f}), "
            f"AUC {roc_auc_score(truth, score):.4f}, log loss {log_loss(truth, score):.5f}, "
            f"scores {score.min():.4f} to {score.max():.4f}"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
