package dev.tributary.privacy.accountant;

/** Which two datasets count as neighbours: what an adversary must not be able to tell apart. */
public enum Relation {
    /** One unit more or less. A clipped sum then moves by at most the clipping norm C. */
    ADD_REMOVE,
    /** One unit exchanged for another, the number of units being public. A clipped sum then moves by at most 2C. */
    REPLACE_ONE
}
