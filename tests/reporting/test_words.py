import pytest

from imbalearn_torch.reporting.words import (
    class_name,
    decimal,
    duration,
    group_rows,
    interval,
    metric_columns,
    percent,
    plain,
    time_taken,
    verdict,
    worst_class,
)


def test_numbers_in_words():
    assert percent(0.12345) == "12.3 %"
    assert decimal(0.12345) == "0.1235"
    assert interval(0.1, 0.25) == "10.0 to 25.0 %"
    assert {percent(None), decimal(None), duration(None), interval(None, None)} == {"–"}


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.04, "0.0 s"),
        (59.94, "59.9 s"),
        (60, "1 min 0 s"),
        (75.2, "1 min 15 s"),
        (3599.7, "1 h 0 min"),
        (7260, "2 h 1 min"),
    ],
)
def test_duration(seconds, words):
    assert duration(seconds) == words


def test_settings_are_spelled_as_options_or_json():
    assert [plain(value) for value in ("a b", None, True, 0.5, ["개"])] == ["a b", "none", "true", "0.5", '["개"]']


def test_worst_class_is_the_first_of_the_smallest_recalls():
    rows = [{"class": 0, "recall": None}, {"class": 1, "recall": 0.5}, {"class": 2, "recall": 0.5}]
    assert worst_class({"per_class": rows}, ["a", "b", "c"]) == ("b", 0.5)
    assert worst_class({"per_class": rows[:1]}, ["a"]) is None
    assert worst_class({}, []) is None


def test_class_without_name_goes_by_its_index():
    assert class_name(["a"], 0) == "a"
    assert class_name(["a"], 1) == "1"


def test_verdict(result):
    # 3 of 5 images right; F1 of cat 2*2/(3+3), of dog 2*1/(2+2).
    expected = (
        "60.0 % of 5 test images are recognised, macro-F1 is 0.5833, and the worst class, “dog”, is recognised in "
        "50.0 % of its images. Mean recall is 66.7 % over many-shot and 50.0 % over medium-shot classes."
    )
    assert verdict(result) == expected
    assert verdict({}) == "No test image has been scored."


def test_verdict_on_adjustment_and_selection(result):
    result["metrics"]["test_unadjusted"] = {"macro_f1": 0.25}
    result["selected_on_test"] = True
    assert verdict(result).endswith(
        "Before adjustment macro-F1 was 0.2500. The weights were selected on these test images, so the figures are "
        "too high."
    )


def test_adjusted_and_validation_columns_only_where_they_differ(result):
    assert list(metric_columns(result)) == ["test"]
    result["metrics"] |= {"test_unadjusted": {"accuracy": 0.1}, "val": {"accuracy": 0.2}}
    assert list(metric_columns(result)) == ["test", "test, before adjustment", "validation"]
    assert metric_columns({}) == {"test": {}}


def test_groups_that_have_classes(result):
    assert group_rows(metric_columns(result)) == [
        ("recall, many-shot (1 class)", ["66.7 %"]),
        ("recall, medium-shot (1 class)", ["50.0 %"]),
        ("recall, few-shot (1 class)", ["–"]),
    ]
    assert group_rows({"test": {}}) == []


def test_time_taken(result):
    assert (
        time_taken(result["timing"]) == "The run took 1 min 15 s, 1 min 1 s of it training, at 1,234 images a second."
    )
    assert time_taken({"total_seconds": 2.0}) == "The run took 2.0 s."
    assert time_taken({"total_seconds": None, "train_seconds": 1.0}) is None
