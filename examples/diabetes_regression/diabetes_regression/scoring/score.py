"""Answers a request, {"data": [[...]]}, with {"progression": [...]}."""

import argparse
import json

import joblib


def score(model, request):
    """Predicts the progression for each patient's ten measurements."""
    return {"progression": model.predict(request["data"]).tolist()}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="outputs/model.joblib")
    parser.add_argument("request")
    args = parser.parse_args()

    model = joblib.load(args.model)
    print(json.dumps(score(model, json.loads(args.request))))


if __name__ == "__main__":
    main()
