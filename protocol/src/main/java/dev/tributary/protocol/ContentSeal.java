package dev.tributary.protocol;

import dev.tributary.plan.BlobRef;
import org.jspecify.annotations.Nullable;

/**
 * A blob that travels sealed. With its key this record travels only inside messages that are sealed to their addressee;
 * the log has it without.
 *
 * @param content what it is once opened
 * @param sealed what travels
 * @param key that opens it, 64 hex digits; null where it is not told
 */
public record ContentSeal(
        BlobRef content, BlobRef sealed, @Nullable String key) {

    public ContentSeal {
        if (key != null && !key.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("a content key has 64 hex digits");
        }
    }

    public ContentSeal withKey(@Nullable String other) {
        return new ContentSeal(content, sealed, other);
    }

    @Override
    public String toString() {
        return "ContentSeal[" + content + " as " + sealed + "]";
    }
}
