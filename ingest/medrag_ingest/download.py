"""Downloads one file over http(s): checked addresses, bounded size and time, resumed where it broke off."""

from __future__ import annotations

import json
import os
import re
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import httpx

from medrag.errors import Place, SourceRefused, SourceUnavailable
from medrag.settings import Settings
from medrag_ingest.addresses import Resolver, allowed_addresses, check_url, resolve_host, shown

__all__ = ["Download", "Progress"]

#: Called with the bytes had so far and the total when it is known.
Progress = Callable[[int, int | None], None]

MAX_REDIRECTS: Final = 5
#: Connections tried when one breaks; each goes on where the last stopped.
ATTEMPTS: Final = 4
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
#: Answers that may be different a moment later.
PASSING: Final = frozenset({408, 425, 429, 500, 502, 503, 504})


class Broken(Exception):
    """The connection broke or the server was busy; trying again may help."""


@dataclass(frozen=True, slots=True)
class Validator:
    """What proves that the rest of a file belongs to its beginning: a strong ETag or a date (RFC 9110, 13.1.5)."""

    value: str

    @classmethod
    def of(cls, response: httpx.Response) -> Validator | None:
        """The response's, when it has one that If-Range takes."""
        tag = response.headers.get("etag", "")
        if tag and not tag.startswith("W/"):
            return cls(tag)
        changed = response.headers.get("last-modified", "")
        return cls(changed) if changed and not tag else None


