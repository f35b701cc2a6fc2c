package dev.tributary.agent.privacy;

import dev.tributary.privacy.accountant.PrivacyBudget;
import dev.tributary.privacy.dp.PrivacyTerms;
import dev.tributary.privacy.ledger.Charge;
import dev.tributary.privacy.ledger.Decision;
import dev.tributary.privacy.ledger.LedgerFiles;
import dev.tributary.privacy.ledger.PrivacyLedger;
import dev.tributary.protocol.blob.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * One ledger for each dataset, unit and relation, in the agent's data directory, for all jobs of all coordinators
 * together. A file is open only while it is used.
 */
public final class SiteLedgers {

    /** Epsilon of a dataset for which the site sets no budget of its own; jobs keep theirs. */
    private static final double UNLIMITED = 1e9;

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final Path directory;
    private final Optional<PrivacyBudget> site;
    private final Clock clock;

    /**
     * @param dataDirectory of the agent
     * @param site what all jobs together may spend on one dataset
     */
    public SiteLedgers(Path dataDirectory, Optional<PrivacyBudget> site, Clock clock) {
        this.directory = dataDirectory.resolve("privacy");
        this.site = site;
        this.clock = clock;
    }

    /** Examples that are trained on and those that are held out are different data, with a ledger each. */
    public record Data(String dataset, boolean heldOut) {}

    /** A charge that is on disk, and what the job has spent with it. */
    public record Charged(Data data, PrivacyTerms terms, long reservation, double jobEpsilon) {}

    /** Either a charge, or why it does not fit. */
    public sealed interface Answer permits Fits, DoesNotFit {}

    public record Fits(Charged charged) implements Answer {}

    public record DoesNotFit(String reason) implements Answer {}

    /**
     * Charges before the work starts.
     *
     * @throws dev.tributary.privacy.ledger.LedgerException if the ledger cannot be used; nothing may be released then
     */
    public Answer reserve(Data data, PrivacyTerms terms, Charge charge) {
        PrivacyBudget job = terms.budget();
        PrivacyBudget dataset = site.orElse(new PrivacyBudget(UNLIMITED, job.delta()));
        try (PrivacyLedger ledger = open(data, terms)) {
            Decision decision = ledger.reserve(charge, dataset, job);
            if (decision instanceof Decision.Granted granted) {
                return new Fits(
                        new Charged(data, terms, granted.reservation(), ledger.epsilon(charge.job(), job.delta())));
            }
            return new DoesNotFit(((Decision.Exhausted) decision).reason());
        }
    }

    /** Before anything made under the charge leaves this site. */
    public void commit(Charged charged) {
        try (PrivacyLedger ledger = open(charged.data(), charged.terms())) {
            ledger.commit(charged.reservation());
        }
    }

    /** Leaves figures beside the ledgers, for people at this site. */
    public void note(String name, Map<String, Object> figures) {
        Path file = directory.resolve(name);
        try {
            DurableFiles.write(file, JSON.writeValueAsBytes(figures));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    /** The ledger of some data; the caller closes it. */
    public PrivacyLedger open(Data data, PrivacyTerms terms) {
        return LedgerFiles.open(directory, data.dataset(), data.heldOut() ? "held-out" : "training", terms, clock);
    }
}
