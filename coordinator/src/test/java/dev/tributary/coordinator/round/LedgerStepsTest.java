package dev.tributary.coordinator.round;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.adapter.SafetensorsWriter;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.aggregation.AgentTerms;
import dev.tributary.aggregation.Aggregation;
import dev.tributary.aggregation.FederatedMethod;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.ReceivedUpdate;
import dev.tributary.aggregation.StandardAggregation;
import dev.tributary.aggregation.Sums;
import dev.tributary.aggregation.SumsSource;
import dev.tributary.coordinator.job.JobEvent;
import dev.tributary.coordinator.job.JobState;
import dev.tributary.coordinator.job.Jobs;
import dev.tributary.coordinator.job.Member;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.BlobRef;
import dev.tributary.plan.Job;
import dev.tributary.plan.Metrics;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.plan.Update;
import dev.tributary.privacy.dp.PrivacyTermsReader;
import dev.tributary.privacy.ledger.LedgerFiles;
import dev.tributary.privacy.ledger.PrivacyLedger;
import dev.tributary.privacy.ledger.Reservation;
import dev.tributary.protocol.BlobLocation;
import dev.tributary.protocol.BlobStore;
import dev.tributary.protocol.CoordinatorTransport;
import dev.tributary.protocol.blob.FileBlobStore;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two rounds with noise by the coordinator, cut off before every single thing that it writes or sends, begun again on what
 * was left on disk and in the log, and followed to the end.
 */
class LedgerStepsTest {
    private static final Job JOB = ClientPrivacyTest.job(2, Map.of("noise-multiplier", "4", "epsilon", "100"));

    @TempDir
    Path directory;

    @Test
    void endedBeforeAnyStepNothingLeavesUnchargedOrTwice() {
        int cut = 1;
        boolean reached = true;
        Set<Integer> charges = new HashSet<>();
        while (reached) {
            Run run = new Run(directory.resolve("cut-" + cut));
            run.stopBefore = cut;
            reached = !run.toTheEnd();
            if (reached) {
                run.stopBefore = Integer.MAX_VALUE;
                assertThat(run.toTheEnd()).isTrue();
            }
            run.assertHonest("cut before step " + cut);
            charges.add(run.reservations().size());
            cut++;
        }
        assertThat(cut).as("steps that were cut").isGreaterThanOrEqualTo(15);
        // Charged again where the noise was drawn and its result not sealed, and nowhere else.
        assertThat(charges).containsExactlyInAnyOrder(2, 3);
    }

    /** Ends everything, as a power cut would. */
    private static final class PowerCut extends Error {
        private static final long serialVersionUID = 1;
    }

    /** A coordinator's disk and log, and what is known of the world outside. */
    private static final class Run {
        private final Path directory;
        private final FileBlobStore disk;
        private final List<JobEvent> log = new ArrayList<>();
        private final List<Set<BlobRef>> left = List.of(new HashSet<>(), new HashSet<>(), new HashSet<>());
        private int stopBefore = Integer.MAX_VALUE;
        private int steps;
        private int drawn;
        private int round;

        Run(Path directory) {
            this.directory = directory;
            this.disk = new FileBlobStore(directory);
            log.add(new JobEvent.JobSubmitted(Jobs.ID, JOB, Jobs.model(), "name: tone"));
        }

        private void step() {
            if (++steps == stopBefore) {
                throw new PowerCut();
            }
        }

        /** @return whether it was not cut off */
        boolean toTheEnd() {
            Aggregator aggregator = new Aggregator(
                    new Blobs(),
                    new Wire(),
                    new Noising(),
                    new StartAdapters(directory.resolve("adapters")),
                    new ClientNoise(privacy(), new SteppingClock()),
                    new SealedRounds(privacy(), disk));
            try {
                if (state().latest().isEmpty()) {
                    append(aggregator.initialise(state()));
                }
                while (version() < JOB.rounds()) {
                    round = version() + 1;
                    if (!state().rounds().containsKey(round)) {
                        updates();
                    }
                    append(aggregator.aggregate(state(), round));
                }
                return true;
            } catch (PowerCut cut) {
                return false;
            }
        }

        private void append(JobEvent event) {
            step();
            log.add(event);
        }

        private int version() {
            return state().latest().orElseThrow().version();
        }

        private JobState state() {
            JobState state = JobState.submitted((JobEvent.JobSubmitted) log.get(0), Jobs.START);
            for (JobEvent event : log.subList(1, log.size())) {
                state = state.apply(event, Jobs.START);
            }
            return state;
        }

        /** Every site answers; as one entry, since nothing is charged in between. */
        private void updates() {
            List<JobEvent> events = new ArrayList<>();
            List<Member> members = Jobs.SITES.stream()
                    .map(site -> new Member(site, "r" + round + "-" + site, JOB.adapter(), "layout"))
                    .toList();
            events.add(new JobEvent.RoundOpened(round, 1, members, Jobs.START.plus(Duration.ofHours(1)), 3));
            for (AgentId site : Jobs.SITES) {
                events.add(new JobEvent.UpdateAccepted(update(site), 1000));
            }
            events.add(new JobEvent.RoundClosed(round, 1, Jobs.SITES, "all-answered"));
            log.addAll(events);
        }

