package dev.tributary.privacy.ledger;

import dev.tributary.privacy.dp.PrivacyTerms;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.HexFormat;
import java.util.Locale;

/** One ledger for each dataset, part of it, unit and relation, in one directory. */
public final class LedgerFiles {
    private LedgerFiles() {}

    /**
     * Opens a ledger; the caller closes it.
     *
     * @param part of the dataset, such as {@code training}: parts are different data, with a ledger each
     * @throws LedgerException if it cannot be used
     */
    public static PrivacyLedger open(Path directory, String dataset, String part, PrivacyTerms terms, Clock clock) {
        String id = id(dataset) + ":" + part;
        String name = (id + "-" + terms.unit() + "-" + terms.relation())
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^a-z0-9-]", "-")
                + ".ledger";
        return PrivacyLedger.open(directory.resolve(name), new LedgerScope(id, terms.unit(), terms.relation()), clock);
    }

    /** A name that fits both a ledger and a file; names that differ stay different. */
    private static String id(String dataset) {
        if (dataset.matches("[a-z0-9][a-z0-9-]{0,60}")) {
            return dataset;
        }
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(dataset.getBytes(StandardCharsets.UTF_8));
            return "sha256-" + HexFormat.of().formatHex(digest, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK lacks SHA-256", e);
        }
    }
}
