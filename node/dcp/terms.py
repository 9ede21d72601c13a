"""What a client submits, checked and in our own words: `submit@5` in, frozen `JobTerms` out (dcp.md 5.1)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from urllib.parse import urlsplit

import msgspec

from meshnode.node.dcp import kvin
from meshnode.node.dcp.data_uri import read_data_uri
from meshnode.node.dcp.job_limits import (
    ARGUMENTS_BYTES_MAX,
    ARGUMENTS_MAX,
    SLICES_PER_JOB_MAX,
    TEXT_MAX,
    WORK_FUNCTION_BYTES_MAX,
)
from meshnode.node.dcp.json_text import loads
from meshnode.node.dcp.kvin_array import split_array
from meshnode.node.dcp.port import DcpRefused, JsonValue, Request
from meshnode.node.dcp.ranges import expand_range
from meshnode.protocol.limits import INT_MAX

WORKTIMES = ("map-basic", "pyodide")

CAPABILITY_KVIN_9 = 64
_CAPABILITIES_MISSING = {8: "OffscreenCanvas", 32: "WebGPU"}
"""Bits of `requirements` (dcp.md 7.4) that no worker of the mesh has."""

ID_LENGTH_MAX = 64
OFFER_DCC_MAX = 10**12
"""More than there will ever be."""


class Value(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A datum or an argument: KVIN text, or a URL from which the home fetches it."""

    text: str
    is_url: bool = False


class JobTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One job as it was accepted; fixed."""

    job: str
    """The id, chosen by the client."""
    owner: str
    """Address of the identity that submitted it."""
    account: str
    """Address of the payment account, which authorised it."""
    escrow: str
    """`job.address` at the client and at old workers; it means nothing else here."""
    work_function: Value
    """Source text, not KVIN, or its URL."""
    arguments: tuple[Value, ...]
    worktime: str
    requirements: int
    """Bits of dcp.md 7.4."""
    name: str
    description: str
    link: str
    require_path: tuple[str, ...]
    dependencies: tuple[str, ...]
    is_strict: bool
    is_local: bool
    """`localExec`: only the client's own worker computes it, unverified and unpaid."""
    offer_dcc: str
    """DCC offered for a slice, as a decimal number; "0" leaves it to the market."""
    has_worker_console: bool
    range_url: str = ""
    """Of a local job over a range: the client's file with the range, from which its worker takes each slice's datum."""


def read_submission(request: Request, escrow: str) -> tuple[JobTerms, tuple[Value, ...], bool]:
    """Read `submit@5`: the terms, the slices that came with it, and whether slices may be added.

    Raises:
        DcpRefused: something in it is malformed, too large, or not to be had on this mesh.
    """
    data = as_object(request.data)
    _check_requirements(data)
    terms = JobTerms(
        job=read_job_id(data.get("job")),
        owner=request.session.owner,
        account=_text(data, "paymentAccount").lower(),
        escrow=escrow,
        work_function=_work_function(_text(data, "workFunctionURI", WORK_FUNCTION_BYTES_MAX)),
        arguments=_arguments(data.get("marshaledArguments")),
        worktime=_worktime(data.get("worktime")),
        requirements=_integer(data.get("requirements", 0)),
        name=_text(data, "name")[:TEXT_MAX],
        description=_text(data, "description")[:TEXT_MAX],
        link=_text(data, "link")[:TEXT_MAX],
        require_path=_texts(data.get("requirePath")),
        dependencies=_texts(data.get("dependencies")),
        is_strict=bool(data.get("useStrict")),
        is_local=bool(data.get("localExec")),
        offer_dcc=_decimal(data.get("absoluteSlicePayment", 0)),
        has_worker_console=bool(data.get("workerConsole")),
        range_url=_range_url(data),
    )
    values = _initial_values(data, is_local=terms.is_local)
    is_open = bool(data.get("isOpen")) or (values is None)
    return terms, values or (), is_open


def read_slices(data_values: JsonValue) -> tuple[Value, ...]:
    """Read the values of `addSliceData`, one for each slice.

    Raises:
        DcpRefused: it is no marshalled array.
    """
    return tuple(_value(text) for text in split_array(data_values))


def as_object(value: JsonValue) -> Mapping[str, JsonValue]:
    """Take a value for an object. Raises DcpRefused."""
    if not isinstance(value, dict):
        raise DcpRefused("EINVAL", "the request's data is no object")
    return value


def _initial_values(data: Mapping[str, JsonValue], *, is_local: bool) -> tuple[Value, ...] | None:
    """Return the slices that a submission names itself; None if they are uploaded afterwards."""
    if is_local and data.get("marshaledDataValues") is not None:
        return _local_values(as_object(data["marshaledDataValues"]))
    if data.get("dataRange") is not None:
        if _range_url(data):
            count = _integer(data.get("rangeLength", 0))
            if not 0 <= count <= SLICES_PER_JOB_MAX:
                raise _too_many_slices()
            return (Value("", is_url=True),) * count
        values = expand_range(data["dataRange"])
        return tuple(Value(kvin.encode(value)) for value in values)
    if data.get("dataPattern") is not None:
        pattern, count = _text(data, "dataPattern"), _integer(data.get("sliceCount", 0))
        if not 0 < count <= SLICES_PER_JOB_MAX:
            raise DcpRefused("EINVAL", f"sliceCount is from 1 to {SLICES_PER_JOB_MAX}")
        return tuple(
            Value(_web_url(pattern.replace("{slice}", str(number))), is_url=True)
            for number in range(1, count + 1)
        )
    return None


