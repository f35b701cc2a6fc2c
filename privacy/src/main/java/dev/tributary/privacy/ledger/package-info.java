/** The append-only, hash-chained record of every privacy event charged to a dataset. */
@NullMarked
package dev.tributary.privacy.ledger;

import org.jspecify.annotations.NullMarked;
