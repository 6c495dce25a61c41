"""People's names in Latin letters: after a title or a cue, as a signature, or known for a name by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from medrag.concepts import Linker
from medrag.privacy.records import Identifier
from medrag.privacy.tables import word_list

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
    r"\b(?:patients?|pts?|clients?|resident|inmate|subject|mother|father|mom|mum|dad|wife|husband|son"
    r"|daughter|brother|sister|aunt|uncle|cousin|niece|nephew"
    r"|grandm(?:other|a)|grandf(?:ather|a)|grandpa|friend|neighbou?r|colleague|partner|boyfriend"
    r"|girlfriend|fianc[ée]e?|baby|child|twin|lady|gentleman|man|woman"
    r"|boss|roommate|called|known as|this is|here is|I am|I'm|i am|i'm|it's|dear|hi|hello|hey|bonjour"
    r"|cher|chère|ask for|speak (?:to|with)|spoke (?:to|with)"
    r"|seen by|care of|behalf of|prescribed by|written by|sent by|dispensed by|referred by|admitted by"
    r"|treated by|reviewed by|under|about|for|to|with|from|by|client"
    r"|monsieur|madame|patiente?|mari|femme|fils|fille|père|mère|frère|sœur|chez|de la part de"
    r"|suivie? par|je suis),?"
    rf"(?: (?:is|was|called|named|nommée?))?,? (?P<it>{WORD}(?:[ \-](?:{PARTICLE} )?{WORD}){{0,3}}){END}"
)
WEAK: Final = frozenset("for to with from by under about hi hello hey it's man woman".split())
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
AMBIGUOUS: Final = word_list("given_ambiguous")
#: Written with their owner's name in medicine: a word of these is no patient.
EPONYMS: Final = word_list("eponyms")


def find_latin_names(text: str, linker: Linker) -> Iterator[Identifier]:
    """Names in Latin letters. What the linker knows for a drug, disease or term is not taken without a title."""
    if not any("A" <= char <= "z" for char in text):
        return
    titled = title_case(text)
    yield from (span(match, 1 if match["it"] else 2) for match in TITLED.finditer(text))
    yield from after_doctor(text, linker)
    yield from after_naming(text, linker)
    for match in CLOSING.finditer(text):
        yield from trimmed(text, match.start("it"), match.end("it"), linker)
    yield from after_person(text, linker, titled)
    for match in (*AGED.finditer(text), *TURNED.finditer(text)):
        if "last" not in match.groupdict() or known(match["first"]) or pinyin(match["last"], match["first"]):
            yield from trimmed(text, match.start("it"), match.end("it"), linker)
    yield from by_itself(text, linker)


def span(match: re.Match[str], group: int | str) -> Identifier:
    return Identifier(match.start(group), match.end(group), "name")


def title_case(text: str) -> bool:
    """Whether most words begin with a capital, so that a capital says nothing."""
    words = re.findall(r"[A-Za-z]{3,}", text)
    return len(words) > 4 and sum(word[0].isupper() for word in words) > 0.6 * len(words)


def after_doctor(text: str, linker: Linker) -> Iterator[Identifier]:
    for match in DOCTOR.finditer(text):
        yield from trimmed(text, match.start("it"), match.end("it"), linker)


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
    """ "patient John Smith", "my husband Bob", "I'm Jane"; after a weak cue the name must be known for one."""
    for match in PERSON.finditer(text):
        cue = match[0].split()[0].strip(",").lower()
        first = re.split(r"[ \-]", match["it"])[0]
        sure = known(first) or pinyin_name(match["it"])
        if sure or (cue not in WEAK and not titled and not match["it"].isupper()):
            yield from trimmed(text, match.start("it"), match.end("it"), linker)


def by_itself(text: str, linker: Linker) -> Iterator[Identifier]:
    """Two words or more of which one is a known given name or surname and none a clinical or common word."""
    for match in PLAIN.finditer(text):
        words = [word for word in re.split(r"[ ]", match["it"]) if word[0].isupper()]
        for at in range(len(words) - 1):
            pair = words[at : at + 2]
            if likely(*pair) and not any(common(word, linker) for word in pair):
                start = match.start("it") + match["it"].index(pair[0])
                yield from trimmed(text, start, match.end("it"), linker)
                break


def likely(first: str, second: str) -> bool:
    """A known given name, or a pinyin name, or a surname with an initial before it."""
    if pinyin(first, second) or pinyin(second, first):
        return True
    if known(first) and first.capitalize() not in AMBIGUOUS:
        return len(second.strip(".")) > 1 or second.endswith(".")
    surname = second.capitalize() in surnames() or second in surnames()
    if known(first) and surname:
        return True
    return surname and second not in EPONYMS and re.fullmatch(r"[A-Z]\.", first) is not None


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
    if kept and any(len(text[a:b].strip(".")) > 1 for a, b in kept):
        yield Identifier(kept[0][0], kept[-1][1], "name")


def common(word: str, linker: Linker) -> bool:
    """Whether a word is of every day or of medicine rather than a name."""
    bare = word.strip(".'").removesuffix("'s")
    if bare.lower() in WORDS or (bare in EPONYMS and not known(bare)):
        return True
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
