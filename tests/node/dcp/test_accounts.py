"""Claims that DCP's addresses sign, as the gateway reads them, and sums in DCC."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.ledger.nodes import MESH, NOW_MS, Checker, Node, node

from meshnode.ledger import accounts
from meshnode.ledger.audit import audit
from meshnode.ledger.claim import Claim, claim_text
from meshnode.ledger.entry import Credited
from meshnode.ledger.export import decode_export
from meshnode.node.dcp.accounts import (
    ClaimError,
    EthereumAddresses,
    micro_dcc,
    new_claim,
    read_address,
    read_claim,
)
from meshnode.node.dcp.ethereum import SigningKey
from meshnode.protocol.values import IdentityId, RunId, digest, mesh_id

PAYEE = IdentityId(digest(b"payee"))
LEDGER = IdentityId(digest(b"ledger"))


@dataclass(frozen=True)
class Wallet:
    """A person's key, kept outside of the mesh."""

    key: SigningKey

    @property
    def address(self) -> accounts.Address:
        address = read_address(self.key.address)
        assert address is not None
        return address

    def sign(self, text: str, v_base: int = 27) -> str:
        """Sign as wallets do: r, s and v in hex."""
        signature = self.key.sign(text)
        numbers = []
        for name in ("r", "s"):
            buffer = signature[name]
            assert isinstance(buffer, dict)
            octets = buffer["data"]
            assert isinstance(octets, list)
            numbers.append(bytes(octet for octet in octets if isinstance(octet, int)))
        v = signature["v"]
        assert isinstance(v, int)
        return "0x" + numbers[0].hex() + numbers[1].hex() + f"{v - 27 + v_base:02x}"


ALICE, BOB = Wallet(SigningKey(digest(b"alice"))), Wallet(SigningKey(digest(b"bob")))


def claim(amount: int | None = None) -> Claim:
    return new_claim(ALICE.address, PAYEE, amount, NOW_MS)


@pytest.mark.parametrize("amount", [None, 1, 9_007_199_254_740_991])
@pytest.mark.parametrize("v_base", [0, 27])
def test_a_signed_text_is_the_claim_again(amount: int | None, v_base: int) -> None:
    asked = claim(amount)
    text = claim_text(asked, MESH, LEDGER)

    read = read_claim(text, ALICE.sign(text, v_base), MESH, LEDGER)

    assert read.claim == asked
    assert claim(amount) != asked, "two claims of the same are two claims"


def test_a_claim_moves_credits_and_its_ledger_is_sound() -> None:
    gateway: Node = node("gateway")
    run = RunId(digest(b"run"))
    gateway.ledger.credit_address(Credited("job", 1, run, ALICE.address, 500), NOW_MS)
    text = claim_text(claim(), MESH, gateway.identity)

    claimed = read_claim(text, ALICE.sign(text), MESH, gateway.identity)

    assert gateway.ledger.claim(claimed, NOW_MS) is None
    assert gateway.ledger.balance(accounts.peer(PAYEE)).settled_credits == 500
    exports = [decode_export(gateway.ledger.export(), "test")]
    assert audit(exports, Checker(), EthereumAddresses()).findings == ()


def test_a_claim_that_another_signed_is_refused() -> None:
    text = claim_text(claim(), MESH, LEDGER)

    with pytest.raises(ClaimError, match="not the address's"):
        read_claim(text, BOB.sign(text), MESH, LEDGER)
    with pytest.raises(ClaimError, match="not the address's"):
        read_claim(text, "0x" + "00" * 65, MESH, LEDGER)


@pytest.mark.parametrize("signature", ["", "0x", "0x" + "0" * 128, "g" * 132, "0" * 132])
def test_what_is_no_signature_is_refused(signature: str) -> None:
    with pytest.raises(ClaimError, match="130 hex digits"):
        read_claim(claim_text(claim(), MESH, LEDGER), signature, MESH, LEDGER)


def test_a_claim_on_another_ledger_or_mesh_is_refused() -> None:
    for text in (
        claim_text(claim(), MESH, PAYEE),
        claim_text(claim(), mesh_id("another"), LEDGER),
    ):
        with pytest.raises(ClaimError, match="another ledger or mesh"):
            read_claim(text, ALICE.sign(text), MESH, LEDGER)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Amount: all", "Amount: 007 micro-credits"),
        ("Amount: all", "Amount: some"),
        ("moves no", "moves all"),
        ("Valid until: 2", "Valid until: 0"),
        ("Valid until: 2027-01-16", "Valid until: 2027-02-31"),
        ("UTC", "UTC\n"),
        ("UTC", "CET"),
        ("Nonce", "nonce"),
        ("I claim", "x" * 2000),
    ],
)
def test_a_text_that_is_not_ours_to_the_letter_is_refused(old: str, new: str) -> None:
    text = claim_text(claim(), MESH, LEDGER)
    assert old in text
    changed = text.replace(old, new)

    with pytest.raises(ClaimError):
        read_claim(changed, ALICE.sign(changed), MESH, LEDGER)


@given(st.text() | st.from_regex(r"Address: .*\n"), st.text())
def test_any_text_is_read_or_refused(text: str, signature: str) -> None:
    with pytest.raises(ClaimError):
        read_claim(text, signature, MESH, LEDGER)


def test_a_signature_of_another_length_names_nobody() -> None:
    assert EthereumAddresses().recover("text", b"short") is None
    assert EthereumAddresses().recover("text", bytes(64) + b"\xff") is None


def test_what_a_keystore_of_dcp_client_signed_is_read_for_ever() -> None:
    """`IdKeystore.makeSignature(text)` of dcp-client 5.6.1 made this; the words must not change."""
    address = read_address("0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A")
    assert address is not None
    asked = Claim(
        address=address, identity=PAYEE, amount=None, nonce=bytes(16), expires_s=NOW_MS // 1000
    )
    signature = (
        "0xe861bbbac42a19526432505a039aec6bd3233efa350206d8e47318ed37d61fa2"
        "4d9515028a595b44f053827918e63cdca03617f7ad6787c97e163d3cea4eeb7b1c"
    )

    read = read_claim(claim_text(asked, MESH, LEDGER), signature, MESH, LEDGER)

    assert read.claim == asked


def test_addresses_are_read_in_either_case() -> None:
    text = ALICE.key.address

    assert read_address(text) == read_address("0x" + text[2:].upper()) == ALICE.address
    assert read_address(text[2:]) is None
    assert read_address(text + "0") is None


@pytest.mark.parametrize(
    ("text", "micro"),
    [
        ("0.000000000000000000", 0),
        ("0.000000000000000001", 1),
        ("0.000001000000000000", 1),
        ("0.000001000000000001", 2),
        ("12.5", 12_500_000),
        ("3", 3_000_000),
        ("9999999999.999999999999999999", 10**16),
        ("", None),
        (".5", None),
        ("-1", None),
        ("1e3", None),
        ("1.0000000000000000001", None),
        ("99999999999", None),
        ("\u0661", None),
    ],
)
def test_dcc_is_rounded_up_to_micro_dcc(text: str, micro: int | None) -> None:
    assert micro_dcc(text) == micro
