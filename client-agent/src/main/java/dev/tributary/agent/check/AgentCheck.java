package dev.tributary.agent.check;

import dev.tributary.agent.AgentMain;
import dev.tributary.agent.config.AgentConfig;
import dev.tributary.agent.enrol.Membership;
import dev.tributary.agent.execute.FileDatasets;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.plan.Problem;
import dev.tributary.privacy.pki.Certificates;
import dev.tributary.protocol.kafka.BrokerProbe;
import dev.tributary.training.TrainingEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Tries everything that an agent needs, one thing after the other, and tells of each; changes nothing. */
public final class AgentCheck {

    private static final long LEAST_DISK = 1L << 30;

    private AgentCheck() {}

    /** @param text what was found, or what is missing and how to get it */
    public record Finding(String what, boolean good, String text) {}

    @FunctionalInterface
    private interface Look {
        String at() throws IOException;
    }

    /** Everything, in the order in which a start would need it. */
    public static List<Finding> run(AgentConfig config, Clock clock) {
        List<Finding> findings = new ArrayList<>();
        findings.add(look("disk", () -> disk(config.dataDir())));
        findings.add(look("membership", () -> membership(config, clock)));
        findings.add(look("clock", () -> time(config, clock)));
        findings.add(look("broker", () -> BrokerProbe.ask(AgentMain.kafkaSettings(config), config.id())));
        findings.add(look("datasets", () -> datasets(config)));
        try (TrainingEngine engine = AgentMain.engine(config)) {
            findings.add(new Finding("device", true, engine.device()));
            config.models()
                    .forEach((name, source) -> findings.add(look("model " + name, () -> {
                        ModelDescriptor model = AgentMain.model(name, source, engine);
                        return model.architecture() + ", weights SHA-256 " + model.weightsSha256();
                    })));
        } catch (RuntimeException e) {
            findings.add(new Finding("device", false, String.valueOf(e.getMessage())));
        }
        return findings;
    }

    private static Finding look(String what, Look look) {
        try {
            return new Finding(what, true, look.at());
        } catch (IOException | RuntimeException e) {
            String why = e.getMessage();
            return new Finding(what, false, why == null ? e.toString() : why);
        }
    }

    private static String disk(Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.delete(Files.createTempFile(directory, ".check", ".tmp"));
        long free = Files.getFileStore(directory).getUsableSpace();
        if (free < LEAST_DISK) {
            throw new IOException(directory + " has " + (free >> 20) + " MiB left; make room for 1 GiB at least");
        }
        return directory + " can be written, " + (free >> 30) + " GiB free";
    }

    private static String membership(AgentConfig config, Clock clock) {
        Membership membership = Membership.in(config.dataDir()).orElse(null);
        if (membership == null) {
            return "not enrolled; enough only where the coordinator does not ask for it";
        }
        X509Certificate certificate = membership.identity().certificate();
        Certificates.check(certificate, membership.identity().authority(), clock);
        membership.opening();
        membership.coordinator();
        return "enrolled, certificate until " + certificate.getNotAfter().toInstant();
    }

    /** Nobody tells an agent the time; its certificate must not be from the future. */
    private static String time(AgentConfig config, Clock clock) throws IOException {
        Instant now = clock.instant();
        Membership membership = Membership.in(config.dataDir()).orElse(null);
        if (membership != null
                && membership
                        .identity()
                        .certificate()
                        .getNotBefore()
                        .toInstant()
                        .isAfter(now)) {
            throw new IOException(
                    "this machine says " + now + ", which is before its certificate was made; set it by NTP");
        }
        return now.toString();
    }

    private static String datasets(AgentConfig config) {
        List<Problem> problems = new ArrayList<>();
        int count = FileDatasets.read(config.datasets(), problems).descriptors().size();
        if (!problems.isEmpty()) {
            throw new UncheckedIOException(new IOException(problems.toString()));
        }
        return count + " readable";
    }
}
