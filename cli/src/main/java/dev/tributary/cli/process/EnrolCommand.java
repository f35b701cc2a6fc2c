package dev.tributary.cli.process;

import dev.tributary.agent.config.AgentConfig;
import dev.tributary.agent.config.AgentConfigFile;
import dev.tributary.agent.enrol.Enroller;
import dev.tributary.cli.CliException;
import dev.tributary.cli.Terminal;
import dev.tributary.protocol.enrol.EnrolmentGrant;
import dev.tributary.protocol.enrol.EnrolmentToken;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tributary agent enrol}. */
@Command(
        name = "enrol",
        mixinStandardHelpOptions = true,
        description = {
            "Makes an agent a member of its federation, by a one-time token from the coordinator's administrator.",
            "Its private keys are made here and stay here."
        })
final class EnrolCommand implements Callable<Integer> {
    private static final String TOKEN = "TRIBUTARY_ENROLMENT_TOKEN";

    private final Terminal terminal;

    @Option(names = "--config", paramLabel = "FILE", required = true, description = "The agent's configuration, YAML.")
    private Path config = Path.of("agent.yaml");

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description = "The one-time token. Default: the variable " + TOKEN
                    + ", which does not show in the list of processes.")
    private @Nullable String token;

    @Option(
            names = "--coordinator",
            paramLabel = "URL",
            required = true,
            description = "Address of the coordinator's page, for example https://coordinator.example.org:8080.")
    private URI coordinator = URI.create("https://localhost:8080");

    EnrolCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        AgentConfig settings = AgentConfigFile.read(config);
        EnrolmentGrant grant = new Enroller(coordinator, token(), settings.coordinatorKey(), Clock.systemUTC())
                .enrol(settings.id().value(), settings.federation(), settings.dataDir());
        terminal.err()
                .println("Agent " + grant.agent() + " is enrolled in the federation " + grant.federation() + " until "
                        + grant.certificate().getNotAfter().toInstant()
                        + "; it renews its certificate itself while it runs.");
        if (!grant.bootstrapServers().equals(settings.kafka().bootstrapServers())) {
            terminal.err()
                    .println("The coordinator's broker is " + grant.bootstrapServers() + ", " + config + " has "
                            + settings.kafka().bootstrapServers() + ".");
        }
        return 0;
    }

    private EnrolmentToken token() {
        String text = token != null ? token : System.getenv(TOKEN);
        if (text == null || text.isBlank()) {
            throw new CliException("the one-time token is missing: give --token, or set " + TOKEN);
        }
        try {
            return EnrolmentToken.parse(text);
        } catch (IllegalArgumentException e) {
            throw new CliException(String.valueOf(e.getMessage()), e);
        }
    }
}