@dataclass(frozen=True, slots=True)
class Download:
    """How to fetch one address into ``part``, which outlives a failure so that the next try can go on."""

    url: str
    part: Path
    settings: Settings
    #: Bytes the card says the file has; None when it does not.
    size: int | None = None
    resolve: Resolver = resolve_host
    transport: httpx.BaseTransport | None = None
    progress: Progress | None = None
    #: Seconds before the second attempt; doubled for each one after.
    pause_s: float = 0.5

    @property
    def memo(self) -> Path:
        """Where the validator of the beginning is kept."""
        return self.part.with_suffix(".json")

    @property
    def most(self) -> int:
        """Bytes beyond which the download is refused."""
        return min(self.size or self.settings.fetch_max_bytes, self.settings.fetch_max_bytes)

    def run(self) -> Path:
        """The complete file. Raises SourceRefused (address, size, encoding) or SourceUnavailable."""
        started = time.monotonic()
        self.part.parent.mkdir(parents=True, exist_ok=True)
        with self.client() as client:
            for attempt in range(ATTEMPTS):
                if attempt:
                    time.sleep(min(self.pause_s * 2 ** (attempt - 1), self.settings.fetch_total_s))
                    self.check(0, started)
                try:
                    self.attempt(client, started)
                except Broken as error:
                    last = error
                else:
                    self.memo.unlink(missing_ok=True)
                    return self.part
        raise self.unavailable(f"{last}; tried {ATTEMPTS} times")

    def client(self) -> httpx.Client:
        """A client that trusts the system's certificates and certifi's, follows nothing and reads no environment.

        Proxies of the environment are not used: behind one, the address that is connected to cannot be checked.
        """
        silence = self.settings.fetch_timeout_s
        timeout = httpx.Timeout(silence, connect=min(silence, 30.0))
        transport = self.transport or httpx.HTTPTransport(verify=certificates(), trust_env=False)
        return httpx.Client(transport=transport, timeout=timeout, follow_redirects=False, trust_env=False)

    def attempt(self, client: httpx.Client, started: float) -> None:
        """One try from where the part ends. Raises Broken when another try may help."""
        held, validator = self.beginning()
        headers = {"Accept-Encoding": "identity", "User-Agent": "medrag"}
        if held and validator:
            headers |= {"Range": f"bytes={held}-", "If-Range": validator.value}
        try:
            response = self.follow(client, headers)
            try:
                self.take(response, held, started)
            finally:
                response.close()
        except httpx.TimeoutException as error:
            raise Broken(f"nothing came for {self.settings.fetch_timeout_s:.0f} s") from error
        except httpx.TransportError as error:
            raise Broken(f"the connection broke: {error or type(error).__name__}") from error

    def follow(self, client: httpx.Client, headers: dict[str, str]) -> httpx.Response:
        """The answer behind at most five redirects, every address on the way checked before it is connected to."""
        url = check_url(self.url)
        for _ in range(MAX_REDIRECTS + 1):
            response = self.ask(client, url, headers)
            if response.status_code not in REDIRECTS:
                return response
            response.close()
            target = response.headers.get("location")
            if not target:
                raise self.refused("the server redirects to nowhere")
            following = check_url(str(url.join(target)))
            if url.scheme == "https" and following.scheme == "http":
                raise self.refused(f"redirected from https to {shown(following)}")
            url = following
        raise self.refused(f"more than {MAX_REDIRECTS} redirects")

    def ask(self, client: httpx.Client, url: httpx.URL, headers: dict[str, str]) -> httpx.Response:
        """Connects to an address that was checked, by number, so that the name cannot change its mind between.

        The name still stands in the Host header and in TLS (SNI), against which the certificate is checked.
        """
        last: httpx.TransportError | None = None
        for address in allowed_addresses(url, self.resolve, self.settings.fetch_allow_private):
            target = url.copy_with(host=address)
            name = url.raw_host.decode("ascii")
            request = client.build_request(
                "GET", target, headers={**headers, "Host": url.netloc.decode("ascii")}
            )
            request.extensions["sni_hostname"] = name
            try:
                return client.send(request, stream=True)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                last = error
        raise last or httpx.ConnectError("no address")

    def beginning(self) -> tuple[int, Validator | None]:
        """Bytes held of an earlier try, and the validator they came with; without one, none are used."""
        try:
            told = json.loads(self.memo.read_text("utf-8"))
            if told["url"] == self.url and isinstance(told["validator"], str):
                return self.part.stat().st_size, Validator(told["validator"])
        except (OSError, ValueError, KeyError, TypeError):
            pass
        return 0, None

    def take(self, response: httpx.Response, held: int, started: float) -> None:
        """Writes the body to the part."""
        begin = self.start_of(response, held)
        total = self.announced(response, begin)
        with self.writing(begin) as file:
            self.remember(
                Validator.of(response)
            )  # after the cut: a memo never speaks of bytes it was not sent with
            have = begin
            for piece in (
                response.iter_raw()
            ):  # as they come: gathered into larger ones, a drip would escape the clock
                have += len(piece)
                self.check(have, started)
                self.write(file, piece)
                if self.progress is not None:
                    self.progress(have, total)
        if total is not None and have < total:
            raise Broken(f"{have} of {total} bytes came")

    def start_of(self, response: httpx.Response, held: int) -> int:
        """The offset the body starts at. Raises Broken, SourceRefused or SourceUnavailable by the status."""
        status = response.status_code
        encoding = response.headers.get("content-encoding", "identity")
        if status in {200, 206} and encoding.lower() != "identity":
            raise self.refused(f"the server sends the file {encoding}-encoded though it was asked not to")
        if status == 200:
            return 0
        told = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("content-range", ""))
        if status == 206 and held and told and int(told[1]) == held and self.same_file(response):
            return held
        if status in {206, 416}:
            self.forget()
            raise Broken(f"the server answered {status} with a range that was not asked for")
        if status in PASSING:
            raise Broken(f"the server answered {status}")
        raise self.unavailable(f"the server answered {status} {response.reason_phrase}".rstrip())

    def same_file(self, response: httpx.Response) -> bool:
        """Whether the rest carries the validator of the beginning; some servers ignore If-Range."""
        sent = Validator.of(response)
        return sent is None or sent == self.beginning()[1]

    def announced(self, response: httpx.Response, begin: int) -> int | None:
        """The whole file's size by the headers. Raises SourceRefused when it is more than allowed."""
        length = response.headers.get("content-length", "")
        total = begin + int(length) if length.isdecimal() else None
        if total is not None and total > self.most:
            raise self.refused(f"the server announces {total} bytes, allowed are {self.most}")
        return total

    def check(self, have: int, started: float) -> None:
        """Size and time while bytes come. Raises SourceRefused or SourceUnavailable."""
        if have > self.most:
            self.forget()
            raise self.refused(f"more than {self.most} bytes came")
        if time.monotonic() - started > self.settings.fetch_total_s:
            raise self.unavailable(
                f"not complete after {self.settings.fetch_total_s:.0f} s; {have} bytes are kept"
            )

    def remember(self, validator: Validator | None) -> None:
        """Notes what the part is the beginning of; without a validator it cannot be resumed."""
        if validator is None:
            self.memo.unlink(missing_ok=True)
            return
        self.memo.write_text(json.dumps({"url": self.url, "validator": validator.value}), "utf-8")

    def forget(self) -> None:
        """Drops the part."""
        self.part.unlink(missing_ok=True)
        self.memo.unlink(missing_ok=True)

    def writing(self, begin: int) -> BinaryIO:
        """The part, open for writing at ``begin``; what stood after it is cut off."""
        handle = os.open(self.part, os.O_WRONLY | os.O_CREAT, 0o600)
        os.ftruncate(handle, begin)
        file = os.fdopen(handle, "wb")
        file.seek(begin)
        return file

    def write(self, file: BinaryIO, piece: bytes) -> None:
        """Raises SourceUnavailable when the disk is full."""
        try:
            file.write(piece)
        except OSError as error:
            raise self.unavailable(f"the disk refused: {error.strerror}") from error

    def refused(self, problem: str) -> SourceRefused:
        """What is wrong with the source."""
        return SourceRefused(
            problem, place=Place(shown(httpx.URL(self.url))), remedy="Compare the card's address"
        )

    def unavailable(self, problem: str) -> SourceUnavailable:
        """What failed on the way."""
        return SourceUnavailable(
            problem,
            place=Place(shown(httpx.URL(self.url))),
            remedy="Try again, or put the file in a folder of MEDRAG_MIRROR; nothing was changed",
        )


def certificates() -> ssl.SSLContext:
    """The system's trust store, where hospitals keep their own authorities, and certifi's for bare containers."""
    import certifi

    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
