"""Decides which network addresses a source may live at, so that a card cannot reach into the operator's own network."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable
from typing import Final

import httpx

from medrag.errors import Place, SourceRefused, SourceUnavailable

__all__ = ["Resolver", "allowed_addresses", "check_url", "is_public", "resolve_host"]

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

#: From a host name and a port to its addresses as text; raises OSError when there are none.
Resolver = Callable[[str, int], list[str]]

#: IPv4 embedded in IPv6 by NAT64 (RFC 6052), whose last 32 bits are the address reached.
NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")

#: The forms inet_aton takes for an address: 127.1, 0x7f000001, 017700000001, 2130706433.
NUMERIC: Final = re.compile(r"(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+))*\.?", re.IGNORECASE)


def resolve_host(host: str, port: int) -> list[str]:
    """What the system's resolver says, each address once."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(item[4][0]) for item in found))


def check_url(told: str) -> httpx.URL:
    """The address read strictly. Raises SourceRefused: another scheme, no host, credentials, an odd number for a host."""
    try:
        url = httpx.URL(told)
    except (httpx.InvalidURL, TypeError) as error:
        raise refused(told, f"not an address: {error}") from error
    if url.scheme not in {"http", "https"}:
        raise refused(told, f"{url.scheme or 'no'} scheme: only http and https are fetched")
    if url.port is not None and not 0 < url.port < 65536:
        raise refused(told, f"there is no port {url.port}")
    if not url.host or re.search(r"[\s\x00-\x1f]", told):
        raise refused(told, "the address names no host")
    if url.userinfo:
        raise refused(told, "an address may not carry a user name or password")
    if "%" in url.host or (NUMERIC.fullmatch(url.host) and not literal(url.host)):
        raise refused(told, "the host is a number in a form that hides which address is meant")
    return url


def allowed_addresses(url: httpx.URL, resolve: Resolver, allow_private: bool) -> list[str]:
    """The addresses of the URL's host, all of them public unless ``allow_private``.

    Raises SourceRefused when any is not (a name may not mix), SourceUnavailable when the name is unknown.
    """
    port = url.port or (443 if url.scheme == "https" else 80)
    host = url.raw_host.decode("ascii").strip("[]")
    try:
        found = [host] if literal(host) else resolve(host, port)
    except OSError as error:
        raise SourceUnavailable(
            f"the name {host} cannot be resolved: {error.strerror or error}",
            place=Place(shown(url)),
            remedy="Check the network, or put the file in a folder of MEDRAG_MIRROR",
        ) from error
    bad = [address for address in found if not (allow_private or is_public(address))]
    if bad or not found:
        raise refused(
            shown(url),
            f"{host} is {', '.join(bad) or 'nowhere'}: private, loopback and reserved addresses are not fetched from",
        )
    return found


def literal(host: str) -> Address | None:
    """The address the host is, when it is one in its plain form."""
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


def is_public(told: str) -> bool:
    """Whether every address the text stands for is on the open internet."""
    address = literal(told)
    return address is not None and all(is_open(each) for each in (address, *embedded(address)))


def is_open(address: Address) -> bool:
    """Global unicast: not private, loopback, link-local, shared, multicast, reserved or unspecified."""
    closed = address.is_multicast or address.is_reserved or address.is_link_local or address.is_loopback
    site_local = isinstance(address, ipaddress.IPv6Address) and address.is_site_local
    mapped = isinstance(address, ipaddress.IPv6Address) and (address.ipv4_mapped or address in NAT64)
    return bool(mapped) or not (closed or site_local or address.is_unspecified or not address.is_global)


def embedded(address: Address) -> list[ipaddress.IPv4Address]:
    """IPv4 addresses that an IPv6 address leads to: mapped, compatible, NAT64, 6to4, Teredo."""
    if isinstance(address, ipaddress.IPv4Address):
        return []
    inner = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in NAT64 or int(address) >> 32 == 0:
        inner.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [each for each in inner if each is not None]


def shown(url: httpx.URL) -> str:
    """The address as errors and receipts show it: no query, which may hold a key."""
    return str(url.copy_with(query=None, fragment=None))


def refused(where: str, problem: str) -> SourceRefused:
    """The error for an address that is not fetched."""
    return SourceRefused(
        problem,
        place=Place(re.sub(r"//[^/]*@", "//", where.partition("?")[0])),  # no password, no key
        remedy="Mend the card, or set MEDRAG_FETCH_ALLOW_PRIVATE=true for a server of your own",
    )
