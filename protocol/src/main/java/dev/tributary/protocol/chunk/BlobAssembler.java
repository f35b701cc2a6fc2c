package dev.tributary.protocol.chunk;

import dev.tributary.plan.BlobRef;
import dev.tributary.privacy.seal.UnopenableException;
import dev.tributary.protocol.BlobStore;
import dev.tributary.protocol.ContentSeal;
import dev.tributary.protocol.Message;
import dev.tributary.protocol.seal.BlobSealing;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Puts one sender's blobs together from chunks and manifests as they pass, within limits. What does not belong is
 * dropped and told to the {@code junk} listener, never thrown: a sender can only harm its own blobs. Not for use by
 * several threads at once.
 */
public final class BlobAssembler implements AutoCloseable {

    /** Told of every record that was dropped. */
    @FunctionalInterface
    public interface Junk {
        void dropped(String owner, String why);
    }

    private record InFlight(PartialBlob partial, long firstOffset, long grewAt) {}

    private final String owner;
    private final BlobStore store;
    private final AssemblyLimits limits;
    private final LongSupplier nanoClock;
    private final Junk junk;
    private final Map<BlobRef, InFlight> inFlight = new LinkedHashMap<>();

    /** @param owner names the sender in file names and log lines */
    public BlobAssembler(String owner, BlobStore store, AssemblyLimits limits, LongSupplier nanoClock, Junk junk) {
        this.owner = owner;
        this.store = store;
        this.limits = limits;
        this.nanoClock = nanoClock;
        this.junk = junk;
    }

    /** Takes the chunk that stood at {@code offset} of its topic. */
    public void chunk(Chunk chunk, long offset) {
        BlobRef blob = chunk.chunking().blob();
        if (store.claim(blob)) {
            return; // sent twice, or another agent's update is the same
        }
        if (blob.size() > limits.maxBlobBytes()) {
            junk.dropped(owner, "blob of " + blob.size() + " bytes is over the limit of " + limits.maxBlobBytes());
            return;
        }
        String problem = chunk.problem();
        if (!problem.isEmpty()) {
            junk.dropped(owner, problem);
            return;
        }
        InFlight flight = inFlight.get(blob);
        if (flight != null && !flight.partial().chunking().equals(chunk.chunking())) {
            junk.dropped(owner, "blob " + blob.sha256() + " is cut in two ways");
            return;
        }
        if (flight == null) {
            makeRoom();
            flight = new InFlight(
                    PartialBlob.open(store.workDirectory(), owner, chunk.chunking()), offset, nanoClock.getAsLong());
        }
        flight.partial().write(chunk);
        inFlight.put(blob, new InFlight(flight.partial(), flight.firstOffset(), nanoClock.getAsLong()));
    }

    /** Takes a manifest: the blob is moved into the store if it is whole and right. */
    public void manifest(Message.BlobManifest manifest) {
        BlobRef blob = manifest.blob();
        ContentSeal seal = manifest.seal();
        if (store.claim(seal == null ? blob : seal.content())) {
            remove(blob);
            return;
        }
        Chunking chunking;
        try {
            chunking = new Chunking(blob, manifest.chunkBytes());
        } catch (IllegalArgumentException e) {
            junk.dropped(owner, "manifest of blob " + blob.sha256() + ": " + e.getMessage());
            return;
        }
        if (blob.size() > limits.maxBlobBytes()) {
            junk.dropped(owner, "blob of " + blob.size() + " bytes is over the limit of " + limits.maxBlobBytes());
            return;
        }
        InFlight flight = inFlight.remove(blob);
        PartialBlob partial =
                flight == null ? PartialBlob.open(store.workDirectory(), owner, chunking) : flight.partial();
        if (!partial.isComplete()) {
            junk.dropped(
                    owner,
                    "manifest of blob " + blob.sha256() + ", but chunk " + partial.firstMissing() + " of "
                            + chunking.count() + " has not arrived");
            if (flight != null) {
                inFlight.put(blob, flight);
            } else {
                partial.discard();
            }
        } else if (!partial.moveInto(store)) {
            junk.dropped(owner, "blob " + blob.sha256() + " is whole but has another SHA-256");
        } else if (seal != null) {
            open(seal);
        }
    }

    private void open(ContentSeal seal) {
        try {
            BlobSealing.open(seal, store);
        } catch (UnopenableException e) {
            junk.dropped(owner, "sealed blob " + seal.sealed().sha256() + ": " + e.getMessage());
        }
    }

    /** Offset of the first chunk that an unfinished blob still needs from its topic after a restart. */
    public OptionalLong oldestNeeded() {
        dropIdle();
        return inFlight.values().stream().mapToLong(InFlight::firstOffset).min();
    }

    private void makeRoom() {
        dropIdle();
        if (inFlight.size() >= limits.maxPartialBlobs()) {
            inFlight.entrySet().stream()
                    .min(Comparator.comparingLong(entry -> entry.getValue().grewAt() - nanoClock.getAsLong()))
                    .ifPresent(entry -> {
                        junk.dropped(
                                owner,
                                "more than " + limits.maxPartialBlobs() + " unfinished blobs; "
                                        + entry.getKey().sha256() + " is dropped");
                        remove(entry.getKey());
                    });
        }
    }

    private void dropIdle() {
        long now = nanoClock.getAsLong();
        inFlight.values().removeIf(flight -> {
            boolean idle = Duration.ofNanos(now - flight.grewAt()).compareTo(limits.maxIdle()) > 0;
            if (idle) {
                junk.dropped(owner, "unfinished blob has not grown for " + limits.maxIdle());
                flight.partial().discard();
            }
            return idle;
        });
    }

    private void remove(BlobRef blob) {
        InFlight flight = inFlight.remove(blob);
        if (flight != null) {
            flight.partial().discard();
        }
    }

    /** Closes the files of unfinished blobs; they are taken up again by the next assembler of this owner. */
    @Override
    public void close() {
        inFlight.values().forEach(flight -> flight.partial().close());
        inFlight.clear();
    }
}
