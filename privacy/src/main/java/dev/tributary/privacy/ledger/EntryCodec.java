package dev.tributary.privacy.ledger;

import dev.tributary.privacy.accountant.Relation;
import dev.tributary.privacy.dp.PrivacyTerms;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Entries as lines of text: sequence, time, kind, {@code key=value} pairs and hash, separated by tabs. The hash is SHA-256
 * over the previous line's hash and this line up to its own.
 */
final class EntryCodec {
    static final String FIRST_HASH = "0".repeat(64);
    static final int FIELDS = 5;

    private static final String VERSION = "1";
    private static final String ACCOUNTANT = "rdp-1";

    private EntryCodec() {}

    /** The line without its end. */
    static String write(LedgerEntry entry, String previousHash) {
        String body = entry.sequence() + "\t" + entry.time() + "\t" + content(entry);
        return body + "\t" + hash(previousHash, body);
    }

    private static String content(LedgerEntry entry) {
        if (entry instanceof LedgerEntry.Opened opened) {
            LedgerScope scope = opened.scope();
            return "OPEN\tversion=" + VERSION + " dataset=" + scope.dataset() + " unit=" + scope.unit() + " relation="
                    + scope.relation();
        }
        if (entry instanceof LedgerEntry.Reserved reserved) {
            Charge charge = reserved.charge();
            return "RESERVE\tjob=" + charge.job() + " round=" + charge.round() + " purpose=" + charge.purpose()
                    + " events=" + EventCodec.write(charge.events()) + " epsilon=" + reserved.epsilon() + " delta="
                    + reserved.delta() + " accountant=" + ACCOUNTANT;
        }
        if (entry instanceof LedgerEntry.Committed committed) {
            return "COMMIT\treservation=" + committed.reservation();
        }
        if (entry instanceof LedgerEntry.Released released) {
            return "RELEASE\treservation=" + released.reservation();
        }
        throw new IllegalArgumentException("unknown entry " + entry);
    }

    /**
     * @throws IllegalArgumentException if it is not what was written after {@code previousHash}, with the reason
     */
    static LedgerEntry read(String line, String previousHash, long sequence) {
        String[] fields = line.split("\t", -1);
        if (fields.length != FIELDS) {
            throw new IllegalArgumentException("the line has " + fields.length + " fields instead of " + FIELDS);
        }
        String body = line.substring(0, line.lastIndexOf('\t'));
        if (!hash(previousHash, body).equals(fields[FIELDS - 1])) {
            throw new IllegalArgumentException("its hash does not match: this line, or one before it, was changed");
        }
        if (Long.parseLong(fields[0]) != sequence) {
            throw new IllegalArgumentException("it is numbered " + fields[0] + " instead of " + sequence);
        }
        return entry(sequence, Instant.parse(fields[1]), fields[2], pairs(fields[3]));
    }

    static String hashOf(String line) {
        return line.substring(line.lastIndexOf('\t') + 1);
    }

    private static LedgerEntry entry(long sequence, Instant time, String kind, Map<String, String> pairs) {
        if (kind.equals("OPEN")) {
            if (!get(pairs, "version").equals(VERSION)) {
                throw new IllegalArgumentException("it was written by a newer release (" + pairs + ")");
            }
            return new LedgerEntry.Opened(
                    sequence,
                    time,
                    new LedgerScope(
                            get(pairs, "dataset"),
                            PrivacyTerms.Unit.valueOf(get(pairs, "unit")),
                            Relation.valueOf(get(pairs, "relation"))));
        }
        if (kind.equals("RESERVE")) {
            Charge charge = new Charge(
                    get(pairs, "job"),
                    Integer.parseInt(get(pairs, "round")),
                    get(pairs, "purpose"),
                    EventCodec.read(get(pairs, "events")));
            return new LedgerEntry.Reserved(
                    sequence,
                    time,
                    charge,
                    Double.parseDouble(get(pairs, "epsilon")),
                    Double.parseDouble(get(pairs, "delta")));
        }
        if (kind.equals("COMMIT")) {
            return new LedgerEntry.Committed(sequence, time, Long.parseLong(get(pairs, "reservation")));
        }
        if (kind.equals("RELEASE")) {
            return new LedgerEntry.Released(sequence, time, Long.parseLong(get(pairs, "reservation")));
        }
        throw new IllegalArgumentException("'" + kind + "' is no kind of entry");
    }

    private static Map<String, String> pairs(String text) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (String pair : text.split(" ", -1)) {
            int equals = pair.indexOf('=');
            if (equals < 1 || pairs.put(pair.substring(0, equals), pair.substring(equals + 1)) != null) {
                throw new IllegalArgumentException("'" + pair + "' is no key=value pair, or is there twice");
            }
        }
        return pairs;
    }

    private static String get(Map<String, String> pairs, String key) {
        String value = pairs.get(key);
        if (value == null) {
            throw new IllegalArgumentException(key + " is missing");
        }
        return value;
    }

    private static String hash(String previous, String body) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(previous.getBytes(StandardCharsets.US_ASCII));
            digest.update(body.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK lacks SHA-256", e);
        }
    }
}
