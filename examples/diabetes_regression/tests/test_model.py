import pathlib

from diabetes_regression.scoring.score import score
from diabetes_regression.training.train import (
    mean_squared_error,
    read_rows,
    train_model,
)

DATA = pathlib.Path(__file__).parents[1] / "diabetes_regression/data"
LINE = [(20.0, 50.0), (25.0, 100.0), (30.0, 150.0)]


def test_a_line_is_found_again():
    model = train_model(LINE)
    assert model == {"slope": 10.0, "intercept": -150.0}
    assert mean_squared_error(model, LINE) == 0


def test_the_model_answers_each_request():
    model = {"slope": 10.0, "intercept": -150.0}
    answer = score(model, {"bmi": [22.0, 28.0]})
    assert answer == {"progression": [70.0, 130.0]}


def test_the_data_grow_with_the_body_mass_index():
    assert train_model(read_rows(DATA / "diabetes.csv"))["slope"] > 0
