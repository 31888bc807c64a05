"""Gaps between groups, with everything that keeps them honest: intervals, a test of the largest, and Holm across all
that is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dataops_core.fairness.group_definitions import THIN
from dataops_core.stats.proportions import holm, largest_gap, newcombe, two_shares_p

ALPHA = 0.05
CLEAR, MAY_BE_CHANCE, ALONE = "clear", "may be chance", "clear by itself, not among all gaps"


def gaps(
    rates: Mapping[str, Mapping[str, tuple[int, int]]], reference: str, *, thin: int = THIN, seed: int = 0, of: str = ""
) -> dict[str, list[dict[str, Any]]]:
    """Compare shares by measure and group, {measure: {group: (hits, of)}}, with the reference group's.

    "gaps" has for each measure and group the signed gap (group less reference) with its 95 % Newcombe interval and
    p-value; "largest" for each measure the difference between highest and lowest group with the p-value of a
    permutation test. Both leave thin groups unjudged (p None). `clear` is filled in by `judged`, across everything that
    somebody looks at.
    """
    told: dict[str, list[dict[str, Any]]] = {"gaps": [], "largest": []}
    for number, (measure, groups) in enumerate(rates.items()):
        base = groups.get(reference, (0, 0))
        for name, (hits, n) in groups.items():
            if name == reference:
                continue
            entry: dict[str, Any] = {
                "of": of,
                "measure": measure,
                "group": name,
                "reference": reference,
                "value": None,
                "ci": None,
                "p": None,
                "thin": min(n, base[1]) < thin,
            }
            if n and base[1]:
                least, most = newcombe(hits, n, *base)
                entry |= {
                    "value": hits / n - base[0] / base[1],
                    "ci": [float(least), float(most)],
                    "p": None if entry["thin"] else two_shares_p(hits, n, *base),
                }
            else:
                entry["why"] = f"the rate of {name if not n else reference} is not defined"
            told["gaps"].append(entry)
        wide = {name: pair for name, pair in groups.items() if pair[1] >= thin}
        entry = {"of": of, "measure": measure, "groups": len(wide), "value": None, "p": None}
        if len(wide) < 2:
            entry["why"] = f"fewer than two groups have {thin} rows to count"
        else:
            shares = {name: hits / n for name, (hits, n) in wide.items()}
            value, p = largest_gap(
                [hits for hits, _ in wide.values()], [n for _, n in wide.values()], seed=(seed + number) % 2**32
            )
            low, high = min(shares, key=lambda name: shares[name]), max(shares, key=lambda name: shares[name])
            entry |= {
                "value": value,
                "p": p,
                "lowest": low,
                "highest": high,
                "lowest_rate": shares[low],
                "highest_rate": shares[high],
            }
        told["largest"].append(entry)
    return told


def judged(told: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Adds "p_holm", "clear" and, to single gaps, "verdict": a largest gap is clear when Holm's p-value across all
    largest gaps is at most 0.05, and a single gap when the largest of its measure is clear and its own p-value, by Holm
    across all gaps, is at most 0.05 as well.

    So that a table without any true gap is called clear in something at most once in twenty times, however much is
    looked at. A verdict does not contradict its interval: no gap is clear whose interval holds 0, and one that is not
    clear though its interval leaves 0 out is called clear by itself alone.
    """
    for entry, p in zip(told["largest"], holm([each["p"] for each in told["largest"]]), strict=True):
        entry |= {"p_holm": p, "clear": p is not None and p <= ALPHA}
    open_ = {(each["of"], each["measure"]) for each in told["largest"] if each["clear"]}
    for entry, p in zip(told["gaps"], holm([each["p"] for each in told["gaps"]]), strict=True):
        entry |= {
            "p_holm": p,
            "clear": (
                p is not None and p <= ALPHA and (entry["of"], entry["measure"]) in open_ and not _holds_zero(entry)
            ),
        }
        entry["verdict"] = _verdict(entry)
    return told


def _holds_zero(entry: Mapping[str, Any]) -> bool:
    return entry["ci"] is None or entry["ci"][0] <= 0 <= entry["ci"][1]


def _verdict(entry: Mapping[str, Any]) -> str:
    if entry["value"] is None:
        return "not defined"
    if entry["thin"]:
        return "few rows"
    return CLEAR if entry["clear"] else MAY_BE_CHANCE if _holds_zero(entry) else ALONE
