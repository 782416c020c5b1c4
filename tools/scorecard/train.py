"""Trains a card: train.py application|behaviour --data FILE --out FILE. See docs/scorecards.md.

Everything that learns from rows is learned inside each fold: the cuts of bins (optbinning, monotone where the field
expects it), their weights of evidence, the regression, and the rounding of points. What is written is the card of
all rows, with the metrics of the folds. The same rows, packages and machine give the same bytes.
"""

import argparse
import hashlib
import json
import logging
import math
import platform
import sys
from importlib.metadata import version

import numpy as np
import pandas as pd
from optbinning import OptimalBinning
from scipy.optimize import minimize
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

from derivations import derive
from specifications import SPECIFICATIONS

SEED = 17
FOLDS = 5
SCALE = {"base": 600, "odds": 50, "pdo": 20}
FACTOR = SCALE["pdo"] / math.log(2)
OFFSET = SCALE["base"] - FACTOR * math.log(SCALE["odds"])
DIGITS = 6
# Of a group this small the share is no figure that says something.
LEAST_GROUP = 30
LEAST_WEIGHT = 1e-3
PACKAGES = ["optbinning", "scikit-learn", "ortools", "scipy", "numpy", "pandas"]


def rounded(value):
    """Six significant digits; whole numbers stay whole."""
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [rounded(each) for each in value]
    if isinstance(value, (float, np.floating)):
        short = float(f"{float(value):.{DIGITS}g}")
        return int(short) if short.is_integer() else short
    return int(value) if isinstance(value, np.integer) else value


def tenths(points):
    """Points have one decimal: whole ones cost 0.002 of KS."""
    return round(float(points), 1)


def probability_of(points):
    return 1 / (1 + np.exp((points - OFFSET) / FACTOR))


# --- bins ---------------------------------------------------------------------------------------------------------


def cuts_of(feature, values, bad):
    """Cuts of a number, or the groups of a category's codes: what optbinning finds best."""
    if feature.get("isCategory"):
        binning = OptimalBinning(dtype="categorical", cat_cutoff=0.02, min_bin_size=0.04, monotonic_trend="auto_asc_desc")
        binning.fit(values, bad)
        return [sorted(str(code) for code in group) for group in binning.splits]
    binning = OptimalBinning(
        dtype="numerical",
        monotonic_trend=feature["trend"],
        max_n_prebins=30,
        min_prebin_size=feature["step"],
        special_codes=feature["specials"] or None,
    )
    binning.fit(values, bad)
    return sorted({rounded(float(cut)) for cut in binning.splits})


def bins_of(feature, values, bad):
    """Bins with their weights of evidence. A bin is {codes}, or {below}; the last number bin has no bound."""
    if feature.get("isCategory"):
        bins = [{"codes": group} for group in cuts_of(feature, values, bad)]
    else:
        specials = [{"codes": [code]} for code in feature["specials"] if np.any(values == code)]
        cuts = cuts_of(feature, values, bad)
        bins = [*specials, *({"below": cut} for cut in cuts), {}]
    return [bin | {"woe": weight} for bin, weight in zip(bins, weights_of_evidence(bins, values, bad))]


def indexes_of(bins, values):
    """Which bin each value is in; -1 for a missing value or a code that no bin has."""
    index = np.full(len(values), -1)
    is_open = np.ones(len(values), bool)
    for number, bin in enumerate(bins):
        if "codes" in bin:
            inside = np.isin(values, bin["codes"])
        elif "below" in bin:
            inside = values < bin["below"]
        else:
            inside = ~pd.isna(values)
        index[is_open & inside] = number
        is_open &= ~inside
    return index


def weights_of_evidence(bins, values, bad):
    """ln of a bin's share of the good to its share of the bad; half a row more of each, so that none is empty."""
    index = indexes_of(bins, values)
    goods = np.array([(bad[index == number] == 0).sum() for number in range(len(bins))]) + 0.5
    bads = np.array([(bad[index == number] == 1).sum() for number in range(len(bins))]) + 0.5
    return np.log((goods / goods.sum()) / (bads / bads.sum()))


# --- regression ---------------------------------------------------------------------------------------------------


