"""No webhook reaches a private network, in any notation of an address."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from functions.core.webhooks.public_addresses import PORTS, UrlTarget, public, target

OURS = [
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24"),
    *("192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
    *("224.0.0.0/4", "240.0.0.0/4", "255.255.255.255/32"),
    *("::/128", "::1/128", "::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/32"),
    *("2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"),
]


@pytest.mark.parametrize("network", OURS)
@given(data=st.data())
def test_no_address_of_a_private_network_is_public(network: str, data: st.DataObject) -> None:
    inside = ipaddress.ip_network(network)
    offset = data.draw(st.integers(0, inside.num_addresses - 1))
    assert not public(str(inside[offset]))


@given(st.ip_addresses(v=4))
def test_an_embedded_address_is_not_public(address: ipaddress.IPv4Address) -> None:
    """IPv6 embeds IPv4 in several ways. The host behind it may be ours."""
    number = int(address)
    carriers = [
        (0xFFFF << 32) | number,  # mapped
        number,  # compatible
        (0x0064_FF9B << 96) | number,  # NAT64
        (0x2002 << 112) | (number << 80) | 1,  # 6to4
        (0x2001 << 112) | (number ^ 0xFFFF_FFFF),  # Teredo
    ]
    assert not any(public(str(ipaddress.IPv6Address(carrier))) for carrier in carriers)


@given(st.ip_addresses())
def test_a_public_address_is_global(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    if public(str(address)):
        assert address.is_global
        assert not address.is_multicast
        assert not address.is_private


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "52.94.236.248", "2606:2800:220:1:248:1893:25c8:1946"])
def test_hosts_of_the_internet_are_public(address: str) -> None:
    assert public(address)


@pytest.mark.parametrize("text", ["", "localhost", "2130706433", "0x7f.1", "127.1", "fe80::1%eth0", "8.8.8.8/24"])
def test_text_without_an_address_is_not_public(text: str) -> None:
    assert not public(text)


@given(st.text() | st.from_regex(r"https?://[^/]{0,40}(:\d{1,6})?(/.{0,20})?"))
@example("https://[::1]/")
@example("https://[/")
@example("https://a.example:99999/")
@example("https://\uff41.example/")
@example("https://127.0.0.1.:443/")
def test_any_text_is_a_target_or_an_error(text: str) -> None:
    """A target's host is a name, never an address in any notation."""
    try:
        result = target(text)
    except ValueError:
        return
    assert result.tls
    assert result.port in PORTS
    assert result.host.isascii()
    assert result.host.rpartition(".")[2][0].isalpha()
    assert result.path.startswith("/")
    assert not any(c.isspace() for c in result.path)


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("http://hooks.acme.com/", "must begin with https://"),
        ("//hooks.acme.com/", "must begin with https://"),
        ("file:///etc/passwd", "must begin with https://"),
        ("https://acme/", "full domain name"),
        ("https://localhost/", "full domain name"),
        ("https://0177.0.0.1/", "full domain name"),
        ("https://2130706433/", "full domain name"),
        ("https://hooks.acme.com:25/", "port 443 or 8443"),
        ("https://me:secret@hooks.acme.com/", "without a user name"),
        ("https://acme.com\\@evil.example/", "without a user name"),
        ("https://hooks.acme.com/#a", "without a user name"),
        ("https://hooks.acme.com/a b", "ASCII characters"),
        ("https://hooks.acme.com/\r\nHost: evil", "ASCII characters"),
        (f"https://hooks.acme.com/{'a' * 2000}", "at most 2000"),
    ],
)
def test_an_error_has_the_valid_form(url: str, error: str) -> None:
    with pytest.raises(ValueError, match=error):
        target(url)


def test_a_target_has_what_a_request_needs() -> None:
    assert target("https://Hooks.Acme.com/in/?a=1") == UrlTarget("hooks.acme.com", 443, "/in/?a=1")
    assert target("https://hooks.acme.com:8443") == UrlTarget("hooks.acme.com", 8443, "/")


def test_this_machine_is_a_target_only_if_allowed() -> None:
    assert target("http://127.0.0.1:9000/x", localhost=True) == UrlTarget("127.0.0.1", 9000, "/x", tls=False)
    for url in ("http://169.254.169.254/", "http://10.0.0.1/", "http://hooks.acme.com/", "http://[::1]/"):
        with pytest.raises(ValueError, match="must begin with https"):
            target(url, localhost=True)
