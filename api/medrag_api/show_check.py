"""Shows a check at a terminal: the regimen as a matrix of letters, then what was found, what to do, and who says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from medrag.vocabulary import SEVERITY_ORDER, Language
from medrag_api.review_words import LETTERS, OUTCOMES, SEVERITIES, VIEW
from medrag_api.show import console, put

__all__ = ["show_check"]

Json = Mapping[str, Any]
#: Drugs a matrix shows within the width of a page.
WIDEST_MATRIX: Final = 20
#: Colours go with letters and words, never alone.
STYLES: Final[Mapping[str, str]] = {
    "contraindicated": "bold white on red",
    "major": "bold red",
    "moderate": "yellow",
    "unknown": "magenta",
    "minor": "cyan",
    "unresolved_drug": "bold",
    "source_unavailable": "bold",
}


def show_check(report: Json, language: Language) -> None:
    """The report in the order a pharmacist reads: names, matrix, findings, what is missing, what was searched."""
    out = console()
    names = names_of(report, language)
    out.print()
    show_names(out, report, language)
    show_matrix(out, report, names, language)
    show_findings(out, report, names, language)
    if report["missing_context"]:
        put(out, f"{VIEW['asked'][language]}:", style="bold")
    for why in dict.fromkeys(f"{item['field']}: {item['why']}" for item in report["missing_context"]):
        put(out, why, indent=2)
    show_basis(out, report, language)


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
            put(out, f"{item['input']} → {told}  [{item['concept']['id']}]", style="dim")
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
            told = f"{LETTERS[word]} {SEVERITIES[word][language]}: {counts[word]} {VIEW['pairs'][language]}"
            put(out, told, style=STYLES[word])
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


def show_findings(out: Console, report: Json, names: Mapping[str, str], language: Language) -> None:
    out.print()
    if not report["findings"] and report["complete"]:
        put(out, VIEW["nothing"][language])
    for item in report["findings"]:
        word = item["severity"]
        head = Text(f"{LETTERS[word]} {SEVERITIES[word][language].upper()}  ", STYLES[word])
        out.print(head.append(item["headline"], "bold"))
        show_finding(out, item, language)
        out.print()
    if report["hidden"]:
        told = ", ".join(f"{SEVERITIES[w][language]} {n}" for w, n in report["hidden"].items())
        put(out, f"{VIEW['hidden'][language]}: {told}")


def show_finding(out: Console, item: Json, language: Language) -> None:
    if item["sources_disagree"]:
        put(out, VIEW["disagree"][language], indent=2, style="bold")
    for told in item["patient_effect"]:
        put(out, f"{VIEW['patient'][language]} ({told['factor']}): {told['change']}", indent=2, style="bold")
    for assertion in item["assertions"]:
        show_assertion(out, assertion, language)
    for assertion in item["denials"]:
        put(out, f"{assertion['source']} {assertion['edition']} {VIEW['denies'][language]}", indent=2)
        show_quotes(out, assertion)


def show_assertion(out: Console, told: Json, language: Language) -> None:
    """What to do, why, who says so on which scale, and the words it is read from."""
    said = told["said"]
    if said["management"]:
        put(out, f"{VIEW['do'][language]}: {said['management']}", indent=2)
    if said["mechanism"]:
        put(out, f"{VIEW['why'][language]}: {said['mechanism']}", indent=2)
    put(out, source_line(told, language), indent=2, style="dim")
    if told["condition"]:
        put(out, f"{VIEW['when'][language]}: {told['condition']}", indent=4, style="dim")
    show_quotes(out, told)
    for premise in told["premises"]:
        source = premise["citation"]
        role = " ".join(word for word in (premise["strength"], premise["role"]) if word)
        words = (
            f"{VIEW['premise'][language]}: {premise['property']} {role}: {source['source']} {source['url']}"
        )
        put(out, words.strip(), indent=4, style="dim")


def source_line(told: Json, language: Language) -> str:
    """``Source: ansm 2020-10, its level: Association déconseillée = major, in force from ...``"""
    if told["derivation"] == "inferred":
        return f"{VIEW['source'][language]}: {VIEW['inferred'][language]}"
    level = f"{told['native_severity'] or '-'} = {SEVERITIES[told['severity']][language]}"
    parts = [f"{told['source']} {told['edition']}", f"{VIEW['level'][language]}: {level}"]
    if told["in_force"]["from"]:
        parts.append(f"{VIEW['in_force'][language]} {told['in_force']['from']}")
    if told["derivation"] == "by_class":
        steps = " › ".join(step["name"] for step in told["path"])
        parts.append(f"{VIEW['through'][language]} {steps}")
    return f"{VIEW['source'][language]}: " + "; ".join(parts)


def show_quotes(out: Console, told: Json) -> None:
    """Each sentence once: the mirrored entries of a pair say the same. Lists of class members are left to --json."""
    said = [" ".join(item["quote"]["exact"].split()) for item in told["quotes"] if item["role"] != "note"]
    for words in dict.fromkeys(said):
        put(out, f"“{words}”", indent=4)


def show_basis(out: Console, report: Json, language: Language) -> None:
    basis = report["basis"]
    searched = ", ".join(f"{s['id']} {s['edition']}" for s in basis["sources_searched"])
    out.print()
    if searched:
        put(out, f"{VIEW['searched'][language]}: {searched}", style="dim")
    for limit in basis["limits"]:
        put(out, f"{VIEW['limits'][language]}: {limit}", style="dim")
    put(out, f"{basis['logic']} · {basis['snapshot']}", style="dim")
