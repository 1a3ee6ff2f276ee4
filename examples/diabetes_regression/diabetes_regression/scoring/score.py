"""Answers a request, {"bmi": [...]}, with {"progression": [...]}."""

import argparse
import json


def score(model, request):
    """Predicts the progression for each body mass index."""
    slope, intercept = model["slope"], model["intercept"]
    return {"progression": [slope * bmi + intercept for bmi in request["bmi"]]}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="outputs/model.json")
    parser.add_argument("bmi", nargs="+", type=float)
    args = parser.parse_args()

    with open(args.model) as file:
        print(json.dumps(score(json.load(file), {"bmi": args.bmi})))


if __name__ == "__main__":
    main()
