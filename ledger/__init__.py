"""Money: double entry, holds, receipts, hash chain, audit. It knows no network and computes nothing."""
