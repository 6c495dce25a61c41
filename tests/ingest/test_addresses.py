"""Which addresses a source may live at."""

from __future__ import annotations

import pytest

from medrag.errors import SourceRefused, SourceUnavailable
from medrag_ingest.addresses import allowed_addresses, check_url, is_public


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]
)
def test_the_open_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1",
        "::", "::1", "fe80::1", "fc00::1", "fd12::1", "fec0::1", "ff02::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1",
        "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2002:a00:1::1", "2001:0:4136:e378:8000:63bf:f5ff:fffe",
        "not an address", "",
    ],
)  # fmt: skip
def test_everything_else_is_not(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://x.org/a", "file:///etc/passwd", "gopher://x.org/", "x.org/a", "https://", "http:///a", "javascript:1",
        "https://me@x.org/a", "https://me:pw@x.org/a", "http://2130706433/", "http://0x7f000001/", "http://017700000001/",
        "http://127.1/", "http://0x7f.0.0.1/", "http://0/", "http://127.0.0.1./", "http://[fe80::1%25eth0]/",
        "http://x.org/a b", "http://x.org/\n", "http://[::1", "http://me:pw@[::1", "http://x.org:99999/",
    ],
)  # fmt: skip
def test_addresses_in_odd_forms_are_refused(url: str) -> None:
    with pytest.raises(SourceRefused) as caught:
        check_url(url)
    assert "pw" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/", "http://[::1]/", "http://[::ffff:10.0.0.1]/", "http://169.254.169.254/latest"],
)
def test_literal_addresses_inside_are_refused_without_a_question_to_dns(url: str) -> None:
    def never(host: str, port: int) -> list[str]:
        raise AssertionError("asked")

    with pytest.raises(SourceRefused, match="private, loopback"):
        allowed_addresses(check_url(url), never, allow_private=False)
    assert allowed_addresses(check_url(url), never, allow_private=True)


@pytest.mark.parametrize("answers", [["127.0.0.1"], ["1.1.1.1", "10.0.0.1"], ["::1"], []])
def test_a_name_with_any_inner_address_is_refused(answers: list[str]) -> None:
    with pytest.raises(SourceRefused):
        allowed_addresses(check_url("https://x.org/"), lambda host, port: answers, allow_private=False)


def test_a_public_name_is_resolved_once_with_its_port() -> None:
    asked = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return ["1.1.1.1"]

    for url in ("https://x.org/", "http://x.org/", "https://x.org:8443/", "https://bücher.example/"):
        assert allowed_addresses(check_url(url), resolve, allow_private=False) == ["1.1.1.1"]
    assert asked == [("x.org", 443), ("x.org", 80), ("x.org", 8443), ("xn--bcher-kva.example", 443)]


def test_an_unknown_name_is_unavailable_and_its_query_is_not_told() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise OSError("Name or service not known")

    with pytest.raises(SourceUnavailable, match="cannot be resolved") as caught:
        allowed_addresses(check_url("https://x.org/a?key=secret"), unknown, allow_private=False)
    assert "secret" not in str(caught.value)
