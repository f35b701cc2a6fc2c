package dev.tributary.cli.audit;

import dev.tributary.cli.CliException;
import dev.tributary.cli.Terminal;
import dev.tributary.coordinator.audit.AuditFile;
import dev.tributary.coordinator.audit.AuditVerifier;
import dev.tributary.protocol.LogHead;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tributary audit verify}. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = {
            "Checks an exported log off line: hash chains, signed checkpoints, and earlier exports.",
            "Exit status 1 if anything was changed, cut, reordered or written anew."
        })
final class VerifyCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "FILE", description = "An export.")
    private Path file = Path.of("audit.ndjson");

    @Option(
            names = "--key",
            paramLabel = "HEX",
            description =
                    "The coordinator's public key, 64 hex digits, as you know it. Default: the one in the export.")
    private @Nullable String key;

    @Option(
            names = "--earlier",
            paramLabel = "FILE",
            description = "An export made before, which this one must go on from. May be repeated.")
    private List<Path> earlier = new ArrayList<>();

    @Option(
            names = "--witness",
            paramLabel = "FILE",
            description = "An agent's file witnessed-log: what the coordinator told it of the log. May be repeated.")
    private List<Path> witnesses = new ArrayList<>();

    VerifyCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        if (key != null && !key.matches("[0-9a-f]{64}")) {
            throw new CliException("--key must be 64 hex digits, was '" + key + "'");
        }
        Set<String> witnessed = new HashSet<>();
        for (Path before : earlier) {
            try (BufferedReader reader = Files.newBufferedReader(before)) {
                witnessed.addAll(AuditFile.checkpointHashes(reader));
            } catch (IllegalArgumentException e) {
                throw new CliException(before + " is not an export: " + e.getMessage(), e);
            }
        }
        for (Path witness : witnesses) {
            witnessed.addAll(told(witness));
        }
        AuditVerifier.Result result;
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            result = new AuditVerifier(Optional.ofNullable(key), witnessed).verify(reader);
        }
        terminal.out()
                .printf(
                        "%d events in %d streams, %d checkpoints signed by %s%n",
                        result.events(), result.streams(), result.checkpoints(), result.key());
        if (!witnessed.isEmpty()) {
            terminal.out().println(witnessed.size() + " checkpoints of earlier exports and witnesses compared");
        }
        result.findings().forEach(terminal.out()::println);
        terminal.out().println(result.findings().isEmpty() ? "intact" : "NOT INTACT");
        return result.findings().isEmpty() ? 0 : 1;
    }

    private static List<String> told(Path witness) throws IOException {
        List<String> hashes = new ArrayList<>();
        for (String line : Files.readAllLines(witness, StandardCharsets.ISO_8859_1)) {
            try {
                hashes.add(LogHead.parse(line).hash());
            } catch (IllegalArgumentException e) {
                continue; // torn when the agent's machine lost power
            }
        }
        if (hashes.isEmpty()) {
            throw new CliException(witness + " is not an agent's file witnessed-log: no line is a checkpoint's");
        }
        return hashes;
    }
}
