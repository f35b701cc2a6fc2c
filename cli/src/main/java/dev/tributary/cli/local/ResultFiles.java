package dev.tributary.cli.local;

import dev.tributary.adapter.PeftDirectory;
import dev.tributary.cli.CliException;
import dev.tributary.cli.Json;
import dev.tributary.cli.job.JobReports;
import dev.tributary.cli.report.Report;
import dev.tributary.cli.report.ReportHtml;
import dev.tributary.cli.report.ReportJson;
import dev.tributary.cli.rest.CoordinatorClient;
import dev.tributary.coordinator.view.JobView;
import dev.tributary.coordinator.view.PrivacyReport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * Writes a finished job into a directory: {@code adapter/} (PEFT), {@code head.safetensors} beside it where there is a
 * head, {@code report.json}, {@code privacy.json} and {@code report.html}.
 */
public final class ResultFiles {
    static final String ADAPTER = "adapter";
    private static final String HEAD = "head.safetensors";

    private ResultFiles() {}

    /** Fetches the adapter and writes everything; what stood there before is replaced. */
    public static Report write(CoordinatorClient client, JobView job, Path out) {
        try {
            Path adapter = fetchAdapter(zip -> client.adapter(job.id(), zip), out);
            Report report = JobReports.of(job, client.rounds(job.id()), sha256(adapter.resolve(PeftDirectory.TENSORS)));
            Files.writeString(out.resolve("report.json"), ReportJson.write(report));
            PrivacyReport privacy = client.privacy(job.id());
            Files.writeString(out.resolve("privacy.json"), Json.write(privacy) + "\n");
            Files.writeString(out.resolve("report.html"), ReportHtml.write(report));
            return report;
        } catch (IOException e) {
            throw new CliException("cannot write the result to " + out + ": " + e.getMessage(), e);
        }
    }

    /**
     * Fetches an adapter into {@code out/adapter}, which is replaced, and its head beside it.
     *
     * @param download writes the adapter's zip to the path it is given
     */
    public static Path fetchAdapter(Consumer<Path> download, Path out) throws IOException {
        Files.createDirectories(out);
        Path zip = Files.createTempFile(out, "adapter", ".zip");
        Path fresh = out.resolve(".adapter-incomplete");
        delete(fresh);
        Files.createDirectory(fresh);
        try {
            download.accept(zip);
            unzip(zip, fresh);
            Path adapter = out.resolve(ADAPTER);
            delete(adapter);
            Files.move(fresh, adapter, StandardCopyOption.ATOMIC_MOVE);
            Files.deleteIfExists(out.resolve(HEAD));
            if (Files.exists(adapter.resolve(HEAD))) {
                Files.move(adapter.resolve(HEAD), out.resolve(HEAD));
            }
            return adapter;
        } finally {
            Files.deleteIfExists(zip);
            delete(fresh);
        }
    }

    private static void unzip(Path zip, Path into) throws IOException {
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(zip))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                Path file = into.resolve(entry.getName()).normalize();
                if (entry.isDirectory() || !into.equals(file.getParent())) {
                    throw new IOException("the adapter archive holds '" + entry.getName() + "', not a plain file");
                }
                Files.copy(in, file);
            }
        }
    }

    private static void delete(Path directory) throws IOException {
        if (Files.exists(directory)) {
            List<Path> paths;
            try (Stream<Path> walk = Files.walk(directory)) {
                paths = walk.sorted(Comparator.reverseOrder()).toList();
            }
            for (Path path : paths) {
                Files.delete(path);
            }
        }
    }

    private static String sha256(Path file) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
                in.transferTo(java.io.OutputStream.nullOutputStream());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
