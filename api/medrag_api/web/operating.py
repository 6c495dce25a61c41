"""The operator's pages: what alerts ask of clinicians, keys and their use, the audit log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final

from fastapi import Form
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from medrag.catalogue import Catalogue
from medrag.catalogue.alert_levels import LEVELS, AlertLevels
from medrag.catalogue.audit import Audit, row_of, usage
from medrag.errors import InputRefused, NotFound, Place, UsageError
from medrag.settings import Settings
from medrag_api.routes.reading import Set, caller_of
from medrag_api.routes.writing import WRITING
from medrag_api.security.callers import EVERYBODY
from medrag_api.security.keybook import KeyBook, key_json
from medrag_api.security.log import audit_of, note_now
from medrag_api.security.scopes import SCOPES
from medrag_api.security.tenancy import acts_on_all
from medrag_api.web.burden_view import burden_view
from medrag_api.web.pages import language_of, render
from medrag_api.web.rooms import page_router, said
from medrag_api.web.shelving import open_catalogue
from medrag_api.web.words import words_in

__all__ = ["router"]

router = page_router()
#: Days of use shown, and records of the log.
DAYS: Final = 7
RECORDS: Final = 50
#: Shown of a form that nobody has filled in yet.
EMPTY: Final[Mapping[str, Any]] = {"scopes": ("admin",), "days": "365"}


@contextmanager
def whole(request: Request, settings: Settings) -> Iterator[Catalogue]:
    """The catalogue, for who acts for the whole of it. Raises 403 for an admin of one tenant, NotFound without a shelf."""
    with closing(open_catalogue(settings)) as catalogue:
        if not acts_on_all(catalogue, caller_of(request).tenant):
            raise HTTPException(403)
        yield catalogue


# --- alerts --------------------------------------------------------------------------------------------


@router.get("/console/operator")
def show_alerts(request: Request, settings: Set, level: str = "") -> Response:
    """The burden of alerts, and what each level would change over what was counted."""
    return alerts_page(request, settings, level)


def alerts_page(request: Request, settings: Settings, level: str, problem: str = "") -> Response:
    chosen = next((item for item in LEVELS if item == level), None)
    request.app.state.alerts.flush()
    with whole(request, settings) as catalogue:
        told = burden_view(settings, catalogue, chosen, language_of(request))
    status = 422 if problem else 200
    return render(request, "operator_alerts.html", "operator", status, part="alerts", problem=problem, **told)


@router.post("/console/operator/level", dependencies=[WRITING])
def set_level(
    request: Request,
    settings: Set,
    level: Annotated[str, Form(max_length=20)] = "",
    reason: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """From the next call of a hook on, findings interrupt from another severity."""
    who = caller_of(request).id
    with whole(request, settings) as catalogue:
        try:
            AlertLevels(catalogue).choose(level, who, reason)
        except InputRefused as error:
            problem = said(error)
        else:
            note_now(settings, catalogue, f"alerts interrupt from {level}", who=who)
            return RedirectResponse("/console/operator#level", 303)
    return alerts_page(request, settings, level, problem)


# --- keys ----------------------------------------------------------------------------------------------


@router.get("/console/operator/keys")
def show_keys(request: Request, settings: Set) -> Response:
    """The keys the caller may give out, and how they were used."""
    return keys_page(request, settings, EMPTY)


def keys_page(
    request: Request, settings: Settings, form: Mapping[str, Any], problem: str = "", given: str = ""
) -> Response:
    caller = caller_of(request)
    with whole(request, settings) as catalogue:
        book = KeyBook(settings, catalogue)
        held = book.keys.all()
        mine = [key for key in held if caller.tenant in (EVERYBODY, key.tenant)]
        used = use_view(catalogue, {key.id: key.name for key in held}, {key.id for key in mine})
    status = 422 if problem else 200
    return render(
        request,
        "operator_keys.html",
        "operator",
        status,
        part="keys",
        keys=[key_json(key) for key in reversed(mine)],
        keyless=not held,
        first=len(held) == 1 and bool(given),
        given=given,
        form=form,
        problem=problem,
        scopes=SCOPES,
        **used,
    )


def use_view(catalogue: Catalogue, names: Mapping[str, str], mine: set[str]) -> dict[str, Any]:
    """Acts by caller over the last days; of keys only those the reader may see."""
    today = datetime.now(UTC).date()
    days = [(today - timedelta(days=back)).isoformat() for back in range(DAYS - 1, -1, -1)]
    rows: dict[str, dict[str, Any]] = {}
    for item in usage(catalogue):
        if item.day not in days or (item.who in names and item.who not in mine):
            continue
        row = rows.setdefault(
            item.who, {"who": item.who, "name": names.get(item.who, ""), "days": {}, "total": 0}
        )
        row["days"][item.day] = (item.acts, item.refused)
        row["total"] += item.acts
    ranked = sorted(rows.values(), key=lambda row: (-row["total"], row["who"]))
    return {"days": days, "used": ranked, "most": max((row["total"] for row in ranked), default=0)}


@router.post("/console/operator/keys", dependencies=[WRITING])
async def give_key(request: Request, settings: Set) -> Response:
    """A new key, shown on this page and never again."""
    async with request.form(max_files=0, max_fields=30) as sent:
        form = {name: str(sent.get(name, "")).strip() for name in ("name", "tenant", "days", "per_minute")}
        scopes = tuple(str(item) for item in sent.getlist("scope"))
    return await run_in_threadpool(given_page, request, settings, {**form, "scopes": scopes})


def given_page(request: Request, settings: Settings, form: Mapping[str, Any]) -> Response:
    caller, w = caller_of(request), words_in(language_of(request))
    try:
        told = wanted(form)
        if caller.tenant not in (EVERYBODY, told["tenant"]):
            raise InputRefused(
                "a key reads no more than the one it is given with", place=Place(field="tenant")
            )
        with whole(request, settings) as catalogue:
            book, moment = KeyBook(settings, catalogue, who=caller.id), datetime.now(UTC)
            admins = [key for key in book.keys.all() if "admin" in key.scopes and key.stands(moment)]
            if not admins and "admin" not in told["scopes"]:
                raise InputRefused(w.o_admin_first, place=Place(field="scope"))
            text, _ = book.give(**told)
    except (InputRefused, UsageError) as error:
        field = f"{error.place.field}: " if error.place.field else ""
        return keys_page(request, settings, form, f"{field}{error.problem}")
    return keys_page(request, settings, EMPTY, given=text)


def wanted(form: Mapping[str, Any]) -> dict[str, Any]:
    """A key as it is asked for. Raises InputRefused naming the field."""
    unknown = [item for item in form["scopes"] if item not in SCOPES]
    if unknown or not form["scopes"]:
        raise InputRefused(f"one or more of {', '.join(SCOPES)} are wanted", place=Place(field="scope"))
    return {
        "scopes": form["scopes"],
        "tenant": form["tenant"],
        "name": form["name"],
        "days": number(form["days"], "days", 3650),
        "per_minute": number(form["per_minute"], "per_minute", 1_000_000) if form["per_minute"] else None,
    }


def number(typed: str, field: str, most: int, least: int = 1) -> int:
    """Raises InputRefused for what is no whole number within its bounds."""
    if typed.isascii() and typed.isdigit() and len(typed) < 10 and least <= int(typed) <= most:
        return int(typed)
    raise InputRefused(f"a whole number from {least} to {most} is wanted", place=Place(field=field))


@router.post("/console/operator/keys/{id}/replace", dependencies=[WRITING])
def replace_key(
    request: Request, id: str, settings: Set, overlap_hours: Annotated[str, Form(max_length=9)] = "24"
) -> Response:
    """A key like it, shown once; the old one ends after the overlap."""
    hours = number(overlap_hours.strip(), "overlap_hours", 720, 0)
    with whole(request, settings) as catalogue:
        book = mine(request, settings, catalogue, id)
        text, _ = book.replace(id, days=365, overlap_hours=hours)
    return keys_page(request, settings, EMPTY, given=text)


@router.post("/console/operator/keys/{id}/revoke", dependencies=[WRITING])
def revoke_key(request: Request, id: str, settings: Set) -> Response:
    """The key opens nothing any more."""
    with whole(request, settings) as catalogue:
        mine(request, settings, catalogue, id).end(id)
    return RedirectResponse("/console/operator/keys", 303)


def mine(request: Request, settings: Settings, catalogue: Catalogue, identifier: str) -> KeyBook:
    """The book, for a key the caller may see. Raises NotFound for every other."""
    caller, book = caller_of(request), KeyBook(settings, catalogue, who=caller_of(request).id)
    if caller.tenant not in (EVERYBODY, book.keys.get(identifier).tenant):
        raise NotFound("no key of that id is known")
    return book


# --- audit ---------------------------------------------------------------------------------------------


@router.get("/console/operator/audit")
def show_audit(request: Request, settings: Set) -> Response:
    """The last records of the log."""
    return audit_page(request, settings)


def audit_page(
    request: Request, settings: Settings, verdict: Mapping[str, Any] | None = None, problem: str = ""
) -> Response:
    with whole(request, settings) as catalogue:
        # Reading proves nothing, so it needs no secret.
        records = [row_of(record) for record in Audit(catalogue, b"").last(RECORDS)]
    status = 422 if problem else 200
    told = {"part": "audit", "records": records, "verdict": verdict, "problem": problem}
    return render(request, "operator_audit.html", "operator", status, **told)


@router.post("/console/operator/audit", dependencies=[WRITING])
def verify_audit(
    request: Request, settings: Set, anchor: Annotated[str, Form(max_length=200)] = ""
) -> Response:
    """Reads the whole log and says whether each record is as it was written."""
    from medrag_api.cli.audit import read_anchor

    try:
        noted = read_anchor(anchor.strip()) if anchor.strip() else None
    except UsageError as error:
        return audit_page(request, settings, problem=error.problem)
    with whole(request, settings) as catalogue:
        chain = audit_of(settings, catalogue).verify(noted)
    anchored = f"{chain.seq}:{chain.hash}" if chain.records else ""
    verdict = {"problem": chain.problem, "records": chain.records, "anchor": anchored}
    return audit_page(request, settings, verdict)
