package dev.tributary.coordinator.config;

import dev.tributary.aggregation.StandardAggregation;
import dev.tributary.coordinator.audit.Checkpoints;
import dev.tributary.coordinator.enrolment.CoordinatorChannel;
import dev.tributary.coordinator.enrolment.EnrolmentOffice;
import dev.tributary.coordinator.log.EventStore;
import dev.tributary.coordinator.log.Leadership;
import dev.tributary.coordinator.log.LogFeed;
import dev.tributary.coordinator.round.RoundEngine;
import dev.tributary.privacy.identity.PinnedKeys;
import dev.tributary.privacy.identity.SigningIdentity;
import dev.tributary.protocol.BlobStore;
import dev.tributary.protocol.CoordinatorTransport;
import dev.tributary.protocol.Envelope;
import dev.tributary.protocol.MessageCodec;
import dev.tributary.protocol.codec.ProtobufMessageCodec;
import dev.tributary.protocol.kafka.KafkaSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Broker, wire and the engine that runs the rounds. */
@Configuration(proxyBeanMethods = false)
class EngineConfiguration {

    /** As the pinned keys, only once this coordinator leads: the one that led may have written them. */
    @Bean
    SigningIdentity identity(TributaryProperties properties, Leadership leadership) {
        return SigningIdentity.loadOrCreate(properties.shared().resolve("coordinator-key.pem"));
    }

    @Bean
    PinnedKeys pinnedKeys(TributaryProperties properties, Leadership leadership) {
        return PinnedKeys.in(properties.shared().resolve("agent-keys.txt"));
    }

    @Bean
    MessageCodec messageCodec(TributaryProperties properties, SigningIdentity identity, EnrolmentOffice office) {
        return new ProtobufMessageCodec(
                properties.federation(), Envelope.COORDINATOR, identity, office.keys(), office.sealing());
    }

    /** After the database, so that a data directory in use is told before a broker starts on it. */
    @Bean
    BrokerHandle broker(
            TributaryProperties properties,
            ObjectProvider<TransportFactory> given,
            ObjectProvider<CoordinatorChannel> channel,
            EnrolmentOffice office,
            EventStore store) {
        return given.getIfAvailable() == null
                ? BrokerHandle.open(properties, channel::getObject, office)
                : BrokerHandle.none();
    }

    @Bean
    BrokerAddress brokerAddress(
            TributaryProperties properties, BrokerHandle broker, ObjectProvider<CoordinatorChannel> channel) {
        String servers = broker.bootstrapServers();
        boolean managed = properties.brokerTls() && properties.broker().manageAccess() && !servers.isEmpty();
        Optional<KafkaSettings> settings = managed
                ? Optional.of(KafkaTransports.settings(properties, servers, channel::getObject))
                : Optional.empty();
        return new BrokerAddress(servers, properties.brokerTls(), settings);
    }

    @Bean
    CoordinatorTransport transport(
            TributaryProperties properties,
            BrokerHandle broker,
            BlobStore blobs,
            MessageCodec codec,
            Clock clock,
            ObjectProvider<CoordinatorChannel> channel,
            ObjectProvider<TransportFactory> given) {
        TransportFactory factory = given.getIfAvailable(
                () -> KafkaTransports.factory(properties, broker, channel::getObject, codec, clock));
        return factory.create(blobs);
    }

    @Bean
    RoundEngine roundEngine(
            TributaryProperties properties,
            EventStore store,
            LogFeed feed,
            BlobStore blobs,
            CoordinatorTransport transport,
            MessageCodec codec,
            EnrolmentOffice office,
            Checkpoints checkpoints,
            Clock clock) {
        return new RoundEngine(new RoundEngine.Parts(
                properties.federation(),
                store,
                feed,
                blobs,
                transport,
                codec,
                office,
                new StandardAggregation(),
                properties.rules(),
                properties.startAdapters(),
                ledgers(properties),
                checkpoints::head,
                clock));
    }

    @Bean
    DiskWatch diskWatch(TributaryProperties properties, RoundEngine engine, Clock clock) {
        return new DiskWatch(
                List.of(properties.dataDir(), properties.shared()),
                properties.disk().reserve().toBytes(),
                engine.obstacles(),
                clock);
    }

    @Bean
    EngineLifecycle engineLifecycle(RoundEngine engine) {
        return new EngineLifecycle(engine);
    }

    /** An older version kept them in the data directory; to begin new ones beside them would forget what was spent. */
    private static Path ledgers(TributaryProperties properties) {
        Path shared = properties.shared().resolve("privacy");
        Path older = properties.dataDir().resolve("privacy");
        if (!older.equals(shared) && Files.exists(older)) {
            throw new IllegalArgumentException("the privacy ledgers in " + older
                    + " belong into tributary.shared-dir, so that every coordinator charges the same ones. Stop all"
                    + " coordinators and move that directory to " + shared);
        }
        return shared;
    }
}