def regress(evidence, bad, specification):
    """Logistic regression on weights of evidence. No weight is below zero: none may turn its bins around."""
    rows = len(bad)
    ridge, lasso = specification["ridge"], specification["lasso"]

    def loss(weights):
        logit = weights[0] - evidence @ weights[1:]
        residual = 1 / (1 + np.exp(-logit)) - bad
        value = (np.logaddexp(0, logit).sum() - (bad * logit).sum()) / rows
        slope = np.r_[residual.sum(), -(evidence.T @ residual)] / rows
        slope[1:] += 2 * ridge * weights[1:] + lasso
        return value + ridge * (weights[1:] ** 2).sum() + lasso * weights[1:].sum(), slope

    count = evidence.shape[1]
    bounds = [(None, None)] + [(0, None)] * count
    start = np.zeros(count + 1)
    return minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500}).x


def fit(specification, values, bad):
    """The card of some rows: base points, and bins with points of each feature that weighs something."""
    bins = {feature["name"]: bins_of(feature, values[feature["name"]], bad) for feature in specification["features"]}
    names = list(bins)
    evidence = np.stack(
        [np.array([bin["woe"] for bin in bins[name]])[indexes_of(bins[name], values[name])] for name in names], axis=1
    )
    weights = regress(evidence, bad, specification)
    features = []
    for name, weight in zip(names, weights[1:]):
        for bin in bins[name]:
            bin["points"] = tenths(FACTOR * weight * bin["woe"])
        if weight > LEAST_WEIGHT and len({bin["points"] for bin in bins[name]}) > 1:
            features.append((name, joined(bins[name])))
    return {"basePoints": tenths(OFFSET - FACTOR * weights[0]), "features": features}


def joined(bins):
    """Neighbours of the same points are one bin."""
    kept = []
    for bin in bins:
        before = kept[-1] if kept else None
        if before and before["points"] == bin["points"] and ("codes" in before) == ("codes" in bin):
            if "codes" in bin:
                before["codes"] = [*before["codes"], *bin["codes"]]
            elif "below" in bin:
                before["below"] = bin["below"]
            else:
                before.pop("below", None)
        else:
            kept.append({key: value for key, value in bin.items() if key != "woe"})
    return kept


def score(card, values):
    # Whole tenths are added, so that no order of adding gives another sum.
    sums = np.full(len(next(iter(values.values()))), round(10 * card["basePoints"]))
    for name, bins in card["features"]:
        # What is missing is worth no more than what is known to be worst.
        table = [round(10 * bin["points"]) for bin in bins]
        sums += np.array([*table, min(table)])[indexes_of(bins, values[name])]
    return sums / 10


# --- figures ------------------------------------------------------------------------------------------------------


def ks_of(bad, risk):
    order = np.argsort(-risk, kind="stable")
    bad, risk = bad[order], risk[order]
    is_last = np.r_[risk[1:] != risk[:-1], True]
    gap = np.abs(np.cumsum(bad) / bad.sum() - np.cumsum(1 - bad) / (1 - bad).sum())
    return gap[is_last].max()


def discrimination(bad, risk):
    return {"auc": roc_auc_score(bad, risk), "ks": ks_of(bad, risk)}


def folds_of(bad):
    return StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(np.zeros(len(bad)), bad)


def cross_validated(specification, values, bad):
    """Points of every row by the card of the folds that it is not in, and the figures of each fold."""
    points = np.zeros(len(bad))
    folds = []
    for number, (rest, fold) in enumerate(folds_of(bad)):
        card = fit(specification, {name: each[rest] for name, each in values.items()}, bad[rest])
        points[fold] = score(card, {name: each[fold] for name, each in values.items()})
        figures = discrimination(bad[fold], -points[fold])
        folds.append({"rows": len(fold), "bads": bad[fold].sum(), **figures, "features": len(card["features"])})
        say(f"fold {number + 1}: AUC {figures['auc']:.4f}, KS {figures['ks']:.4f}")
    return points, folds


def told_of(points):
    """By which another evaluator shows that it gives every row the same points."""
    text = "\n".join(f"{each:.1f}" for each in points)
    return {"meanProbability": probability_of(points).mean(), "pointsSha256": hashlib.sha256(text.encode()).hexdigest()}


def calibration_of(points, bad):
    """Tenths of the rows, the riskiest first: rows, the mean probability told, and the share that went bad."""
    order = np.argsort(points, kind="stable")
    probability = probability_of(points)
    return [
        {"rows": len(part), "expected": probability[part].mean(), "observed": bad[part].mean()}
        for part in np.array_split(order, 10)
    ]


