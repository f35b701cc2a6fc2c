package dev.tributary.cli.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.cli.process.SharedClasses;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * One job whose coordinator, and the broker in its process, is ended at every crash point there is, one after the other:
 * each start is armed with the next. The agents stay.
 */
@Tag("slow")
@Tag("crash")
class CoordinatorCrashIT {
    private static final List<String> POINTS = List.of(
            "after-append/JobSubmitted",
            "before-append/StatePublished",
            "after-append/StatePublished",
            "before-append/RoundOpened",
            "after-append/RoundOpened",
            "before-send/Command",
            "after-send/Command",
            "after-mark-sent/Command",
            "before-append/UpdateAccepted",
            "after-append/UpdateAccepted",
            "before-append/RoundClosed",
            "after-append/RoundClosed",
            "before-aggregate",
            "after-aggregate",
            "before-store",
            "after-store",
            "before-publish",
            "before-chunk/1",
            "after-chunk/1",
            "before-manifest",
            "after-manifest",
            "after-publish",
            "after-send/Verdict",
            "before-append/MetricsReported",
            "after-append/EvaluationClosed",
            "before-append/JobCompleted",
            "after-append/JobCompleted");
    private static final List<String> AGENTS = List.of("left", "right");
    private static final int ROUNDS = 6;

    @TempDir
    private Path directory;

    @Test
    @Timeout(value = 40, unit = TimeUnit.MINUTES)
    void aCoordinatorThatCrashesAnywhereGoesOnWhereItWas() throws Exception {
        SharedClasses classes = new SharedClasses(directory.resolve("coordinator.jsa"));
        JobLog undisturbed;
        try (CrashFederation calm = new CrashFederation(directory.resolve("calm"))) {
            Process coordinator = calm.coordinator(classes.making());
            calm.agents(List.of(), "left", "right");
            undisturbed = calm.undisturbed(AGENTS, ROUNDS);
            CrashFederation.end(coordinator, classes);
        }
        try (CrashFederation federation = new CrashFederation(directory.resolve("crashed"));
                Uploads uploads = new Uploads(federation.bootstrapServers(), CrashFederation.FEDERATION, AGENTS)) {
            Process coordinator = federation.coordinator(CrashFederation.crashAt(classes, POINTS.get(0)));
            federation.agents(List.of(), "left", "right");
            federation.awaitAgents(AGENTS.size());
            try {
                federation.client.submit(CrashFederation.document(AGENTS.size(), ROUNDS));
            } catch (dev.tributary.cli.CliException e) {
                assertThat(e).hasMessageContaining("no coordinator answers"); // it crashed before it could answer
            }
            for (int i = 0; i < POINTS.size(); i++) {
                federation.awaitCrash(coordinator, POINTS.get(i));
                String next = i + 1 < POINTS.size() ? POINTS.get(i + 1) : "";
                coordinator = federation.coordinator(CrashFederation.crashAt(classes, next));
            }
            federation.awaitAgents(AGENTS.size());
            JobLog crashed = federation.awaitEnd(federation.client.jobs().get(0).id());
            assertThat(uploads.whole()).isEqualTo((long) ROUNDS * AGENTS.size());
            assertThat(uploads.repeated()).as("chunks sent again").isEmpty();
            CrashFederation.assertUnharmed(crashed, undisturbed, AGENTS, ROUNDS);
        }
    }
}
