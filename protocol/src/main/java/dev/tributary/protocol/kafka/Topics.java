package dev.tributary.protocol.kafka;

import dev.tributary.plan.AgentId;
import java.util.Optional;

/** Names of a federation's topics. Every topic has one partition unless said otherwise. */
final class Topics {

    private final String prefix;

    Topics(String federation) {
        this.prefix = "tributary." + federation + ".";
    }

    /** Chunks, manifests and messages of one agent. */
    String up(AgentId agent) {
        return prefix + "up." + agent.value();
    }

    /** Messages to one agent. */
    String down(AgentId agent) {
        return prefix + "down." + agent.value();
    }

    /** Chunks and manifests that all agents may fetch. */
    String blobs() {
        return prefix + "blobs";
    }

    /** Who takes part; written by the coordinator. */
    String directory() {
        return prefix + "directory";
    }

    /** The agent whose uplink a topic is; topics of other federations and odd names are nobody's. */
    Optional<AgentId> agentOfUplink(String topic) {
        String up = prefix + "up.";
        if (!topic.startsWith(up)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new AgentId(topic.substring(up.length())));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
