"""What each card may look at: its raw columns, its features with the trend that the field expects, and its reasons.

Columns that only measure fairness stand under `fairness` and are no column of a feature; train.py refuses one that is.
"""

STATUSES = ["PAY_0", "PAY_2", "PAY_3", "PAY_4", "PAY_5", "PAY_6"]
BILLS = [f"BILL_AMT{month}" for month in range(1, 7)]
PAYMENTS = [f"PAY_AMT{month}" for month in range(1, 7)]
# Codes of no delay: nothing bought, paid in full, paid in part. They are no order, so each is a bin of its own.
NO_DELAY = [-2, -1, 0]
# A quotient to something that is not above zero.
NO_BILL = -1
LOWER_RISK, HIGHER_RISK = "descending", "ascending"


def column(name):
    return {"column": name}


def columns(names):
    return [column(name) for name in names]


def ratio(part, whole):
    return {"ratio": [part, whole], "otherwise": NO_BILL}


def spent(month):
    """What was bought in a month: what the bill grew by, and what was paid meanwhile. Month 1 is the latest."""
    growth = {"difference": columns(BILLS[month - 1 : month + 1])}
    return {"sum": [growth, column(PAYMENTS[month - 1])]}


def feature(name, derivation, trend, reason, words, specials=(), step=0.006):
    """`step` is the least share of rows in a bin before optbinning joins bins."""
    return {
        "name": name,
        "words": words,
        "reason": reason,
        "derivation": derivation,
        "trend": trend,
        "specials": list(specials),
        "step": step,
    }


def category(name, reason, words):
    return {**feature(name, column(name), None, reason, words), "isCategory": True}


SPENT = [spent(month) for month in range(1, 6)]
LIMIT = column("LIMIT_BAL")

BEHAVIOUR = {
    "id": "behaviour",
    "version": 1,
    "title": "Behaviour card: an account defaults in the next month",
    "source": "Yeh and Lien (2009), default of credit card clients, DOI 10.24432/C55S3H, CC BY 4.0",
    "target": {"column": "default payment next month", "bad": 1},
    "columns": [
        {"name": "LIMIT_BAL", "kind": "number", "min": 1, "max": 1e9},
        *({"name": name, "kind": "code", "min": -2, "max": 9} for name in STATUSES),
        *({"name": name, "kind": "number", "min": -1e9, "max": 1e9} for name in BILLS),
        *({"name": name, "kind": "number", "min": 0, "max": 1e9} for name in PAYMENTS),
    ],
    "fairness": [
        {"name": "SEX", "column": "SEX", "groups": {"male": [1], "female": [2]}},
        {"name": "MARRIAGE", "column": "MARRIAGE", "groups": {"married": [1], "single": [2], "other": [0, 3]}},
        {"name": "AGE", "column": "AGE", "below": [26, 36, 46, 56]},
    ],
    "features": [
        feature("latestStatus", column("PAY_0"), HIGHER_RISK, "LATEST_STATUS",
                "months of delay in the latest month", NO_DELAY, 0.001),
        feature("monthsSinceArrears", {"firstAtLeast": columns(STATUSES), "atLeast": 2}, LOWER_RISK,
                "ARREARS_HISTORY", "months since a delay of two months or more", (), 0.003),
        feature("olderDelay", {"sum": [{"positive": column(name)} for name in STATUSES[3:]]}, HIGHER_RISK,
                "ARREARS_HISTORY", "months of delay, three to five months before, together", (), 0.003),
        feature("utilisation", ratio(column(BILLS[0]), LIMIT), HIGHER_RISK, "CREDIT_USE",
                "the latest bill to the limit"),
        feature("utilisationBefore", ratio(column(BILLS[1]), LIMIT), HIGHER_RISK, "CREDIT_USE",
                "the bill of the month before to the limit"),
        feature("utilisationHalfYear", ratio({"sum": columns(BILLS)}, LIMIT), HIGHER_RISK, "CREDIT_USE",
                "all six bills to the limit"),
        feature("unusedLimit", {"difference": [LIMIT, column(BILLS[0])]}, LOWER_RISK, "CREDIT_USE",
                "the limit less the latest bill"),
        feature("paymentBefore", column(PAYMENTS[1]), LOWER_RISK, "PAYMENTS_MADE",
                "the payment of the month before"),
        feature("leastPayment", {"ranked": columns(PAYMENTS), "place": 1}, LOWER_RISK, "PAYMENTS_MADE",
                "the smallest of six payments"),
        feature("thirdLeastPayment", {"ranked": columns(PAYMENTS), "place": 3}, LOWER_RISK, "PAYMENTS_MADE",
                "the third smallest of six payments"),
        feature("paymentsHalfYear", {"sum": columns(PAYMENTS)}, LOWER_RISK, "PAYMENTS_MADE",
                "all six payments together"),
        feature("spentLatest", SPENT[0], LOWER_RISK, "ACCOUNT_USE", "bought in the latest month"),
        feature("spentFourMonthsBefore", SPENT[4], LOWER_RISK, "ACCOUNT_USE", "bought four months before"),
        feature("spentThreeMonths", {"sum": SPENT[:3]}, LOWER_RISK, "ACCOUNT_USE",
                "bought in the latest three months"),
        feature("mostSpent", {"ranked": SPENT, "place": 5}, LOWER_RISK, "ACCOUNT_USE",
                "bought in the month with most purchases"),
        feature("monthsWithPurchases", {"countAbove": SPENT, "above": 0}, LOWER_RISK, "ACCOUNT_USE",
                "months in which something was bought", (), 0.003),
    ],
    "reasons": [
        {"code": "LATEST_STATUS", "zh": "最近一期还款状态", "en": "The status of the latest month",
         "facts": {"PAY_0": None}},
        {"code": "ARREARS_HISTORY", "zh": "近半年有逾期记录", "en": "There was a delay within half a year",
         "facts": {"PAY_0": None, **{name: -1 for name in STATUSES[1:]}}},
        {"code": "CREDIT_USE", "zh": "已用额度占比偏高或剩余额度偏少", "en": "Much of the limit is used, or little of it is left",
         "facts": {"LIMIT_BAL": 1e9}},
        {"code": "PAYMENTS_MADE", "zh": "近半年还款金额偏低", "en": "Payments of the last six months are small",
         "facts": {name: 1e8 for name in PAYMENTS}},
        {"code": "ACCOUNT_USE", "zh": "近期已结清的消费偏少", "en": "Little was bought and paid for in the last months",
         "facts": {name: 1e8 for name in PAYMENTS[:5]}},
    ],
    # Weights of the penalties of the regression, for one row.
    "ridge": 1e-4,
    "lasso": 3e-4,
}


