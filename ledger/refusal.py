"""Why the ledger refuses a command. It tests nothing (rules.py, payments.py, settlement.py)."""

from enum import StrEnum


class Refusal(StrEnum):
    """Why a command is refused, in the order in which causes are tested."""

    NOT_OPENED = "the ledger has no first entry"
    # of a hold
    ID_TAKEN = "the lease has another hold"
    AMOUNT_OUT_OF_RANGE = "the amount is not from 1 to the largest allowed"
    ACCOUNTS_NOT_ALLOWED = "a hold is between this node and one peer"
    LEASE_ENDED = "the lease has already ended"
    TOO_MANY_HOLDS = "too many holds are open with this peer"
    OWN_LIMIT = "this node would owe more than its own limit"
    PEER_LIMIT = "the peer would owe more than its limit"
    POOL_EMPTY = "the strangers' pool for today is used up"
    # of a resolution
    NO_HOLD = "the lease has no hold"
    ALREADY_RESOLVED = "the hold was already resolved"
    AMOUNT_ABOVE_HOLD = "the amount exceeds the hold"
    NOT_DUE = "the voucher is not due yet"
    NOT_ENDED = "the lease has not ended yet"
    PROOF_MISSING = "a lease is only forfeited by a proof"
    # of a voucher or receipt
    MALFORMED = "it is not what it claims to be"
    OTHER_PARTIES = "it names other parties than the hold"
    UNKNOWN_KEY = "it is signed with a key that is not certified here for its party"
    OUTDATED = "a newer voucher is known"
    BELOW_VOUCHER = "it owes less than the newest voucher"
    ABOVE_PRICE = "it owes more than its operations cost"
    VOUCHER_OUTSTANDING = "a voucher was given for this lease"
    # of a payment at once; the general causes (malformed, amount, own limit) come after ALREADY_PAID
    OWN_IDENTITY = "the claim names the identity of this ledger itself"
    ALREADY_PAID = "this was paid before"
    CLAIM_EXPIRED = "the claim is no longer valid"
    ABOVE_BALANCE = "the address has less here than it claims"
    ADDRESS_LIMIT = "the address has as much here as one address may leave unclaimed"
    ALL_ADDRESSES_LIMIT = "all addresses have as much here as they may leave unclaimed together"
