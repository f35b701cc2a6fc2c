package dev.tributary.cli.enrolment;

import dev.tributary.cli.CliException;
import dev.tributary.cli.Terminal;
import dev.tributary.coordinator.broker.BrokerFiles;
import dev.tributary.privacy.pki.CertificateAuthority;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tributary enrolment broker}. */
@Command(
        name = "broker",
        mixinStandardHelpOptions = true,
        description = {
            "Makes key, certificate and settings for a Kafka broker of yours, so that it takes certificates as the embedded"
                    + " one does.",
            "Runs where the coordinator keeps the federation's authority. The coordinator then uses the broker with"
                    + " tributary.broker.mode=external and tributary.broker.tls=true."
        })
final class BrokerCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "NAME", description = "The broker's name, 3 to 40 of a-z, 0-9 and '-'.")
    private String name = "";

    @Option(
            names = "--host",
            paramLabel = "HOST",
            required = true,
            description = "Name or address by which it is reached; several allowed.")
    private List<String> hosts = new ArrayList<>();

    @Option(
            names = "--with",
            paramLabel = "NAME",
            description = "Name of another broker of the same cluster; several allowed.")
    private List<String> others = new ArrayList<>();

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            defaultValue = "tributary-data",
            description = "The coordinator's tributary.data-dir, or shared-dir. Default: ${DEFAULT-VALUE}.")
    private Path data = Path.of("tributary-data");

    @Option(
            names = "--days",
            defaultValue = "90",
            description = "Until the certificate expires, 1 to 825. Default: ${DEFAULT-VALUE}.")
    private int days = 90;

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "Where the files go.")
    private Path out = Path.of(".");

    BrokerCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (days < 1 || days > 825) {
            throw new CliException("--days must be 1 to 825, was " + days);
        }
        Path file = data.resolve("authority.pem");
        if (!Files.exists(file)) {
            throw new CliException("there is no certificate authority in " + data
                    + "; give the coordinator's data directory by --data-dir. The coordinator makes its authority at its"
                    + " first start with enrolment, also when that start fails because the broker is not there yet.");
        }
        try {
            BrokerFiles files = BrokerFiles.write(
                    CertificateAuthority.load(file, Clock.systemUTC()),
                    name,
                    hosts,
                    others,
                    Duration.ofDays(days),
                    out);
            terminal.err()
                    .println("Certificate for " + name + " until "
                            + files.certificate().certificate().getNotAfter().toInstant()
                            + "; make another by the same command before that.");
            terminal.out().println(files.settings());
        } catch (IllegalArgumentException e) {
            throw new CliException(String.valueOf(e.getMessage()), e);
        }
        return 0;
    }
}