def baseline_of(points):
    """Shares of the rows by bands of the score, cut at its tenths: what later months are compared with."""
    below = sorted({int(cut) for cut in np.quantile(points, np.arange(0.1, 1, 0.1), method="higher")})
    counts = np.bincount(np.digitize(points, below), minlength=len(below) + 1)
    return {"below": below, "shares": counts / len(points)}


def cut_off_of(points, bad):
    """The score from which rows are taken: where good and bad are furthest apart."""
    cuts = np.unique(points)
    goods, bads = np.sort(points[bad == 0]), np.sort(points[bad == 1])
    gaps = np.searchsorted(bads, cuts) / len(bads) - np.searchsorted(goods, cuts) / len(goods)
    return math.floor(cuts[gaps.argmax()])


def group_names(measure, column):
    if "groups" in measure:
        names = np.full(len(column), None, object)
        for name, codes in measure["groups"].items():
            names[np.isin(column, codes)] = name
        return names
    bounds = measure["below"]
    labels = [f"below {bounds[0]}", *(f"{a} to {b - 1}" for a, b in zip(bounds, bounds[1:])), f"{bounds[-1]} or more"]
    return np.array(labels, object)[np.digitize(column, bounds)]


def fairness_of(specification, rows, points, cut_off, bad):
    """Per group: rows, share at or above the cut-off, and that share to the highest one (the adverse-impact ratio)."""
    measured = []
    for measure in specification["fairness"]:
        names = group_names(measure, rows[measure["column"]].to_numpy())
        groups = []
        for name in sorted({each for each in names if each is not None}):
            inside = names == name
            if inside.sum() >= LEAST_GROUP:
                passed = (points[inside] >= cut_off).mean()
                groups.append({"group": name, "rows": inside.sum(), "passed": passed, "badRate": bad[inside].mean()})
        most = max(group["passed"] for group in groups)
        measured.append(
            {**measure, "groups_": [{**group, "adverseImpactRatio": group["passed"] / most} for group in groups]}
        )
    return [
        {"name": m["name"], "column": m["column"], **({"codes": m["groups"]} if "groups" in m else {"below": m["below"]}), "groups": m["groups_"]}
        for m in measured
    ]


def association(first, second):
    """Cramér's V of two columns, numbers cut in fifths: 0 for none, 1 where one tells the other."""

    def coded(column):
        if column.dtype.kind in "iuf" and column.nunique() > 8:
            column = pd.qcut(column, 5, duplicates="drop")
        return column.astype(str)

    table = pd.crosstab(coded(first), coded(second)).to_numpy(float)
    expected = table.sum(1, keepdims=True) * table.sum(0, keepdims=True) / table.sum()
    return math.sqrt(((table - expected) ** 2 / expected).sum() / table.sum() / (min(table.shape) - 1))


def proxies_of(specification, rows):
    used = [each["name"] for each in specification["columns"]]
    return [
        {
            "column": name,
            "isUsed": name in used,
            "associations": {
                measure["name"]: association(rows[name], rows[measure["column"]]) for measure in specification["fairness"]
            },
        }
        for name in [*specification.get("leftOut", []), *used]
    ]


# --- the card -----------------------------------------------------------------------------------------------------


def best_facts(specification, card):
    """Values of each reason's facts with which its features are at their best; those left open are of a best bin."""
    by_column = {
        feature["derivation"]["column"]: dict(card["features"]).get(feature["name"])
        for feature in specification["features"]
        if "column" in feature["derivation"]
    }
    used = {feature["name"]: feature for feature in specification["features"]}
    codes = {used[name]["reason"] for name, _ in card["features"]}
    reasons = []
    for reason in specification["reasons"]:
        if reason["code"] in codes:
            best = {name: best_value(by_column[name]) if value is None else value for name, value in reason["facts"].items()}
            reasons.append({"code": reason["code"], "zh": reason["zh"], "en": reason["en"], "best": best})
    return reasons


def best_value(bins):
    """A value in the best bin; of a status that does not weigh, the code of a month that was paid in full."""
    if bins is None:
        return -1
    most = max(bin["points"] for bin in bins)
    number = next(number for number, bin in enumerate(bins) if bin["points"] == most)
    if "codes" in bins[number]:
        return bins[number]["codes"][0]
    before = bins[number - 1].get("below") if number > 0 else None
    if before is not None:
        return math.ceil(before)
    return 0 if "below" in bins[number] else 1


