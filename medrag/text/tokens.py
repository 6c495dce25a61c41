"""The lexical tokenizer, one for indexing and for asking: English and French words, codes, doses, Chinese."""

from __future__ import annotations

import hashlib
import re
import threading
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import cache, cached_property, lru_cache
from itertools import chain

from medrag.text.normalise import HAN, fold_name, to_simplified
from medrag.text.stopwords import CHINESE_STOPS, LATIN_STOPS

__all__ = ["TOKENIZER_VERSION", "Tokenizer", "default_tokenizer", "token_id", "tokenize"]

#: Changes whenever the tokens of any text may change; part of every index's fingerprint.
TOKENIZER_VERSION = "1"

#: Most distinct surface forms whose tokens are kept; a form takes about 300 bytes.
_CACHE_FORMS = 400_000
#: Longest surface form that is cached, and the longest token; past it a "word" is data, not language.
_LONG = 64
#: A chain of more parts than this ("a-b-c-d-e-f-g") is a list, not a name: its parts are kept, not the whole.
_MOST_PARTS = 5

_WORD = rf"[^\W_{HAN}]"
_NUMBER = r"[0-9]+(?:[.,][0-9]+)*"
_UNITS = (
    r"(?:mg|g|kg|ug|mcg|ng|ml|dl|cl|l|mmol|umol|mol|meq|mosm|iu|ui|u|units?|mm|cm|m2|mmhg|kcal|mv|ms|bpm|h|hr|hrs"
    r"|hours?|min|minutes?|days?|weeks?|months?|years?|d|s|jours?|semaines?|mois|ans|heures?)"
)
_DOSE = rf"{_NUMBER}(?:-{_NUMBER})? ?(?:%|{_UNITS}(?:/{_UNITS})*(?!{_WORD}))"
_TOKEN = re.compile(
    rf"{_DOSE}"
    rf"|(?:[cdjlmnst]|qu)'(?={_WORD})"
    rf"|'(?:s|t|d|m|re|ve|ll)(?!{_WORD})"
    rf"|{_WORD}+(?:(?:[-/]|(?<=[0-9])[.,](?=[0-9])){_WORD}+)*"
    rf"|[{HAN}]+"
)
_DOSE_PARTS = re.compile(rf"({_NUMBER})(?:-({_NUMBER}))? ?(%|[a-z].*)")
_IS_NUMBER = re.compile(rf"{_NUMBER}\Z")
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?![0-9,])")
#: "SGLT2i", "DPP4is": a target and its inhibitors.
_INHIBITOR = re.compile(r"([a-z]{2,}[0-9])(?:is?|s)\Z")
_MARKS = re.compile("[\u0300-\u036f]+")
_HAN_STOPS = re.compile("|".join(sorted(CHINESE_STOPS, key=lambda word: (-len(word), word))))
_IS_HAN = re.compile(f"[{HAN}]")
_ALIASES = {"mcg": "ug", "ui": "iu", "units": "unit", "hrs": "h", "hr": "h", "hour": "h", "hours": "h"}

_LETTERS = str.maketrans(
    dict.fromkeys("‐‑‒–—―−﹣", "-")
    | dict.fromkeys("’‘ʼ′`´", "'")
    | {"œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ł": "l", "ı": "i", "⁄": "/", "·": "."}
    | {
        "α": "alpha",
        "β": "beta",
        "γ": "gamma",
        "δ": "delta",
        "ω": "omega",
        "κ": "kappa",
        "λ": "lambda",
        "μ": "u",
    }
)


def _fold(text: str) -> str:
    """Casefolded, accents and Traditional forms folded, dashes and quotes unified."""
    if text.isascii():
        return text.lower()
    bare = _MARKS.sub("", unicodedata.normalize("NFKD", text)).casefold()
    return to_simplified(unicodedata.normalize("NFC", bare).translate(_LETTERS))


@cache
def _stemmer() -> Callable[[str], str]:
    import Stemmer

    stem: Callable[[str], str] = Stemmer.Stemmer("english", 0).stemWord
    return stem


_STEM_LOCK = threading.Lock()


def _stem(word: str) -> str:
    # British and American spellings meet: haemorrhage, oedema.
    if len(word) > 4:
        word = word.replace("ae", "e").replace("oe", "e")
    with _STEM_LOCK:  # a PyStemmer object is not safe to share between threads
        return _stemmer()(word)


def _plain_number(number: str) -> str:
    """``10,000`` is 10000; the French ``2,5`` is 2.5; ``5.0`` is 5."""
    if _THOUSANDS.fullmatch(number):
        return number.replace(",", "")
    number = number.replace(",", ".")
    return number.rstrip("0").rstrip(".") if number.count(".") == 1 else number


def _word(word: str) -> tuple[str, ...]:
    """Tokens of one word without joiners."""
    if word in LATIN_STOPS:
        return ()
    if word in _ALIASES:
        return (_ALIASES[word],)
    if not word.isalpha():
        inhibited = _INHIBITOR.match(word)
        return (word[:_LONG], inhibited[1]) if inhibited else (word[:_LONG],)
    return (_stem(word[:_LONG]),)


