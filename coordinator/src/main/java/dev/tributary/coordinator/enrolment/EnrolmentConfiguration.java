package dev.tributary.coordinator.enrolment;

import dev.tributary.coordinator.config.BrokerAddress;
import dev.tributary.coordinator.config.TributaryProperties;
import dev.tributary.coordinator.log.Leadership;
import dev.tributary.coordinator.security.AccessLog;
import dev.tributary.privacy.identity.PinnedKeys;
import dev.tributary.privacy.identity.SigningIdentity;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationInitializer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

@Configuration(proxyBeanMethods = false)
class EnrolmentConfiguration {

    /** Made when it is first needed: a federation of one machine, which enrols nobody, never has an authority. */
    @Bean
    @Lazy
    CoordinatorChannel coordinatorChannel(
            TributaryProperties properties, SigningIdentity identity, Leadership leadership, Clock clock) {
        EnrolmentSettings settings = properties.enrolment();
        return CoordinatorChannel.open(
                properties.shared(),
                properties.dataDir(),
                properties.federation(),
                identity,
                settings.suite(),
                settings.allNames(properties.hosts()),
                settings.certificateLife(),
                clock);
    }

    @Bean
    EnrolmentOffice enrolmentOffice(
            TributaryProperties properties,
            ObjectProvider<CoordinatorChannel> channel,
            ObjectProvider<BrokerAddress> broker,
            JdbcClient jdbc,
            PlatformTransactionManager transactions,
            PinnedKeys firstUse,
            AccessLog log,
            Leadership leadership,
            FlywayMigrationInitializer migrated,
            Clock clock) {
        return new EnrolmentOffice(
                properties.federation(),
                properties.enrolmentRequired(),
                properties.enrolment().suite(),
                channel::getObject,
                () -> broker.getObject().bootstrapServers(),
                new EnrolmentTokens(jdbc, clock),
                new Enrolments(jdbc, new TransactionTemplate(transactions), firstUse, clock),
                firstUse,
                log);
    }
}
