"""What an export writes, an import reads as it was."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.csv_table import rows_to_csv, value_of


def read(text: str) -> list[list[str]]:
    return [[value_of(cell) for cell in row] for row in csv.reader(io.StringIO(text, newline=""))]


@given(st.lists(st.text("=+-@\t'a 1\n\",", max_size=6), min_size=1, max_size=4))
def test_every_value_is_read_as_it_was_written(row: list[str]) -> None:
    values = ["x", *row]  # a line of one empty value would be an empty line
    assert read(rows_to_csv([values])) == [values]


@pytest.mark.parametrize("value", ["=1+1", "+39 02", "-5", "@x", "'=1"])
def test_no_cell_is_a_formula(value: str) -> None:
    assert rows_to_csv([(value,)]) == f"'{value}\r\n"


@pytest.mark.parametrize("value", ["'", "'a", "O'Hara", "a=b"])
def test_other_values_stay_as_they_are(value: str) -> None:
    assert rows_to_csv([(value,)]) == f"{value}\r\n"
    assert value_of(value) == value
