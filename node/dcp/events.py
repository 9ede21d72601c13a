"""Who wants to hear of which job's events, and telling them (dcp.md 5.3).

An event is told once to each subscription, in order. Which results a subscription was told is remembered, so that
those which a full queue dropped, or which came before a client subscribed again, are told before the job's end: a
client would fetch each of them over a connection of its own.
"""

import secrets
from collections.abc import Mapping, Sequence

from meshnode.node.dcp.port import ClientSession, DcpRefused, JsonValue

SUBSCRIPTIONS_PER_SESSION_MAX = 512
"""A client has one session for each job's events, with about ten names; workers have a handful."""
TOKEN_BYTES = 16


class _Subscription:
    __slots__ = ("event", "results_told", "session", "token")

    def __init__(self, session: ClientSession, event: str) -> None:
        self.session = session
        self.event = event
        self.token = secrets.token_hex(TOKEN_BYTES)
        self.results_told: set[int] = set()
        """Slices whose results were told."""


class Subscriptions:
    """All sessions' subscriptions, by job and event."""

    def __init__(self) -> None:
        self._by_job: dict[str, dict[tuple[str, str], _Subscription]] = {}
        """Job to (session id, event) to subscription: the newest token of a name counts."""
        self._by_session: dict[str, dict[tuple[str, str], str]] = {}
        """Session id to (job, event) to token."""

    def subscribe(self, session: ClientSession, job: str, events: Sequence[str]) -> dict[str, str]:
        """Return a token for each event's name; a name that is subscribed to already gets a new one.

        Raises:
            DcpRefused: the session has too many subscriptions.
        """
        known = self._by_session.setdefault(session.id, {})
        if len(known.keys() | {(job, event) for event in events}) > SUBSCRIPTIONS_PER_SESSION_MAX:
            raise DcpRefused("EMANYSUBSCRIPTIONS", "this session has too many subscriptions")
        tokens: dict[str, str] = {}
        for event in events:
            subscription = _Subscription(session, event)
            self._by_job.setdefault(job, {})[session.id, event] = subscription
            known[job, event] = tokens[event] = subscription.token
        return tokens

    def unsubscribe(self, session: ClientSession, event: str, token: str | None) -> None:
        """Forget a session's subscription to an event, by its token; unknown ones are none."""
        known = self._by_session.get(session.id, {})
        for job, name in list(known):
            if name == event and token in {None, known[job, name]}:
                self._drop(session.id, job, name)

    def drop_session(self, session_id: str) -> None:
        """Forget all subscriptions of a session."""
        for job, event in list(self._by_session.pop(session_id, {})):
            self._drop(session_id, job, event)

    def is_wanted(self, job: str, event: str) -> bool:
        """Tell whether somebody subscribed to this event."""
        return any(name == event for _, name in self._by_job.get(job, ()))

    def emit(self, job: str, event: str, data: Mapping[str, JsonValue]) -> int:
        """Tell all who subscribed; returns how many."""
        told = 0
        for subscription in tuple(self._by_job.get(job, {}).values()):
            if subscription.event == event:
                told += self._tell(subscription, data)
        return told

    def emit_result(self, job: str, number: int, data: Mapping[str, JsonValue]) -> bool:
        """Tell a slice's result to all who were not told; false if some queue was full."""
        is_told = True
        for subscription in tuple(self._by_job.get(job, {}).values()):
            if subscription.event != "result" or number in subscription.results_told:
                continue
            if self._tell(subscription, data):
                subscription.results_told.add(number)
            elif subscription.session.is_open:
                is_told = False
        return is_told

    def results_due(self, job: str, numbers: range) -> list[int]:
        """Name those of the slices whose result somebody who subscribed was not told."""
        told = [
            subscription.results_told
            for subscription in self._by_job.get(job, {}).values()
            if subscription.event == "result" and subscription.session.is_open
        ]
        if all(len(known) >= len(numbers) for known in told):
            return []
        return [number for number in numbers if any(number not in known for known in told)]

    @staticmethod
    def _tell(subscription: _Subscription, data: Mapping[str, JsonValue]) -> bool:
        fields: dict[str, JsonValue] = {"eventName": subscription.event, **data}
        event: dict[str, JsonValue] = {"eventId": secrets.token_hex(TOKEN_BYTES), "data": fields}
        return subscription.session.request("event", {"token": subscription.token, "event": event})

    def _drop(self, session_id: str, job: str, event: str) -> None:
        self._by_session.get(session_id, {}).pop((job, event), None)
        of_job = self._by_job.get(job, {})
        of_job.pop((session_id, event), None)
        if not of_job:
            self._by_job.pop(job, None)
