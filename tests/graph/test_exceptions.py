"""What a class' name excepts is read from the name itself."""

from __future__ import annotations

import pytest

from medrag_graph.exceptions import excepted_names


@pytest.mark.parametrize(
    ("name", "excepted"),
    [
        ("MACROLIDES (SAUF SPIRAMYCINE)", ("SPIRAMYCINE",)),
        ("BÊTA-BLOQUANTS (SAUF ESMOLOL ET SOTALOL) (Y COMPRIS COLLYRES)", ("ESMOLOL", "SOTALOL")),
        ("ANTICORPS MONOCLONAUX (HORS ANTI-TNF ALPHA)", ("ANTI-TNF ALPHA",)),
        ("ANTIHYPERTENSEURS SAUF ALPHA-BLOQUANTS", ("antihypertenseurs alpha-bloquants",)),
        ("NSAIDs except aspirin", ("aspirin",)),
        ("DOPAMINERGIQUES", ()),
    ],
)
def test_exceptions_are_read(name: str, excepted: tuple[str, ...]) -> None:
    assert excepted_names(name) == excepted


def test_the_last_of_a_list_loses_its_dots() -> None:
    told = excepted_names("TORSADOGÈNES (SAUF ARSÉNIEUX, ANTIPARASITAIRES, NEUROLEPTIQUES, MÉTHADONE...)")
    assert told[0] == "ARSÉNIEUX"
    assert told[-1] == "MÉTHADONE"
    assert len(told) == 4
