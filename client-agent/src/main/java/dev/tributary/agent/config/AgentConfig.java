package dev.tributary.agent.config;

import dev.tributary.plan.AgentId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How one agent is set up.
 *
 * @param federation name of the federation, part of topic names
 * @param coordinatorKey fingerprint of the coordinator's key, told out of band; without it the first key seen is pinned
 * @param dataDir everything the agent must not lose: its key, journal, sealed updates, personal tensors
 * @param models base models by the name jobs use
 * @param datasets offered datasets by the name jobs use
 * @param maxRank largest adapter rank accepted
 * @param heartbeat longest time without a sign of life
 * @param policy the site's policy file; without it every job of the coordinator is carried out
 */
public record AgentConfig(
        AgentId id,
        String federation,
        Kafka kafka,
        Optional<String> coordinatorKey,
        Path dataDir,
        SortedMap<String, ModelSource> models,
        SortedMap<String, DatasetConfig> datasets,
        Training training,
        int maxRank,
        Duration heartbeat,
        Optional<Path> policy) {

    public static final int DEFAULT_MAX_RANK = 256;
    public static final Duration DEFAULT_HEARTBEAT = Duration.ofSeconds(5);

    public AgentConfig {
        if (maxRank < 1) {
            throw new IllegalArgumentException("max-rank must be ≥ 1, was " + maxRank);
        }
        if (heartbeat.isNegative() || heartbeat.isZero()) {
            throw new IllegalArgumentException("heartbeat must be > 0, was " + heartbeat);
        }
        models = Collections.unmodifiableSortedMap(new TreeMap<>(models));
        datasets = Collections.unmodifiableSortedMap(new TreeMap<>(datasets));
    }

    /** With the defaults of every setting that has one. */
    public static AgentConfig of(
            AgentId id,
            String federation,
            String bootstrapServers,
            Path dataDir,
            Map<String, ModelSource> models,
            Map<String, DatasetConfig> datasets) {
        return new AgentConfig(
                id,
                federation,
                new Kafka(bootstrapServers, new TreeMap<>()),
                Optional.empty(),
                dataDir,
                new TreeMap<>(models),
                new TreeMap<>(datasets),
                Training.DEFAULT,
                DEFAULT_MAX_RANK,
                DEFAULT_HEARTBEAT,
                Optional.empty());
    }

    /** The same with another largest rank. */
    public AgentConfig withMaxRank(int rank) {
        return new AgentConfig(
                id, federation, kafka, coordinatorKey, dataDir, models, datasets, training, rank, heartbeat, policy);
    }

    public AgentConfig withHeartbeat(Duration interval) {
        return new AgentConfig(
                id, federation, kafka, coordinatorKey, dataDir, models, datasets, training, maxRank, interval, policy);
    }

    /**
     * @param bootstrapServers {@code host:port}, several separated by commas
     * @param properties further settings of the Kafka clients; values may be secret and are not printed
     */
    public record Kafka(String bootstrapServers, SortedMap<String, String> properties) {
        public Kafka {
            properties = Collections.unmodifiableSortedMap(new TreeMap<>(properties));
        }

        @Override
        public String toString() {
            return "Kafka[" + bootstrapServers + ", properties " + properties.keySet() + "]";
        }
    }

    /**
     * @param threads processor threads that training may use, 0 = one less than there are cores
     * @param device {@code auto}, {@code cpu}, {@code cuda}, {@code cuda:N}, or GPUs that share every training as {@code cuda:N,M}
     * @param deterministic whether a GPU must give the same bytes whenever the same training is repeated on it
     */
    public record Training(int threads, String device, boolean deterministic) {
        static final Training DEFAULT = new Training(0, "cpu", false);
    }
}
