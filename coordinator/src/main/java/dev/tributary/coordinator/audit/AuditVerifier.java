package dev.tributary.coordinator.audit;

import dev.tributary.coordinator.audit.Checkpoint.Head;
import dev.tributary.coordinator.log.HashChain;
import dev.tributary.coordinator.log.StoredEvent;
import dev.tributary.privacy.envelope.VerifyingKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Checks an export without the coordinator: every event follows from the one before, every checkpoint is signed and
 * follows from the one before, every head a checkpoint names is in the log, and every checkpoint a witness kept is there.
 * A log that was changed, cut, reordered or written anew fails at least one of these.
 */
public final class AuditVerifier {

    private static final int MOST_FINDINGS = 20;

    /** Result of a verification; {@code findings} is empty if all is well. */
    public record Result(String key, long events, int streams, long checkpoints, List<String> findings) {
        public Result {
            findings = List.copyOf(findings);
        }
    }

    private final Optional<String> expectedKey;
    private final Set<String> missing;
    private final List<String> findings = new ArrayList<>();
    private final Map<String, Head> ends = new HashMap<>();
    private final Map<String, Map<Long, String>> named = new HashMap<>();
    private String key = "";
    private long events;
    private long checkpoints;
    private String lastCheckpoint = Checkpoint.START;

    /**
     * @param expectedKey the coordinator's key as known from elsewhere; without it the export's own is used
     * @param witnessed hashes of checkpoints that were kept elsewhere
     */
    public AuditVerifier(Optional<String> expectedKey, Set<String> witnessed) {
        this.expectedKey = expectedKey;
        this.missing = new HashSet<>(witnessed);
    }

    public Result verify(BufferedReader export) throws IOException {
        long number = 0;
        for (String text = export.readLine(); text != null; text = export.readLine()) {
            number++;
            try {
                take(AuditFile.line(text));
            } catch (IllegalArgumentException e) {
                finding("line " + number + " is not one of an export: " + e.getMessage());
            }
        }
        named.forEach((stream, heads) -> heads.forEach((seq, hash) ->
                finding("stream " + stream + ": event " + seq + " is signed by a checkpoint and is not there")));
        missing.forEach(hash -> finding("a witness kept checkpoint " + hash + ", which is not there"));
        if (key.isEmpty()) {
            finding("the export does not begin with the coordinator's key");
        }
        return new Result(key, events, ends.size(), checkpoints, findings);
    }

    private void take(AuditFile.Line line) {
        if (line.key() != null) {
            key = line.key();
            if (expectedKey.isPresent() && !expectedKey.get().equals(key)) {
                finding("the export is of another coordinator: its key is " + key);
            }
        } else if (line.checkpoint() != null) {
            checkpoint(line.checkpoint());
        } else {
            event(Objects.requireNonNull(line.event()));
        }
    }

    private void checkpoint(Checkpoint checkpoint) {
        checkpoints++;
        VerifyingKey signer = VerifyingKey.ofRaw(HexFormat.of().parseHex(expectedKey.orElse(key)));
        if (!checkpoint.isSignedBy(signer)) {
            finding("checkpoint " + checkpoint.number() + " is not signed by the coordinator");
        }
        if (checkpoint.number() != checkpoints || !checkpoint.previous().equals(lastCheckpoint)) {
            finding("checkpoint " + checkpoint.number() + " does not follow from the one before it");
        }
        lastCheckpoint = checkpoint.hash();
        missing.remove(lastCheckpoint);
        checkpoint
                .heads()
                .forEach((stream, head) ->
                        named.computeIfAbsent(stream, s -> new HashMap<>()).put(head.seq(), head.hash()));
    }

    private void event(StoredEvent e) {
        events++;
        Head before = ends.getOrDefault(e.stream(), new Head(0, HashChain.START));
        boolean follows = e.seq() == before.seq() + 1
                && e.previous().equals(before.hash())
                && e.hash().equals(e.computedHash());
        if (!follows) {
            finding("stream " + e.stream() + ": event " + e.seq() + " does not follow from the one before it");
        }
        Map<Long, String> heads = named.getOrDefault(e.stream(), Map.of());
        String signed = heads.get(e.seq());
        if (signed != null) {
            heads.remove(e.seq());
            if (!signed.equals(e.hash())) {
                finding("stream " + e.stream() + ": event " + e.seq() + " is not the one that a checkpoint signed");
            }
        }
        ends.put(e.stream(), new Head(e.seq(), e.hash()));
    }

    private void finding(String text) {
        if (findings.size() < MOST_FINDINGS) {
            findings.add(text);
        }
    }
}
