"""Submissions: what is read of them, and that whatever is malformed is refused with a sentence and never stored."""

import copy
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.node.dcp.core_gateway import Port, submission

from meshnode.node.dcp import kvin
from meshnode.node.dcp.data_uri import data_uri
from meshnode.node.dcp.port import DcpRefused, JsonValue, Request
from meshnode.node.dcp.store import DcpStore, JobRow
from meshnode.node.dcp.terms import JobTerms, Value, read_slices, read_submission

OWNER, ACCOUNT = "0x" + "1" * 40, "0x" + "Ab" * 20
JOB = "Abc123Abc123Abc123Abc1"
NO_ARGUMENTS: JsonValue = {"_serializeVerId": "v9", "what": {"raw": []}}


@dataclass(frozen=True)
class Read:
    """What a submission says."""

    terms: JobTerms
    values: tuple[Value, ...]
    is_open: bool


def read(data: JsonValue) -> Read:
    request = Request(
        service="jobSubmit",
        operation="submit@5",
        data=data,
        payload_text="",
        allow=(),
        auth={},
        request_id="request",
        session=Port(OWNER, "session"),
    )
    return Read(*read_submission(request, "0x" + "e" * 40))


def submitted(**changes: JsonValue) -> Read:
    return read(submission(JOB, ACCOUNT, **changes))


def arguments(*described: JsonValue) -> JsonValue:
    return {"_serializeVerId": "v9", "what": {"arr": [{"raw": each} for each in described]}}


# What is read


def test_a_plain_submission_is_read() -> None:
    found = submitted()

    assert found.terms.job == JOB
    assert found.terms.owner == OWNER
    assert found.terms.account == ACCOUNT.lower()
    assert found.terms.worktime == "map-basic"
    assert found.terms.offer_dcc == "0"
    assert not found.terms.is_local
    assert found.values == ()
    assert found.is_open, "its slices are uploaded afterwards"


def test_a_range_closes_the_job_unless_it_is_open() -> None:
    data_range: JsonValue = {"start": 1, "end": 2}

    assert not submitted(dataRange=data_range).is_open
    assert submitted(dataRange=data_range, isOpen=True).is_open
    assert [value.text for value in submitted(dataRange=data_range).values] == [
        kvin.encode(1),
        kvin.encode(2),
    ]


def test_a_pattern_names_a_url_for_each_slice_from_one() -> None:
    found = submitted(dataPattern="http://data.example/{slice}.json", sliceCount=2)

    assert found.values == (
        Value("http://data.example/1.json", is_url=True),
        Value("http://data.example/2.json", is_url=True),
    )


def test_arguments_are_kvin_or_urls() -> None:
    marshalled: JsonValue = {
        "_serializeVerId": "v9",
        "what": {
            "arr": [
                {"raw": {"string": kvin.encode(10), "method": "kvin"}},
                {"raw": {"string": '{"a":[1]}', "method": "json"}},
                {"ctr": 18, "ps": {}, "arg": "http://data.example/x"},
            ]
        },
    }

    assert submitted(marshaledArguments=marshalled).terms.arguments == (
        Value(kvin.encode(10)),
        Value(kvin.encode({"a": [1]})),
        Value("http://data.example/x", is_url=True),
    )


def test_files_of_a_local_job_are_handed_back_and_those_of_others_refused() -> None:
    files: JsonValue = {"0": "file:///tmp/a", "1": "file:///tmp/b", "length": 2}

    found = submitted(localExec=True, marshaledDataValues=files)

    assert [value.text for value in found.values] == ["file:///tmp/a", "file:///tmp/b"]
    with pytest.raises(DcpRefused):
        read_slices(kvin.marshal([kvin.Url("file:///etc/passwd")]))
    with pytest.raises(DcpRefused):
        submitted(dataPattern="file:///etc/passwd", sliceCount=1)


def test_an_offer_is_kept_to_the_digit() -> None:
    assert submitted(absoluteSlicePayment=0.1).terms.offer_dcc == "0.1"
    assert float(submitted(absoluteSlicePayment=1e-18).terms.offer_dcc) == 1e-18


