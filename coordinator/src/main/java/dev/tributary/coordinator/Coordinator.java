package dev.tributary.coordinator;

import dev.tributary.coordinator.config.BrokerAddress;
import dev.tributary.coordinator.config.TransportFactory;
import dev.tributary.coordinator.config.TributaryProperties;
import dev.tributary.coordinator.enrolment.CoordinatorChannel;
import dev.tributary.coordinator.enrolment.EnrolmentOffice;
import dev.tributary.coordinator.enrolment.PageTls;
import dev.tributary.coordinator.security.SetUpLink;
import dev.tributary.coordinator.view.JobService;
import dev.tributary.coordinator.view.JobViews;
import dev.tributary.privacy.identity.SigningIdentity;
import dev.tributary.protocol.trace.Tracing;
import java.net.URI;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.springframework.boot.Banner;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;

/** A running coordinator. Closing takes at most a few seconds; the next start on the same data goes on. */
public final class Coordinator implements AutoCloseable {

    private final ConfigurableApplicationContext context;

    private Coordinator(ConfigurableApplicationContext context) {
        this.context = context;
    }

    /**
     * Starts broker, store, engine and web server; returns when all answer.
     *
     * @throws StartException if it cannot, with the key to change
     */
    public static Coordinator start(CoordinatorOptions options) {
        SpringApplicationBuilder builder = new SpringApplicationBuilder(CoordinatorApplication.class)
                .bannerMode(Banner.Mode.OFF)
                .logStartupInfo(false)
                .registerShutdownHook(false)
                .initializers(given(options));
        if (options.configFile() != null) {
            if (!Files.isRegularFile(options.configFile())) {
                throw new StartException(
                        "There is no configuration file " + options.configFile() + "; check --config", null);
            }
            builder.properties(Map.of(
                    "spring.config.additional-location",
                    options.configFile().toAbsolutePath().toUri().toString()));
        }
        try {
            return new Coordinator(builder.run(options.arguments().toArray(String[]::new)));
        } catch (RuntimeException e) {
            throw StartFailures.explain(e);
        }
    }

    private static ApplicationContextInitializer<ConfigurableApplicationContext> given(CoordinatorOptions options) {
        return context -> {
            Map<String, Object> values = new LinkedHashMap<>(options.properties());
            context.getEnvironment()
                    .getPropertySources()
                    .addFirst(new MapPropertySource("coordinator options", values));
            TransportFactory transport = options.transport();
            if (transport != null) {
                ((GenericApplicationContext) context).registerBean(TransportFactory.class, () -> transport);
            }
            Tracing tracing = options.tracing();
            if (tracing != null) {
                ((GenericApplicationContext) context).registerBean(Tracing.class, () -> tracing);
            }
        };
    }

    public int httpPort() {
        var server = ((WebServerApplicationContext) context).getWebServer();
        return server == null ? -1 : server.getPort();
    }

    /** Address of the page; REST is below {@code /api/v1}. */
    public URI address() {
        String host = context.getEnvironment().getProperty("tributary.http.address", "127.0.0.1");
        boolean tls = PageTls.isOn(context.getBean(TributaryProperties.class), context.getEnvironment())
                || context.getEnvironment().containsProperty("server.ssl.bundle")
                || context.getEnvironment().containsProperty("server.ssl.certificate")
                || context.getEnvironment().containsProperty("server.ssl.key-store");
        return URI.create((tls ? "https://" : "http://") + (host.equals("0.0.0.0") ? "127.0.0.1" : host) + ":"
                + httpPort() + "/");
    }

    /** Where the first account is made, once; empty if there are accounts, or nobody has to sign in. */
    public Optional<URI> setUpLink() {
        return context.getBean(SetUpLink.class).at(address());
    }

    /** Fingerprint of the federation's certificate authority, where connections are checked by it. */
    public Optional<String> authority() {
        TributaryProperties properties = context.getBean(TributaryProperties.class);
        return properties.enrolmentRequired() || properties.brokerTls() || properties.pageTls()
                ? Optional.of(
                        context.getBean(CoordinatorChannel.class).authority().fingerprint())
                : Optional.empty();
    }

    /** The public key it signs by, 64 hex digits. */
    public String signingKey() {
        return context.getBean(SigningIdentity.class).fingerprint();
    }

    /** Admits agents and shuts them out. */
    public EnrolmentOffice enrolment() {
        return context.getBean(EnrolmentOffice.class);
    }

    /** Where agents find the broker; empty without one. */
    public String bootstrapServers() {
        return context.getBean(BrokerAddress.class).bootstrapServers();
    }

    public JobService jobs() {
        return context.getBean(JobService.class);
    }

    public JobViews views() {
        return context.getBean(JobViews.class);
    }

    @Override
    public void close() {
        context.close();
    }
}
