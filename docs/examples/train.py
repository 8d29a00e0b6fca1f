"""A worked example with scikit-learn: trains boosted trees from the training.csv of a model package and writes
model.onnx and reference.csv beside it.

    pip install scikit-learn skl2onnx
    python3 docs/examples/train.py FOLDER 2025-W12

The week is the last one that the model learns from, `trained.to` in card.yaml; rows of later weeks are left to the gates.
The card says `output: { name: probabilities, index: 1 }`.
"""

import csv
import sys
from pathlib import Path

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

REFERENCE_ROWS = 200


def read(path):
    with open(path, newline="") as file:
        header, *rows = csv.reader(file)
    weeks = np.array([row[0] for row in rows])
    # float32, as the model will get them: what is trained on float64 may take another branch on a float32.
    features = np.array([row[1:-1] for row in rows], dtype=np.float32)
    labels = np.array([row[-1] for row in rows], dtype=np.int64)
    return header[1:-1], weeks, features, labels


def to_onnx(model, width):
    from skl2onnx import convert_sklearn
    from skl2onnx.common.data_types import FloatTensorType

    return convert_sklearn(
        model,
        initial_types=[("features", FloatTensorType([None, width]))],  # one matrix, any number of rows
        options={"zipmap": False},  # a tensor of probabilities, not a list of dictionaries
        target_opset={"": 15, "ai.onnx.ml": 1},
    )


def main(folder, last):
    names, weeks, features, labels = read(folder / "training.csv")
    learnt = weeks <= last
    model = HistGradientBoostingClassifier(
        max_iter=100,
        max_depth=2,
        min_samples_leaf=300,
        early_stopping=False,
        random_state=1,
        # Where the card declares directions, let the model keep to them: monotonic_cst=[0, 1, ...]
    )
    model.fit(features[learnt], labels[learnt])
    (folder / "model.onnx").write_bytes(to_onnx(model, len(names)).SerializeToString())
    # At even distances in the order of their scores, so that the mean score of the sample is that of all.
    order = np.argsort(model.predict_proba(features[learnt])[:, 1], kind="stable")
    rows = min(REFERENCE_ROWS, len(order))
    places = ((np.arange(rows) + 0.5) * len(order) / rows).astype(int)
    with open(folder / "reference.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(features[learnt][order[places]].tolist())


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
