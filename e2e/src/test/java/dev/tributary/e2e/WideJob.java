package dev.tributary.e2e;

import com.zaxxer.hikari.HikariDataSource;
import dev.tributary.coordinator.federation.FederationEvent;
import dev.tributary.coordinator.job.Diagnostics;
import dev.tributary.coordinator.job.Invitation;
import dev.tributary.coordinator.job.JobEvent;
import dev.tributary.coordinator.job.Member;
import dev.tributary.coordinator.log.Append;
import dev.tributary.coordinator.log.Event;
import dev.tributary.coordinator.log.EventCodec;
import dev.tributary.coordinator.log.EventStore;
import dev.tributary.coordinator.log.JdbcEventStore;
import dev.tributary.coordinator.log.LeaderTransaction;
import dev.tributary.coordinator.log.Leadership;
import dev.tributary.coordinator.log.LogDatabase;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.BlobRef;
import dev.tributary.plan.Job;
import dev.tributary.plan.JobId;
import dev.tributary.plan.JobParser;
import dev.tributary.plan.Metrics;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.plan.Update;
import dev.tributary.protocol.BlobLocation;
import dev.tributary.protocol.blob.Sha256;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.flywaydb.core.Flyway;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** A paused job of many agents and rounds, written into the log of a coordinator that has yet to start. */
final class WideJob {

    static final JobId ID = new JobId("wide-1");
    private static final String H2 = ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;CASE_INSENSITIVE_IDENTIFIERS=TRUE";
    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
    private static final long WIRE_BYTES = 309_000;

    private final List<AgentId> agents;
    private final String document;
    private final Job job;

    private WideJob(int agents, int rounds) {
        this.agents = IntStream.range(0, agents)
                .mapToObj("site-%03d"::formatted)
                .map(AgentId::new)
                .toList();
        this.document = PacedFederation.job("wide", "fedavg", rounds + 1, 1);
        this.job = JobParser.document(document).job();
    }

    /** @param directory the coordinator's data directory */
    static void write(Path directory, int agents, int rounds) {
        WideJob wide = new WideJob(agents, rounds);
        String url = "jdbc:h2:file:" + directory.resolve("coordinator").toAbsolutePath() + H2;
        try (HikariDataSource database = LogDatabase.open(url, "sa", "", Duration.ofSeconds(6))) {
            Flyway.configure()
                    .dataSource(database)
                    .locations("classpath:db/migration")
                    .load()
                    .migrate();
            JdbcClient jdbc = JdbcClient.create(database);
            try (Leadership leadership = Leadership.seize(jdbc, "fixture", START)) {
                EventStore log = new JdbcEventStore(
                        jdbc,
                        new LeaderTransaction(
                                jdbc,
                                new TransactionTemplate(new JdbcTransactionManager(database)),
                                leadership.epoch()),
                        new EventCodec(FederationEvent.TYPES, JobEvent.TYPES));
                wide.write(log, rounds);
            }
        }
    }

    private void write(EventStore log, int rounds) {
        List<Event> federation = new ArrayList<>();
        agents.forEach(agent -> federation.add(new FederationEvent.AgentRegistered(
                new AgentProfile(agent, "test", "cpu", 1L << 33, 64, 900, List.of(), List.of()))));
        federation.add(new FederationEvent.JobNamed(ID, job.name()));
        append(log, FederationEvent.STREAM, 0, federation, START);
        long seq = append(
                log,
                ID.value(),
                0,
                List.of(new JobEvent.JobSubmitted(ID, job, model(), document), published(0)),
                START);
        for (int round = 1; round <= rounds; round++) {
            Instant at = START.plus(Duration.ofMinutes(round));
            seq = append(log, ID.value(), seq, training(round, at), at);
            seq = append(log, ID.value(), seq, evaluation(round, at), at.plusSeconds(40));
        }
        append(log, ID.value(), seq, List.of(new JobEvent.JobPaused("maintenance")), START.plus(Duration.ofDays(1)));
    }

