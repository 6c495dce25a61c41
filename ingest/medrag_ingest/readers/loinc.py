"""The section codes of drug labels, and how a heading or an openFDA field names one.

Codes and names: FDA, "Section Headings (LOINC)" for Structured Product Labeling, as openFDA ships them in
``openfda/spl/data/loinc.csv`` (CC0); 77290-5 and 77291-3 from FDA's list itself. Chinese headings: those the NMPA
prescribes for package inserts, joined to the section of the same content.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

__all__ = [
    "CHINESE_HEADINGS",
    "PRODUCT_DATA",
    "SECTION_NAMES",
    "SECTION_OF_NUMBER",
    "SYSTEM",
    "UNCLASSIFIED",
    "code_of_chinese_heading",
    "code_of_field",
    "code_of_heading",
    "field_name",
]

#: The OID of LOINC, as SPL's ``codeSystem`` writes it.
SYSTEM: Final = "2.16.840.1.113883.6.1"
#: "SPL Unclassified": says nothing of the content, so a section that has it takes its parent's code.
UNCLASSIFIED: Final = "42229-5"
#: "SPL Product Data Elements": the product as data, not as text.
PRODUCT_DATA: Final = "48780-1"

SECTION_NAMES: Final[Mapping[str, str]] = {
    "34066-1": "Boxed Warning",
    "34067-9": "Indications and Usage",
    "34068-7": "Dosage and Administration",
    "34069-5": "How Supplied",
    "34070-3": "Contraindications",
    "34071-1": "Warnings",
    "34072-9": "General Precautions",
    "34073-7": "Drug Interactions",
    "34074-5": "Drug and or Laboratory Test Interactions",
    "34075-2": "Laboratory Tests",
    "34076-0": "Information for Patients",
    "34077-8": "Teratogenic Effects",
    "34078-6": "Nonteratogenic Effects",
    "34079-4": "Labor and Delivery",
    "34080-2": "Nursing Mothers",
    "34081-0": "Pediatric Use",
    "34082-8": "Geriatric Use",
    "34083-6": "Carcinogenesis and Mutagenesis and Impairment of Fertility",
    "34084-4": "Adverse Reactions",
    "34085-1": "Controlled Substance",
    "34086-9": "Abuse",
    "34087-7": "Dependence",
    "34088-5": "Overdosage",
    "34089-3": "Description",
    "34090-1": "Clinical Pharmacology",
    "34091-9": "Animal Pharmacology and or Toxicology",
    "34092-7": "Clinical Studies",
    "34093-5": "References",
    "42227-9": "Drug Abuse and Dependence",
    "42228-7": "Pregnancy",
    "42230-3": "SPL Patient Package Insert",
    "42231-1": "SPL Medguide",
    "42232-9": "Precautions",
    "43678-2": "Dosage Forms and Strengths",
    "43679-0": "Mechanism of Action",
    "43680-8": "Nonclinical Toxicology",
    "43681-6": "Pharmacodynamics",
    "43682-4": "Pharmacokinetics",
    "43683-2": "Recent Major Changes",
    "43684-0": "Use in Specific Populations",
    "43685-7": "Warnings and Precautions",
    "44425-7": "Storage and Handling",
    "49489-8": "Microbiology",
    "50565-1": "Keep Out of Reach of Children",
    "50566-9": "Stop Use",
    "50567-7": "When Using",
    "50568-5": "Ask Doctor or Pharmacist",
    "50569-3": "Ask Doctor",
    "50570-1": "Do Not Use",
    "51727-6": "Inactive Ingredient",
    "51945-4": "Package Label Principal Display Panel",
    "53413-1": "Questions",
    "53414-9": "Pregnancy or Breast Feeding",
    "54433-8": "User Safety Warnings",
    "55105-1": "Purpose",
    "55106-9": "Active Ingredient",
    "59845-8": "Instructions for Use",
    "66106-6": "Pharmacogenomics",
    "68498-5": "Patient Medication Information",
    "77290-5": "Lactation",
    "77291-3": "Females and Males of Reproductive Potential",
}

#: Wordings of a heading or field that differ from the section's name.
_ALIASES: Final[Mapping[str, str]] = {
    "Warning": "34066-1",
    "Boxed Warnings": "34066-1",
    "General": "34072-9",
    "Use in Pregnancy": "42228-7",
    "Usage in Pregnancy": "42228-7",
    "Pregnancy and Fetal Injury": "42228-7",
    "Drug-Drug Interactions": "34073-7",
    "Potential Drug Interactions": "34073-7",
    "Other Drug Interaction Information": "34073-7",
    "Drug Laboratory Test Interactions": "34074-5",
    "Carcinogenesis Mutagenesis Impairment of Fertility": "34083-6",
    "Precautions Information for Patients": "34076-0",
    "Patient Counseling Information": "34076-0",
    "Usage in Children": "34081-0",
    "Warnings and Cautions": "43685-7",
    "How Supplied Storage and Handling": "34069-5",
    "Pharmacogenetics": "66106-6",
    "SPL Unclassified Section": UNCLASSIFIED,
}

#: The sections of a prescription label by number: 21 CFR 201.57(c)(2) to (18), the format of 2006.
SECTION_OF_NUMBER: Final[Mapping[int, str]] = dict(
    enumerate(
        (
            "34067-9",
            "34068-7",
            "43678-2",
            "34070-3",
            "43685-7",
            "34084-4",
            "34073-7",
            "43684-0",
            "42227-9",
            "34088-5",
            "34089-3",
            "34090-1",
            "43680-8",
            "34092-7",
            "34093-5",
            "34069-5",
            "34076-0",
        ),
        start=1,
    )
)

CHINESE_HEADINGS: Final[Mapping[str, str]] = {
    "警告": "34066-1",
    "警示语": "34066-1",
    "成份": "34089-3",
    "成分": "34089-3",
    "性状": "34089-3",
    "适应症": "34067-9",
    "适应证": "34067-9",
    "功能主治": "34067-9",
    "规格": "43678-2",
    "用法用量": "34068-7",
    "用法与用量": "34068-7",
    "不良反应": "34084-4",
    "禁忌": "34070-3",
    "禁忌症": "34070-3",
    "注意事项": "42232-9",
    "孕妇及哺乳期妇女用药": "42228-7",
    "儿童用药": "34081-0",
    "老年用药": "34082-8",
    "老年患者用药": "34082-8",
    "药物相互作用": "34073-7",
    "药物过量": "34088-5",
    "临床试验": "34092-7",
    "药理毒理": "34090-1",
    "药理作用": "34090-1",
    "药代动力学": "43682-4",
    "贮藏": "44425-7",
    "包装": "34069-5",
}

_NUMBER = re.compile(r"^\s*\d+(?:\.\d+)*\.?\s+")
_SMALL_WORDS = re.compile(r"\b(?:and|or|section)\b")
_NOT_LETTERS = re.compile(r"[^a-z]+")


def _letters(heading: str) -> str:
    """What is left to compare: spacing, numbering, "and", "&" and "section" differ between labels."""
    return _NOT_LETTERS.sub("", _SMALL_WORDS.sub("", _NUMBER.sub("", heading).casefold()))


_BY_LETTERS: Final[Mapping[str, str]] = {
    **{_letters(name): code for code, name in SECTION_NAMES.items()},
    **{_letters(name): code for name, code in _ALIASES.items()},
}


def code_of_heading(heading: str) -> str | None:
    """The section a label's heading names: ``7 DRUG INTERACTIONS`` is 34073-7; None where it names none.

    ``WARNING: FETAL TOXICITY`` is a boxed warning: 21 CFR 201.57(c)(1) prescribes the form.
    """
    if re.match(r"WARNING: *\S", heading.strip()):
        return "34066-1"
    return _BY_LETTERS.get(_letters(heading))


def field_name(code: str) -> str:
    """openFDA's field for a section: ``34073-7`` is ``drug_interactions``."""
    return "_".join(SECTION_NAMES[code].lower().split())


_BY_FIELD: Final[Mapping[str, str]] = {
    **{field_name(code): code for code in SECTION_NAMES},
    "ask_doctor_or_pharmacist": "50568-5",
    "warnings_and_cautions": "43685-7",
    "spl_unclassified_section": UNCLASSIFIED,
}


def code_of_field(name: str) -> str | None:
    """The section an openFDA field holds; None where the field is not a section."""
    return _BY_FIELD.get(name)


def code_of_chinese_heading(heading: str) -> str | None:
    """The section a Chinese label's heading names, with or without its brackets and inner spaces."""
    return CHINESE_HEADINGS.get(re.sub(r"[\s【】［］\[\]]+", "", heading))
