"""Asks a served shelf through medrag.Client: typed answers, a check, and a proof of every quote.

medrag serve &
python docs/examples/python_client.py http://127.0.0.1:8000 "Can warfarin be taken with ibuprofen?"

A key, where one is needed: MEDRAG_KEY.
"""

from __future__ import annotations

import os
import sys

import medrag


def main(url: str = "http://127.0.0.1:8000", question: str = "Can warfarin be taken with ibuprofen?") -> None:
    with medrag.Client(url, key=os.environ.get("MEDRAG_KEY", "")) as client:
        answer = client.ask(question)
        print(answer.status, answer.answer, sep="\n")
        for citation in answer.citations:
            text = client.document_text(citation.document.id)
            quote, at = citation.quote.exact, citation.position
            print(f"[{citation.n}] “{quote}”: {citation.document.title}, {citation.document.edition}")
            print("    stands there, byte for byte:", text[at.start : at.end] == quote)
        report = client.check([told.input for told in answer.drugs] or ["warfarin", "ibuprofen"])
        for finding in report.findings:
            print(f"{finding.severity}: {finding.headline}")


if __name__ == "__main__":
    main(*sys.argv[1:3])