def codes(prefix, first, last):
    return [f"A{prefix}{number}" for number in range(first, last + 1)]


def choice(name, values):
    return {"name": name, "kind": "category", "values": values}


def amount(name, most):
    return {"name": name, "kind": "number", "min": 0, "max": most}


def of_itself(name, zh, en):
    """A reason about one column, whose best value train.py finds."""
    return {"code": f"WEAK_{name.upper()}", "zh": zh, "en": en, "facts": {name: None}}


APPLICATION = {
    "id": "application",
    "version": 1,
    "title": "Application card: an applicant becomes a bad credit",
    "source": "Hofmann (1994), Statlog German credit data, DOI 10.24432/C5NC77, CC BY 4.0",
    "target": {"column": "credit", "bad": 2},
    "columns": [
        choice("status", codes(1, 1, 4)),
        amount("month", 1200),
        choice("credit_history", codes(3, 0, 4)),
        choice("purpose", codes(4, 0, 10)),
        amount("credit_amount", 1e9),
        choice("savings", codes(6, 1, 5)),
        choice("employment", codes(7, 1, 5)),
        amount("investment_as_income_percentage", 100),
        choice("other_debtors", codes(10, 1, 3)),
        choice("property", codes(12, 1, 4)),
        choice("installment_plans", codes(14, 1, 3)),
        amount("number_of_credits", 100),
    ],
    "fairness": [
        {"name": "personal_status", "column": "personal_status",
         "groups": {"male": ["A91", "A93", "A94"], "female": ["A92", "A95"]}},
        {"name": "age", "column": "age", "below": [26, 36, 46, 56]},
        {"name": "foreign_worker", "column": "foreign_worker", "groups": {"yes": ["A201"], "no": ["A202"]}},
    ],
    # Columns that are no feature because of what they stand for; their association is measured and printed.
    "leftOut": ["people_liable_for", "housing", "skill_level", "telephone", "residence_since"],
    "features": [
        category("status", "WEAK_STATUS", "balance of the current account"),
        feature("month", column("month"), HIGHER_RISK, "WEAK_MONTH", "months that are asked for", (), 0.03),
        category("credit_history", "WEAK_CREDIT_HISTORY", "history of credits"),
        category("purpose", "WEAK_PURPOSE", "purpose of the credit"),
        feature("credit_amount", column("credit_amount"), HIGHER_RISK, "WEAK_CREDIT_AMOUNT", "amount that is asked for",
                (), 0.03),
        category("savings", "WEAK_SAVINGS", "savings"),
        category("employment", "WEAK_EMPLOYMENT", "years in the present employment"),
        feature("investment_as_income_percentage", column("investment_as_income_percentage"), HIGHER_RISK,
                "WEAK_INVESTMENT_AS_INCOME_PERCENTAGE", "instalment to income, in four steps", (), 0.03),
        category("other_debtors", "WEAK_OTHER_DEBTORS", "a guarantor or another debtor"),
        category("property", "WEAK_PROPERTY", "property"),
        category("installment_plans", "WEAK_INSTALLMENT_PLANS", "instalments elsewhere"),
        feature("number_of_credits", column("number_of_credits"), HIGHER_RISK, "WEAK_NUMBER_OF_CREDITS",
                "credits at this bank", (), 0.03),
    ],
    "reasons": [
        of_itself("status", "往来账户余额偏低", "The current account holds little"),
        of_itself("month", "申请期限偏长", "The term asked for is long"),
        of_itself("credit_history", "信用历史较弱", "The history of credits is weak"),
        of_itself("purpose", "借款用途风险偏高", "Credits for this purpose fail more often"),
        of_itself("credit_amount", "申请金额偏高", "The amount asked for is high"),
        of_itself("savings", "储蓄偏少", "Savings are small"),
        of_itself("employment", "现职工作年限偏短", "The present employment is recent"),
        of_itself("investment_as_income_percentage", "分期占收入比例偏高", "The instalment takes much of the income"),
        of_itself("other_debtors", "缺少担保人", "There is no guarantor"),
        of_itself("property", "财产证明较弱", "Property is small or unknown"),
        of_itself("installment_plans", "在他处有分期", "There are instalments elsewhere"),
        of_itself("number_of_credits", "现有贷款较多", "There are several credits already"),
    ],
    "ridge": 1e-3,
    "lasso": 1e-3,
}

SPECIFICATIONS = {"behaviour": BEHAVIOUR, "application": APPLICATION}
