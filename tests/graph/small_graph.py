"""A graph small enough to read: thirty concepts, three sources that state interactions, and the texts they stand in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from medrag.errors import SourceUnavailable
from medrag.records import Span
from medrag.text.normalise import fold_name
from medrag.vocabulary import Severity
from medrag_graph.interactions import SourceEdition
from medrag_graph.interactions.report import Citation, Quote
from medrag_graph.model import (
    Claim,
    ConceptKind,
    Evidence,
    GraphConcept,
    GraphData,
    Link,
    LinkKind,
    Predicate,
)

SNAPSHOT = "s_small"
ANSM, LABELS, NDFRT, OLD = "ansm@2020-10", "labels@2024", "ndfrt@2014", "ansm@2016-01"


@dataclass
class TextSources:
    """ShelfSources over texts held here. ``missing`` makes every quote unreadable."""

    texts: Mapping[str, str]
    editions: Sequence[SourceEdition]
    snapshot: str = SNAPSHOT
    settings: str = "0" * 64
    missing: bool = False

    def graph(self, as_of: date | None) -> str:
        return self.snapshot

    def in_force(self, as_of: date | None) -> Sequence[SourceEdition]:
        day = as_of or date(2026, 1, 1)
        return [
            item
            for item in self.editions
            if item.valid_from <= day and (item.valid_to is None or day < item.valid_to)
        ]

    def cite(self, evidence: Iterable[Evidence]) -> Mapping[Evidence, Citation]:
        if self.missing:
            raise SourceUnavailable("the catalogue cannot be read")
        return {item: self.citation(item) for item in evidence}

    def citation(self, item: Evidence) -> Citation:
        text = self.texts[item.document]
        start, end = item.span.start, item.span.end
        quote = Quote(
            item.role, text[start:end], text[max(0, start - 32) : start], text[end : end + 32], start, end
        )
        return Citation(quote, {"id": item.document})


@dataclass
class Drawing:
    """Collects concepts, links and claims; every claim's words are written into a document of its own."""

    concepts: list[GraphConcept] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)

    def concept(
        self, identifier: str, kind: ConceptKind, en: str, zh: str = "", fr: str = "", **codes: str
    ) -> str:
        names = {"en": tuple(en.split("|")), "zh": tuple(zh.split("|")), "fr": tuple(fr.split("|"))}
        kept = {language: told for language, told in names.items() if told != ("",)}
        self.concepts.append(GraphConcept(identifier, kind, kept["en"][0], kept, codes))  # type: ignore[arg-type]
        return identifier

    def link(self, kind: LinkKind, source: str, target: str, edition: str = ANSM) -> None:
        self.links.append(Link(kind, source, target, edition))

    def claim(
        self,
        subject: str,
        object: str,
        severity: Severity,
        edition: str = ANSM,
        level: str = "",
        predicate: Predicate = "interacts_with",
        condition: str = "",
        excepted: tuple[str, ...] = (),
        **words: str,
    ) -> str:
        identifier = f"a_{len(self.claims):04d}"
        level = level or severity
        text, evidence = level, [Evidence(f"d_{identifier}", Span(0, len(level)), "level")]
        for role, said in words.items():
            evidence.append(Evidence(f"d_{identifier}", Span(len(text) + 1, len(text) + 1 + len(said)), role))
            text += "\n" + said
        self.texts[f"d_{identifier}"] = text
        scale = edition.split("@")[0]
        self.claims.append(
            Claim(
                identifier,
                edition,
                predicate,
                subject,
                object,
                severity,
                scale,
                level,
                condition,
                words,
                tuple(evidence),
                excepted,
            )
        )
        return identifier

    def data(self, snapshot: str = SNAPSHOT) -> GraphData:
        names: dict[str, list[str]] = {}
        for concept in sorted(self.concepts, key=lambda item: item.id):
            codes = [f"{system}:{code}" for system, code in concept.codes.items()]
            for name in (*(name for told in concept.names.values() for name in told), *codes):
                held = names.setdefault(fold_name(name), [])
                if concept.id not in held:
                    held.append(concept.id)
        return GraphData(
            snapshot,
            tuple(sorted(self.concepts, key=lambda item: item.id)),
            tuple(sorted(self.links, key=lambda item: (item.kind, item.source, item.target, item.edition))),
            tuple(sorted(self.claims, key=lambda item: item.id)),
            {name: tuple(held) for name, held in sorted(names.items())},
        )


