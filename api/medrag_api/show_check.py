"""Shows a check at a terminal: the regimen as a matrix of letters, then what was found, what to do, and who says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from medrag.vocabulary import SEVERITY_ORDER, Language
from medrag_api.review_terms import field_asked, pairs_counted, work_said
from medrag_api.review_words import LETTERS, OUTCOMES, SEVERITIES, STYLES, VIEW
from medrag_api.show import console, put
from medrag_api.show_finding import show_denials, show_findings

__all__ = ["name_in", "names_of", "nos", "pair_words", "show_check"]

Json = Mapping[str, Any]
#: Drugs a matrix shows within the width of a page.
WIDEST_MATRIX: Final = 20


def show_check(report: Json, language: Language, *, whole: bool = False) -> None:
    """The report in the order a pharmacist reads: names, matrix, findings, what is missing, what was searched.

    ``whole`` shows every finding and every source's words, however many.
    """
    out = console()
    names = names_of(report, language)
    out.print()
    show_names(out, report, language)
    show_matrix(out, report, names, language)
    out.print()
    show_findings(out, report, names, language, whole=whole)
    show_denials(out, report, names, language, whole=whole)
    show_missing(out, report, language)
    show_basis(out, report, language)


def show_missing(out: Console, report: Json, language: Language) -> None:
    """What would decide and was not told, by the word and the option that tells it."""
    if not report["missing_context"]:
        return
    put(out, f"{VIEW['asked'][language]}:", style="bold")
    asked = (f"{field_asked(item['field'], language)}: {item['why']}" for item in report["missing_context"])
    for why in dict.fromkeys(asked):
        put(out, why, indent=2)
    out.print()


def names_of(report: Json, language: Language) -> dict[str, str]:
    """Concept id to its name in the asker's language, of every drug and condition of the request."""
    told = [*report["drugs"], *report["conditions"], *report["allergies"]]
    concepts = [c for item in told for c in (item["concept"], *item["ingredients"], *item["candidates"]) if c]
    return {concept["id"]: name_in(concept, language) for concept in concepts}


def name_in(concept: Json, language: Language) -> str:
    names = concept["names"].get(language, ())
    return str(concept["name"] if language == "en" or not names else names[0])


def show_names(out: Console, report: Json, language: Language) -> None:
    """How each name was understood; those that were not, with what a person may choose from."""
    for item in report["drugs"]:
        if item["status"] == "resolved":
            parts = [name_in(part, language) for part in item["ingredients"]]
            meant = name_in(item["concept"], language)
            told = f"{meant} ({' + '.join(parts)})" if len(parts) > 1 else meant
            typed = "" if item["input"] == told else f"{item['input']} → "
            put(out, f"{typed}{told}  [{item['concept']['id']}]", style="dim")
    for item in (*report["drugs"], *report["conditions"], *report["allergies"]):
        if item["status"] != "resolved" and item["how"] != "source_unavailable":
            show_unresolved(out, item, language)


def show_unresolved(out: Console, item: Json, language: Language) -> None:
    offered = [f"{name_in(c, language)} [{c['id']}]" for c in item["candidates"]]
    why = VIEW["ambiguous" if item["status"] == "ambiguous" else "not_resolved"][language]
    told = f"{VIEW['meant'][language]}: {', '.join(offered)} ?" if offered else VIEW["no_near"][language]
    put(out, f"{why}: {item['input']}", style="bold")
    put(out, told, indent=2)


def show_matrix(out: Console, report: Json, names: Mapping[str, str], language: Language) -> None:
    """A letter a pair, and below it what the letters mean in this report, in words."""
    pairs = report["pairs"]
    if not pairs:
        return
    cells = pair_words(report)
    ids = list(dict.fromkeys(end for pair in pairs for end in (pair["a"], pair["b"])))
    order = [i for i in names if i in ids] + [i for i in ids if i not in names]
    out.print()
    if len(order) <= WIDEST_MATRIX:
        out.print(matrix(order, cells, names))
    else:
        put(out, VIEW["many"][language])
    show_legend(out, report, cells, names, language)


def pair_words(report: Json) -> dict[frozenset[str], str]:
    """Pair to its worst severity, or to the kind of no it got."""
    worst: dict[frozenset[str], str] = {}
    for item in report["findings"]:
        if item["kind"] == "drug_drug":
            worst.setdefault(frozenset(item["members"]), item["severity"])
    return {
        pair: word
        for item in report["pairs"]
        for pair in (frozenset((item["a"], item["b"])),)
        for word in (worst.get(pair, "minor") if item["outcome"] == "found" else item["outcome"],)
    }


def matrix(order: Sequence[str], cells: Mapping[frozenset[str], str], names: Mapping[str, str]) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, show_header=True, header_style="dim")
    table.add_column("", overflow="fold", max_width=40)
    for number in range(1, len(order)):
        table.add_column(str(number), justify="center", width=2)
    for at, one in enumerate(order):
        row = [Text(f"{at + 1} {names.get(one, one)}")]
        for other in order[:at]:
            word = cells.get(frozenset((one, other)), "")
            row.append(Text(LETTERS.get(word, ""), STYLES.get(word, "dim")))
        table.add_row(*row)
    return table


def show_legend(
    out: Console,
    report: Json,
    cells: Mapping[frozenset[str], str],
    names: Mapping[str, str],
    language: Language,
) -> None:
    counts = Counter(cells.values())
    for word in SEVERITY_ORDER:
        if counts[word]:
            counted = pairs_counted(counts[word], language)
            put(out, f"{LETTERS[word]} {SEVERITIES[word][language]}: {counted}", style=STYLES[word])
    for outcome, told in nos(report, names, language):
        put(out, f"{LETTERS[outcome]} {told}", style=STYLES.get(outcome, "dim"))


def nos(report: Json, names: Mapping[str, str], language: Language) -> Iterator[tuple[str, str]]:
    """The kinds of no this report holds, each with the pairs it is about, one line for each set of sources."""
    grouped: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for item in report["pairs"]:
        if item["outcome"] != "found":
            pair = f"{names.get(item['a'], item['a'])} + {names.get(item['b'], item['b'])}"
            grouped.setdefault((item["outcome"], tuple(item["searched"])), []).append(pair)
    for (outcome, searched), pairs in grouped.items():
        words = OUTCOMES[outcome][language].format(sources=", ".join(searched))
        shown = "; ".join(pairs[:8]) + (f"; … ({len(pairs)})" if len(pairs) > 8 else "")
        yield outcome, f"{words}. ({shown})"


def show_basis(out: Console, report: Json, language: Language) -> None:
    basis = report["basis"]
    if basis["sources_searched"]:
        searched = ", ".join(work_said(source, language) for source in basis["sources_searched"])
        put(out, f"{VIEW['searched'][language]}: {searched}", style="dim")
    between = "" if language == "zh" else " "
    put(out, f"{VIEW['limits'][language]}: {between.join(basis['limits'])}", style="dim")
    put(out, f"{basis['logic']} · {basis['snapshot']}", style="dim")
