"""The interaction review: pairs, classes, context, cumulative risk, duplicates and the patient, in one report."""

from __future__ import annotations

from medrag_graph.interactions.known import Known
from medrag_graph.interactions.patient import Patient, read_patient
from medrag_graph.interactions.regimen import DrugInput, Regimen, read_regimen
from medrag_graph.interactions.report import InteractionReport
from medrag_graph.interactions.review import review
from medrag_graph.interactions.sources import OpenShelfSources, ShelfSources, SourceEdition

__all__ = [
    "DrugInput",
    "InteractionReport",
    "Known",
    "OpenShelfSources",
    "Patient",
    "Regimen",
    "ShelfSources",
    "SourceEdition",
    "read_patient",
    "read_regimen",
    "review",
]
