"""The closed words of speech: categories of unlawful language, dimensions of an assessment. Importable without anything heavy."""

from __future__ import annotations

CATEGORIES = (
    "violence", "false_authority", "false_legal_threat", "insult", "disclosure", "shaming", "pressure", "false_amount", "false_claim",
    "borrow_to_pay", "private_payment", "privacy", "rights_denial", "discrimination",
)  # fmt: skip
DIMENSIONS = ("compliance", "disclosure", "empathy", "information", "negotiation", "clarity")
ALL_DIMENSIONS = (*DIMENSIONS, "outcome")
WEIGHTS = {
    "compliance": 25,
    "disclosure": 10,
    "empathy": 15,
    "information": 15,
    "negotiation": 15,
    "clarity": 10,
    "outcome": 10,
}
