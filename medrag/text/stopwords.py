"""The function words that say nothing about what a text is about: English, French, Chinese; negations are kept."""

from __future__ import annotations

from typing import Final

__all__ = ["CHINESE_STOPS", "LATIN_STOPS"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Folded forms. Short on purpose: "no", "not", "without", "sans" and "pas" carry meaning in medicine.
LATIN_STOPS: Final[frozenset[str]] = _words(
    # English
    "a an and are as at be been being but by can could did do does for from had has have how i if in into is it its"
    " may might of on or our shall should so such than that the their them then there these they this those to was"
    " we were what when where which who whom whose why will with would you your"
    # French
    " au aux avec ce ces cette dans de des du elle en est et etre ils la le les leur ou par pour que qui quel quelle"
    " quels quelles sa se ses son sont sur un une"
)

#: Bigrams do not cross these; a dictionary word that holds one (目的, 了解) is still a token.
CHINESE_STOPS: Final[frozenset[str]] = _words(
    "的 了 吗 呢 吧 啊 和 与 及 或 在 是 也 都 就 被 把 请问 什么 什么时候 怎么 怎样 怎么样 如何 为什么 可以 能否 是否"
    " 能不能 可不可以 是不是 多少 哪些 哪个 哪种 有哪些 以及 或者 因为 所以 如果 应该 应当 还是 这个 那个 以下"
)
