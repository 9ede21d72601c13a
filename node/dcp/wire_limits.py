"""Limits of the DCP wire: every queue, message, depth and wait between a socket and an operation has one here."""

MESSAGE_UNITS_MAX = 64 << 20
"""UTF-16 units of one message. Clients cut uploads of slices at 5 MB; Python jobs carry whole modules as arguments."""

JSON_DEPTH_MAX = 200
"""Nesting of a JSON text. KVIN takes two levels for one of a value; the parser recurses on the C stack."""

THREAD_TEXT_LENGTH_MIN = 64 << 10
"""Texts from this length on are hashed and parsed in a thread: keccak takes 15 ms a megabyte (dcp.md 1)."""

FRAGMENT_UNITS = 300_000
"""Fragment size that we announce; it is what DCP's own programs announce (dcp.md 3)."""

FRAGMENT_UNITS_MIN = 1_000
"""A peer that wants smaller fragments gets fragments of this size: a header for each is dear."""

FRAGMENTS_MAX = 4_096
"""Fragments of one message."""

FRAGMENTED_MESSAGES_MAX = 8
"""Messages of one transport that are being put together at the same time; DCP's programs send one after the other."""

FRAME_BYTES_MAX = 2 << 20
"""One websocket frame or polled packet: a fragment of 300,000 units has 900,000 bytes at most."""

POST_BYTES_MAX = 4 << 20
"""Body of one polling POST, which joins several packets."""

FIRST_UNITS_MAX = 100_000
"""One message, and one polling POST in bytes, of a peer that has no session yet, or may not ask for anything."""

CONNECTIONS_MAX = 512
"""Transports open at once; a client holds about six."""

CONNECTIONS_GONE_MAX = 1_000
"""Closed connections that are remembered."""

CONNECTIONS_PER_SECOND = 50
CONNECTIONS_BURST = 200
"""New transports: each costs a handshake of signatures."""

PACKETS_PER_SECOND = 2_000
PACKETS_BURST = 10_000
"""Of one transport; a faster one is read more slowly. Verifying and answering a message takes about a millisecond."""

PING_EVERY_S = 10.1
PING_TIMEOUT_S = 60.01
"""As DCP's own server has them (dcp.md 3); a transport that is silent for both together is closed."""

OPEN_TIMEOUT_S = 20.0
"""From the transport to the first signed message of a session."""

INBOX_STRINGS_MAX = 256
INBOX_UNITS_MAX = 4 << 20
"""Strings that wait for the session; then the socket is not read."""

OUTBOX_BYTES_MAX = 128 << 20
"""Text that waits for a slow reader; then the transport is closed and the session waits for the next one."""

SEND_TIMEOUT_S = 60.0
"""A reader that takes nothing for so long is gone."""

CLOSE_TIMEOUT_S = 5.0
"""A polling client fetches the last packets within this, or not at all."""

SESSIONS_MAX = 2_000
SESSIONS_PER_OWNER_MAX = 200
"""Sessions kept; one program has about six, and leaves them behind when it is killed."""

GUEST_SESSIONS_MAX = 50
"""Sessions of identities that may not ask for anything and are only told so."""

LINGER_MS = 900_000
"""A session without transport is kept for so long; clients try for 600 s (dcp.md 2.3)."""

HANDSHAKE_MS = 120_000
"""A session whose connect response is not acknowledged within this is forgotten; clients try for 90 s."""

ACK_MS = 120_000
"""A message that is not acknowledged within this shows that the transport is broken (maxRTT of DCP)."""

BATCH_MESSAGES_MAX = 64
BATCH_UNITS_TARGET = 1 << 20
"""Queued messages travel together up to these: one acknowledgement for all (dcp.md 4.2)."""

BATCHED_MESSAGES_MAX = 1_000
"""Messages in a received batch; DCP's clients put 20 into one."""

QUEUED_REQUESTS_MAX = 10_000
QUEUED_UNITS_MAX = 64 << 20
"""Requests that wait for a session's peer; what is dropped is fetched later (dcp.md 5.3)."""

QUEUED_RESPONSES_UNITS_MAX = 256 << 20
"""Responses that wait for a peer which goes on asking: then the session ends."""

REQUESTS_AT_ONCE_MAX = 500
"""Requests of one session that are being carried out; more are refused with EBUSY."""

ANSWERS_KEPT_MAX = 256
ANSWERS_KEPT_UNITS_MAX = 4 << 20
"""Answered requests whose response could be repeated, in a session."""

STAMPS_MAX = 200_000
"""Validity stamps remembered, over all sessions; the oldest are forgotten first."""

VALIDITY_SLOP_MS = 600_000
TTL_MS_MIN = 15_000
TTL_MS_MAX = 600_000
"""Window in which a request is valid (dcp.md 4.3, rule 6)."""

SWEEP_EVERY_S = 1.0
"""How often sessions are looked at for what has run out."""

OPERATION_NAME_MAX = 64
"""Characters of an operation's name; longer ones exist nowhere."""

KVIN_ELEMENTS_MAX = 1_000_000
"""Elements of a KVIN array with its repetitions written out: ten characters can ask for a billion."""

KVIN_NODES_MAX = 10_000_000
"""Values within a KVIN value, those behind references counted each time."""

SPLIT_UNITS_MAX = 256 << 20
"""Texts of an array's elements together; an upload of slices has 5 MB (dcp.md 2.3)."""
