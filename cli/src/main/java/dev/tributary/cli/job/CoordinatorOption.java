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

    public CoordinatorClient client() {
        String variable = System.getenv(VARIABLE);
        String address = url != null ? url : variable != null && !variable.isBlank() ? variable : USUAL;
        try {
            return new CoordinatorClient(URI.create(address), token != null ? token : System.getenv(TOKEN));
        } catch (IllegalArgumentException e) {
            throw new CliException(
                    "the coordinator's address must look like http://host:8080, was '" + address + "'", e);
        }
    }
}
