package dev.tributary.privacy.ledger;

/**
 * The last record of a ledger. Whoever keeps a head can later tell that the ledger was not cut shorter.
 *
 * @param sequence from 0
 * @param hash SHA-256 (hex) over this record and, through it, all before
 */
public record LedgerHead(long sequence, String hash) {}
