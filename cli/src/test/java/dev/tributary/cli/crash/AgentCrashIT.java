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
 * One job of which one agent is ended at every crash point there is, one after the other: each start is armed with the
 * next. Coordinator and the other agent stay.
 */
@Tag("slow")
@Tag("crash")
class AgentCrashIT {
    private static final List<String> POINTS = List.of(
            "agent-step/RECEIVED",
            "before-store",
            "after-store",
            "agent-step/FETCHED",
            "training/2",
            "agent-step/TRAINED",
            "agent-step/STORED",
            "agent-step/SEALED",
            "before-chunk/0",
            "after-chunk/0",
            "before-chunk/1",
            "after-chunk/1",
            "after-chunk/2",
            "before-manifest",
            "after-manifest",
            "agent-step/UPLOADED",
            "agent-step/SENT",
            "agent-step/MARKED_SENT");
    private static final List<String> AGENTS = List.of("steady", "victim");
    private static final int ROUNDS = 6;

    @TempDir
    private Path directory;

    @Test
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void anAgentThatCrashesAnywhereSendsOneUpdateForEveryRound() throws Exception {
        SharedClasses classes = new SharedClasses(directory.resolve("agent.jsa"));
        JobLog undisturbed;
        try (CrashFederation calm = new CrashFederation(directory.resolve("calm"))) {
            calm.coordinator(List.of());
            calm.agents(List.of(), "steady");
            Process victim = calm.agents(classes.making(), "victim");
            undisturbed = calm.undisturbed(AGENTS, ROUNDS);
            CrashFederation.end(victim, classes);
        }
        try (CrashFederation federation = new CrashFederation(directory.resolve("crashed"));
                Uploads uploads = new Uploads(federation.bootstrapServers(), CrashFederation.FEDERATION, AGENTS)) {
            federation.coordinator(List.of());
            federation.agents(List.of(), "steady");
            Process victim = federation.agents(CrashFederation.crashAt(classes, POINTS.get(0)), "victim");
            federation.awaitAgents(AGENTS.size());
            String job = federation
                    .client
                    .submit(CrashFederation.document(AGENTS.size(), ROUNDS))
                    .id();
            for (int i = 0; i < POINTS.size(); i++) {
                federation.awaitCrash(victim, POINTS.get(i));
                String next = i + 1 < POINTS.size() ? POINTS.get(i + 1) : "";
                victim = federation.agents(CrashFederation.crashAt(classes, next), "victim");
            }
            JobLog crashed = federation.awaitEnd(job);
            assertThat(uploads.whole()).isEqualTo((long) ROUNDS * AGENTS.size());
            assertThat(uploads.repeatedInFull())
                    .as("updates sent twice in full: a chunk that was acknowledged before a crash is not sent again")
                    .isEmpty();
            CrashFederation.assertUnharmed(crashed, undisturbed, AGENTS, ROUNDS);
        }
    }
}
