package dev.tributary.coordinator.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.coordinator.job.JobEvent;
import dev.tributary.coordinator.log.Append;
import dev.tributary.coordinator.log.EventStore;
import dev.tributary.coordinator.log.LogFeed;
import dev.tributary.coordinator.round.Database;
import dev.tributary.privacy.identity.SigningIdentity;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditVerifierTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    @TempDir
    Path directory;

    private final SigningIdentity identity = SigningIdentity.ephemeral();

    private static void append(EventStore store, String stream, String... reasons) {
        for (String reason : reasons) {
            long seq = store.stored(stream, 0, 100).size();
            store.append(
                    List.of(new Append(stream, seq, List.of(new JobEvent.JobFailed(reason)))),
                    List.of(),
                    Map.of(),
                    NOW);
        }
    }

    /** Two streams of three events, a checkpoint in the midst and one at the end. */
    private List<String> export(String name, String first) throws IOException {
        try (Database database = new Database(directory.resolve(name))) {
            EventStore store = database.store();
            Checkpoints checkpoints = new Checkpoints(database.jdbc(), identity, Clock.systemUTC(), new LogFeed());
            append(store, "a", first, "two");
            assertThat(checkpoints.make()).isPresent();
            append(store, "a", "three");
            append(store, "b", "one", "two", "three");
            Checkpoints restarted = new Checkpoints(database.jdbc(), identity, Clock.systemUTC(), new LogFeed());
            assertThat(restarted.make()).isPresent();
            assertThat(restarted.make()).as("the log stands still").isEmpty();
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            AuditFile.write(out, identity.fingerprint(), restarted, store);
            return new ArrayList<>(out.toString(StandardCharsets.UTF_8).lines().toList());
        }
    }

    private AuditVerifier.Result verify(List<String> lines, Set<String> witnessed) throws IOException {
        BufferedReader reader = new BufferedReader(new StringReader(String.join("\n", lines)));
        return new AuditVerifier(Optional.of(identity.fingerprint()), witnessed).verify(reader);
    }

    private List<String> findings(List<String> lines) throws IOException {
        return verify(lines, Set.of()).findings();
    }

    @Test
    void anUntouchedLogIsIntact() throws IOException {
        AuditVerifier.Result result = verify(export("log", "one"), Set.of());
        assertThat(result.findings()).isEmpty();
        assertThat(result.events()).isEqualTo(6);
        assertThat(result.streams()).isEqualTo(2);
        assertThat(result.checkpoints()).isEqualTo(2);
    }

    @Test
    void aChangedWordShows() throws IOException {
        List<String> lines = export("log", "one");
        lines.replaceAll(line -> line.contains("\"stream\":\"b\"") ? line.replace("two", "tvo") : line);
        assertThat(findings(lines)).containsExactly("stream b: event 2 does not follow from the one before it");
    }

    @Test
    void aChangedCharacterAnywhereShows() throws IOException {
        List<String> lines = export("log", "one");
        String text = String.join("\n", lines);
        for (int i = 0; i < text.length(); i += 11) {
            char c = text.charAt(i);
            char other = Character.isDigit(c) ? (char) ('0' + (c - '0' + 1) % 10) : c == 'x' ? 'y' : 'x';
            String changed = text.substring(0, i) + other + text.substring(i + 1);
            assertThat(findings(changed.lines().toList()))
                    .as("character %d: %s", i, text.substring(Math.max(0, i - 20), Math.min(text.length(), i + 20)))
                    .isNotEmpty();
        }
    }

    @Test
    void betweenLooksAtAllOnlyNamedStreamsAreLookedAt() {
        try (Database database = new Database(directory.resolve("named"))) {
            EventStore store = database.store();
            LogFeed feed = new LogFeed();
            MovableClock clock = new MovableClock();
            Checkpoints checkpoints = new Checkpoints(database.jdbc(), identity, clock, feed);
            append(store, "a", "one");
            long first = checkpoints.head().orElseThrow().checkpoint();
            append(store, "a", "two");
            append(store, "b", "one");
            feed.appended("a");

            clock.pass(Duration.ofSeconds(20));
            assertThat(checkpoints.head().orElseThrow().checkpoint()).isEqualTo(first + 1);
            assertThat(checkpoints.all().get(1).heads()).containsOnlyKeys("a");

            clock.pass(Duration.ofMinutes(6));
            assertThat(checkpoints.head().orElseThrow().checkpoint()).isEqualTo(first + 2);
            assertThat(checkpoints.all().get(2).heads()).containsOnlyKeys("b");
        }
    }

    @Test
    void aCutTailShows() throws IOException {
        List<String> lines = export("log", "one");
        lines.remove(lines.size() - 1);
        assertThat(findings(lines)).containsExactly("stream b: event 3 is signed by a checkpoint and is not there");
    }

    @Test
    void reorderedEventsShow() throws IOException {
        List<String> lines = export("log", "one");
        Collections.swap(lines, lines.size() - 1, lines.size() - 2);
        assertThat(findings(lines)).anyMatch(finding -> finding.contains("event 3 does not follow"));
    }

    @Test
    void aLogWrittenAnewShowsAgainstAnEarlierExport() throws IOException {
        List<String> before = export("log", "one");
        List<String> forged = export("forged", "none");
        Set<String> witnessed =
                AuditFile.checkpointHashes(new BufferedReader(new StringReader(String.join("\n", before))));

        assertThat(verify(forged, Set.of()).findings()).as("whole in itself").isEmpty();
        assertThat(verify(forged, witnessed).findings())
                .hasSize(2)
                .allMatch(finding -> finding.startsWith("a witness kept checkpoint"));
    }

    @Test
    void aMissingCheckpointShows() throws IOException {
        List<String> lines = export("log", "one");
        lines.remove(1);
        assertThat(findings(lines)).contains("checkpoint 2 does not follow from the one before it");
    }

    @Test
    void anotherCoordinatorsLogShows() throws IOException {
        BufferedReader reader = new BufferedReader(new StringReader(String.join("\n", export("log", "one"))));
        String other = SigningIdentity.ephemeral().fingerprint();
        assertThat(new AuditVerifier(Optional.of(other), Set.of())
                        .verify(reader)
                        .findings())
                .anyMatch(finding -> finding.startsWith("the export is of another coordinator"))
                .anyMatch(finding -> finding.endsWith("is not signed by the coordinator"));
    }

    @Test
    void whatIsNoExportIsNamedByItsLine() throws IOException {
        assertThat(findings(List.of("{}", "nonsense")))
                .anyMatch(finding -> finding.startsWith("line 1 is not one of an export"))
                .anyMatch(finding -> finding.startsWith("line 2 is not one of an export"));
    }

    private static final class MovableClock extends Clock {
        private Instant now = Instant.parse("2026-03-01T12:00:00Z");

        void pass(Duration time) {
            now = now.plus(time);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this; // instants alone are asked for
        }
    }
}
