"""Trains a ridge regression of how diabetes progresses within a year."""

import argparse
import os

import joblib
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def split_data():
    """Ten measurements a patient, and the progression; a fifth is kept."""
    features, progression = load_diabetes(return_X_y=True, scaled=False)
    return train_test_split(
        features, progression, test_size=0.2, random_state=0
    )


def train_model(features, progression, alpha=1.0):
    """Fits the model; a larger alpha keeps its weights smaller."""
    model = make_pipeline(StandardScaler(), Ridge(alpha=alpha))
    return model.fit(features, progression)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alpha", type=float, default=1.0)
    parser.add_argument("--model", default="outputs/model.joblib")
    args = parser.parse_args()

    train, test, train_progression, test_progression = split_data()
    model = train_model(train, train_progression, args.alpha)
    os.makedirs(os.path.dirname(args.model), exist_ok=True)
    joblib.dump(model, args.model)
    error = mean_squared_error(test_progression, model.predict(test))
    print(f"trained on {len(train)} rows, mean squared error {error:.1f}")


if __name__ == "__main__":
    main()