@pytest.mark.parametrize(
    "what", [{"arr": [1, {"raw": "x"}, {"lst": 2}]}, {"raw": [1, "x", "x", "x"]}]
)
def test_uploaded_values_are_one_text_each(what: JsonValue) -> None:
    texts = [value.text for value in read_slices({"_serializeVerId": "v9", "what": what})]

    assert [kvin.decode(text) for text in texts] == [1, "x", "x", "x"]


# What is refused

MANY: list[JsonValue] = [{"string": "1", "method": "json"}] * 256
BAD: list[tuple[str, JsonValue, str]] = [
    ("job", None, "EINVAL"),
    ("job", "", "EINVAL"),
    ("job", "a" * 65, "EINVAL"),
    ("job", "../../x", "EINVAL"),
    ("job", "é", "EINVAL"),
    ("job", 5, "EINVAL"),
    ("paymentAccount", 5, "EINVAL"),
    ("paymentAccount", ["0x"], "EINVAL"),
    ("workFunctionURI", 5, "EINVAL"),
    ("workFunctionURI", "", "EINVAL"),
    ("workFunctionURI", "javascript:1", "EINVAL"),
    ("workFunctionURI", "data:nothing", "EINVAL"),
    ("workFunctionURI", "data:,%zz", "EINVAL"),
    ("workFunctionURI", "data:,\ud800", "EINVAL"),
    ("workFunctionURI", "http://[x", "EINVAL"),
    ("workFunctionURI", "data:," + "x" * (8 << 20), "EINVAL"),
    ("marshaledArguments", 5, "EINVAL"),
    ("marshaledArguments", {"_serializeVerId": "v7", "what": {"raw": []}}, "EINVAL"),
    ("marshaledArguments", arguments(5), "EINVAL"),
    ("marshaledArguments", arguments({"string": 5, "method": "kvin"}), "EINVAL"),
    ("marshaledArguments", arguments({"string": "garbage", "method": "kvin"}), "EINVAL"),
    ("marshaledArguments", arguments({"string": "{", "method": "json"}), "EINVAL"),
    ("marshaledArguments", arguments({"string": "1", "method": "yaml"}), "EINVAL"),
    ("marshaledArguments", arguments(*MANY), "EINVAL"),
    ("worktime", {"name": "cobol"}, "ENOWORKTIME"),
    ("worktime", [], "ENOWORKTIME"),
    ("worktime", {"name": ["map-basic"]}, "ENOWORKTIME"),
    ("requirements", 64 | 32, "ENOTSUP"),
    ("requirements", 64 | 8, "ENOTSUP"),
    ("requirements", 2**70, "EINVAL"),
    ("requirements", -(2**70), "EINVAL"),
    ("requirements", True, "EINVAL"),
    ("requirements", {}, "EINVAL"),
    ("resultStorageType", "pattern", "ENOTSUP"),
    ("resultStorageType", [], "ENOTSUP"),
    ("name", 5, "EINVAL"),
    ("name", "x" * 5000, "EINVAL"),
    ("name", "\ud800", "EINVAL"),
    ("description", [], "EINVAL"),
    ("description", "\ud800", "EINVAL"),
    ("link", {}, "EINVAL"),
    ("link", "\udfff", "EINVAL"),
    ("requirePath", [5], "EINVAL"),
    ("requirePath", ["\ud800"], "EINVAL"),
    ("requirePath", "lib", "EINVAL"),
    ("dependencies", [None], "EINVAL"),
    ("dependencies", ["x"] * 1000, "EINVAL"),
    ("dependencies", {"a": 1}, "EINVAL"),
    ("absoluteSlicePayment", -1, "EINVAL"),
    ("absoluteSlicePayment", "1", "EINVAL"),
    ("absoluteSlicePayment", True, "EINVAL"),
    ("absoluteSlicePayment", 10**15, "EINVAL"),
    ("dataRange", 5, "EBADRANGE"),
    ("dataRange", {"start": 1, "end": 10**9}, "ETOOMANYSLICES"),
    ("dataPattern", 5, "EINVAL"),
    ("dataPattern", "http://data.example/{slice}", "EINVAL"),
]


@pytest.mark.parametrize(("field", "value", "code"), BAD, ids=lambda part: repr(part)[:40])
def test_a_submission_that_is_malformed_in_one_field_is_refused(
    field: str, value: JsonValue, code: str
) -> None:
    data = submission(JOB, ACCOUNT)
    data[field] = value

    with pytest.raises(DcpRefused) as refused:
        read(data)

    assert refused.value.code == code
    assert len(refused.value.message) > 15