def small_editions() -> list[SourceEdition]:
    return [
        SourceEdition(OLD, "ansm", "2016-01", date(2016, 1, 1), date(2020, 10, 1)),
        SourceEdition(ANSM, "ansm", "2020-10", date(2020, 10, 1), None),
        SourceEdition(LABELS, "labels", "2024", date(2024, 1, 1), None),
        SourceEdition(NDFRT, "ndfrt", "2014", date(2014, 1, 1), None),
    ]


def small_drawing() -> Drawing:
    """What the tests of the review read from."""
    d = Drawing()
    add_concepts(d)
    add_links(d)
    add_claims(d)
    return d


def small_sources(drawing: Drawing) -> TextSources:
    return TextSources(drawing.texts, small_editions())


DRUGS: tuple[tuple[str, str, str, str], ...] = (
    ("rxnorm:11289", "warfarin|Coumadin", "华法林", "warfarine"),
    ("rxnorm:5640", "ibuprofen|Advil", "布洛芬", "ibuprofène"),
    ("rxnorm:3355", "diclofenac", "双氯芬酸", "diclofénac"),
    ("rxnorm:7646", "omeprazole", "奥美拉唑", "oméprazole"),
    ("rxnorm:40790", "pantoprazole", "泮托拉唑", "pantoprazole"),
    ("rxnorm:8640", "prednisone", "泼尼松", "prednisone"),
    ("rxnorm:6809", "metformin", "二甲双胍", "metformine"),
    ("rxnorm:36567", "simvastatin|Zocor", "辛伐他汀", "simvastatine"),
    ("rxnorm:83367", "atorvastatin", "阿托伐他汀", "atorvastatine"),
    ("rxnorm:21212", "clarithromycin", "克拉霉素", "clarithromycine"),
    ("rxnorm:29046", "lisinopril", "赖诺普利", "lisinopril"),
    ("rxnorm:9997", "spironolactone", "螺内酯", "spironolactone"),
    ("rxnorm:723", "amoxicillin", "阿莫西林", "amoxicilline"),
    ("rxnorm:10180", "sulfamethoxazole", "磺胺甲噁唑", "sulfaméthoxazole"),
    ("rxnorm:10829", "trimethoprim", "甲氧苄啶", "triméthoprime"),
    ("rxnorm:703", "amiodarone", "胺碘酮", "amiodarone"),
    ("rxnorm:3407", "digoxin", "地高辛", "digoxine"),
    ("rxnorm:17767", "amlodipine", "氨氯地平", "amlodipine"),
    ("rxnorm:36437", "sertraline", "舍曲林", "sertraline"),
    ("rxnorm:10689", "tramadol", "曲马多", "tramadol"),
    ("rxnorm:190376", "linezolid", "利奈唑胺", "linézolide"),
    ("rxnorm:161", "acetaminophen|paracetamol", "对乙酰氨基酚", "paracétamol"),
    ("rxnorm:5032", "glycerin", "甘油", "glycérol"),
)


def add_concepts(d: Drawing) -> None:
    for identifier, en, zh, fr in DRUGS:
        d.concept(identifier, "drug", en, zh, fr)
    d.concept("rxnorm:114194", "drug", "warfarin sodium", "华法林钠", "warfarine sodique")
    d.concept(
        "medrag:cotrimoxazole",
        "drug",
        "sulfamethoxazole / trimethoprim|Bactrim",
        "复方磺胺甲噁唑",
        "cotrimoxazole",
    )
    d.concept("rxnorm:448", "drug", "ethanol|alcohol", "乙醇|酒精", "alcool (boisson ou excipient)")
    d.concept(
        "medrag:nsaids",
        "class",
        "nonsteroidal anti-inflammatory drugs|NSAIDs",
        "非甾体抗炎药",
        "anti-inflammatoires non stéroïdiens",
    )
    d.concept("medrag:vka", "class", "vitamin K antagonists", "维生素K拮抗剂", "antivitamines K")
    d.concept("medrag:oac", "class", "oral anticoagulants", "口服抗凝药", "anticoagulants oraux")
    d.concept("medrag:statins", "class", "statins", "他汀类", "statines")
    d.concept("medrag:antihypertensives", "class", "antihypertensives", "抗高血压药", "antihypertenseurs")
    d.concept("medrag:grapefruit", "food", "grapefruit juice", "葡萄柚汁", "pamplemousse (jus et fruit)")
    d.concept("doid:750", "disease", "peptic ulcer disease", "消化性溃疡", "ulcère gastro-duodénal")
    d.concept("doid:10808", "disease", "gastric ulcer", "胃溃疡", "ulcère gastrique")
    d.concept("doid:6000", "disease", "heart failure", "心力衰竭", "insuffisance cardiaque")


