package dev.tributary.coordinator.registry;

import dev.tributary.coordinator.log.Append;
import dev.tributary.coordinator.log.EventStore;
import dev.tributary.coordinator.log.LogFeed;
import dev.tributary.coordinator.log.RecordedEvent;
import dev.tributary.coordinator.view.AdapterArchives;
import dev.tributary.coordinator.view.AdapterView;
import dev.tributary.coordinator.view.JobViews;
import dev.tributary.coordinator.view.WrongStatusException;
import dev.tributary.protocol.BlobStore;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/**
 * Names that stand for an adapter each, as applications fetch them, whichever job it came from. What is promoted is kept as
 * the archive that is handed out, so it outlives the job's own states. Every change stands in the log. Safe for use by
 * several threads.
 */
@Service
public class AdapterRegistry {

    private static final Pattern NAME = Pattern.compile("[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?");
    private static final int NOTE_LENGTH = 500;
    private static final int READ_BATCH = 1000;

    private final EventStore store;
    private final LogFeed feed;
    private final JobViews views;
    private final AdapterArchives archives;
    private final BlobStore blobs;
    private final Clock clock;
    private RegistryState state = RegistryState.EMPTY;
    private long seq;

    public AdapterRegistry(
            EventStore store, LogFeed feed, JobViews views, AdapterArchives archives, BlobStore blobs, Clock clock) {
        this.store = store;
        this.feed = feed;
        this.views = views;
        this.archives = archives;
        this.blobs = blobs;
        this.clock = clock;
    }

    /** By name. */
    public List<RegisteredAdapter> all() {
        return List.copyOf(state().names().values());
    }

    private Optional<RegisteredAdapter> find(String name) {
        return Optional.ofNullable(state().names().get(name));
    }

    /** @throws NoSuchElementException if nothing was ever promoted under the name */
    public RegisteredAdapter known(String name) {
        return find(name)
                .orElseThrow(() -> new NoSuchElementException(
                        "Nothing was promoted as '" + name + "'. GET /api/v1/registry lists all names."));
    }

    /** What a name stands for. @throws NoSuchElementException if that is nothing, or there is no such name */
    public Promotion current(String name) {
        Promotion current = known(name).current();
        if (current == null) {
            throw new NoSuchElementException(
                    "'" + name + "' stands for no adapter: its last promotion was rolled back");
        }
        return current;
    }

    /** The zip to hand out. */
    public Path archive(Promotion promotion) {
        return blobs.path(promotion.archive());
    }

    /**
     * Lets a name, new or not, stand for an adapter of a job.
     *
     * @param version of a published state; null is the job's result, while it runs the newest one
     * @throws NoSuchElementException if there is no such job or version
     * @throws dev.tributary.coordinator.view.NotYetException if there is nothing to promote, or it must not be released
     * @throws IllegalArgumentException if name or note will not do
     */
    public RegisteredAdapter promote(String name, String job, @Nullable Integer version, String by, String note) {
        check(name, note);
        AdapterView adapter = archives.adapter(job, version);
        AdapterArchives.Archive archive = archives.write(job, adapter.version());
        return record(new RegistryEvent.AdapterPromoted(
                name,
                job,
                adapter.version(),
                adapter.method(),
                adapter.baseModel(),
                adapter.baseSha256(),
                adapter.metrics(),
                archive.adapterSha256(),
                blobs.put(archive.file()),
                by,
                note));
    }

    private static void check(String name, String note) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "name must be 1 to 64 of a-z, 0-9 and '-', not at its ends, was '" + name + "'");
        }
        if (note.length() > NOTE_LENGTH) {
            throw new IllegalArgumentException(
                    "note must have at most " + NOTE_LENGTH + " characters, had " + note.length());
        }
    }

    /** A job's name made fit for the registry. */
    public static String nameFor(String jobName) {
        String name = jobName.toLowerCase(java.util.Locale.ROOT)
                .replaceAll("[^a-z0-9]+", "-")
                .replaceAll("^-+", "");
        String cut = name.substring(0, Math.min(name.length(), 64)).replaceAll("-+$", "");
        return cut.isEmpty() ? "adapter" : cut;
    }

    /**
     * Takes a name's newest promotion back: the one before it holds again, or the name stands for nothing.
     *
     * @param expected number of the promotion that is meant, so that two who click at once do not roll back twice; null
     *     is whichever holds
     * @throws NoSuchElementException if there is no such name, or it stands for nothing
     * @throws WrongStatusException if another promotion holds than the one expected
     */
    public synchronized RegisteredAdapter rollBack(String name, @Nullable Integer expected, String by, String note) {
        check(name, note);
        int number = current(name).number();
        if (expected != null && expected != number) {
            throw new WrongStatusException("Promotion " + expected + " of '" + name + "' does not hold, but " + number
                    + " does; nothing was changed");
        }
        return record(new RegistryEvent.AdapterRolledBack(name, number, by, note));
    }

    private synchronized RegisteredAdapter record(RegistryEvent event) {
        state();
        List<RecordedEvent> recorded = store.append(
                List.of(new Append(RegistryEvent.STREAM, seq, List.of(event))), List.of(), Map.of(), clock.instant());
        recorded.forEach(this::apply);
        feed.appended(RegistryEvent.STREAM);
        return known(event.name());
    }

    /** Reads what is new in the log; that is little, if anything. */
    private synchronized RegistryState state() {
        List<RecordedEvent> newer;
        do {
            newer = store.read(RegistryEvent.STREAM, seq, READ_BATCH);
            newer.forEach(this::apply);
        } while (newer.size() == READ_BATCH);
        return state;
    }

    private void apply(RecordedEvent e) {
        state = state.apply((RegistryEvent) e.event(), e.at());
        seq = e.seq();
    }
}
