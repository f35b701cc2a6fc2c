package dev.tributary.privacy.ledger;

import dev.tributary.privacy.accountant.Relation;
import dev.tributary.privacy.dp.PrivacyTerms;

/**
 * What a ledger adds up for. Only events that protect the same thing in the same sense can be added, so a dataset has one
 * ledger per unit and relation, for all jobs together.
 *
 * @param dataset id of the data, best a keyed hash of its manifest
 */
public record LedgerScope(String dataset, PrivacyTerms.Unit unit, Relation relation) {
    public LedgerScope {
        Charge.requireName("dataset", dataset);
    }
}