def _local_values(listed: Mapping[str, JsonValue]) -> tuple[Value, ...]:
    """Read `{"0": url, …, "length": n}`: files of the client, handed back to its own worker and never opened."""
    count = _integer(listed.get("length", 0))
    if not 0 <= count <= SLICES_PER_JOB_MAX:
        raise _too_many_slices()
    return tuple(Value(str(listed.get(str(at), "")), is_url=True) for at in range(count))


def _range_url(data: Mapping[str, JsonValue]) -> str:
    """Return where a local job's range lies, `{"0": url, "length": 1}`; empty if it has none."""
    listed = data.get("dataRange")
    if not data.get("localExec") or not isinstance(listed, dict) or listed.get("length") != 1:
        return ""
    return _any_url(str(listed.get("0", "")))


def _too_many_slices() -> DcpRefused:
    return DcpRefused("ETOOMANYSLICES", f"a job has at most {SLICES_PER_JOB_MAX} slices here")


def _work_function(uri: str) -> Value:
    if uri.startswith("data:"):
        source = read_data_uri(uri).text
        if not is_storable(source):
            raise DcpRefused("EINVAL", "the work function is no text in UTF-8")
        return Value(source)
    return Value(_any_url(uri), is_url=True)


def _arguments(marshalled: JsonValue) -> tuple[Value, ...]:
    if marshalled is None:
        return ()
    texts = split_array(marshalled)
    if len(texts) > ARGUMENTS_MAX or sum(map(len, texts)) > ARGUMENTS_BYTES_MAX:
        raise DcpRefused("EINVAL", "too many arguments, or too large ones")
    return tuple(_argument(kvin.decode(text)) for text in texts)


def _argument(described: object) -> Value:
    """Read `{string, method, MIMEType}`, or a URL."""
    if isinstance(described, kvin.Url):
        return Value(_any_url(described.href), is_url=True)
    if not isinstance(described, dict) or not isinstance(described.get("string"), str):
        raise DcpRefused("EINVAL", "an argument is neither a serialised value nor a URL")
    text: str = described["string"]
    if described.get("method") == "json":
        return Value(kvin.encode(loads(text)))
    kvin.prepared(loads(text))  # whether it is KVIN at all
    return Value(text)


def _value(text: str) -> Value:
    url = kvin.url_of(text)
    return Value(text) if url is None else Value(_web_url(url.href), is_url=True)


def _web_url(url: str) -> str:
    return _url(url, ("http", "https"))


def _any_url(url: str) -> str:
    return _url(url, ("http", "https", "file"))


def _url(url: str, schemes: tuple[str, ...]) -> str:
    try:
        is_known = urlsplit(url).scheme in schemes and is_storable(url)
    except ValueError:
        is_known = False
    if not is_known or len(url) > TEXT_MAX:
        raise DcpRefused("EINVAL", f"{url[:100]!a} is no http or https address")
    return url


def _check_requirements(data: Mapping[str, JsonValue]) -> None:
    bits = _integer(data.get("requirements", 0))
    for bit, name in _CAPABILITIES_MISSING.items():
        if bits & bit:
            raise DcpRefused("ENOTSUP", f"the job requires {name}, which no worker here has")
    if data.get("resultStorageType", "values") not in (None, "", "values"):
        raise DcpRefused("ENOTSUP", "results are kept by the gateway; leave out setResultStorage")


def _worktime(described: JsonValue) -> str:
    name = described.get("name") if isinstance(described, dict) else described
    if name is None:
        return WORKTIMES[0]
    if name not in WORKTIMES:
        raise DcpRefused(
            "ENOWORKTIME", f"there is no worktime {str(name)[:40]!r} here; use map-basic or pyodide"
        )
    return str(name)


def read_job_id(value: JsonValue) -> str:
    """Take a value for a job's id. Raises DcpRefused."""
    if not isinstance(value, str) or len(value) > ID_LENGTH_MAX or not _is_plain(value):
        raise DcpRefused("EINVAL", "a job's id is of letters and digits")
    return value


def _is_plain(value: str) -> bool:
    return value.isascii() and value.isalnum()


def is_storable(text: str) -> bool:
    """Tell whether a text is one in UTF-8: JavaScript's may hold halves of characters."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _text(data: Mapping[str, JsonValue], key: str, length_max: int = TEXT_MAX) -> str:
    value = data.get(key, "")
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > length_max or not is_storable(value):
        raise DcpRefused("EINVAL", f"{key} is no text of at most {length_max} characters")
    return value


def _texts(value: JsonValue) -> tuple[str, ...]:
    items: Sequence[JsonValue] = [] if value is None else value if isinstance(value, list) else [0]
    texts = tuple(
        item
        for item in items
        if isinstance(item, str) and len(item) <= TEXT_MAX and is_storable(item)
    )
    if len(texts) != len(items) or len(texts) > ARGUMENTS_MAX:
        raise DcpRefused("EINVAL", "requirePath and dependencies are lists of texts")
    return texts


def _integer(value: JsonValue) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not -INT_MAX <= value <= INT_MAX:
        raise DcpRefused("EINVAL", "a whole number was expected")
    return value


def _decimal(value: JsonValue) -> str:
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not 0 <= value < OFFER_DCC_MAX
    ):
        raise DcpRefused("EINVAL", "absoluteSlicePayment is a number of DCC from 0")
    return str(Decimal(str(value)))
