"""People's names in Latin letters: after a title or a cue, as a signature, or known for a name by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Final

from medrag.concepts import Linker
from medrag.privacy.records import Identifier
from medrag.privacy.tables import word_list
from medrag.text.normalise import fold_name

__all__ = ["find_latin_names"]

#: A capital, then letters; hyphens and apostrophes go on with more (Anne-Marie, O'Brien, D'Angelo).
CAP = r"(?:[A-ZÀ-ÖØ-Ý]['.][ ]?)?[A-ZÀ-ÖØ-Ý][a-zß-öø-ÿ]+(?:['\-]?[A-ZÀ-ÖØ-Ý][a-zß-öø-ÿ]+)*(?:-[a-z]{2,})?"
UPPER = r"[A-ZÀ-ÖØ-Ý](?:['\-]?[A-ZÀ-ÖØ-Ý]){1,14}"
INITIAL = r"[A-Z]\.?(?![A-Za-z0-9\-])"
PARTICLE = r"(?:van der|van den|van de|van|von|de la|de los|de|del|della|di|da|dos|du|des|le|la|bin|ibn|al|el|ter|ten|st\.?)"
WORD = rf"(?:{CAP}|{UPPER}|{INITIAL})"
#: Up to four words with particles between, a suffix after.
NAME = rf"{WORD}(?:[ \-]{{1,2}}(?:{PARTICLE} )?{WORD}){{0,3}}(?:,? (?:Jr|Sr|II|III|IV|MD|PhD|RN)\b\.?)?"
END = r"(?![A-Za-zÀ-ÿ0-9])"

TITLED: Final = re.compile(
    rf"(?<![A-Za-z])(?:Mrs?|Ms|Miss|Mx|Messrs|Sir|Madam|Mme|Mlle|Monsieur|Madame|Mademoiselle|Mister|MR"
    rf"|MRS|MS|mrs?|ms|Señora?|Sra?|Herr|Frau)"
    rf"\.? (?P<it>(?:(?:and|&|et|or) (?:Mrs?|Ms)\.? )?{NAME}){END}"
    rf"|(?<![A-Za-z])(?:M\.|Me\.?) (?P<m>{CAP}(?:[ \-]{CAP}){{0,2}}){END}"
)
DOCTOR: Final = re.compile(
    rf"(?<![A-Za-z])(?:Drs?|DR|dr|Docteure?|Doctor|doctor|Prof|Professor|Nurse|nurse|Sister|Pharmacist"
    rf"|pharmacist|Pr|Father|Rev)\.? (?P<it>{NAME}){END}"
)
#: After these a name follows whatever its letters: "my name is john smith".
NAMED: Final = re.compile(
    r"\b(?:my (?:full |first |last )?name(?:'s| is)|(?:his|her|their|whose|patient'?s?|the) (?:full "
    r"|first |last |sur)?name(?:'s| is| was|:)|goes by(?: the name)?(?: of)?"
    r"|(?:patient|client|full|first|last|sur|given|family|contact|maiden|user) ?name ?(?:[:=]|is)"
    r"|\bname ?[:=]|named|by the name of|je m'appelle|mon nom est"
    r"|s'appelle|nom(?: et prénom)?s? ?:|prénom ?:|nommée?|signed,?(?: by)?:?|signature ?:|signé ?:?"
    r"|(?:next of kin|emergency contact|caregiver|carer|guardian"
    r"|attending|prescriber|referr(?:er|ing)|attn|attention|re|pt|patient|from|to|cc|spouse|physician"
    r"|requested by|reported by|submitted by|author)\s?[:=])"
    rf"\s{{0,2}}(?P<it>[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ'\-]*\.?(?:,? (?:{PARTICLE} )?[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ'\-]*\.?){{0,3}})",
    re.IGNORECASE,
)
CLOSING: Final = re.compile(
    r"(?:(?:kind |best |warm |with )*regards|sincerely|yours(?: truly| faithfully)?|thanks|thank you"
    r"|many thanks|cheers|cordialement|bien à vous|merci|respectfully|best wishes)"
    rf"[,.! ]*[\s\-]{{1,3}}(?P<it>{NAME}){END}\s*(?=$|[.\n,(|])",
    re.IGNORECASE,
)
#: Someone is meant: a capitalised name may follow.
PERSON: Final = re.compile(
    r"\b(?i:patients?|pts?|clients?|resident|inmate|subject|mother|father|mom|mum|dad|wife|husband|son"
    r"|daughter"
    r"|brother|sister|aunt|uncle|cousin|niece|nephew|grandm(?:other|a)|grandf(?:ather|a)|grandpa"
    r"|friend|neighbou?r"
    r"|colleague|partner|boyfriend|girlfriend|fianc[ée]e?|baby|child|twin|lady|gentleman|man|woman"
    r"|boss|roommate|called"
    r"|known as|this is|here is|I am|I'm|it's|dear|hi|hello|hey|bonjour|cher|chère|ask for|speak (?:to"
    r"|with)"
    r"|spoke (?:to|with)|(?:seen|written|sent|dispensed|referred|admitted|treated|reviewed) by"
    r"|prescribed by|care of"
    r"|behalf of|discharged|admitted|counselled|counseled|examined|met|told|asked|saw|under|about|for"
    r"|to|with|from|by"
    r"|monsieur|madame|patiente?|mari|femme|fils|fille|père|mère|frère|sœur|chez|de la part de"
    r"|suivie? par|je suis),?"
    rf"(?: (?:is|was|called|named|nommée?))?,? (?P<it>{WORD}(?:[ \-](?:{PARTICLE} )?{WORD}){{0,3}}){END}"
)
WEAK: Final = frozenset(
    "for to with from by under about hi hello hey it's man woman told asked saw met".split()
)
#: What is said of people and not of medicines, after two capitalised words.
ACTS: Final = re.compile(
    rf"(?<![A-Za-zÀ-ÿ\-])(?P<it>{WORD}(?: (?:{PARTICLE} )?{WORD}){{1,3}})"
    r"(?=,? (?:who|whose|takes|took|needs|reports?|complains|asks|asked|wants|lives|weighs|says|denies"
    r"|developed|presents"
    r"|(?:is|was) (?:on|taking|allergic|pregnant|an?|given|started|prescribed|admitted|diagnosed"
    r"|breastfeeding|our|my)\b"
    r"|has been (?:on|taking|given|prescribed)|yesterday|prend|reçoit|est (?:sous|enceinte"
    r"|allergique))|['’]s )"
)
#: After two capitalised words these say that medicine is meant.
OF_MEDICINE: Final = re.compile(
    r"(?:['’]s)?[ \-](?:syndrome|disease|disorder|score|criteria|sign|test|formula|equation"
    r"|classification|scale|index|palsy"
    r"|phenomenon|reaction|solution|catheter|procedure|grade|stage|class|trial|study|guidelines?"
    r"|society|association)\b",
    re.IGNORECASE,
)
#: What follows a name when a note begins with it: an age, a sex, a number.
AGED: Final = re.compile(
    rf"(?<![A-Za-zÀ-ÿ\-])(?P<it>{CAP}(?: {INITIAL})?(?:[ \-](?:{PARTICLE} )?(?:{CAP}|{UPPER})){{1,3}})"
    r"(?=,? \(?(?:(?:aged?|âgée?(?: de)?) )?[0-9]{1,3} ?(?:,|\)|-?(?:y|yo|y/o|yrs?|years?|ans|[MF])\b)"
    r"|,? \((?:DOB|MRN|ID|male|female|[MF]\b)|, (?:DOB|MRN|born|né)|'s (?:chart|record|file|INR|son"
    r"|dose|medication|prescription|daughter|wife))"
)
#: "SMITH, John" and "Smith, John A."
TURNED: Final = re.compile(
    rf"(?<![A-Za-z])(?P<it>(?P<last>{CAP}|{UPPER}), (?P<first>{CAP})(?: {INITIAL})?){END}"
)
PLAIN: Final = re.compile(rf"(?<![A-Za-zÀ-ÿ\-])(?P<it>{WORD}(?: (?:{PARTICLE} )?{WORD}){{1,3}}){END}")
#: Common English words, months, places and eponyms of medicine that are also names.
WORDS: Final = word_list("words_latin")
#: Written with their owner's name in medicine: a word of these is no patient.
EPONYMS: Final = word_list("eponyms")


def find_latin_names(text: str, linker: Linker) -> Iterator[Identifier]:
    """Names in Latin letters. What the linker knows for a drug, disease or term is not taken without a title."""
    if not any("A" <= char <= "z" for char in text):
        return
    titled = title_case(text)
    yield from (span(match, "it" if match["it"] else "m") for match in TITLED.finditer(text))
    yield from after_naming(text, linker)
    for match in (*DOCTOR.finditer(text), *CLOSING.finditer(text)):
        yield from trimmed(text, match.start("it"), match.end("it"), linker)
    yield from after_person(text, linker, titled)
    for match in () if titled else (*AGED.finditer(text), *ACTS.finditer(text)):
        yield from several(text, match.start("it"), match.end("it"), linker)
    for match in TURNED.finditer(text):
        if known(match["first"]) or pinyin(match["last"], match["first"]):
            yield from trimmed(text, match.start("it"), match.end("it"), linker)
    yield from by_itself(text, linker, titled)


def span(match: re.Match[str], group: int | str) -> Identifier:
    return Identifier(match.start(group), match.end(group), "name")


def title_case(text: str) -> bool:
    """Whether most words begin with a capital, so that a capital says nothing."""
    words = [word for word in re.findall(r"[A-Za-z]{3,}", text) if not word.isupper()]
    return len(words) > 4 and sum(word.istitle() for word in words) > 0.6 * len(words)


def after_naming(text: str, linker: Linker) -> Iterator[Identifier]:
    """Small letters count after "my name is": words up to the first that is no name."""
    for match in NAMED.finditer(text):
        start, end = match.start("it"), match.start("it")
        for word in re.finditer(r"[A-Za-zÀ-ÿ'\-]+\.?", match["it"]):
            folded = word[0].lower().rstrip(".")
            if folded in WORDS or (is_clinical(word[0], linker) and not known(word[0])):
                break
            end = start + word.end()
        if end > start:
            yield Identifier(start, end, "name")


def after_person(text: str, linker: Linker, titled: bool) -> Iterator[Identifier]:
    """ "patient John Smith", "my husband Bob", "I'm Jane"; after a weak cue one word must be known for a name."""
    for match in PERSON.finditer(text):
        cue = match[0].split()[0].strip(",").lower()
        start, end = match.start("it"), match.end("it")
        told = cue not in WEAK and not titled and not match["it"].isupper()
        if told or known(re.split(r"[ \-]", match["it"])[0]) or pinyin_name(match["it"]):
            yield from trimmed(text, start, end, linker)
        elif not titled:
            yield from several(text, start, end, linker)


def several(text: str, start: int, end: int, linker: Linker) -> Iterator[Identifier]:
    """Two words or more that are neither of every day nor of medicine, whatever stands before them."""
    words = list(re.finditer(r"[^\s,]+", text[start:end]))
    while words and odd(words[0][0], linker):
        words.pop(0)
    if len(words) > 1 and not odd(words[1][0], linker):
        yield from trimmed(text, start + words[0].start(), end, linker)


def by_itself(text: str, linker: Linker, titled: bool) -> Iterator[Identifier]:
    """Two words or more of which none is a clinical or common word: names known for it, or, where capitals mean
    something, any."""
    for match in PLAIN.finditer(text):
        words = [(m[0], m.start()) for m in re.finditer(r"[^ ]+", match["it"]) if m[0][0].isupper()]
        for (first, at), (second, after) in pairwise(words):
            if not titled and forename(first) and second.istitle():
                yield Identifier(match.start("it") + at, match.start("it") + after + len(second), "name")
            if odd(first, linker) or odd(second, linker):
                continue
            if likely(first, second) or (not titled and unheard(first, second)):
                yield from trimmed(text, match.start("it") + at, match.end("it"), linker)
                break


#: Endings of medicine's words, none of them usual in names.
MEDICAL: Final = re.compile(
    r"(?:itis|osis|a?emia|omas?|pathy|trophy|ology|ectomy|plasia|gravis|tions?|sions?|ments|isms?|ical"
    r"|ous|ular|toxin|cillin|mycin"
    r"|mab|nib|statin|pril|sartan|olol|azole|xaban|gliptin|gliflozin|protein|genic|logic|tive|taxia"
    r"|algia|uria|penia|lysis|stasis)$",
    re.IGNORECASE,
)


def unheard(first: str, second: str) -> bool:
    """Two capitalised words that are no eponym, no abbreviation and do not end as words of medicine do."""
    return not ({first, second} & EPONYMS) and all(
        (len(word) > 2 and word[1:].islower() and not MEDICAL.search(word)) or "-" in word or "'" in word
        for word in (first, second)
    )


def likely(first: str, second: str) -> bool:
    """A known given name, a known surname, or a pinyin name; an ambiguous given name needs the surname known."""
    if pinyin(first, second) or pinyin(second, first):
        return True
    surname = second.capitalize() in surnames() or second in surnames()
    if known(first):
        return surname or first.capitalize() not in word_list("given_ambiguous")
    return surname and first not in EPONYMS and not first.isupper()


def forename(word: str) -> bool:
    """A given name that is nothing else: a capitalised word after it is a surname, be it Short or Best."""
    return known(word) and word not in EPONYMS and word.capitalize() not in word_list("given_ambiguous")


def odd(word: str, linker: Linker) -> bool:
    """Whether a capitalised word is of every day or of medicine, and neither a given name nor a surname."""
    return word[0].isupper() and common(word, linker)


def clinical_phrase(text: str, start: int, end: int, linker: Linker) -> bool:
    """Whether a name of medicine begins here and goes on past the end (St John's wort), or says so (Bell's palsy)."""
    if OF_MEDICINE.match(text, end):
        return True
    size = len(fold_name(text[start:end]))
    return any(mention.start == 0 and mention.end > size for mention in linker.find(text[start : end + 30]))


def trimmed(text: str, start: int, end: int, linker: Linker) -> Iterator[Identifier]:
    """The name without common words at its ends; none when a word of it is a drug or a disease."""
    words = [(m.start() + start, m.end() + start) for m in re.finditer(r"[^\s,]+", text[start:end])]
    kept: list[tuple[int, int]] = []
    for first, last in words:
        word = text[first:last]
        if common(word, linker) and not (kept and word[0].islower()):
            break
        kept.append((first, last))
    while kept and text[kept[-1][0]].islower():
        kept.pop()
    if kept and clinical_phrase(text, kept[0][0], kept[-1][1], linker):
        return
    if kept and any(len(text[a:b].strip(".")) > 1 for a, b in kept):
        yield Identifier(kept[0][0], kept[-1][1], "name")


def common(word: str, linker: Linker) -> bool:
    """Whether a word is of every day or of medicine rather than a name."""
    bare = word.strip(".'").removesuffix("'s")
    if bare.lower() in WORDS:
        return True
    if bare in EPONYMS and not known(bare):
        return False
    return is_clinical(bare, linker) and not known(bare) and bare.capitalize() not in surnames()


def is_clinical(word: str, linker: Linker) -> bool:
    return bool(linker.find(word)) or any(char.isdigit() for char in word)


def known(word: str) -> bool:
    """A given name of the table; of a double name either half."""
    return any(part.capitalize() in word_list("given_latin") for part in word.strip(".").split("-"))


@cache
def surnames() -> frozenset[str]:
    return word_list("surnames_latin") | {name.capitalize() for name in word_list("surnames_latin")}


#: Hanyu Pinyin: initials and finals; a given name is one or two syllables.
SYLLABLE = (
    r"(?:(?:b|p|m|f|d|t|n|l|g|k|h|j|q|x|zh|ch|sh|r|z|c|s|y|w)?"
    r"(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|üan|ai|ei|ao|ou|an|en|in|un|ün|ia|ie|iu|ua|uo"
    r"|ui|üe|ue|er|a|o|e|i|u|ü))"
)
GIVEN_PINYIN = re.compile(rf"{SYLLABLE}(?:[-']?{SYLLABLE})?", re.IGNORECASE)
#: English words that pinyin could spell.
NOT_PINYIN = frozenset(
    "He She Me An Can Do Man Pan Fan Ban Dose Line Time Use Type Gene Are Hence Due Ache Age Sue Same Code Long Yes Bone".split()
)


def pinyin(surname: str, given: str) -> bool:
    """ "Zhang Wei", "Wang Xiaoming": a surname as pinyin writes it, a given name of one or two syllables."""
    if surname in NOT_PINYIN or given in NOT_PINYIN or len(given) < 2:
        return False
    return surname.capitalize() in word_list("surnames_pinyin") and GIVEN_PINYIN.fullmatch(given) is not None


def pinyin_name(name: str) -> bool:
    words = name.split()
    return len(words) >= 2 and (pinyin(words[0], words[1]) or pinyin(words[1], words[0]))
