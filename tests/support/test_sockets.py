"""The guard: no test reaches outside this machine."""

import socket

import pytest

from tests.support.sockets import OutsideConnection, is_local


def test_an_outside_address_is_refused() -> None:
    with socket.socket() as outside, pytest.raises(OutsideConnection, match=r"192\.0\.2\.1"):
        outside.connect(("192.0.2.1", 443))


@pytest.mark.parametrize("host", ["example.org", b"example.org"])
def test_an_outside_name_is_not_even_looked_up(host: str | bytes) -> None:
    with pytest.raises(OutsideConnection, match="example"):
        socket.getaddrinfo(host, 443)


def test_any_address_may_be_listened_on() -> None:
    assert socket.getaddrinfo(None, 0)


def test_loopback_is_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as client:
        client.connect(server.getsockname())


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost", "::"])
def test_local_hosts(host: str) -> None:
    assert is_local(host)


@pytest.mark.parametrize("host", ["10.0.0.1", "fe80::1%eth0", "2001:db8::1"])
def test_outside_hosts(host: str) -> None:
    assert not is_local(host)
