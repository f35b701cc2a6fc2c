package dev.tributary.coordinator.enrolment;

import dev.tributary.coordinator.config.BrokerAddress;
import dev.tributary.coordinator.config.TributaryProperties;
import dev.tributary.coordinator.log.LeaderTransaction;
import dev.tributary.coordinator.log.Leadership;
import dev.tributary.coordinator.security.AccessLog;
import dev.tributary.privacy.identity.PinnedKeys;
import dev.tributary.privacy.identity.SigningIdentity;
import dev.tributary.protocol.CoordinatorTransport;
import dev.tributary.protocol.kafka.AgentAccess;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.web.server.ConfigurableWebServerFactory;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;

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
    Enrolments enrolments(JdbcClient jdbc, LeaderTransaction leader, AccessLog log, PinnedKeys firstUse, Clock clock) {
        return new Enrolments(jdbc, leader, log, firstUse, clock);
    }

    @Bean
    ChannelKeeper channelKeeper(
            TributaryProperties properties,
            ObjectProvider<CoordinatorChannel> channel,
            Enrolments enrolments,
            BrokerAddress broker,
            ObjectProvider<CoordinatorTransport> transport,
            ObjectProvider<SslBundles> bundles,
            Environment environment) {
        BrokerAccess access = broker.access()
                .map(settings -> BrokerAccess.of(
                        new AgentAccess(
                                settings, properties.broker().agentQuota().toBytes()),
                        agents -> transport.getObject().expect(agents)))
                .orElse(BrokerAccess.NONE);
        return new ChannelKeeper(
                properties.enrolmentRequired() || properties.brokerTls() || properties.pageTls(),
                channel::getObject,
                enrolments,
                access,
                () -> {
                    if (PageTls.isOn(properties, environment)
                            && bundles.getIfAvailable() instanceof SslBundleRegistry registry) {
                        registry.updateBundle(
                                PageTls.BUNDLE, PageTls.of(channel.getObject().identity()));
                    }
                });
    }

    /** Page and REST by the coordinator's certificate, unless the operator gave one. */
    @Bean
    WebServerFactoryCustomizer<ConfigurableWebServerFactory> pageTls(
            TributaryProperties properties,
            ObjectProvider<CoordinatorChannel> channel,
            ObjectProvider<SslBundles> bundles,
            Environment environment) {
        return factory -> {
            if (PageTls.isOn(properties, environment)
                    && bundles.getIfAvailable() instanceof SslBundleRegistry registry) {
                registry.registerBundle(
                        PageTls.BUNDLE, PageTls.of(channel.getObject().identity()));
                factory.setSsl(Ssl.forBundle(PageTls.BUNDLE));
            }
        };
    }

    @Bean
    EnrolmentOffice enrolmentOffice(
            TributaryProperties properties,
            ObjectProvider<CoordinatorChannel> channel,
            ObjectProvider<BrokerAddress> broker,
            ObjectProvider<ChannelKeeper> keeper,
            Enrolments enrolments,
            JdbcClient jdbc,
            PinnedKeys firstUse,
            AccessLog log,
            Clock clock) {
        return new EnrolmentOffice(
                properties.federation(),
                properties.enrolmentRequired(),
                properties.enrolment().suite(),
                channel::getObject,
                broker::getObject,
                keeper::getObject,
                new EnrolmentTokens(jdbc, clock),
                enrolments,
                firstUse,
                log);
    }
}
