"""Trains a line through the data: disease progression by body mass index."""

import argparse
import csv
import json
import os
import statistics


def read_rows(path):
    """Reads (bmi, progression) pairs."""
    with open(path, newline="") as file:
        rows = csv.DictReader(file)
        return [(float(row["bmi"]), float(row["progression"])) for row in rows]


def train_model(rows):
    """Fits by least squares."""
    bmi, progression = zip(*rows)
    slope, intercept = statistics.linear_regression(bmi, progression)
    return {"slope": slope, "intercept": intercept}


def mean_squared_error(model, rows):
    """Says how far the model is from the data."""
    predicted = [model["slope"] * bmi + model["intercept"] for bmi, _ in rows]
    return statistics.fmean(
        (guess - truth) ** 2 for guess, (_, truth) in zip(predicted, rows)
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    data = "diabetes_regression/data/diabetes.csv"
    parser.add_argument("--data", default=data)
    parser.add_argument("--model", default="outputs/model.json")
    args = parser.parse_args()

    rows = read_rows(args.data)
    model = train_model(rows)
    os.makedirs(os.path.dirname(args.model), exist_ok=True)
    with open(args.model, "w") as file:
        json.dump(model, file)
    error = mean_squared_error(model, rows)
    print(f"trained on {len(rows)} rows, mean squared error {error:.1f}")


if __name__ == "__main__":
    main()