def add_links(d: Drawing) -> None:
    d.link("form_of", "rxnorm:114194", "rxnorm:11289")
    d.link("part_of", "rxnorm:10180", "medrag:cotrimoxazole", "medrag")
    d.link("part_of", "rxnorm:10829", "medrag:cotrimoxazole", "medrag")
    for drug in ("rxnorm:5640", "rxnorm:3355"):
        d.link("member_of", drug, "medrag:nsaids")
    d.link("member_of", "rxnorm:11289", "medrag:vka")
    d.link("member_of", "medrag:vka", "medrag:oac")
    for drug in ("rxnorm:36567", "rxnorm:83367"):
        d.link("member_of", drug, "medrag:statins")
    for drug in ("rxnorm:29046", "rxnorm:9997", "rxnorm:17767"):
        d.link("member_of", drug, "medrag:antihypertensives")
    # Another source's class of the same concept: its members are not the thesaurus's.
    d.link("member_of", "rxnorm:161", "medrag:nsaids", NDFRT)
    d.link("is_a", "doid:10808", "doid:750", "doid@2026")


def add_claims(d: Drawing) -> None:
    d.claim(
        "medrag:oac",
        "medrag:nsaids",
        "major",
        level="Association DECONSEILLEE",
        mechanism="Risque de saignement augmenté.",
        management="Surveillance clinique étroite.",
    )
    d.claim(
        "rxnorm:11289", "rxnorm:5640", "unknown", LABELS, statement="NSAIDs may raise the risk of bleeding."
    )
    d.claim(
        "rxnorm:5640",
        "rxnorm:11289",
        "moderate",
        NDFRT,
        level="Significant",
        row="warfarin ibuprofen Significant",
    )
    d.claim(
        "rxnorm:11289",
        "rxnorm:703",
        "moderate",
        level="Précaution d'emploi",
        mechanism="Augmentation de l'effet anticoagulant.",
    )
    d.claim(
        "rxnorm:36567",
        "rxnorm:21212",
        "contraindicated",
        level="CONTRE-INDICATION",
        mechanism="Risque majoré de rhabdomyolyse.",
    )
    d.claim(
        "medrag:antihypertensives",
        "medrag:antihypertensives",
        "minor",
        excepted=("rxnorm:9997",),
        mechanism="Majoration de l'effet hypotenseur.",
    )
    d.claim(
        "rxnorm:29046",
        "rxnorm:9997",
        "moderate",
        mechanism="Risque d'hyperkaliémie, notamment chez l'insuffisant rénal.",
    )
    d.claim(
        "medrag:cotrimoxazole",
        "rxnorm:6809",
        "minor",
        LABELS,
        statement="Trimethoprim may raise metformin levels.",
    )
    d.claim(
        "rxnorm:17767",
        "rxnorm:83367",
        "unknown",
        LABELS,
        predicate="no_interaction_with",
        statement="No clinically significant interaction with atorvastatin was seen.",
    )
    d.claim("rxnorm:3407", "rxnorm:17767", "minor", NDFRT, row="digoxin amlodipine")
    d.claim(
        "rxnorm:3407",
        "rxnorm:17767",
        "unknown",
        LABELS,
        predicate="no_interaction_with",
        statement="Amlodipine did not change digoxin.",
    )
    d.claim(
        "rxnorm:36567",
        "medrag:grapefruit",
        "major",
        mechanism="Augmentation des concentrations de simvastatine.",
    )
    d.claim(
        "rxnorm:6809",
        "rxnorm:448",
        "major",
        mechanism="Risque majoré d'acidose lactique lors d'intoxication alcoolique aiguë.",
    )
    d.claim("rxnorm:11289", "rxnorm:723", "minor", OLD, mechanism="Variation de l'INR.")
    d.claim(
        "rxnorm:5640",
        "doid:750",
        "contraindicated",
        LABELS,
        predicate="contraindicated_in",
        statement="Contraindicated in active peptic ulcer.",
    )
    for level, lower, upper, dose, severity in (
        ("contraindicated", "0", "29", "do not use", "contraindicated"),
        ("dose_reduction", "30", "44", "1000 mg a day", "moderate"),
        ("no_adjustment", "45", "", "full dose", "minor"),
    ):
        d.claim(
            "rxnorm:6809",
            "rxnorm:6809",
            severity,  # type: ignore[arg-type]
            LABELS,
            level,
            "dose_by_kidney_function",
            f"eGFR {lower}-{upper}",
            row=f"eGFR {lower}-{upper} | {dose}",
            measure="eGFR",
            lower=lower,
            upper=upper,
            unit="mL/min/1.73m2",
            dose=dose,
        )
