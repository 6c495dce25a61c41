"""Specialty packs: folders, or installed plug-ins, that add cards, prompt fragments, intents and golden questions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, NoReturn, get_args

import yaml

from medrag.errors import ManifestRefused, NotFound, Place
from medrag.identifiers import SLUG, sha256_text
from medrag.lexicon import INTENTS, Cue, Weight, compile_cue
from medrag.settings import Settings
from medrag.vocabulary import LANGUAGES, Language

__all__ = [
    "GROUP",
    "Pack",
    "load_packs",
    "pack_cues",
    "pack_fragments",
    "pack_named",
    "packs_fingerprint",
    "read_pack",
]

#: Entry points of this group name a package whose folder holds a pack.yaml.
GROUP: Final = "medrag.packs"
FILE: Final = "pack.yaml"
FIELDS: Final = ("id", "title", "about", "manifests", "prompts", "intents", "golden")
NEEDED: Final = ("id", "title", "about")
#: Characters of a prompt fragment: what a specialty adds may not crowd out the evidence.
LONGEST_FRAGMENT: Final = 2000
MOST_BYTES: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class Pack:
    """One specialty. ``manifests`` are cards of its own; ``works`` ids of cards held that it leans on."""

    id: str
    title: str
    about: str
    folder: Path
    manifests: tuple[Path, ...]
    works: tuple[str, ...]
    fragments: Mapping[Language, str]
    cues: tuple[Cue, ...]
    #: (question, id of the work that must be among the first found).
    golden: tuple[tuple[str, str], ...]
    sha256: str


def load_packs(settings: Settings) -> tuple[Pack, ...]:
    """The packs of the setting, then those installed, by id. Raises ManifestRefused: malformed, or two of one id."""
    found = [read_pack(folder) for folder in (*settings.packs, *installed_folders())]
    held: dict[str, Pack] = {}
    for pack in found:
        if pack.id in held and held[pack.id].folder != pack.folder:
            raise ManifestRefused(
                f"two packs are called {pack.id!r}: {held[pack.id].folder} and {pack.folder}",
                place=Place(str(pack.folder / FILE), None, "id"),
            )
        held[pack.id] = pack
    return tuple(held[name] for name in sorted(held))


@cache
def installed_folders() -> tuple[Path, ...]:
    """The folders of the plug-ins installed beside medrag; looked for once a process."""
    points = sorted(entry_points(group=GROUP), key=lambda point: point.name)
    return tuple(Path(str(files(point.load()))) for point in points)


def pack_named(settings: Settings, name: str) -> Pack:
    """The pack of that id. Raises NotFound naming those there are."""
    held = {pack.id: pack for pack in load_packs(settings)}
    if name not in held:
        raise NotFound(
            f"no pack is called {name!r}",
            remedy=f"Packs: {', '.join(held)}" if held else "Name its folder in MEDRAG_PACKS",
        )
    return held[name]


def pack_fragments(settings: Settings, language: Language) -> tuple[str, ...]:
    """What the packs add to a prompt in this language, in the order of their ids."""
    return tuple(p.fragments[language] for p in load_packs(settings) if language in p.fragments)


def pack_cues(settings: Settings) -> tuple[Cue, ...]:
    """The cues that the packs add to those of the lexicon."""
    return tuple(cue for pack in load_packs(settings) for cue in pack.cues)


def packs_fingerprint(settings: Settings) -> str:
    """sha256 over what every pack says; "" without packs, so that a removed pack leaves no trace in a basis."""
    packs = load_packs(settings)
    return sha256_text("\n".join(f"{pack.id} {pack.sha256}" for pack in packs)) if packs else ""


def read_pack(folder: Path) -> Pack:
    """Reads ``folder/pack.yaml``. Raises ManifestRefused naming file and field."""
    file = folder / FILE
    text = text_of(file)
    return made_of(folder, file, text, mapping_of(file, text))


@cache
def parsed(text: str) -> Any:
    return yaml.safe_load(text)


def text_of(file: Path) -> str:
    try:
        data = file.read_bytes()
        if len(data) > MOST_BYTES:
            refuse(file, "", f"a pack holds {MOST_BYTES} bytes at most")
        return data.decode("utf-8")
    except OSError as error:
        raise ManifestRefused(
            f"the pack cannot be read: {error.strerror}", place=Place(str(file)), remedy="Mend MEDRAG_PACKS"
        ) from error
    except UnicodeDecodeError as error:
        raise ManifestRefused("the pack is not UTF-8", place=Place(str(file))) from error


def mapping_of(file: Path, text: str) -> Mapping[str, Any]:
    try:
        told = parsed(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise ManifestRefused(f"not YAML: {error.problem}", place=Place(str(file), line)) from error
    if not isinstance(told, dict):
        refuse(file, "", "a pack is a mapping of fields")
    for name in told:
        if name not in FIELDS:
            refuse(file, str(name), f"no such field; the fields are {', '.join(FIELDS)}")
    for name in NEEDED:
        if not isinstance(told.get(name), str) or not told[name].strip():
            refuse(file, name, "some words are wanted")
    return told


def made_of(folder: Path, file: Path, text: str, told: Mapping[str, Any]) -> Pack:
    if not SLUG.fullmatch(told["id"]):
        refuse(file, "id", "lower-case letters, digits, dots, dashes and underscores, 80 at most")
    cards, works = manifests_of(folder, file, told.get("manifests", []))
    fragments = fragments_of(file, told.get("prompts", {}))
    cues = tuple(cues_of(file, told.get("intents", [])))
    golden = tuple(golden_of(file, told.get("golden", [])))
    parts = [text, *(text_of(card) for card in cards)]
    return Pack(
        told["id"],
        told["title"],
        told["about"],
        folder,
        cards,
        works,
        fragments,
        cues,
        golden,
        sha256_text("\0".join(parts)),
    )


def manifests_of(folder: Path, file: Path, told: Any) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """``{file: x.yaml}`` is a card inside the folder, ``{work: ansm}`` a card held already."""
    cards, works = [], []
    for at, item in enumerate(listed(file, "manifests", told)):
        field = f"manifests.{at}"
        if not isinstance(item, dict) or len(item) != 1 or not {"file", "work"} & item.keys():
            refuse(file, field, "{file: name.yaml} or {work: id} is wanted")
        name = str(next(iter(item.values())))
        if "work" in item:
            works.append(
                name if SLUG.fullmatch(name) else refuse(file, f"{field}.work", "an id of a card is wanted")
            )
            continue
        card = (folder / name).resolve()
        if not card.is_relative_to(folder.resolve()) or not card.is_file():
            refuse(file, f"{field}.file", "a file inside the pack's folder is wanted")
        cards.append(card)
    return tuple(cards), tuple(works)


def fragments_of(file: Path, told: Any) -> dict[Language, str]:
    if not isinstance(told, dict):
        refuse(file, "prompts", "a mapping of language to words is wanted")
    for language, words in told.items():
        if language not in LANGUAGES:
            refuse(file, f"prompts.{language}", f"one of {', '.join(LANGUAGES)} is wanted")
        if not isinstance(words, str) or not 0 < len(words.strip()) <= LONGEST_FRAGMENT:
            refuse(file, f"prompts.{language}", f"1 to {LONGEST_FRAGMENT} characters are wanted")
    known: tuple[Language, ...] = get_args(Language)
    return {language: told[language].strip() for language in known if language in told}


def cues_of(file: Path, told: Any) -> Iterator[Cue]:
    for at, item in enumerate(listed(file, "intents", told)):
        field = f"intents.{at}"
        if not isinstance(item, dict) or not {"intent", "language", "cue"} <= item.keys():
            refuse(file, field, "intent, language and cue are wanted")
        weight: Weight = "strong" if item.get("weight", "strong") == "strong" else "weak"
        for name, allowed in (("intent", INTENTS), ("language", LANGUAGES)):
            if item[name] not in allowed:
                refuse(file, f"{field}.{name}", f"one of {', '.join(allowed)} is wanted")
        cue = Cue(item["intent"], item["language"], str(item["cue"]), weight)
        try:
            empty = compile_cue(cue).search("") is not None
        except re.error as error:
            refuse(file, f"{field}.cue", f"no regular expression: {error}")
        if empty:
            refuse(file, f"{field}.cue", "matches an empty text")
        yield cue


def golden_of(file: Path, told: Any) -> Iterator[tuple[str, str]]:
    for at, item in enumerate(listed(file, "golden", told)):
        if not isinstance(item, dict) or not isinstance(item.get("ask"), str):
            refuse(file, f"golden.{at}.ask", "a question is wanted")
        work = item.get("work")
        if not isinstance(work, str) or not SLUG.fullmatch(work):
            refuse(file, f"golden.{at}.work", "the id of a work is wanted")
        yield item["ask"], work


def listed(file: Path, field: str, told: Any) -> Iterable[Any]:
    if not isinstance(told, list):
        refuse(file, field, "a list is wanted")
    return told


def refuse(file: Path, field: str, problem: str) -> NoReturn:
    raise ManifestRefused(problem, place=Place(str(file), None, field or None))
