"""Proves every citation of an answer without trusting medrag: python prove_citations.py ANSWER.json|- http://127.0.0.1:8000"""

import hashlib
import json
import sys
import urllib.request
from pathlib import Path


def fetch(path: str) -> bytes:
    with urllib.request.urlopen(sys.argv[2].rstrip("/") + path, timeout=30) as response:
        return response.read()


answer = json.loads((sys.stdin.buffer if sys.argv[1] == "-" else Path(sys.argv[1]).open("rb")).read())  # noqa: SIM115
failures, numbers = [], {citation["n"] for citation in answer["citations"]}
for said in answer["statements"]:
    if answer["answer"][said["start"] : said["end"]] != said["text"]:
        failures.append(f"statement at {said['start']} is not what the answer says there")
    if not said["citations"] or not numbers.issuperset(said["citations"]):
        failures.append(f"statement at {said['start']} leans on no citation, or on one that is not there")
for citation in answer["citations"]:
    document, quote, place = citation["document"], citation["quote"], citation["position"]
    passage = json.loads(fetch(f"/passages/{citation['passage_id']}"))
    body = fetch(f"/documents/{document['id']}/text")
    text, start, end = body.decode("utf-8"), place["start"], place["end"]
    checks = {
        "the text has the sha256 cited": hashlib.sha256(body).hexdigest() == document["sha256"],
        "the quote stands at its place": text[start:end] == quote["exact"] != "",
        "its prefix and suffix surround it": text[:start].endswith(quote["prefix"])
        and text[end:].startswith(quote["suffix"]),
        "the passage is a slice of the text": text[passage["start"] : passage["end"]] == passage["text"],
        "the passage is of that document, in force": passage["document"]["id"] == document["id"]
        and passage["in_force"],
    }
    failures += [f"[{citation['n']}] not so: {name}" for name, holds in checks.items() if not holds]
print(
    f"{len(answer['statements'])} statements, {len(numbers)} citations, {len(failures)} failures",
    *failures,
    sep="\n",
)
sys.exit(1 if failures or (answer["status"] in ("answered", "partial") and not numbers) else 0)
