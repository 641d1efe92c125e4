"""Keep tests on this machine: a connection to any address but loopback is an error.

In: Python's audit events for connecting and for looking up names. Out: `OutsideConnection` at the
line that tried. Installed once per process by conftest; an audit hook cannot be removed, so nothing
may need to.
"""

import ipaddress
import sys

_LOCAL_NAMES = frozenset({"localhost", ""})


class OutsideConnection(AssertionError):
    """A test reached for the network."""

    def __init__(self, host: str) -> None:
        super().__init__(f"a test may only connect to loopback, not to {host!r}")


def is_local(host: str) -> bool:
    """Tell whether the host is this machine, without asking a name server."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host in _LOCAL_NAMES
    return address.is_loopback or address.is_unspecified  # unspecified: every address of ours


def install() -> None:
    """Refuse outside connections from here to the end of the process."""
    sys.addaudithook(_hook)


def _hook(event: str, args: tuple[object, ...]) -> None:
    if event == "socket.connect":
        address = args[1]
        # A path (str or bytes) is a unix socket: local by nature.
        host = address[0] if isinstance(address, tuple) else ""
    elif event == "socket.getaddrinfo":
        host = args[0] if args[0] is not None else ""
    else:
        return
    if not is_local(_text(host)):
        raise OutsideConnection(_text(host))


def _text(host: object) -> str:
    return host.decode() if isinstance(host, bytes) else str(host)
