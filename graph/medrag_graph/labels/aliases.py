"""What labels call drugs and classes beyond the names sources list, as a table of our own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from medrag.lexicon.tables import parse_table
from medrag_graph.enzymes import enzyme_phrases
from medrag_graph.wordlists import listed

__all__ = ["NOT_DRUGS", "load_aliases"]

#: Names of substances a label measures, dissolves in or compares with rather than gives: alone they name no drug.
NOT_DRUGS: Final = listed(
    """
    acetylcholine albumin aldosterone aluminum ammonia angiotensin balance basis beam bilirubin bradykinin calcium
    capsule carbon catecholamine chloride cholesterol citrate collagen com copper corn cortisol creatine creatinine
    date effect effects fibrin fibrinogen generics glucose hemoglobin heme hip histamine hydrogen indicators insight
    iodine iron lactate lactose lead leader magnesium mannitol milk monitor more nitrogen nutrition oxygen phosphate
    phosphorus placebo plasma potassium prolactin protein prothrombin renin saline same selenium silver sodium
    sorbitol starch sucrose sugar sulfur syrup thrombin thyroid urea water zinc dextrose
    """
)


@cache
def load_aliases() -> Mapping[str, tuple[str, ...]]:
    """Phrase -> the names of the concepts it means; none where it names no drug. Raises IntegrityError on damage."""
    text = files("medrag_graph.labels").joinpath("aliases.csv").read_text(encoding="utf-8")
    rows = parse_table(text, "medrag_graph/labels/aliases.csv", ("phrase", "means"), required=("phrase",))
    told = {row["phrase"]: row.words("means") for row in rows}
    for phrase, name in enzyme_phrases():
        told[phrase] = (name,)
    return told