    private static long append(EventStore log, String stream, long seq, List<? extends Event> events, Instant at) {
        log.append(List.of(new Append(stream, seq, events)), List.of(), Map.of(), at);
        return seq + events.size();
    }

    /** Of twenty agents one is rejected, one refuses and one falls silent, in each round others. */
    private List<JobEvent> training(int round, Instant at) {
        List<JobEvent> events = new ArrayList<>();
        List<Member> members = agents.stream()
                .map(agent -> new Member(agent, plan("t", round, agent), job.adapter(), "layout"))
                .toList();
        events.add(new JobEvent.RoundOpened(round, 1, members, at.plusSeconds(600), members.size()));
        List<AgentId> accepted = new ArrayList<>();
        for (int i = 0; i < agents.size(); i++) {
            AgentId agent = agents.get(i);
            String plan = plan("t", round, agent);
            switch ((i + 7 * round) % 20) {
                case 0 ->
                    events.add(new JobEvent.UpdateRejected(
                            round, 1, agent, plan, hash(plan), "not-finite", "tensor x holds NaN"));
                case 1 -> events.add(new JobEvent.AgentRefused(round, agent, plan, "policy", "not this model"));
                case 2 -> events.add(new JobEvent.AgentLost(round, agent, plan, "silent for 20 s"));
                default -> {
                    accepted.add(agent);
                    events.add(new JobEvent.UpdateAccepted(update(round, agent, plan), WIRE_BYTES + i));
                }
            }
        }
        events.add(new JobEvent.RoundClosed(round, 1, accepted, "all-answered"));
        events.add(published(round));
        return events;
    }

    private List<JobEvent> evaluation(int round, Instant at) {
        List<JobEvent> events = new ArrayList<>();
        List<Invitation> invited = agents.stream()
                .map(agent -> new Invitation(agent, plan("e", round, agent)))
                .toList();
        events.add(new JobEvent.EvaluationOpened(round, invited, at.plusSeconds(600)));
        for (int i = 0; i < invited.size(); i++) {
            double accuracy = 0.95 - 0.4 / (round + 1) - 0.0005 * i;
            Metrics metrics = new Metrics(30, new TreeMap<>(Map.of("accuracy", accuracy, "loss", 1 - accuracy)));
            events.add(new JobEvent.MetricsReported(
                    round, agents.get(i), invited.get(i).planId(), metrics, WIRE_BYTES));
        }
        events.add(new JobEvent.EvaluationClosed(round, "all-answered"));
        return events;
    }

    private static Update update(int round, AgentId agent, String plan) {
        return new Update(
                plan,
                ID,
                round,
                1,
                agent,
                new BlobRef(hash(plan), WIRE_BYTES),
                "layout",
                0,
                round - 1,
                30,
                new Metrics(30, new TreeMap<>(Map.of("loss", 1.0 / round))),
                WIRE_BYTES);
    }

    private static JobEvent.StatePublished published(int version) {
        BlobRef blob = new BlobRef(hash("state " + version), WIRE_BYTES);
        return new JobEvent.StatePublished(
                version,
                new TreeMap<>(Map.of("adapter", blob)),
                null,
                new TreeMap<>(),
                List.of(new BlobLocation(blob, "blobs", 0, version, version)),
                version == 0
                        ? Diagnostics.NONE
                        : new Diagnostics(
                                0.2 / version,
                                0.3 / version,
                                "layer.0.query",
                                new TreeMap<>(Map.of("updateNorm", 1.0))),
                0.5,
                0.25);
    }

    private static ModelDescriptor model() {
        return new ModelDescriptor(
                "pretended",
                "BertModel",
                hash("weights"),
                hash("tokenizer"),
                new TreeMap<>(Map.of("layer.0.query", new ModelDescriptor.LinearShape(12, 12))),
                12,
                512);
    }

    private static String plan(String kind, int round, AgentId agent) {
        return kind + round + "-" + agent;
    }

    private static String hash(String text) {
        return Sha256.hex(Sha256.of(text.getBytes(StandardCharsets.UTF_8)));
    }
}
