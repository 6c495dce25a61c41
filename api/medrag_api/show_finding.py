"""Shows the findings of a check at a terminal: worst first, what to do before who says so, no words twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from medrag.vocabulary import SEVERITY_ORDER, Language
from medrag_api.review_terms import marked, role_said
from medrag_api.review_words import LETTERS, SEVERITIES, STYLES, VIEW
from medrag_api.show import plain, put

__all__ = ["rank", "show_denials", "show_findings", "tongue_of", "trimmed"]

Json = Mapping[str, Any]
#: Statements of sources shown of one finding, and findings below major shown whole; ``--all`` shows everything.
MOST_STATEMENTS: Final = 5
MOST_WHOLE: Final = 8
#: Findings of one severity in the order a pharmacist reads: what sources state of pairs before what adds up.
KINDS: Final = (
    "drug_drug",
    "drug_condition",
    "patient_factor",
    "duplicate_therapy",
    "cumulative_risk",
    "food",
)


@dataclass(slots=True)
class Showing:
    """What the lines of one finding are told with; ``told`` are those that stand above already."""

    out: Console
    language: Language
    names: Mapping[str, str]
    whole: bool
    told: set[str] = field(default_factory=set)

    def put(self, line: str, indent: int, style: str = "") -> None:
        """A line, unless this finding has it already."""
        if line not in self.told:
            self.told.add(line)
            put(self.out, line, indent=indent, style=style)


def show_findings(
    out: Console, report: Json, names: Mapping[str, str], language: Language, *, whole: bool
) -> None:
    """Every finding by its headline; whole as long as it is contraindicated or major, or among the first few."""
    ranked = sorted(report["findings"], key=rank)
    if not ranked and report["complete"]:
        lost = any(pair["outcome"] == "unresolved_drug" for pair in report["pairs"])
        put(out, VIEW["unchecked" if lost else "nothing"][language], after=1)
    brief = False
    for at, item in enumerate(ranked):
        grave = item["severity"] in ("contraindicated", "major")
        shown = whole or grave or at < MOST_WHOLE
        if not shown and not brief:
            brief = True
            put(out, VIEW["brief"][language].format(n=MOST_WHOLE), style="dim")
        show_headline(out, item, language)
        if shown:
            show_finding(Showing(out, language, names, whole), item)
            out.print()
    if brief:
        out.print()
    if report["hidden"]:
        told = ", ".join(f"{SEVERITIES[w][language]} {n}" for w, n in report["hidden"].items())
        put(out, f"{VIEW['hidden'][language]}: {told}", after=1)


def rank(item: Json) -> tuple[int, int, bool, Sequence[str]]:
    """Severity, then kind, then stated before inferred."""
    inferred = all(told["derivation"] == "inferred" for told in item["assertions"])
    kind = KINDS.index(item["kind"]) if item["kind"] in KINDS else len(KINDS)
    return SEVERITY_ORDER.index(item["severity"]), kind, inferred, item["members"]


def show_headline(out: Console, item: Json, language: Language) -> None:
    word = item["severity"]
    head = Text(f"{LETTERS[word]} {SEVERITIES[word][language].upper()}", STYLES[word])
    put(out, head.append("  ").append(plain(item["headline"]), "bold"))


def show_finding(showing: Showing, item: Json) -> None:
    language = showing.language
    if item["sources_disagree"]:
        said = [f"{source} {SEVERITIES[word][language]}" for source, word in worst_by_source(item)]
        said += [f"{a['source']} {VIEW['denies'][language]}" for a in item["denials"]]
        showing.put(f"{VIEW['disagree'][language]}: {'; '.join(said)}", 2, "bold")
    for told in item["patient_effect"]:
        showing.put(f"{VIEW['patient'][language]} ({told['factor']}): {told['change']}", 2, "bold")
    # What sources state stands before what this project infers.
    ordered = sorted(item["assertions"], key=lambda told: told["derivation"] == "inferred")
    shown = ordered if showing.whole else ordered[:MOST_STATEMENTS]
    for assertion in shown:
        show_assertion(showing, assertion)
    if len(ordered) > len(shown):
        put(
            showing.out,
            VIEW["more_said"][language].format(n=len(ordered) - len(shown)),
            indent=2,
            style="dim",
        )
    for assertion in item["denials"]:
        show_denial(showing, assertion)


def show_denials(
    out: Console, report: Json, names: Mapping[str, str], language: Language, *, whole: bool
) -> None:
    """What sources say who found no interaction, for the pairs that have no finding to say it in."""
    for item in report["pairs"]:
        if item["denials"]:
            put(out, f"{names.get(item['a'], item['a'])} + {names.get(item['b'], item['b'])}", style="bold")
            showing = Showing(out, language, names, whole)
            for told in item["denials"] if whole else item["denials"][:MOST_STATEMENTS]:
                show_denial(showing, told)
            out.print()


def show_denial(showing: Showing, told: Json) -> None:
    showing.put(f"{told['source']} {told['edition']} {VIEW['denies'][showing.language]}", 2)
    show_quotes(showing, told)


def worst_by_source(item: Json) -> Iterator[tuple[str, str]]:
    """Each source with the most severe level it gives, most severe first. What is inferred is no source."""
    worst: dict[str, str] = {}
    for told in sorted(item["assertions"], key=lambda told: SEVERITY_ORDER.index(told["severity"])):
        if told["derivation"] != "inferred":
            worst.setdefault(told["source"], told["severity"])
    yield from worst.items()


def show_assertion(showing: Showing, told: Json) -> None:
    """What to do, why, who says so on which scale, and the words it is read from."""
    language, said = showing.language, told["said"]
    if said["management"]:
        showing.put(f"{VIEW['do'][language]}: {said['management']}", 2)
    if said["mechanism"]:
        showing.put(f"{VIEW['why'][language]}: {said['mechanism']}", 2)
    if told["derivation"] == "inferred":
        showing.put(VIEW["inferred"][language], 2, "dim")
    else:
        put(showing.out, source_line(told, language), indent=2, style="dim")
    if told["derivation"] == "by_class":
        steps = " › ".join(step["name"] for step in told["path"])
        put(showing.out, f"{VIEW['through'][language]} {steps}", indent=4, style="dim")
    if condition := trimmed(told["condition"]):
        showing.put(f"{VIEW['when'][language]}: {marked(condition, tongue_of(told), language)}", 4, "dim")
    show_quotes(showing, told)
    for premise in told["premises"]:
        showing.put(premise_line(premise, showing), 4, "dim")


def source_line(told: Json, language: Language) -> str:
    """``ansm 2020-10: Association DECONSEILLEE = major; in force from 2020-10-20``"""
    level = f"{told['native_severity'] or '-'} = {SEVERITIES[told['severity']][language]}"
    since = told["in_force"]["from"]
    dated = f"; {VIEW['in_force'][language]} {since}" if since else ""
    return f"{told['source']} {told['edition']}: {level}{dated}"


def show_quotes(showing: Showing, told: Json) -> None:
    """The source's words, each once: the level stands in the source's line, the condition in its own, and the list of
    a class's members is left to ``--json``."""
    tongue, shown = tongue_of(told), [trimmed(told["condition"])]
    for quote in told["quotes"]:
        words = trimmed(quote["quote"]["exact"])
        # A table's row is quoted whole; its cells, quoted too, say nothing more.
        if quote["role"] not in ("level", "note") and not any(words in before for before in shown):
            showing.put(marked(words, tongue, showing.language), 4)
            shown.append(words)


def trimmed(words: str) -> str:
    """On one line, without the colon and dash that joined it to a table's cell."""
    return " ".join(words.split()).lstrip(":- ")


def tongue_of(told: Json) -> str:
    document = (told["citation"] or {}).get("document") or {}
    return str(document.get("language", ""))


def premise_line(premise: Json, showing: Showing) -> str:
    """``clarithromycin: CYP3A4, strong inhibitor (FDA table ...)``"""
    from medrag_graph.interactions.risks import label_of

    named = showing.names.get(premise["drug"], premise["drug"])
    role = role_said(premise["role"], premise["strength"], showing.language)
    risk = label_of(premise["property"], showing.language)
    return f"{named}: {risk}, {role} ({premise['citation']['source']})"
