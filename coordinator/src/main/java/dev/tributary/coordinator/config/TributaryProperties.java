package dev.tributary.coordinator.config;

import dev.tributary.coordinator.enrolment.EnrolmentSettings;
import dev.tributary.coordinator.round.RoundRules;
import dev.tributary.coordinator.round.StartAdapters;
import dev.tributary.coordinator.security.SecuritySettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How this coordinator is deployed: keys {@code tributary.*}. A key that is not listed here stops the start.
 *
 * @param federation name that stands in topics and messages
 * @param dataDir everything the coordinator keeps: database, blobs, keys, the embedded broker's records
 * @param sharedDir blobs, keys and privacy ledgers, where several coordinators share them; empty = {@code dataDir}
 */
@ConfigurationProperties(prefix = "tributary", ignoreUnknownFields = false)
public record TributaryProperties(
        @DefaultValue("local") String federation,
        @DefaultValue("tributary-data") Path dataDir,
        @DefaultValue("") String sharedDir,
        @DefaultValue Http http,
        @DefaultValue Broker broker,
        @DefaultValue Database database,
        @DefaultValue Leadership leadership,
        @DefaultValue Leases leases,
        @DefaultValue Rounds rounds,
        @DefaultValue Intake intake,
        @DefaultValue Adapters adapters,
        @DefaultValue Retention retention,
        @DefaultValue Disk disk,
        @DefaultValue SecuritySettings security,
        @DefaultValue EnrolmentSettings enrolment) {

    private static final Pattern FEDERATION = Pattern.compile("[a-z0-9][a-z0-9-]{0,38}");

    public TributaryProperties {
        require(
                FEDERATION.matcher(federation).matches(),
                "tributary.federation must be 1 to 39 of a-z, 0-9 and '-', was '" + federation + "'");
        dataDir = dataDir.toAbsolutePath().normalize();
    }

    /** Hosts that somebody may connect to: page and REST, and the broker. */
    public List<String> hosts() {
        return broker.mode() == Broker.Mode.EXTERNAL
                ? List.of(http.address(), broker.bootstrapServers())
                : List.of(http.address(), broker.address(), broker.advertisedAddress());
    }

    /** Whether agents that are not enrolled are refused. */
    public boolean enrolmentRequired() {
        return enrolment.isRequired(hosts());
    }

    /** Whether broker and clients show each other certificates of the federation's own authority. */
    public boolean brokerTls() {
        Boolean told = broker.tls();
        return told == null ? broker.mode() == Broker.Mode.EMBEDDED && enrolmentRequired() : told;
    }

    /** Whether page and REST are to speak TLS by the coordinator's own certificate. */
    public boolean pageTls() {
        Boolean told = http.tls();
        return told == null ? enrolmentRequired() : told;
    }

    public Path shared() {
        return sharedDir.isBlank()
                ? dataDir
                : Path.of(sharedDir).toAbsolutePath().normalize();
    }

    /**
     * REST and the page.
     *
     * @param address to listen on; 127.0.0.1 keeps it on this machine
     * @param port 0 picks a free one
     * @param tls null: by the coordinator's certificate where enrolment is required and no {@code server.ssl} is given
     */
    public record Http(
            @DefaultValue("127.0.0.1") String address,
            @DefaultValue("8080") int port,
            @Nullable Boolean tls) {
        public Http {
            require(port >= 0 && port <= 65535, "tributary.http.port must be 0 to 65535, was " + port);
        }
    }

    /**
     * The Kafka broker.
     *
     * @param mode {@code embedded} starts one in this process, {@code external} uses {@code bootstrapServers}
     * @param address the embedded broker listens on
     * @param advertisedAddress under which agents reach it, default {@code address}
     * @param port of the embedded broker, 0 picks a free one
     * @param controllerPort of its controller, 0 = the port after {@code port}
     * @param bootstrapServers of an external broker, {@code host:port,...}
     * @param tls certificates on both sides, and access rights; null: on the embedded broker where enrolment is required
     * @param manageAccess whether the coordinator makes the access rights and quotas of a broker with TLS
     * @param agentQuota bytes a second that one agent may send, and may fetch; 0 for no limit
     * @param client further settings of the coordinator's Kafka clients
     */
    public record Broker(
            @DefaultValue("embedded") Mode mode,
            @DefaultValue("127.0.0.1") String address,
            @DefaultValue("") String advertisedAddress,
            @DefaultValue("9092") int port,
            @DefaultValue("0") int controllerPort,
            @DefaultValue("") String bootstrapServers,
            @Nullable Boolean tls,
            @DefaultValue("true") boolean manageAccess,
            @DefaultValue("100MB") DataSize agentQuota,
            @DefaultValue Map<String, String> client) {

        @Override
        public String toString() {
            return "Broker[" + mode + ", " + address + ":" + port + ", " + bootstrapServers + ", client settings "
                    + client.keySet() + "]";
        }

        /** Where the broker runs. */
        public enum Mode {
            EMBEDDED,
            EXTERNAL
        }

        public Broker {
            require(port >= 0 && port <= 65535, "tributary.broker.port must be 0 to 65535, was " + port);
            require(
                    mode == Mode.EMBEDDED || !bootstrapServers.isBlank(),
                    "tributary.broker.mode is external: set tributary.broker.bootstrap-servers to host:port,...");
        }
    }

    /** @param url JDBC address; empty = an H2 file in the data directory */
    public record Database(
            @DefaultValue("") String url,
            @DefaultValue("") String username,
            @DefaultValue("") String password) {
        @Override
        public String toString() {
            return "Database[url=" + url + ", username=" + username + ", password=***]";
        }
    }

    /** @param lease a leader that shows no life for this long may be replaced; for coordinators on one PostgreSQL */
    public record Leadership(@DefaultValue("6s") Duration lease) {
        public Leadership {
            positive("tributary.leadership.lease", lease);
        }
    }

    /**
     * When an agent counts as lost.
     *
     * @param silence after nothing was heard for this long
     * @param stall after a plan made no progress for this long
     */
    public record Leases(
            @DefaultValue("20s") Duration silence,
            @DefaultValue("5m") Duration stall) {
        public Leases {
            positive("tributary.leases.silence", silence);
            positive("tributary.leases.stall", stall);
        }
    }

    /**
     * @param patience longest wait for enough agents, or for the broker, before a job fails
     * @param maxAttempts how often one round is opened before the job fails
     */
    public record Rounds(
            @DefaultValue("10m") Duration patience,
            @DefaultValue("3") int maxAttempts) {
        public Rounds {
            positive("tributary.rounds.patience", patience);
            require(maxAttempts >= 1, "tributary.rounds.max-attempts must be at least 1, was " + maxAttempts);
        }
    }

    /** @param normBound largest Frobenius norm of an update's tensors together */
    public record Intake(@DefaultValue("1000000") double normBound) {
        public Intake {
            require(normBound > 0, "tributary.intake.norm-bound must be greater than 0, was " + normBound);
        }
    }

    /** @param directory below which adapter.start-from of a job may lie; empty = {@code adapters} in the data directory */
    public record Adapters(@DefaultValue("") String directory) {}

    StartAdapters startAdapters() {
        return new StartAdapters(
                adapters.directory().isBlank() ? dataDir.resolve("adapters") : Path.of(adapters.directory()));
    }

    /** @param states how many of the newest global states of a job stay stored, the result besides */
    public record Retention(@DefaultValue("3") int states) {
        public Retention {
            require(states >= 1, "tributary.retention.states must be at least 1, was " + states);
        }
    }

    /** @param reserve while less is free below the data directories, no round opens */
    public record Disk(@DefaultValue("200MB") DataSize reserve) {
        public Disk {
            require(!reserve.isNegative(), "tributary.disk.reserve must not be negative, was " + reserve);
        }
    }

    RoundRules rules() {
        return new RoundRules(
                leases.silence(),
                leases.stall(),
                rounds.patience(),
                rounds.maxAttempts(),
                intake.normBound(),
                retention.states());
    }

    private static void positive(String key, Duration value) {
        require(!value.isZero() && !value.isNegative(), key + " must be greater than 0, was " + value);
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
