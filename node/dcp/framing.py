"""What DCP writes into a socket.io message: sealed texts, announcements and fragments (dcp.md 3).

Lengths count UTF-16 units, as JavaScript's strings do, and a fragment may end between the halves of a character. This
machine has no IO: strings come in, sealed texts and the peer's wishes go out.
"""

from collections.abc import Mapping

from meshnode.node.dcp.json_text import JsonRefused, dumps, join_surrogates, loads
from meshnode.node.dcp.port import JsonValue
from meshnode.node.dcp.wire_limits import (
    FRAGMENT_UNITS,
    FRAGMENT_UNITS_MIN,
    FRAGMENTED_MESSAGES_MAX,
    FRAGMENTS_MAX,
    MESSAGE_UNITS_MAX,
    PING_EVERY_S,
)

ACKNOWLEDGEMENT = "A0000-ACK"
_HEADER_START = 6
"""E, four hex digits of the header's length, and its type."""
_HEADER_LENGTH_MAX = 200


class FramingError(ValueError):
    """The peer sent a string that is no framed message, or too much of it."""


class Unframer:
    """Puts one transport's strings together to sealed texts, and knows what the peer wants to get."""

    def __init__(self, message_units_max: int = MESSAGE_UNITS_MAX) -> None:
        self.message_units_max = message_units_max
        """Length of the longest message, in pieces or whole, that is taken."""
        self._partial: dict[int, dict[int, str]] = {}
        self._totals: dict[int, int] = {}
        self._units = 0
        self.fragment_units = FRAGMENT_UNITS
        """Longest string that the peer wants."""
        self.fragments_max = FRAGMENTS_MAX
        """Most fragments of a message that the peer takes."""
        self.wants_acknowledgements = False
        """Each string is to be answered with ACKNOWLEDGEMENT."""

    def receive(self, string: str) -> str | None:
        """Take in one string; return the sealed text that it is or completes.

        Raises:
            FramingError: it is malformed or over a limit; nothing of this transport is to be believed any more.
        """
        if string.startswith("{"):
            return self._bounded(string)
        if string.startswith("E"):
            return self._receive_extended(string)
        if string.startswith(("A", "T")):
            return None  # acknowledgements, which we do not ask for, and remarks for people
        raise FramingError("the string is neither message nor fragment")

    def _receive_extended(self, string: str) -> str | None:
        try:
            length = int(string[1:5], 16)
        except ValueError as err:
            raise FramingError("the header has no length") from err
        if not 0 <= length <= _HEADER_LENGTH_MAX:
            raise FramingError("the header is too long")
        header = string[_HEADER_START : _HEADER_START + length]
        payload = string[_HEADER_START + length :]
        match string[5:6]:
            case "C":
                return self._receive_fragment(_object(header), payload)
            case "O":
                return self._bounded(payload)
            case "P":
                self._note_wishes(_object(payload[: _HEADER_LENGTH_MAX * 10]))
                return None
            case _:
                return None  # DCP's programs ignore other types, too

    def _receive_fragment(self, header: Mapping[str, JsonValue], payload: str) -> str | None:
        message = _count(header, "msgId", 2**53)
        total = _count(header, "total", FRAGMENTS_MAX)
        index = _count(header, "seq", total - 1)
        fragments = self._partial.setdefault(message, {})
        if len(self._partial) > FRAGMENTED_MESSAGES_MAX:
            raise FramingError(f"more than {FRAGMENTED_MESSAGES_MAX} messages are in pieces")
        if self._totals.setdefault(message, total) != total or index in fragments:
            raise FramingError("the fragment does not fit to those before")
        self._units += _units(payload)
        if self._units > self.message_units_max:
            raise FramingError(f"the message has more than {self.message_units_max} characters")
        fragments[index] = payload
        if len(fragments) < total:
            return None
        del self._partial[message], self._totals[message]
        self._units -= sum(_units(fragment) for fragment in fragments.values())
        return join_surrogates("".join(fragments[index] for index in range(total)))

    def _note_wishes(self, wishes: Mapping[str, JsonValue]) -> None:
        size, count = wishes.get("rxMaxFragmentSize"), wishes.get("rxMaxFragmentCount")
        if isinstance(size, int | float) and size > 0:
            self.fragment_units = max(FRAGMENT_UNITS_MIN, min(int(size), FRAGMENT_UNITS))
        if isinstance(count, int | float) and count > 0:
            self.fragments_max = min(int(count), FRAGMENTS_MAX)
        self.wants_acknowledgements = wishes.get("wantsAck") is True

    def _bounded(self, text: str) -> str:
        if _units(text) > self.message_units_max:
            raise FramingError(f"the message has more than {self.message_units_max} characters")
        return text


def announcement() -> str:
    """Give the string that each side sends first."""
    wishes: dict[str, JsonValue] = {
        "canOoo": True,
        "canAck": True,
        "wantsConcat": True,
        "wantsAck": False,
        "rxMaxFragmentSize": FRAGMENT_UNITS,
        "rxMaxFragmentCount": 0,
        "pingInterval": int(PING_EVERY_S * 1000),
        "hasAnnounced": True,
    }
    return f"E0000P{dumps(wishes)}"


def frame(text: str, message: int, fragment_units: int, fragments_max: int) -> tuple[str, ...]:
    """Cut a sealed text into strings that the peer takes; `message` numbers the transport's messages.

    Raises:
        FramingError: it would be more than `fragments_max` fragments.
    """
    if len(text) * 2 <= fragment_units or _units(text) <= fragment_units:
        return (text,)
    data = text.encode("utf-16-le", "surrogatepass")
    size = 2 * fragment_units
    total = -(-len(data) // size)
    if total > fragments_max:
        raise FramingError(f"the message needs {total} fragments; the peer takes {fragments_max}")
    strings: list[str] = []
    for index in range(total):
        piece = data[index * size : (index + 1) * size].decode("utf-16-le", "surrogatepass")
        header = dumps({"msgId": message, "seq": index, "total": total})
        strings.append(f"E{len(header):04x}C{header}{piece}")
    return tuple(strings)


def _units(text: str) -> int:
    """Count UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _object(text: str) -> Mapping[str, JsonValue]:
    try:
        value = loads(text)
    except JsonRefused as err:
        raise FramingError(f"the header is no JSON: {err}") from err
    if not isinstance(value, dict):
        raise FramingError("the header is no object")
    return value


def _count(header: Mapping[str, JsonValue], name: str, value_max: int) -> int:
    value = header.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= value_max:
        raise FramingError(f"{name} of the fragment is not within 0 to {value_max}")
    return value
