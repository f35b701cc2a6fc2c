package dev.tributary.agent.execute;

import dev.tributary.agent.journal.Journal;
import dev.tributary.plan.BlobRef;
import dev.tributary.plan.FoldRef;
import dev.tributary.plan.Plan;
import dev.tributary.plan.Progress;
import dev.tributary.plan.StateRef;
import dev.tributary.protocol.AgentTransport;
import dev.tributary.protocol.BlobLocation;
import dev.tributary.protocol.BlobStore;
import dev.tributary.protocol.Message;
import dev.tributary.protocol.TransportException;
import dev.tributary.training.TrainingCancelledException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings a plan's state blobs into the agent's store; what is there already is not fetched again. */
final class StateFetcher {

    private static final Logger LOG = LoggerFactory.getLogger(StateFetcher.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final AgentTransport transport;
    private final BlobStore store;
    private final Journal journal;
    private final Clock clock;

    StateFetcher(AgentTransport transport, BlobStore store, Journal journal, Clock clock) {
        this.transport = transport;
        this.store = store;
        this.journal = journal;
        this.clock = clock;
    }

    /** @throws RefusedException if a blob cannot be had before the plan's deadline */
    FetchedState fetch(Message.Command command, StateRef state, WorkMonitor monitor) {
        Plan.Header header = command.plan().header();
        journal.need(header.job(), state);
        List<BlobRef> parts = List.copyOf(state.parts().values());
        List<BlobRef> folds = state.folds().stream().map(FoldRef::blob).toList();
        Set<BlobRef> all = new LinkedHashSet<>(parts);
        all.addAll(folds);
        List<BlobLocation> missing = new ArrayList<>();
        for (BlobRef blob : all) {
            if (!store.has(blob)) {
                missing.add(locate(command, blob));
            }
        }
        long total = missing.stream().mapToLong(m -> m.blob().size()).sum();
        long fetched = 0;
        long moved = 0;
        for (BlobLocation location : missing) {
            long before = fetched;
            monitor.at(Progress.Phase.FETCHING, before, total);
            moved += download(
                    location, header, (bytes, size) -> monitor.at(Progress.Phase.FETCHING, before + bytes, total));
            fetched += location.blob().size();
        }
        List<Path> partFiles = parts.stream().map(store::path).toList();
        List<Path> foldFiles = folds.stream().map(store::path).toList();
        return FetchedState.open(
                partFiles, foldFiles, folds.stream().map(BlobRef::sha256).toList(), moved);
    }

    private static BlobLocation locate(Message.Command command, BlobRef blob) {
        return command.blobs().stream()
                .filter(location -> location.blob().equals(blob))
                .findFirst()
                .orElseThrow(() -> new RefusedException(
                        "missing-blob", "the plan needs blob " + blob.sha256() + " but does not say where it lies"));
    }

    private long download(BlobLocation location, Plan.Header header, AgentTransport.TransferListener listener) {
        while (true) {
            try {
                return transport.download(location, store, listener);
            } catch (TransportException e) {
                if (clock.instant().plus(PAUSE).isAfter(header.deadline())) {
                    throw new RefusedException(
                            "fetch-failed",
                            "blob " + location.blob().sha256() + " could not be fetched before the deadline: "
                                    + e.getMessage(),
                            e);
                }
                LOG.warn(
                        "fetching blob {} failed, trying again: {}",
                        location.blob().sha256(),
                        e.getMessage());
                pause(listener, location);
            }
        }
    }

    /** Waits a little; the listener ends the wait by throwing if the work is to stop. */
    private static void pause(AgentTransport.TransferListener listener, BlobLocation location) {
        try {
            for (int i = 0; i < 10; i++) {
                listener.transferred(0, location.blob().size());
                Thread.sleep(PAUSE.toMillis() / 10);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TrainingCancelledException("the agent was told to stop");
        }
    }
}