def written_feature(feature, bins):
    worst = min(bin["points"] for bin in bins)
    return {
        "name": feature["name"],
        "words": feature["words"],
        "reason": feature["reason"],
        "derivation": feature["derivation"],
        "bins": bins,
        "missingPoints": worst,
    }


def refuse_protected(specification):
    """A column that only measures must decide nothing."""
    protected = {measure["column"] for measure in specification["fairness"]} | set(specification.get("leftOut", []))
    used = {column["name"] for column in specification["columns"]}
    named = {name for feature in specification["features"] for name in columns_of(feature["derivation"])}
    if protected & (used | named):
        raise SystemExit(f"{', '.join(sorted(protected & (used | named)))} may only measure: take it out of the features")
    if named - used:
        raise SystemExit(f"{', '.join(sorted(named - used))} is used and not declared: add it to the columns")


def columns_of(expression):
    if isinstance(expression, dict):
        own = [expression["column"]] if "column" in expression else []
        return own + [name for value in expression.values() for name in columns_of(value)]
    return [name for each in expression for name in columns_of(each)] if isinstance(expression, list) else []


def train(specification, data):
    refuse_protected(specification)
    rows = pd.read_csv(data)
    target = specification["target"]
    bad = (rows[target["column"]] == target["bad"]).to_numpy(int)
    values = {feature["name"]: derive(feature["derivation"], rows) for feature in specification["features"]}
    out_of_fold, folds = cross_validated(specification, values, bad)
    card = fit(specification, values, bad)
    points = score(card, values)
    cut_off = cut_off_of(points, bad)
    mean = {name: float(np.mean([fold[name] for fold in folds])) for name in ("auc", "ks")}
    pooled = discrimination(bad, -out_of_fold)
    features = {feature["name"]: feature for feature in specification["features"]}
    with open(data, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    say(f"pooled out of fold: AUC {pooled['auc']:.4f}, KS {pooled['ks']:.4f}")
    say(f"mean of the folds:  AUC {mean['auc']:.4f}, KS {mean['ks']:.4f}")
    return {
        "id": specification["id"],
        "version": specification["version"],
        "title": specification["title"],
        "scale": SCALE,
        "basePoints": card["basePoints"],
        "cutOff": cut_off,
        "columns": specification["columns"],
        "features": [written_feature(features[name], bins) for name, bins in card["features"]],
        "reasons": best_facts(specification, card),
        "psiBaseline": baseline_of(points),
        "trained": {
            "data": {"source": specification["source"], "sha256": digest, "rows": len(rows), "badRate": bad.mean()},
            "target": target,
            "seed": SEED,
            "folds": folds,
            "mean": mean,
            "pooled": pooled,
            "allRows": {**discrimination(bad, -points), **told_of(points)},
            "calibration": calibration_of(out_of_fold, bad),
            "fairness": fairness_of(specification, rows, points, cut_off, bad),
            "associations": proxies_of(specification, rows),
            "versions": {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
        },
    }


def challenge(specification, data):
    """The same folds by additive boosted trees: a challenger that only tells its figures."""
    from interpret.glassbox import ExplainableBoostingClassifier

    rows = pd.read_csv(data)
    bad = (rows[specification["target"]["column"]] == specification["target"]["bad"]).to_numpy(int)
    frame = pd.DataFrame({f["name"]: derive(f["derivation"], rows) for f in specification["features"]})
    risk = np.zeros(len(bad))
    for rest, fold in folds_of(bad):
        model = ExplainableBoostingClassifier(interactions=0, outer_bags=4, n_jobs=1, random_state=SEED)
        risk[fold] = model.fit(frame.iloc[rest], bad[rest]).predict_proba(frame.iloc[fold])[:, 1]
    figures = discrimination(bad, risk)
    say(f"challenger, pooled out of fold: AUC {figures['auc']:.4f}, KS {figures['ks']:.4f}")


def say(line):
    print(line, flush=True)


def main():
    logging.disable(logging.WARNING)
    parser = argparse.ArgumentParser()
    parser.add_argument("card", choices=sorted(SPECIFICATIONS))
    parser.add_argument("--data", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--challenger", action="store_true")
    given = parser.parse_args()
    card = train(SPECIFICATIONS[given.card], given.data)
    with open(given.out, "w", encoding="utf-8", newline="\n") as file:
        file.write(json.dumps(rounded(card), ensure_ascii=False, indent=2) + "\n")
    if given.challenger:
        challenge(SPECIFICATIONS[given.card], given.data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
