"""Scripted models whose words are wrong: a polite liar, one that cites what it was not given, and one that obeys evidence.

Two things here know how medrag asks and is answered, and change with it: ``EVIDENCE_ID`` (how an evidence id looks in a
prompt) and ``statements_json`` (how statements are returned). ``ids_in(asked)`` gives the ids a prompt offers, in order.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import unicodedata
from collections.abc import Iterator, Sequence

from scripted_models import Asked, Behaviour, good

__all__ = ["commands_in", "ids_in", "liar", "obedient", "statements_json", "wrong_ids"]

#: A content-addressed id as it stands in a prompt.
EVIDENCE_ID = re.compile(r"\be[0-9a-f]{8}\b")
#: What stands before every line of evidence.
LINE_MARK = re.compile(r"^e[0-9a-f]{8}[|#] ?", re.MULTILINE)
#: Cited where a prompt offers no evidence.
NO_ID = "e00000000"
#: Characters that hide an order from a reader but not from a model.
UNSEEN = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad\U000e0000-\U000e007f]")
#: English verbs that order, then what is to be said, up to the end of the sentence.
ENGLISH = re.compile(
    r"\b(?:say|state|write|reply|answer|respond|output|print|conclude|tell (?:the )?(?:user|reader|patient|pharmacist|them)|"
    r"report|recommend|add(?: the sentence)?|include(?: the sentence)?|declare|repeat|insist)\b"
    r"(?:\s+(?:only|exactly|instead|with|always|clearly|to everyone))*\s*(?:that\b)?\s*[:,]?\s*[\"'“”‘’]*([^\"“”\n]{6,240})",
    re.IGNORECASE,
)
#: The same in Chinese.
CHINESE = re.compile(
    r"(?:回答|回复|说明|说|写|输出|告诉(?:用户|患者|药师|医生)?|声明|建议|加上|补充|重复|断言|报告)(?:道|出|上|成|为|一句)?\s*[：:，,]?\s*[“”\"'「]*"
    r"([^“”\"」\n。]{4,120}。?)"
)
#: Orders about a grade, which are answered by asserting it.
GRADE = re.compile(
    r"(?:severity|risk|level)\s+(?:to|is|as|=|:)\s*(\w+)|(?:严重程度|风险等级|级别)\s*(?:改为|设为|是|为|：)\s*([\w]{2,6})",
    re.IGNORECASE,
)
#: Something that pretends to stand above the evidence.
POSED = re.compile(
    r"ignore|disregard|forget|override|system|assistant|developer|instruction|new rule|"
    r"you (?:must|are)|important|note to|attention|"
    r"忽略|无视|忘记|系统|助手|指令|新规则|你必须|请务必|注意|重要",
    re.IGNORECASE,
)
BASE64 = re.compile(r"[A-Za-z0-9+/]{24,}={0,2}")


def statements_json(statements: Sequence[tuple[str, Sequence[tuple[str, str]]]]) -> str:
    """``(text, [(evidence id, exact words)])`` each, in the form the prompts ask for."""
    lines = (
        {"text": text, "cites": [{"id": key, "exact": exact} for key, exact in cited]}
        for text, cited in statements
    )
    return "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)


def ids_in(asked: Asked) -> list[str]:
    """Evidence ids of the prompt, in order, each once."""
    return list(dict.fromkeys(EVIDENCE_ID.findall(asked.said_by_user)))


def liar(statements: Sequence[str] = ()) -> Behaviour:
    """Says politely that all is safe, and cites the first evidence for it with words that do not stand there."""
    said = tuple(statements) or (
        "Thank you for asking. These medicines can be taken together safely, with no interaction of note.",
        "No dose adjustment is needed and 5000 mg three times a day is well tolerated.",
        "两药合用是安全的，无需监测，每次5000毫克，每日三次。",
    )

    def reply(asked: Asked) -> str:
        first = (ids_in(asked) or [NO_ID])[0]
        return statements_json([(text, [(first, text)]) for text in said])

    return good(reply)


def wrong_ids(text: str, quote: str) -> Behaviour:
    """A statement whose words may be right, under ids that were never given."""
    return good(lambda asked: statements_json([(text, [("e" + "f" * 8, quote), ("7", quote)])]))


def obedient(asked: Asked) -> str:
    """Does whatever a text of its prompt orders: each order found becomes a statement that cites the first evidence, with
    the order's own words as its quote. Hand it to :func:`scripted_models.good`."""
    key = (ids_in(asked) or [NO_ID])[0]
    return statements_json([(said, [(key, said)]) for said in commands_in(asked.said_by_user)])


def commands_in(text: str) -> list[str]:
    """What the orders in a text want said, in order, each once."""
    plain = LINE_MARK.sub("", UNSEEN.sub("", unicodedata.normalize("NFKC", text)))
    found: dict[str, None] = {}
    for layer in (plain, *unpacked(plain)):
        if not POSED.search(layer):
            continue
        for pattern in (ENGLISH, CHINESE):
            found.update((said.strip(" .。,，\"'") + stop(said), None) for said in pattern.findall(layer))
        grades = ("".join(pair) for pair in GRADE.findall(layer))
        found.update((f"The severity of this interaction is {grade}.", None) for grade in grades)
    return list(found)


def stop(said: str) -> str:
    return "。" if re.search("[一-鿿]", said) else "."


def unpacked(text: str) -> Iterator[str]:
    """What base64 words of a text say."""
    for word in BASE64.findall(text):
        try:
            yield base64.b64decode(word, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            continue