        private Update update(AgentId site) {
            Path file = directory.resolve("work").resolve("update.safetensors");
            try (OpenState before =
                            OpenState.open(disk, state(), state().latest().orElseThrow());
                    SafetensorsWriter writer = new SafetensorsWriter(file, before.layout(), Map.of())) {
                for (TensorInfo info : before.layout().tensors().values()) {
                    float[] values = before.read(info.name());
                    values[0] += 0.25f;
                    writer.write(info.name(), values);
                }
            }
            return new Update(
                    "r" + round + "-" + site,
                    Jobs.ID,
                    round,
                    1,
                    site,
                    disk.put(file),
                    "layout",
                    0,
                    round - 1,
                    1,
                    new Metrics(1, new TreeMap<>()),
                    1000);
        }

        private Path privacy() {
            return directory.resolve("privacy");
        }

        private List<Reservation> reservations() {
            try (PrivacyLedger ledger = ledger()) {
                return ledger.reservations();
            }
        }

        private PrivacyLedger ledger() {
            return LedgerFiles.open(
                    privacy(),
                    JOB.task().dataset(),
                    "clients",
                    PrivacyTermsReader.read(JOB.privacy()),
                    Clock.systemUTC());
        }

        private long committed() {
            return reservations().stream()
                    .filter(charge -> charge.state() == Reservation.State.COMMITTED)
                    .count();
        }

        void assertHonest(String when) {
            assertThat(reservations()).as(when).hasSizeGreaterThanOrEqualTo(drawn);
            assertThat(reservations()).as(when).noneMatch(charge -> charge.state() == Reservation.State.RELEASED);
            assertThat(committed()).as(when).isEqualTo(JOB.rounds());
            for (int n = 1; n <= JOB.rounds(); n++) {
                assertThat(Set.copyOf(state().state(n).parts().values()))
                        .as("%s: all that left in round %d", when, n)
                        .containsAll(left.get(n));
            }
            try (PrivacyLedger ledger = ledger()) {
                assertThat(state().publications()
                                .reduce((earlier, later) -> later)
                                .orElseThrow()
                                .diagnostics()
                                .epsilon())
                        .as(when)
                        .isEqualTo(ledger.epsilon(Jobs.ID.value(), 1e-3));
            }
        }

        /** The ledger asks for the time before every entry it writes. */
        private final class SteppingClock extends Clock {
            @Override
            public Instant instant() {
                step();
                return Jobs.START;
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }
        }

        private final class Noising implements Aggregation {
            private final Aggregation real = new StandardAggregation();

            @Override
            public Produced initial(FederatedMethod method, Job job, ModelDescriptor model, Path work) {
                return real.initial(method, job, model, work);
            }

            @Override
            public Result aggregate(
                    FederatedMethod method, GlobalState state, Job job, List<ReceivedUpdate> updates, Path work) {
                throw new AssertionError("sums without noise");
            }

            @Override
            public Produced aggregate(
                    FederatedMethod method,
                    GlobalState state,
                    Job job,
                    List<ReceivedUpdate> updates,
                    SumsSource source,
                    Path work) {
                SumsSource counted = (global, received) -> {
                    Sums sums = source.of(global, received);
                    drawn++;
                    step();
                    return sums;
                };
                return real.aggregate(method, state, job, updates, counted, work);
            }

            @Override
            public Map<String, TensorInfo> expectedUpdate(GlobalState state, AgentTerms terms) {
                return real.expectedUpdate(state, terms);
            }
        }

        private final class Blobs implements BlobStore {
            @Override
            public boolean has(BlobRef blob) {
                return disk.has(blob);
            }

            @Override
            public Path path(BlobRef blob) {
                return disk.path(blob);
            }

            @Override
            public BlobRef put(Path file) {
                step();
                return disk.put(file);
            }

            @Override
            public boolean claim(BlobRef blob) {
                return disk.claim(blob);
            }

            @Override
            public boolean delete(BlobRef blob) {
                return disk.delete(blob);
            }

            @Override
            public Path workDirectory() {
                return disk.workDirectory();
            }
        }

        private final class Wire implements CoordinatorTransport {
            @Override
            public BlobLocation publish(BlobRef blob, Path file) {
                step();
                if (round > 0) {
                    left.get(round).add(blob);
                    assertThat(committed())
                            .as("charges committed when round %d leaves", round)
                            .isEqualTo(round);
                }
                return new BlobLocation(blob, "blobs", 0, steps, steps);
            }

            @Override
            public void start(Map<AgentId, Long> positions) {}

            @Override
            public List<FromAgent> poll(Duration timeout) {
                return List.of();
            }

            @Override
            public void send(List<ToAgent> messages) {}

            @Override
            public void close() {}
        }
    }
}
