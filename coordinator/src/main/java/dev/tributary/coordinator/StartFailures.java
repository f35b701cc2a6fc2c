package dev.tributary.coordinator;

import dev.tributary.coordinator.broker.BrokerException;
import dev.tributary.privacy.identity.IdentityException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.web.server.PortInUseException;

/** Turns what a start can fail on into one sentence for the operator. */
final class StartFailures {

    private StartFailures() {}

    static StartException explain(RuntimeException e) {
        if (e instanceof StartException told) {
            return told;
        }
        List<Throwable> chain = new ArrayList<>();
        for (Throwable t = e; t != null && !chain.contains(t); t = t.getCause()) {
            chain.add(t);
        }
        Throwable root = chain.get(chain.size() - 1);
        String text = chain.stream()
                .flatMap(t -> sentence(t).stream())
                .findFirst()
                .or(() -> chain.stream()
                        .filter(BindException.class::isInstance)
                        .map(t -> "Configuration key " + ((BindException) t).getName() + " cannot be read: "
                                + root.getMessage() + ".")
                        .reduce((outer, inner) -> inner))
                .orElseGet(() ->
                        "The coordinator cannot start: " + root.getClass().getSimpleName() + ": " + root.getMessage());
        return new StartException(text, e);
    }

    private static Optional<String> sentence(Throwable t) {
        if (t instanceof PortInUseException p) {
            return Optional.of("Port " + p.getPort()
                    + " is in use by another program. Stop that program, or set tributary.http.port to a free port"
                    + " (0 picks one).");
        }
        if (t instanceof UnboundConfigurationPropertiesException u) {
            return Optional.of("Unknown configuration key: "
                    + String.join(
                            ", ",
                            u.getUnboundProperties().stream()
                                    .map(p -> p.getName() + (p.getOrigin() == null ? "" : " (" + p.getOrigin() + ")"))
                                    .toList())
                    + ". Check the spelling; docs list every key.");
        }
        if (isLocked(t)) {
            return Optional.of("The data directory is in use by another coordinator. Stop it, or set tributary.data-dir"
                    + " to another directory.");
        }
        if (t instanceof BrokerException
                || t instanceof IdentityException
                || t instanceof IllegalArgumentException
                || t instanceof UncheckedIOException) {
            return Optional.ofNullable(t.getMessage()).filter(m -> m.contains("tributary") || m.contains("broker."));
        }
        return Optional.empty();
    }

    private static boolean isLocked(Throwable t) {
        String text = String.valueOf(t.getMessage());
        return text.contains("Database may be already in use") || text.contains("[90020-");
    }
}
