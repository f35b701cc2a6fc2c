package dev.tributary.cli.job;

import dev.tributary.cli.CliException;
import dev.tributary.cli.rest.CoordinatorClient;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --coordinator URL}. */
public final class CoordinatorOption {
    private static final String VARIABLE = "TRIBUTARY_COORDINATOR";
    private static final String TOKEN = "TRIBUTARY_TOKEN";
    private static final String AUTHORITY = "TRIBUTARY_CA";
    private static final String USUAL = "http://127.0.0.1:8080";

    @Option(
            names = "--coordinator",
            paramLabel = "URL",
            description = "Address of the coordinator. Default: the variable " + VARIABLE + ", or " + USUAL + ".")
    private @Nullable String url;

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description = "API token, where the coordinator asks for one. Default: the variable " + TOKEN
                    + ", which does not show in the list of processes.")
    private @Nullable String token;

    @Option(
            names = "--ca",
            paramLabel = "FINGERPRINT",
            description =
                    "Fingerprint of the certificate authority to trust for https, 64 hex digits, as the coordinator"
                            + " prints it. Default: the variable " + AUTHORITY
                            + ", or the authorities that this machine trusts.")
    private @Nullable String authority;

    public CoordinatorClient client() {
        String variable = System.getenv(VARIABLE);
        String address = url != null ? url : variable != null && !variable.isBlank() ? variable : USUAL;
        try {
            return new CoordinatorClient(
                    URI.create(address), token != null ? token : System.getenv(TOKEN), authority());
        } catch (IllegalArgumentException e) {
            throw new CliException(
                    "the coordinator's address must look like http://host:8080, was '" + address + "'", e);
        }
    }

    private @Nullable String authority() {
        String told = authority != null ? authority : System.getenv(AUTHORITY);
        if (told == null || told.isBlank()) {
            return null;
        }
        if (!told.strip().matches("[0-9a-f]{64}")) {
            throw new CliException("--ca must be 64 hex digits, was '" + told + "'");
        }
        return told.strip();
    }
}
