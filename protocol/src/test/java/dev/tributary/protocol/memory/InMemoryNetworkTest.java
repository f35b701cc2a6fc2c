package dev.tributary.protocol.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.plan.AgentId;
import dev.tributary.protocol.AgentTransport;
import dev.tributary.protocol.BlobStore;
import dev.tributary.protocol.CoordinatorTransport;
import dev.tributary.protocol.TransportException;
import dev.tributary.protocol.blob.Sha256;
import dev.tributary.protocol.testing.TransportContract;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InMemoryNetworkTest extends TransportContract {

    private InMemoryNetwork network;

    @BeforeEach
    void lay() {
        network = new InMemoryNetwork(directory.resolve("spool"));
    }

    @Override
    protected AgentTransport connectAgent(AgentId id) {
        return network.agent(id);
    }

    @Override
    protected CoordinatorTransport connectCoordinator(BlobStore store) {
        return network.coordinator(store);
    }

    @Test
    void aCutNetworkRefusesAndDeliversAfterItIsMended() throws Exception {
        CoordinatorTransport coordinator = started(Map.of());
        AgentTransport agent = agent(AMAZON);
        agent.send(bytes("before"));
        network.cut(true);
        assertThatThrownBy(() -> agent.send(bytes("lost"))).isInstanceOf(TransportException.class);
        assertThat(coordinator.poll(Duration.ofMillis(20))).isEmpty();
        network.cut(false);
        assertThat(texts(receive(coordinator, 1))).containsExactly("before");
    }

    @Test
    void discardedBlobsLeaveTheSpool() throws Exception {
        CoordinatorTransport coordinator = started(Map.of());
        AgentTransport agent = agent(AMAZON);
        Path up = file(5000);
        agent.upload(Sha256.of(up), up, (bytes, total) -> {});
        agent.send(bytes("ready"));
        long position = receive(coordinator, 1).get(0).resumeFrom();
        Path old = file(6000);
        Path live = file(7000);
        coordinator.publish(Sha256.of(old), old);
        coordinator.discard(Map.of(AMAZON, position), List.of(coordinator.publish(Sha256.of(live), live)));
        assertThat(network.spool.has(Sha256.of(up))).isFalse();
        assertThat(network.spool.has(Sha256.of(old))).isFalse();
        assertThat(network.spool.has(Sha256.of(live))).isTrue();
    }
}
