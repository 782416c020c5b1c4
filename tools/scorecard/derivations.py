"""Features from raw columns. The same operators, with the same meaning, as src/domain/risk/cards/cardFeatures.ts.

An operand that is missing (NaN) makes its result missing, whatever the operator.
"""

from functools import reduce

import numpy as np


def derive(expression, rows):
    """The values of one expression, an array as long as rows; rows is a data frame of the raw columns."""
    [operator, *_] = [key for key in expression if key in OPERATORS]
    return OPERATORS[operator](expression, rows)


def _column(expression, rows):
    values = rows[expression["column"]]
    return values.to_numpy(float) if values.dtype.kind in "iuf" else values.to_numpy(object)


def _operands(operator, expression, rows):
    return np.stack([derive(each, rows) for each in expression[operator]])


def _sum(expression, rows):
    return reduce(np.add, _operands("sum", expression, rows))


def _difference(expression, rows):
    first, second = _operands("difference", expression, rows)
    return first - second


def _ratio(expression, rows):
    part, whole = _operands("ratio", expression, rows)
    quotient = part / np.where(whole > 0, whole, 1)
    result = np.where(whole > 0, quotient, float(expression["otherwise"]))
    return np.where(np.isnan(part) | np.isnan(whole), np.nan, result)


def _ranked(expression, rows):
    operands = _operands("ranked", expression, rows)
    values = np.sort(operands, axis=0)[expression["place"] - 1]
    return np.where(np.isnan(operands).any(axis=0), np.nan, values)


def _positive(expression, rows):
    return np.maximum(derive(expression["positive"], rows), 0)


def _count_above(expression, rows):
    operands = _operands("countAbove", expression, rows)
    counts = (operands > expression["above"]).sum(axis=0).astype(float)
    return np.where(np.isnan(operands).any(axis=0), np.nan, counts)


def _first_at_least(expression, rows):
    operands = _operands("firstAtLeast", expression, rows)
    reaches = operands >= expression["atLeast"]
    first = np.where(reaches.any(axis=0), reaches.argmax(axis=0), len(operands)).astype(float)
    return np.where(np.isnan(operands).any(axis=0), np.nan, first)


OPERATORS = {
    "column": _column,
    "sum": _sum,
    "difference": _difference,
    "ratio": _ratio,
    "ranked": _ranked,
    "positive": _positive,
    "countAbove": _count_above,
    "firstAtLeast": _first_at_least,
}
