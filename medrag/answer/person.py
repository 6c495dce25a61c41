"""Tells whether a question speaks of one person rather than of a drug or a condition; in doubt it says yes."""

from __future__ import annotations

import re
from typing import Final

from medrag.privacy import find_identifiers

__all__ = ["tells_of_person"]

#: A wrong yes costs an answer that cannot be fetched again; a wrong no would keep words about a patient. So pronouns,
#: ages, kin, forms of address, and whatever looks like a number or address of a person count, in the three languages.
PERSON: Final = re.compile(
    r"""
      \b(?:my|our|this|his|her)\s+(?:\w+\s+)?(?:patient|client|mother|father|mum|mom|dad|wife|husband|partner|son|daughter
          |child|baby|brother|sister|aunt|uncle|friend|grand\w+)\b
    | \b(?:i|i'm|i've|me|myself|he|she|him|his|hers?|himself|herself)\b
    | \b(?:mr|mrs|ms|miss|mme|mlle)\b\.?\s
    | \b(?:patient|pt|client|man|woman|boy|girl|male|female|gentleman|lady)\s*
          (?:[,:]|(?:is|was|has|had|takes|taking|who|named|called|aged?)\b)
    | \ba\s+(?:\w+[\s-]+){0,3}(?:man|woman|boy|girl|gentleman|lady)\b
    | \b\d{1,3}[\s-]*(?:years?|yrs?|months?|weeks?|days?)[\s-]*old\b | \b\d{1,3}\s*(?:y/?o|yo[mf]|[mf])\b | \baged?\s+\d
    | \b(?:dob|mrn|nhs|born\ (?:on|in)|medical\ record|record\ number|(?:bed|room|ward)\ \d+)\b
    | \b(?:mon|ma|notre|cette|ce)\s+(?:patiente?|client|cliente|mère|père|femme|mari|fils|fille|enfant|bébé)\b
    | \b(?:je|j'ai|moi|il|elle|lui|monsieur|madame)\b | \b\d{1,3}\s+(?:ans|mois)\b
    | \d\s*岁|[我他她您]|[男女][，,、性]|(?:患者|病人)\s*[，,：:是为有]|先生|女士|小姐|病历号|住院号|身份证|床号
    | [\w.+-]+@[\w-]+\.\w | \b\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}\b | \b\d[\d\s-]{6,}\d\b
    """,
    re.VERBOSE | re.IGNORECASE,
)


def tells_of_person(text: str) -> bool:
    """Whether the words may be about somebody: an age, a pronoun, a name with its title, a number that names a person."""
    return PERSON.search(text) is not None or bool(find_identifiers(text))
