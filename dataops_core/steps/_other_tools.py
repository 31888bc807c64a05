"""What other tools call their operations on tables, and the steps that do the same here.

The lists follow the tools' own documentation (`sources`). Of OpenRefine, Microsoft Data Wrangler and the Data Quality
Wrapper nothing that changes a table is left out.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Operation:
    """An operation as the other tool calls it; the steps that do it here, by name; and what is to be said of it: where
    else it is found, or why there is none.
    """

    there: str
    steps: tuple[str, ...] = ()
    here: str = ""


@dataclass(frozen=True)
class OtherTool:
    """A tool with its operations, and where it documents them."""

    name: str
    sources: tuple[str, ...]
    operations: tuple[Operation, ...]


def _all(*entries: tuple[str, str] | tuple[str, str, str]) -> tuple[Operation, ...]:
    return tuple(Operation(each[0], tuple(each[1].split()), each[2] if len(each) > 2 else "") for each in entries)


OPENREFINE = OtherTool(
    "OpenRefine 3",
    (
        "https://openrefine.org/docs/manual/cellediting",
        "https://openrefine.org/docs/manual/columnediting",
        "https://openrefine.org/docs/manual/transposing",
        "https://openrefine.org/docs/manual/transforming",
        "https://openrefine.org/docs/manual/facets",
    ),
    _all(
        ("Transform by an expression", "compute_column replace_values", "formulas are parsed, never run as code"),
        ("Trim leading and trailing whitespace", "trim_spaces"),
        ("Collapse consecutive whitespace", "trim_spaces"),
        ("Unescape HTML entities", "repair_characters"),
        ("Replace smart quotes with ASCII", "replace_values"),
        ("To title case, uppercase, lowercase", "change_case"),
        ("To number, to date, to text", "parse_numbers parse_dates set_kind"),
        ("To null, to empty string", "mark_missing replace_values"),
        ("Fill down", "fill_along"),
        ("Blank down", "blank_repeats"),
        ("Split multi-valued cells", "split_into_rows encode_labels"),
        ("Join multi-valued cells", "join_rows"),
        ("Cluster and edit", "merge_values", "page Profile, Variants"),
        ("Replace", "replace_values"),
        ("Edit one cell, or all cells of a facet", "set_cells replace_values", "or a click into the grid"),
        ("Split into several columns", "split_column extract_text", "by length: a pattern"),
        ("Join columns", "combine_columns"),
        ("Add column based on this column", "compute_column copy_column extract_text bin_numbers extract_date_parts"),
        (
            "Add column by fetching URLs; reconcile, add columns from reconciled values",
            "join_table",
            "nothing leaves the machine: join a table of your own",
        ),
        ("Rename, remove columns", "rename_columns drop_columns"),
        ("Move, reorder columns", "move_columns"),
        ("Transpose cells across columns into rows", "unpivot_columns"),
        ("Transpose cells in rows into columns, columnize by key and value", "pivot_rows"),
        ("Sort, reorder rows permanently", "sort_rows"),
        ("Facets and filters", "", "the grid's filters, page Explore"),
        ("Remove matching rows", "filter_rows quarantine_rows"),
        ("Star and flag rows", "", "none: findings and rules name their rows, with the reason"),
    ),
)
DATA_WRANGLER = OtherTool(
    "Microsoft Data Wrangler",
    ("https://code.visualstudio.com/docs/datascience/data-wrangler",),
    _all(
        ("Sort", "sort_rows"),
        ("Filter", "filter_rows"),
        ("Calculate text length", "measure_text"),
        ("One-hot encode", "encode_one_hot"),
        ("Multi-label binarizer", "encode_labels"),
        ("Create column from formula", "compute_column"),
        ("Change column type", "set_kind parse_numbers parse_dates"),
        ("Drop column, select column", "drop_columns"),
        ("Rename column", "rename_columns"),
        ("Clone column", "copy_column"),
        ("Drop missing values", "drop_rows_with_missing drop_columns_with_missing"),
        ("Drop duplicate rows", "drop_duplicate_rows"),
        ("Fill missing values", "fill_missing fill_along fill_iterative fill_from_neighbours"),
        ("Find and replace", "replace_values"),
        ("Group by column and aggregate", "group_rows aggregate_groups"),
        ("Strip whitespace", "trim_spaces"),
        ("Split text", "split_column"),
        ("Capitalize first character, convert to lowercase, to uppercase", "change_case"),
        ("String transform by example, new column by example", "", "page Clean, Suggested repairs"),
        ("DateTime formatting by example", "parse_dates", "page Clean, Suggested repairs"),
        ("Scale min/max values", "scale_numbers"),
        ("Round, round down, round up", "round_numbers"),
        ("Custom operation (Python code)", "compute_column", "no code is run: a formula, or a step of your own"),
    ),
)
DQW = OtherTool(
    "Sogeti Data Quality Wrapper, tables",
    ("https://github.com/soft-nougat/dqw-ivves",),
    _all(
        ("Impute numbers: mean, median, zero", "fill_missing"),
        ("Impute categories: constant, most frequent", "fill_missing"),
        ("Ignore columns", "drop_columns", "or choose no such column in a step"),
        ("One-hot encoding of categories", "encode_one_hot"),
        ("Columns of many categories, by frequency", "encode_frequency"),
        (
            "Columns of many categories, by clustering",
            "encode_target encode_ordinal suppress_rare",
            "none: numbers of clusters have no order that a model could use",
        ),
        ("Fix imbalance (SMOTE)", "resample_rows add_weights"),
        ("Remove outliers (by singular values)", "treat_unusual_rows treat_outliers"),
        ("Normalize: z-score, min-max, max-abs, robust", "scale_numbers"),
        ("Transform: Yeo-Johnson, quantile", "transform_numbers"),
        ("Train and test rows", "split_rows"),
        ("Profiling report (pandas-profiling)", "", "page Profile, `profile --full`"),
        ("Comparison of two files, or before and after (Sweetviz)", "", "page Compare, `drift`"),
        ("Evaluation of synthetic data (table-evaluator)", "", "page Synthesize"),
        ("Pipeline file (pickle)", "", "recipe, script, `compare --pipeline` (skops)"),
    ),
)
SAGEMAKER = OtherTool(
    "Amazon SageMaker Data Wrangler",
    ("https://docs.aws.amazon.com/sagemaker/latest/dg/data-wrangler-transform.html",),
    _all(
        ("Balance data", "resample_rows add_weights"),
        ("Encode categorical", "encode_one_hot encode_ordinal encode_target encode_frequency"),
        ("Featurize text", "reduce_text measure_text"),
        ("Featurize date and time", "extract_date_parts"),
        ("Time series: lag, rolling window", "lag_values"),
        ("Handle outliers, missing values", "treat_outliers treat_unusual_rows fill_missing"),
        ("Dimensionality reduction (PCA)", "reduce_numbers"),
        ("Process numeric", "scale_numbers transform_numbers bin_numbers"),
        ("Sampling, split data", "sample_rows split_rows"),
        ("Join, concatenate", "join_table append_rows"),
        ("Search and edit", "replace_values extract_text"),
    ),
)
OTHER_TOOLS = (OPENREFINE, DATA_WRANGLER, DQW, SAGEMAKER)
