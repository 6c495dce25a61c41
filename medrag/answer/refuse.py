"""Recognises what medrag does not do: diagnosis, prescriptions, emergencies in progress, harm to oneself."""

from __future__ import annotations

import re
from typing import Final

from medrag.text.normalise import to_simplified

__all__ = ["refusal_kind"]

#: Kind to the patterns that signal it. They ask for a person in the sentence ("I", "my", 我): a pharmacist who asks
#: for a maximum dose, the management of an overdose or a lethal interaction is answered.
SIGNS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    (
        "self_harm",
        (
            r"\b(i (want|am going|plan|intend|'m going) to|how (can|do) i|help me) "
            r"(kill|harm|hurt|poison|overdose)( myself| on)?\b",
            r"\b(kill myself|end my life|commit suicide|suicide method|painless(ly)? (die|death))\b",
            r"我(想|要|打算|准备)(自杀|去死|结束生命|轻生)|(怎么|如何)(自杀|无痛死|结束自己)|不想活了",
            r"\b(me suicider|me tuer|mettre fin à mes jours)\b",
        ),
    ),
    (
        "emergency",
        (
            r"\b(i|he|she|my \w+|someone|a person|patient)( is| am|'m|'s| has| have| just)*( \w+){0,3} "
            r"(not breathing|stopped breathing|unconscious|choking|having a (seizure|stroke|heart attack))\b"
            r".*\b(now|help|what do i do|right now)\b",
            r"\b(i|my (son|daughter|child|baby|wife|husband|mother|father|friend))( have| has|'ve)?( just| accidentally)? "
            r"(swallowed|took|drank|taken|swallow|ate)\b.*\b(whole bottle|too many|overdose|by accident|poison|bleach)\b",
            r"(救命|快不行了|没有呼吸|停止呼吸|昏迷不醒|抽搐不止).*(怎么办|现在|快)",
            r"(孩子|宝宝|爸爸|妈妈|老公|老婆|朋友|儿子|女儿).{0,6}(误服|误食|吞了|喝了).*(怎么办|一瓶|整瓶)",
        ),
    ),
    (
        "prescription",
        (
            r"\b(prescribe|write|give) me (a |some |an )?(prescription|\w+ prescription|antibiotics?|\w+ for my)\b",
            r"\b(write|issue) (me )?(a|the) prescription\b",
            r"\bwhat (drug|medicine|medication|antibiotic|pill)s? should i (take|buy|use)\b",
            r"(给我|帮我)(开|写).{0,6}(药|处方|方子)|开(个|张)(处方|方子)|我(该|应该|要)(吃|用|买)(什么|啥|哪种)药",
            r"\b(prescri(s|vez)-moi|faites-moi une ordonnance)\b|quel médicament dois-je prendre",
        ),
    ),
    (
        "diagnosis",
        (
            r"\bdo i have (a |an )?(cancer|\w+ (disease|infection|syndrome)|diabetes|stroke|pneumonia|covid|flu)\b",
            r"\b(what (disease|illness|condition) do i have|diagnose (me|my)|what('s| is) wrong with me)\b",
            r"我(是不是|是否)?(得了|患了|得的是)(什么|啥|哪种).{0,4}病|我这是什么病",
            r"我(是不是|是否)(得了|患了|有).{1,12}(病|癌|炎|症)|(帮我|给我)(诊断|看看是什么病)",
            r"\b(quelle maladie ai-je|diagnostiquez-moi|ai-je (un|une|le) (cancer|diabète|maladie))\b",
        ),
    ),
)
COMPILED: Final = tuple(
    (kind, tuple(re.compile(sign, re.IGNORECASE | re.DOTALL) for sign in signs)) for kind, signs in SIGNS
)


def refusal_kind(question: str) -> str | None:
    """``self_harm``, ``emergency``, ``prescription``, ``diagnosis``, or None when the question is medrag's to answer."""
    text = to_simplified(question)
    for kind, signs in COMPILED:
        if any(sign.search(text) for sign in signs):
            return kind
    return None
