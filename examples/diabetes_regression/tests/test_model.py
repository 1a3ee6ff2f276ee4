import joblib
import pytest
from sklearn.metrics import r2_score

from diabetes_regression.scoring.score import score
from diabetes_regression.training.train import split_data, train_model


@pytest.fixture(name="data")
def data_fixture():
    return split_data()


@pytest.fixture(name="model")
def model_fixture(data):
    train, _, train_progression, _ = data
    return train_model(train, train_progression)


def test_the_model_explains_patients_that_it_has_not_seen(model, data):
    _, test, _, test_progression = data
    assert r2_score(test_progression, model.predict(test)) > 0.3


def test_a_larger_alpha_keeps_the_weights_smaller(model, data):
    train, _, train_progression, _ = data
    other = train_model(train, train_progression, alpha=100.0)
    assert abs(other[-1].coef_).sum() < abs(model[-1].coef_).sum()


def test_a_request_is_answered_by_a_model_from_a_file(model, data, tmp_path):
    joblib.dump(model, tmp_path / "model.joblib")
    patients = data[1][:2].tolist()
    answer = score(joblib.load(tmp_path / "model.joblib"), {"data": patients})
    assert answer["progression"] == pytest.approx(model.predict(patients))
