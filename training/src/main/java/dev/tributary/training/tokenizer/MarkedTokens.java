package dev.tributary.training.tokenizer;

/**
 * Token ids of a text of which only parts are learned.
 *
 * @param learned whether the token at the same place is one the model shall learn to write
 */
public record MarkedTokens(int[] ids, boolean[] learned) {
    public MarkedTokens {
        if (ids.length != learned.length) {
            throw new IllegalArgumentException(ids.length + " ids, but " + learned.length + " marks");
        }
    }
}