def _dose(number: str, upper: str | None, unit: str) -> tuple[str, ...]:
    """``2.5 mg/kg``: the number, the dose whole, the unit whole, the unit's parts."""
    parts = [_ALIASES.get(part, _stem(part)) for part in unit.split("/")]
    whole = "/".join(parts)
    numbers = [_plain_number(each) for each in (number, upper) if each]
    doses = [each + whole for each in numbers]
    units = [] if unit == "%" else [whole, *parts] if len(parts) > 1 else parts
    return (*numbers, *doses, *units)


def _compound(form: str) -> tuple[str, ...]:
    """``co-trimoxazole``: whole, written together, and its parts."""
    parts = re.split("[-/]", form)
    if len(parts) == 1:  # "2.5x": a number grown together with letters
        return (form[:_LONG],)
    inner = tuple(chain.from_iterable(map(_surface, parts)))
    if not inner or len(parts) > _MOST_PARTS or len(form) > _LONG:
        return inner
    if "-" not in form:
        return (_stem(form), *inner)
    return (_stem(form), *_word(form.replace("-", "")), *inner)


def _surface(form: str) -> tuple[str, ...]:
    """Tokens of one match of the token pattern, Han apart."""
    if form.isalnum():
        dose = _DOSE_PARTS.fullmatch(form) if form[0].isdigit() and not form.isdigit() else None
        return _dose(*dose.groups()) if dose and re.fullmatch(_UNITS, dose[3]) else _word(form)
    if "'" in form:
        return ()
    if _IS_NUMBER.match(form):
        return (_plain_number(form),)
    dose = _DOSE_PARTS.fullmatch(form)
    return _dose(*dose.groups()) if dose and re.fullmatch(_DOSE, form) else _compound(form)


class _Forms(dict[str, tuple[str, ...]]):
    """Tokens by surface form, filled as forms are met; a full table stops growing and stays right."""

    def __init__(self, han: Callable[[str], tuple[str, ...]]) -> None:
        super().__init__()
        self._han = han

    def __missing__(self, form: str) -> tuple[str, ...]:
        tokens = self._han(form) if _IS_HAN.match(form) else _surface(form)
        if len(form) <= _LONG and len(self) < _CACHE_FORMS:
            self[form] = tokens
        return tokens


class Tokenizer:
    """Tokens of a text. ``words``: Chinese names the segmenter must keep whole; other scripts among them are ignored."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        folded = (fold_name(word).replace(" ", "") for word in words)
        self.words = tuple(
            sorted({word for word in folded if len(word) > 1 and all(map(_IS_HAN.match, word))})
        )
        self._known = frozenset(self.words)
        self._forms = _Forms(self._han)
        self._lock = threading.Lock()

    @cached_property
    def fingerprint(self) -> str:
        """Equal for tokenizers that give equal tokens: the version and a hash of the dictionary words."""
        digest = hashlib.blake2b("\0".join(self.words).encode("utf-8"), digest_size=8).hexdigest()
        return f"{TOKENIZER_VERSION}-{digest}"

    @cached_property
    def _cut(self) -> Callable[[str], list[str]]:
        import rjieba

        jieba = rjieba.Jieba()
        for word in self.words:
            jieba.add_word(word, None, None)
        cut: Callable[[str], list[str]] = jieba.cut
        return cut

    def cut(self, run: str) -> list[str]:
        """A run of Han characters as words; those of the dictionary stay whole."""
        with self._lock:
            return self._cut(run)

    def _han(self, run: str) -> tuple[str, ...]:
        """Bigrams between function words, and the dictionary words that are no such bigram."""
        tokens: list[str] = []
        for piece in _HAN_STOPS.split(run):
            tokens += [piece[i : i + 2] for i in range(len(piece) - 1)] or ([piece] if piece else [])
        seen = set(tokens)
        for word in (inner for each in self.cut(run) for inner in (each, *self._inside(each))):
            if len(word) > 1 and word not in seen and word not in CHINESE_STOPS:
                tokens.append(word)
        return tuple(tokens)

    def _inside(self, word: str) -> list[str]:
        """Dictionary words within a longer one: 幽门螺杆菌 in 幽门螺杆菌感染, so that either finds the other."""
        sizes = range(3, len(word))
        parts = (word[i : i + size] for size in sizes for i in range(len(word) - size + 1))
        return [part for part in parts if part in self._known]

    def tokenize(self, text: str) -> list[str]:
        """Tokens in the order of the text, repeats kept; the same in every process."""
        return list(chain.from_iterable(map(self._forms.__getitem__, _TOKEN.findall(_fold(text)))))


@lru_cache(maxsize=500_000)
def token_id(token: str) -> int:
    """Stable unsigned 32-bit id: the first four bytes of the token's BLAKE2b, little-endian."""
    return int.from_bytes(
        hashlib.blake2b(token.encode("utf-8", "surrogatepass"), digest_size=4).digest(), "little"
    )


def _lexicon_words() -> Iterator[str]:
    """The Chinese names of the packaged lexicon: terms, drugs, classes, diseases. Raises IntegrityError when damaged."""
    from medrag.lexicon import NAME_KINDS, load_names, load_terms

    for term in load_terms():
        yield from term.names("zh")
    for kind in NAME_KINDS:
        for row in load_names(kind):
            yield from row.names("zh")


@cache
def default_tokenizer() -> Tokenizer:
    """The tokenizer of this installation, with the Chinese names of the packaged lexicon."""
    return Tokenizer(_lexicon_words())


def tokenize(text: str) -> list[str]:
    """Tokens of a text by the default tokenizer."""
    return default_tokenizer().tokenize(text)