@pytest.mark.parametrize("count", [0, -1, 10**9, True, 1.5, "3", None])
def test_a_pattern_needs_a_number_of_slices(count: JsonValue) -> None:
    with pytest.raises(DcpRefused):
        submitted(dataPattern="http://data.example/{slice}", sliceCount=count)


@pytest.mark.parametrize("length", [-1, 10**9, True, "3", 1e300])
def test_a_local_job_needs_a_number_of_slices(length: JsonValue) -> None:
    with pytest.raises(DcpRefused):
        submitted(localExec=True, marshaledDataValues={"length": length})


MEMBERS = "start end ranges sparse length 0 name _serializeVerId what arr raw string method ctr arg ps lst seen isl len"

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([2**70, -(10**400), 1e308, 0.5])
    | st.text(st.characters(codec=None), max_size=6)
    | st.sampled_from(["\ud800", "http://[x", "data:,x", "file:///x", "kvin", "0x", "v9"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(MEMBERS.split()),
            inner,
            max_size=4,
        )
    ),
    max_leaves=10,
)
FULL: dict[str, JsonValue] = submission(
    JOB,
    ACCOUNT,
    requirePath=["lib"],
    dependencies=["pkg/x"],
    localExec=False,
    useStrict=True,
    resultStorageType="values",
    dataRange={"ranges": [{"start": 1, "end": 3, "step": 1}, ["a", "b"]]},
    marshaledArguments=arguments({"string": kvin.encode([1, "x"]), "method": "kvin"}),
)


def _mutated(data: dict[str, JsonValue], path: list[float], value: JsonValue) -> JsonValue:
    """Put a value in some place, which the numbers of `path` choose level by level."""
    copied: JsonValue = copy.deepcopy(data)
    place: JsonValue = copied
    for at, number in enumerate(path):
        keys: list[str | int]
        if isinstance(place, dict) and place:
            keys = [*place]
        elif isinstance(place, list) and place:
            keys = [*range(len(place))]
        else:
            break
        key = keys[int(number * len(keys))]
        is_last = at == len(path) - 1
        if isinstance(place, dict):
            assert isinstance(key, str)
            if is_last or not isinstance(place[key], dict | list):
                place[key] = value
                break
            place = place[key]
        else:
            assert isinstance(place, list)
            assert isinstance(key, int)
            if is_last or not isinstance(place[key], dict | list):
                place[key] = value
                break
            place = place[key]
    return copied


def test_a_mutated_submission_is_refused_with_a_sentence_or_can_be_stored() -> None:
    store = DcpStore(":memory:")

    @settings(max_examples=250, suppress_health_check=[HealthCheck.too_slow], deadline=None)
    @given(
        st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=5),
        ANYTHING,
        st.sampled_from(["", "localExec", "dataPattern", "marshaledDataValues"]),
    )
    def check(path: list[float], value: JsonValue, extra: str) -> None:
        data = {**FULL, extra: value} if extra else FULL
        if extra in {"dataPattern", "marshaledDataValues"}:
            data = {**data, "localExec": extra != "dataPattern", "sliceCount": 2, "dataRange": None}
        try:
            found = read(_mutated(data, path, value))
        except DcpRefused as refusal:
            if len(refusal.message) < 15:
                pytest.fail(f"{refusal.message!r} says little")
            return
        _check_stored(store, found)

    check()


def _check_stored(store: DcpStore, found: Read) -> None:
    job = found.terms.job
    row = JobRow(
        terms=found.terms,
        is_joined=False,
        is_closed=True,
        end="",
        code="",
        reason="",
        slice_us=0,
        errors=0,
        created_ms=0,
        ended_ms=None,
        seed=b"",
    )
    store.add_job(row, found.values)
    stored = store.job(job)
    assert stored is not None
    assert stored.terms == found.terms
    assert store.data(job, range(1, len(found.values) + 1), 1 << 30) == found.values
    store.end_job(job, "finished", "", "", 0)
    assert store.forget_ended(1) == 1


def test_a_work_function_may_hold_any_character_of_unicode() -> None:
    source = "() => '\u2028é\U0001f600%'"

    assert submitted(workFunctionURI=data_uri(source)).terms.work_function == Value(source)
