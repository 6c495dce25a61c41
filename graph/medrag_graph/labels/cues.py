"""The wording by which a label says that two drugs interact, that they do not, or something else of a drug it names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from medrag.records import Span

__all__ = [
    "ADVISED_AGAINST",
    "EFFECT",
    "TOGETHER",
    "Verdict",
    "condition_of",
    "is_aside",
    "is_other_matter",
    "is_property",
    "split_clauses",
    "verdict_of",
]

Verdict = Literal["interaction", "none", ""]


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


#: Two drugs in one patient.
TOGETHER: Final = _any(
    r"\bconcomitant",
    r"\bconcurrent",
    r"\bco-?\s?administ",
    r"\bco-?prescri",
    r"\bsimultaneous",
    r"\bin (?:fixed )?combination\b",
    r"\bcombin(?:ed|ing|ation) (?:use|therapy|treatment|with|of)\b",
    r"\btogether\b",
    r"\b(?:given|used|taken|administered|taking|use|prescribed|administration of \S+) (?:\S+ ){0,4}?with\b",
    r"\b(?:patients|those|persons|individuals|subjects|women|adults)\b(?: \S+){0,4}? (?:receiving|"
    r"taking|on|using|treated with|maintained on|given)\b",
    r"\b(?:already|currently|also|previously) (?:receiving|taking|using|treated with|on)\b",
    r"\b(?:who|that) (?:take|use|receive)\b",
    r"\b(?:added to|addition of|adding)\b",
    r"\binteract",
    r"\bpotentiat",
    r"\bduring (?:therapy|treatment) with\b",
    r"\bdual blockade\b",
    r"\bwhile (?:taking|receiving|on)\b",
    r"\bwithin (?:\w+|\d+)(?:-\w+)? (?:hours?|days?|weeks?)\b",
)
#: One drug changes what another does.
EFFECT: Final = _any(
    r"\b(?:increas|decreas|reduc|elevat|lower|rais|enhanc|diminish|attenuat|blunt|antagoni[sz]|"
    r"inhibit|impair|interfer|block|prolong|delay|alter|affect|augment|intensif|exaggerat|counteract|"
    r"mask|aggravat|exacerbat|provok|precipitat|sensitiz|revers)\w*",
    r"\b(?:additive|synergis|toxicity|hypotensi|hyperkal|hypokal|bradycardi|bleed|myopathy|rhabdomyolysis|risk)\w*",
    r"\b(?:slow|cause|result|lead|produce|induce|develop|occur|contribut)\w*",
)
#: What the prescriber is told not to do, or to do with care.
ADVISED_AGAINST: Final = _any(
    r"\bcontra-?indicat",
    r"\bavoid",
    r"\b(?:should|must|do|may|can|is|are) not (?:\w+ ){0,2}?(?:be )?(?:co-?\s?administ|combin|use|"
    r"given|give|administ|take|initiat|receiv|recommend|exceed)",
    r"\bnot recommended\b",
    r"\bcaution",
    r"\bmonitor",
    r"\b(?:limit|reduc|adjust|titrat|lower|decreas)\w* (?:the )?(?:\w+ ){0,3}?(?:dos|daily)",
    r"\bdo not exceed\b",
    r"\bclosely (?:observ|supervis|follow|monitor)",
    r"\bdos(?:e|age) adjustments? (?:of|may|is|are|should)",
)
_NOTHING: Final = _any(
    r"\bno (?:(?!(?:have|has|had|patients?)\b)\S+ ){0,7}?(?:interactions?|effects?|changes?|differences?|influence|alterations?|"
    r"impact|increases?|decreases?)\b",
    r"\b(?:did|does|do|was|were|is|are|has|have) not (?:\w+ ){0,4}?(?:affect|alter|chang|influenc|"
    r"interact|modif|interfer|impact|potentiat)\w*",
    r"\b(?:did|does|do|has|have) not (?:\w+ ){0,4}?(?:significantly|appreciably|substantially|"
    r"meaningfully)?\s?(?:increas|decreas|reduc|inhibit|induc|prolong)\w*",
    r"\bnot (?:\w+ ){0,3}?(?:affected|altered|influenced|changed|modified)\b",
    r"\b(?:unaffected|unaltered)\b|\b(?:was|were|is|are|remained) unchanged\b",
    r"\bwithout (?:\S+ ){0,6}?(?:interactions?|affecting|altering|effects? on|changes? in)\b",
    r"\bno (?:dos(?:e|age) |dosing )?(?:adjustments?|precautions?|"
    r"modifications?) (?:\S+ ){0,6}?(?:necessary|required|needed|recommended|warranted)\b",
    r"\bno (?:initial )?dos(?:e|age) adjustment",
    r"\b(?:failed to|not found to|no evidence (?:of|that)|little or no)\b (?:\S+ ){0,6}?(?:interact|"
    r"effect|affect|influence|change|show|identify|potentiat)\w*",
    r"\binteractions? (?:\S+ ){0,4}?(?:(?:is|are|was|were) (?:unlikely|not (?:expected|anticipated|"
    r"observed|seen|likely))|(?:has|have) not been (?:observed|reported|seen|demonstrated))",
    r"\b(?:unlikely|not expected|not anticipated|not likely) to (?:\S+ ){0,4}?(?:interact|affect|"
    r"alter|be affected|result|have|cause|inhibit|induce)\w*",
    r"\b(?:can|may) be (?:safely )?(?:co-?\s?administered|used concomitantly|given concomitantly)\b",
    r"\bsafely (?:be )?(?:\w+ )?(?:used|given|administered|combined)\b",
    r"\b(?:used|given|administered) (?:\S+ ){0,3}?safely\b",
    r"\bnot significantly\b",
    r"\b(?:is|was|are|were) (?:negligible|not (?:clinically )?(?:significant|meaningful|relevant))\b",
    r"\b(?:did|does|do) not (?:\w+ ){0,3}?(?:result|lead|produce|cause|show|demonstrate|reveal|"
    r"have) (?:\S+ ){0,6}?(?:interactions?|effects?|changes?|alterations?|differences?|influence)\b",
    r"\bno (?:clinically )?(?:significant|important|relevant|meaningful)\b",
)
#: A change that happened, beside one that did not.
_CHANGED: Final = _any(
    r"\b(?:in|de)creas(?:ed|es)\b",
    r"\ban? (?:\w+ )?(?:in|de)crease\b",
    r"\b(?:reduced|reduces|enhanced|enhances|potentiated|potentiates|elevated|prolonged|prolongs)\b",
)
#: "Nothing is known" is neither.
_UNKNOWN: Final = _any(
    r"\bstud(?:y|ies) (?:was|were|has been|have been) (?:conducted|carried out|performed|done)\b",
    # A drug that makes a complication less likely is a help.
    r"\b(?:lowers?|reduces?|decreases?) the (?:risk|incidence) of\b",
    r"\bnot (?:concomitantly|receiving|taking|treated)\b",
    r"\binteractions? (?:was|were|has been|have been) (?:studied|investigated|evaluated|assessed)\b",
    r"\bnot been (?:\w+ ){0,2}?(?:studied|evaluated|established|investigated|determined|conducted|"
    r"performed|assessed)",
    r"\bno (?:\S+ ){0,3}?(?:data|information|experience|studies)\b",
    r"\b(?:is|are) (?:not known|unknown)\b",
    r"\binsufficient (?:data|experience|information)\b",
    r"\bwere (?:included|enrolled|excluded|allowed|permitted)\b",
)
#: Sentences about something else than a patient's drugs.
_OTHER_MATTER: Final = _any(
    r"\bprotein binding\b",
    r"\b(?:rats?|mice|mouse|dogs?|rabbits?|monkeys?|animals?|hamsters?|guinea pigs?|cats?|porcine|bovine)\b",
    r"\bin vitro\b",
    r"\boverdos",
    r"\b(?:contains?|containing|formulated with|excipient|inactive ingredient|preservative|"
    r"each (?:tablet|capsule|ml|vial))\b",
    r"\b(?:laboratory test|assay|false[- ](?:positive|negative)|immunoassay|urinary catecholamines)\b",
    r"\b(?:compatib|admix|diluent|dilut|reconstitut|infusion (?:bag|line|set)|same (?:line|syringe|tubing))\w*",
    r"\bcross[- ]?(?:sensitivity|reactiv)",
    r"\bchemically\b",
    r"\bswitch",
    r"\b(?:transfer|convert)\w* (?:from|to)\b",
    r"\bsee (?:also )?(?:the )?package insert\b",
)
#: Treatment of what went wrong: the drug named is the remedy.
_REMEDY: Final = _any(
    r"\b(?:be|been|is|are) (?:\w+ ){0,2}?(?:avoided|treated|managed|reversed|counteracted|controlled|"
    r"corrected|relieved|abolished|terminated|alleviated|minimi[sz]ed|"
    r"prevented) (?:\w+ ){0,3}?(?:with|by)\b",
    r"\b(?:antidote|resuscitat)\w*",
    r"\b(?:administer|give|infuse|inject)\b(?! \S+ (?:with|concomitant))",
    r"\bin the event of\b",
)
_COMPARED: Final = re.compile(
    r"(?:compared (?:to|with)|versus|\bvs\.?|\bthan|\bunlike|similar to|as with(?: other)?|"
    r"\blike(?: other)?|superior to|relative to|comparable to|"
    r"\bother (?:than|drugs such as)|related (?:structurally )?to|derivative of|analogue? of|"
    r"metaboli[sz]ed to|mediated by|instead of|alternatives? to|replac\w+ (?:by|with)|in place of|rather than)"
    r" (?:\S+ ){0,3}$",
    re.IGNORECASE,
)
_ALLERGY: Final = re.compile(
    r"(?:hypersensitiv|allerg|anaphyla|intoleran|angioedema)[^.;]{0,120}$", re.IGNORECASE
)
_PAST: Final = re.compile(
    r"\bincluding those (?:on|receiving|taking) (?:\S+ ){0,2}$"
    r"|(?:history of|previous|prior)\b[^.;,]{0,80}$|\b(?:discontinu|withdraw|stopp|"
    r"cessation)\w*(?: of)? (?:\S+ ){0,3}$",
    re.IGNORECASE,
)
#: A class told of as a property: "the anticoagulant effect of", "verapamil, a CYP3A inhibitor", "the inhibitor telaprevir".
_AS_PROPERTY: Final = re.compile(
    r"\s*(?:effects?|activity|response|properties|actions?|potency|efficacy|reactions?|episodes?)\b",
    re.IGNORECASE,
)
_IN_APPOSITION: Final = re.compile(r"[,(]\s*(?:an?|another|both|all)\s+(?:[\w-]+\s+){0,2}$", re.IGNORECASE)
#: What follows a name when it is a measurement, a reaction or a poisoning by that substance.
_AFTER_NAME: Final = re.compile(
    r"[- ](?:therapy is (?:needed|required)|intoxication|poisoning|withdrawal|overdos|requirement|resistan|secretion|tolerance|"
    r"sensitivity|allerg|therapy was (?:dis|with)|-?derived|withdrawal|induced|like)",
    re.IGNORECASE,
)
_CLAUSE: Final = re.compile(
    r"(?:;|,?\s+(?:but|however|although|though|whereas|while|except)\b(?! taking| receiving| on )|\.\s)",
    re.IGNORECASE,
)
_LIMITS: Final = _any(
    r"\b(?:in|for|to) (?:(?:\w+[ -]){0,2}?(?:patients|subjects|individuals|persons|adults|women|"
    r"those) (?:with|who are(?! (?:receiving|taking|using|on|being))|who have|whose|having)\b|"
    r"diabetic patients|the elderly|volume[- ]depleted)(?:[^.;()\[\]]|\((?:[a-z]+ )*those [^)]*\)){0,180}",
    r"\bwithin (?:\w+|\d+)(?:-\w+)? (?:hours?|days?|weeks?)(?: (?:of|after|before|prior to|"
    r"following)\b[^.;,()]{0,60})?",
    r"\b(?:except|unless)\b[^.;()\[\]]{3,120}",
    r"\bfor the treatment of [a-z ]{3,60}?(?= in patients| with|:|$)",
)
#: Where such a limit ends and the sentence goes on.
_LIMIT_ENDS: Final = re.compile(
    r"(?:,\s*(?:the|it|this|there|in|co-?administ\w*|concomitant\w*)| (?:see|because|had|has|was|were|is|may|should|can|did|"
    r"does|co-?administ\w*|concomitant\w*))\b.*$",
    re.IGNORECASE,
)
#: "Greatest in patients with", "compared with patients with": who is meant most, or not at all, but no limit.
_EMPHASIS: Final = re.compile(
    r"\b(?:great(?:er|est)|high(?:er|est)|more|most|especially|particularly|compared|than)\b", re.IGNORECASE
)
#: The people of a study, and an introduction whose list is the limit.
_NO_LIMIT: Final = re.compile(
    r"^(?:in|for|to) (?:\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|"
    r"healthy|most|some|a few)\b"
    r"|\b(?:with|who|for|whose|having)$|^\w+$",
    re.IGNORECASE,
)


def is_other_matter(text: str) -> bool:
    """Whether a sentence is about animals, tubes, what the product contains, laboratory tests or a remedy."""
    if _OTHER_MATTER.search(text):
        return True
    return bool(_REMEDY.search(text)) and not ADVISED_AGAINST.search(_REMEDY.sub(" ", text))


def is_property(text: str, span: Span) -> bool:
    """Whether the class at ``span`` says what another drug is or does, and is not itself meant."""
    if _AS_PROPERTY.match(text, span.end) or _IN_APPOSITION.search(
        text[max(0, span.start - 40) : span.start]
    ):
        return True
    return text[span.start : span.start + 7].lower().startswith(("potent ", "strong ")) and bool(
        re.search(r"\w, $", text[: span.start])
    )


def is_aside(text: str, span: Span) -> bool:
    """Whether the name at ``span`` is compared with, allergic to, a thing of the past, or measured."""
    before = text[: span.start]
    return bool(
        _COMPARED.search(before[-80:])
        or _ALLERGY.search(before)
        or _PAST.search(before[-120:])
        or _AFTER_NAME.match(text, span.end)
    )


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a sentence that is said or denied as one."""

    span: Span
    text: str


