package dev.tributary.privacy.ledger;

import dev.tributary.privacy.accountant.PrivacyBudget;
import dev.tributary.privacy.accountant.PrivacyEvent;
import dev.tributary.privacy.accountant.RdpAccountant;
import dev.tributary.privacy.accountant.RdpCurve;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Everything ever charged to one dataset, by all jobs, on disk. The order of use is {@link #reserve}, then train and noise,
 * seal the result, {@link #commit}, and only then send. A crash between any two of these leaves the charge counted: it can
 * waste budget and never overspend. There is no refund after a commit, nor for a reservation that a restart found open.
 *
 * <p>Thread-safe within a process; the file's lock keeps other processes out. Every change is on disk when its method
 * returns.
 */
public final class PrivacyLedger implements AutoCloseable {
    private final LedgerFile file;
    private final LedgerScope scope;
    private final Clock clock;
    private final Map<Long, Reservation> reservations = new LinkedHashMap<>();
    private final Map<PrivacyEvent, RdpCurve> curves = new HashMap<>();

    private PrivacyLedger(LedgerFile file, LedgerScope scope, Clock clock) {
        this.file = file;
        this.scope = scope;
        this.clock = clock;
    }

    /**
     * Opens or creates the ledger and replays it.
     *
     * @throws LedgerCorruptException if the file was changed since it was written
     * @throws LedgerException if it is in use, cannot be written, or belongs to another scope
     */
    public static PrivacyLedger open(Path path, LedgerScope scope, Clock clock) {
        LedgerFile file = LedgerFile.open(path);
        boolean opened = false;
        try {
            PrivacyLedger ledger = new PrivacyLedger(file, scope, clock);
            ledger.replay(path);
            opened = true;
            return ledger;
        } finally {
            if (!opened) {
                file.close();
            }
        }
    }

    /**
     * Charges what a step will release, if the dataset's budget allows it.
     *
     * @throws IllegalArgumentException if an event's relation is not the ledger's
     */
    public synchronized Decision reserve(Charge charge, PrivacyBudget dataset) {
        return reserve(charge, dataset, dataset, false);
    }

    /** Charges what a step will release, if the dataset's and the job's own budget allow it. */
    public synchronized Decision reserve(Charge charge, PrivacyBudget dataset, PrivacyBudget job) {
        return reserve(charge, dataset, job, true);
    }

    private Decision reserve(Charge charge, PrivacyBudget dataset, PrivacyBudget job, boolean checkJob) {
        for (PrivacyEvent event : charge.events()) {
            if (event.relation() != scope.relation()) {
                throw new IllegalArgumentException("this ledger adds up " + scope.relation() + " events, not " + event);
            }
        }
        RdpCurve cost = curve(charge);
        RdpCurve spent = spent(reservation -> true);
        double after = spent.plus(cost).epsilon(dataset.delta()).value();
        if (after > dataset.epsilon()) {
            return new Decision.Exhausted(
                    "dataset", dataset, spent.epsilon(dataset.delta()).value(), after);
        }
        if (checkJob) {
            RdpCurve jobSpent = spent(reservation -> reservation.charge().job().equals(charge.job()));
            double jobAfter = jobSpent.plus(cost).epsilon(job.delta()).value();
            if (jobAfter > job.epsilon()) {
                return new Decision.Exhausted(
                        "job", job, jobSpent.epsilon(job.delta()).value(), jobAfter);
            }
        }
        long id = file.nextSequence();
        file.append(new LedgerEntry.Reserved(id, now(), charge, after, dataset.delta()));
        reservations.put(id, new Reservation(id, charge, Reservation.State.RESERVED));
        return new Decision.Granted(id, after);
    }

    /** Marks that the charge's results may leave from now on. Doing so twice, as after a restart, changes nothing. */
    public synchronized void commit(long reservation) {
        Reservation found = find(reservation);
        if (found.state() == Reservation.State.COMMITTED) {
            return;
        }
        if (found.state() == Reservation.State.RELEASED) {
            throw new IllegalStateException("reservation " + reservation + " was released; reserve again");
        }
        file.append(new LedgerEntry.Committed(file.nextSequence(), now(), reservation));
        reservations.put(reservation, found.with(Reservation.State.COMMITTED));
    }

    /**
     * Gives a charge back, where nothing that depends on the data was made or kept.
     *
     * @throws IllegalStateException if it was committed, or a restart found it open
     */
    public synchronized void release(long reservation) {
        Reservation found = find(reservation);
        if (found.state() != Reservation.State.RESERVED) {
            throw new IllegalStateException("reservation " + reservation + " is " + found.state()
                    + " and stays spent; only one made since the last start and not committed can be released");
        }
        file.append(new LedgerEntry.Released(file.nextSequence(), now(), reservation));
        reservations.put(reservation, found.with(Reservation.State.RELEASED));
    }

    /** The ε spent on the dataset by all jobs at this δ, open reservations included, by the Rényi accountant. */
    public synchronized double epsilon(double delta) {
        return spent(reservation -> true).epsilon(delta).value();
    }

    /** The ε spent by one job. */
    public synchronized double epsilon(String job, double delta) {
        return spent(reservation -> reservation.charge().job().equals(job))
                .epsilon(delta)
                .value();
    }

    /** All events that count, equal ones added up: for other accountants and reports. */
    public synchronized List<PrivacyEvent> events() {
        return merged(reservation -> true);
    }

    /** The events of one job that count. */
    public synchronized List<PrivacyEvent> events(String job) {
        return merged(reservation -> reservation.charge().job().equals(job));
    }

    /** Every charge ever reserved, in order. */
    public synchronized List<Reservation> reservations() {
        return List.copyOf(reservations.values());
    }

    public LedgerScope scope() {
        return scope;
    }

    public synchronized LedgerHead head() {
        List<String> hashes = file.hashes();
        return new LedgerHead(hashes.size() - 1L, hashes.get(hashes.size() - 1));
    }

    /** Whether this ledger still holds a record seen earlier: false if it was cut back, or replaced. */
    public synchronized boolean continues(LedgerHead earlier) {
        List<String> hashes = file.hashes();
        return earlier.sequence() >= 0
                && earlier.sequence() < hashes.size()
                && hashes.get((int) earlier.sequence()).equals(earlier.hash());
    }

    @Override
    public synchronized void close() {
        file.close();
    }

    private void replay(Path path) {
        List<LedgerEntry> entries = file.entries();
        if (entries.isEmpty()) {
            file.append(new LedgerEntry.Opened(0, now(), scope));
            return;
        }
        for (LedgerEntry entry : entries) {
            try {
                apply(entry);
            } catch (IllegalArgumentException | IllegalStateException e) {
                throw new LedgerCorruptException(path, entry.sequence() + 1, String.valueOf(e.getMessage()));
            }
        }
        if (!(entries.get(0) instanceof LedgerEntry.Opened opened)) {
            throw new LedgerCorruptException(path, 1, "the first entry does not open a ledger");
        }
        if (!opened.scope().equals(scope)) {
            throw new LedgerException("Privacy ledger " + path + " is of " + opened.scope() + ", not of " + scope
                    + ". Use another file for another dataset, unit or relation.");
        }
    }

    private void apply(LedgerEntry entry) {
        if (entry instanceof LedgerEntry.Reserved reserved) {
            long id = reserved.sequence();
            reservations.put(id, new Reservation(id, reserved.charge(), Reservation.State.ABANDONED));
        } else if (entry instanceof LedgerEntry.Committed committed) {
            Reservation found = find(committed.reservation());
            reservations.put(found.id(), found.with(Reservation.State.COMMITTED));
        } else if (entry instanceof LedgerEntry.Released released) {
            Reservation found = find(released.reservation());
            if (found.state() == Reservation.State.COMMITTED) {
                throw new IllegalStateException("it releases a committed reservation");
            }
            reservations.put(found.id(), found.with(Reservation.State.RELEASED));
        } else if (entry.sequence() != 0) {
            throw new IllegalStateException("a ledger is opened in its middle");
        }
    }

    private Reservation find(long id) {
        Reservation found = reservations.get(id);
        if (found == null) {
            throw new IllegalArgumentException("there is no reservation " + id);
        }
        return found;
    }

    private RdpCurve spent(Predicate<Reservation> which) {
        RdpCurve total = RdpCurve.zero();
        for (PrivacyEvent event : merged(which)) {
            total = total.plus(curve(event));
        }
        return total;
    }

    private RdpCurve curve(Charge charge) {
        RdpCurve total = RdpCurve.zero();
        for (PrivacyEvent event : charge.events()) {
            total = total.plus(curve(event));
        }
        return total;
    }

    private RdpCurve curve(PrivacyEvent event) {
        return curves.computeIfAbsent(event.withCount(1), RdpAccountant::curve).times(event.count());
    }

    private List<PrivacyEvent> merged(Predicate<Reservation> which) {
        Map<PrivacyEvent, Long> counts = new LinkedHashMap<>();
        for (Reservation reservation : reservations.values()) {
            if (reservation.counts() && which.test(reservation)) {
                for (PrivacyEvent event : reservation.charge().events()) {
                    counts.merge(event.withCount(1), event.count(), Math::addExact);
                }
            }
        }
        List<PrivacyEvent> events = new ArrayList<>();
        counts.forEach((event, count) -> events.add(event.withCount(count)));
        return events;
    }

    private Instant now() {
        return clock.instant();
    }
}
