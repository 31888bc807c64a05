"""Sentences of steps: what was done, and what is still to be done."""

import pytest

import dataops_core.steps  # noqa: F401 - registers the steps
from dataops_core.steps.step import REGISTRY
from dataops_core.wording import DOES, as_plan, does, spoken

# what the sentences of steps began with when both forms were written by hand, and those
BY_HAND = """
Added Adds, Appended Appends, Combined Combines, Computed Computes, Copied Copies, Counted Counts, Deleted Deletes,
Dropped Drops, Encoded Encodes, Extracted Extracts, Filled Fills, Generalized Generalizes, Joined Joins, Kept Keeps,
Made Makes, Marked Marks, Masked Masks, Merged Merges, Moved Moves, Put Puts, Read Reads, Redacted Redacts,
Reduced Reduces, Removed Removes, Renamed Renames, Repaired Repairs, Replaced Replaces, Resampled Resamples,
Rounded Rounds, Scaled Scales, Set Sets, Shifted Shifts, Sorted Sorts, Split Splits, Suppressed Suppresses,
Switched Switches, Transformed Transforms, Treated Treats, Trimmed Trims, Turned Turns, Weighed Weighs, Wrote Writes
"""
OTHERS = """
Applied Applies, Arranged Arranges, Binned Bins, Centered Centers, Changed Changes, Cleaned Cleans, Clipped Clips,
Converted Converts, Corrected Corrects, Created Creates, Deduplicated Deduplicates, Edited Edits, Exploded Explodes,
Fixed Fixes, Flagged Flags, Formatted Formats, Grouped Groups, Hashed Hashes, Imputed Imputes, Indexed Indexes,
Inferred Infers, Labeled Labels, Limited Limits, Linked Links, Mapped Maps, Melted Melts, Normalized Normalizes,
Numbered Numbers, Ordered Orders, Padded Pads, Parsed Parses, Reversed Reverses,
Selected Selects, Shortened Shortens, Shuffled Shuffles, Smoothed Smooths, Standardized Standardizes, Stripped Strips,
Swapped Swaps, Tagged Tags, Truncated Truncates, Unpacked Unpacks, Validated Validates, Winsorized Winsorizes
"""


def pairs(text):
    return [tuple(pair.split()) for pair in text.replace("\n", " ").split(",")]


@pytest.mark.parametrize(("did", "now"), [*pairs(BY_HAND), *pairs(OTHERS), ("One-hot encoded", "One-hot encodes")])
def test_the_present_of_a_verb_follows_by_rule_or_is_listed(did, now):
    assert does(did) == now


def test_a_verb_that_no_rule_knows_is_written_in_both_forms_by_its_step(monkeypatch):
    with pytest.raises(ValueError, match="write both forms"):
        does("Sought")
    monkeypatch.setitem(DOES, "Pivoted", "")
    assert spoken("Pivoted|Pivots {columns} by {by}") == "Pivoted {columns} by {by}"
    assert as_plan("Pivoted a; Pivoted b") == "Pivots a; Pivots b"


def test_every_step_has_a_sentence_for_a_step_that_is_still_to_come():
    assert [step.says for step in REGISTRY.values() if as_plan(step.says) == step.says or "|" in step.says] == []
    begun = {words for step in REGISTRY.values() for words in DOES if step.says.startswith(words)}
    assert {"Deleted", "Switched"} <= DOES.keys() - begun  # what is done to steps
    by_hand = dict(pairs(BY_HAND)) | {"One-hot encoded": "One-hot encodes"}
    assert {did: DOES[did] for did in begun & by_hand.keys()} == {did: by_hand[did] for did in begun & by_hand.keys()}


def test_a_plan_changes_what_begins_a_sentence_and_no_value():
    assert as_plan("Replaced Dropped by Filled in Made") == "Replaces Dropped by Filled in Made"
    assert as_plan("Fixes of 2 findings: Trimmed a; Filled b") == "Fixes of 2 findings: Trims a; Fills b"
    assert as_plan("Merged variants in city: Red by Rated") == "Merges variants in city: Red by Rated"