def split_clauses(text: str) -> Iterator[Clause]:
    """The clauses of a sentence in order; a denial in one says nothing of the next."""
    start = 0
    for match in (*_CLAUSE.finditer(text), None):
        end = len(text) if match is None else match.start()
        if text[start:end].strip():
            yield Clause(Span(start, end), text[start:end])
        start = end if match is None else match.end()


def verdict_of(clause: str) -> Verdict:
    """What a clause says of the drugs it names: an interaction, that there is none, or neither."""
    if _UNKNOWN.search(clause) and not ADVISED_AGAINST.search(clause):
        return ""
    if _NOTHING.search(clause) and not _qualified(clause):
        return "none"
    return "interaction"


def _qualified(clause: str) -> bool:
    """Whether the clause goes on to an effect or to advice: "no effect on levels, but avoid", "either no change or an
    increase"; not "no dose adjustment"."""
    rest = _NOTHING.sub(" ", clause)
    return bool(ADVISED_AGAINST.search(rest) or _CHANGED.search(rest))


def condition_of(text: str, span: Span | None) -> str:
    """The patients, the use or the time a sentence limits itself to, in its own words; "" where it sets no limit.

    A limit that holds the drug itself ("in patients with hypertension taking X") is none on the drug.
    """
    told = []
    for match in _LIMITS.finditer(text):
        limit = _LIMIT_ENDS.sub("", " ".join(match[0].split())).rstrip(" ,:")
        inside = span is not None and match.start() <= span.start < match.end()
        before = text[max(0, match.start() - 24) : match.start()]
        if not (inside or _NO_LIMIT.search(limit) or _EMPHASIS.search(before)):
            told.append(limit)
    return "; ".join(dict.fromkeys(told))
