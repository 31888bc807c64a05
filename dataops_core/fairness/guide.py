"""Which measure answers which question; and what no measure can do."""

from __future__ import annotations

from dataclasses import dataclass

from dataops_core.record import Record


@dataclass(frozen=True, kw_only=True)
class Question(Record):
    """A question about bias, and the measure that answers it."""

    question: str
    measure: str
    key: str  # of the measure in results
    more: str  # what to mind


@dataclass(frozen=True, kw_only=True)
class Impossible(Record):
    """What no measure and no model can do, with sources."""

    title: str
    words: str
    sources: list[str]


@dataclass(frozen=True, kw_only=True)
class Principles(Record):
    """What to keep in mind with every figure about bias."""

    impossible: Impossible
    no_badge: str
    four_fifths: str


@dataclass(frozen=True)
class Guide:
    """Questions with their measures, and the principles."""

    questions: tuple[Question, ...]
    principles: Principles


PRINCIPLES = Principles(
    impossible=Impossible(
        title="Not everything at once",
        words=(
            "Where groups differ in how often they have the good outcome, and no model is perfect, a score cannot mean"
            " the same in each group and make mistakes as often in each group at the same time. Nobody can repair that"
            " by trying harder: one has to choose which kind of equality matters here, and say so."
        ),
        sources=[
            "Chouldechova, Fair prediction with disparate impact, Big Data 5:153, 2017",
            (
                "Kleinberg, Mullainathan & Raghavan, Inherent trade-offs in the fair determination of risk scores, ITCS"
                " 2017"
            ),
        ],
    ),
    four_fifths=(
        "A selection rate below four fifths of the highest group's is what US employment agencies take as first"
        " evidence of adverse impact (29 CFR 1607.4 D). It is a screen for hiring in one country: neither a proof of"
        " bias below it nor of its absence above it."
    ),
    no_badge=(
        "No number here says that a table or a model is fair. They say what differs, by how much, and how sure one can"
        " be; what is just is for people to decide."
    ),
)

GUIDE = Guide(
    questions=(
        Question(
            question="Are all groups in the data, and as many as there should be?",
            measure="share against a population",
            key="population",
            more=(
                "Compare shares with those of the people whom decisions will be about. A group that is hardly there is"
                " judged by what others did."
            ),
        ),
        Question(
            question="Do the recorded outcomes differ between groups?",
            measure="statistical parity difference, disparate impact",
            key="statistical_parity_difference",
            more=(
                "It says that outcomes differ, not why: the reason may lie in the past decisions, or in what differs"
                " between the groups."
            ),
        ),
        Question(
            question="Is the gap still there among people in the same situation?",
            measure="odds ratio within strata, conditional demographic disparity",
            key="confounding",
            more=(
                "Compare within department, job or region. Choose with care: a stratum may itself be the result of"
                " unequal treatment."
            ),
        ),
        Question(
            question="Does the decision favour a group, whatever people deserve?",
            measure="demographic parity (selection rates)",
            key="demographic_parity",
            more=(
                "Asks for as many good decisions in each group. Fits where the recorded outcome is itself doubtful;"
                " ignores who qualifies."
            ),
        ),
        Question(
            question="Do those who deserve it get it as often in each group?",
            measure="equal opportunity (true positive rates)",
            key="equal_opportunity",
            more="Asks nothing of those who do not deserve it. Trusts the recorded outcome.",
        ),
        Question(
            question="Are mistakes of both kinds as frequent in each group?",
            measure="equalised odds (true and false positive rates)",
            key="equalised_odds",
            more="Stricter than equal opportunity. Trusts the recorded outcome.",
        ),
        Question(
            question="Does a score mean the same in each group?",
            measure="calibration, precision",
            key="calibration",
            more=(
                "Of people with a score of 0.7, seven in ten should have the good outcome, whichever group they are in."
            ),
        ),
        Question(
            question="Are people who are alike treated alike?",
            measure="consistency",
            key="consistency",
            more="Looks at the nearest other rows. What counts as alike is decided by the columns that are there.",
        ),
        Question(
            question="Can the model guess who somebody is, though it is not told?",
            measure="proxies",
            key="proxies",
            more="Leaving the sensitive column out does not help where others tell it.",
        ),
        Question(
            question="Did cleaning the data hurt a group?",
            measure="through the recipe: rows lost, outcomes and gaps by step",
            key="through",
            more="Dropping rows with missing cells drops those who have more of them.",
        ),
    ),
    principles=PRINCIPLES,
)
