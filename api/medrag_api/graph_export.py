"""Writes a whole graph for other tools: GraphML, JSON-LD, or three CSV tables."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from medrag_graph.model import Claim, GraphData

__all__ = ["FORMATS", "export_graph"]

#: Where the ids of concepts lead, by their prefixes.
PREFIXES: Final[Mapping[str, str]] = {
    "rxnorm": "http://purl.bioontology.org/ontology/RXNORM/",
    "drugbank": "https://go.drugbank.com/drugs/",
    "unii": "https://precision.fda.gov/uniisearch/srs/unii/",
    "doid": "http://purl.obolibrary.org/obo/DOID_",
    "mesh": "http://id.nlm.nih.gov/mesh/",
    "medrag": "urn:medrag:concept:",
}
#: Terms of the JSON-LD, so that a reader of RDF knows what the keys mean.
CONTEXT: Final[Mapping[str, Any]] = {
    "@version": 1.1,
    **{name: {"@id": leads, "@prefix": True} for name, leads in PREFIXES.items()},
    "@vocab": "urn:medrag:graph:",
    "id": "@id",
    "name": "http://www.w3.org/2004/02/skos/core#prefLabel",
    "names": {"@id": "http://www.w3.org/2004/02/skos/core#altLabel", "@container": "@language"},
    "subject": {"@type": "@id"},
    "object": {"@type": "@id"},
    "excepted": {"@type": "@id"},
}


def export_graph(data: GraphData, form: str, target: Path) -> dict[str, int]:
    """Writes ``target``, a file, or for csv a folder; returns file name to rows or, of one file, its records."""
    return FORMATS[form](data, target)


def write_graphml(data: GraphData, target: Path) -> dict[str, int]:
    import networkx

    from medrag_graph.stores import MemoryGraph

    graph = MemoryGraph(data).network()
    for concept in data.concepts:
        names: dict[str, str] = {language: "|".join(held) for language, held in concept.names.items()}
        graph.nodes[concept.id].update(names, codes=codes(concept.codes))
    networkx.write_graphml(graph, target)
    return {target.name: graph.number_of_nodes() + graph.number_of_edges()}


def write_json_ld(data: GraphData, target: Path) -> dict[str, int]:
    told = [*concept_nodes(data), *link_nodes(data), *claim_nodes(data)]
    document = {"@context": CONTEXT, "@id": f"urn:medrag:snapshot:{data.snapshot}", "@graph": told}
    target.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return {target.name: len(told)}


def concept_nodes(data: GraphData) -> Iterable[dict[str, Any]]:
    for item in data.concepts:
        names = {language: list(held) for language, held in item.names.items()}
        yield {
            "id": item.id,
            "@type": item.kind,
            "name": item.name,
            "names": names,
            "codes": [f"{system}:{code}" for system, code in item.codes.items()],
        }


def link_nodes(data: GraphData) -> Iterable[dict[str, Any]]:
    for item in data.links:
        yield {
            "@type": "link",
            "kind": item.kind,
            "subject": item.source,
            "object": item.target,
            "edition": item.edition,
        }


def claim_nodes(data: GraphData) -> Iterable[dict[str, Any]]:
    for item in data.claims:
        yield {
            "id": f"urn:medrag:claim:{item.id}",
            "@type": item.predicate,
            "subject": item.subject,
            "object": item.object,
            "edition": item.edition,
            "severity": item.severity,
            "native_scale": item.native_scale,
            "native_level": item.native_level,
            "condition": item.condition,
            "excepted": list(item.excepted),
            "evidence": evidence_of(item),
        }


def evidence_of(claim: Claim) -> list[str]:
    """Where each word of a claim stands: document and characters, as RFC 5147 writes them."""
    return [f"{item.document}#char={item.span.start},{item.span.end}" for item in claim.evidence]


def write_csv(data: GraphData, target: Path) -> dict[str, int]:
    """concepts.csv, links.csv and claims.csv in a folder."""
    target.mkdir(parents=True, exist_ok=True)
    concepts = (
        (
            c.id,
            c.kind,
            c.name,
            *("|".join(c.names.get(lang, ())) for lang in ("en", "zh", "fr")),
            codes(c.codes),
        )
        for c in data.concepts
    )
    links = ((x.kind, x.source, x.target, x.edition) for x in data.links)
    claims = (
        (
            *(
                x.id,
                x.predicate,
                x.subject,
                x.object,
                x.severity,
                x.native_scale,
                x.native_level,
                x.condition,
            ),
            *("|".join(x.excepted), x.edition, "|".join(evidence_of(x))),
        )
        for x in data.claims
    )
    heads = (
        *("id", "predicate", "subject", "object", "severity", "native_scale", "native_level", "condition"),
        *("excepted", "edition", "evidence"),
    )
    return {
        "concepts.csv": table(
            target / "concepts.csv", ("id", "kind", "name", "en", "zh", "fr", "codes"), concepts
        ),
        "links.csv": table(target / "links.csv", ("kind", "source", "target", "edition"), links),
        "claims.csv": table(target / "claims.csv", heads, claims),
    }


def codes(held: Mapping[str, str]) -> str:
    return "|".join(f"{system}:{code}" for system, code in held.items())


def table(file: Path, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    count = 0
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(heads)
        for count, row in enumerate(rows, start=1):  # noqa: B007 - the count is what is wanted
            writer.writerow(row)
    return count


FORMATS: Final[Mapping[str, Callable[[GraphData, Path], dict[str, int]]]] = {
    "graphml": write_graphml,
    "jsonld": write_json_ld,
    "csv": write_csv,
}
