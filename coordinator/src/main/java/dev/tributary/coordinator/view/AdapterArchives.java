package dev.tributary.coordinator.view;

import dev.tributary.adapter.PeftDirectory;
import dev.tributary.coordinator.round.WorkDirectory;
import dev.tributary.protocol.BlobStore;
import dev.tributary.protocol.blob.Sha256;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** Published adapters as archives: the PEFT directory's files and {@code head.safetensors} at the top of a zip. */
@Service
public class AdapterArchives {

    /** Equal adapters give equal archives. */
    private static final FileTime TIME = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));

    private final JobViews views;
    private final ExportService export;
    private final BlobStore blobs;

    public AdapterArchives(JobViews views, ExportService export, BlobStore blobs) {
        this.views = views;
        this.export = export;
        this.blobs = blobs;
    }

    /** @param adapterSha256 of {@code adapter_model.safetensors} in it */
    public record Archive(Path file, String adapterSha256) {}

    /**
     * An adapter that may be handed out and is still there.
     *
     * @param version of a published state; null is the job's result, while it runs the newest one
     * @throws NoSuchElementException if there is no such job or version
     * @throws NotYetException if nothing is published yet, the version is not kept any more, or it is not released
     */
    public AdapterView adapter(String id, @Nullable Integer version) {
        JobView job = views.job(id)
                .orElseThrow(
                        () -> new NoSuchElementException("There is no job '" + id + "'. GET /api/v1/jobs lists all."));
        if (job.status().equals("privacy-alarm")) {
            throw new NotYetException("The adapter of job '" + id + "' is not released: " + job.reason());
        }
        int wanted = version != null
                ? version
                : export.version(id)
                        .orElseThrow(() -> new NotYetException("Job '" + id + "' (" + job.status()
                                + ") has no published adapter. Ask again when its first round is published."));
        AdapterView adapter = views.adapters(id).stream()
                .filter(a -> a.version() == wanted)
                .findFirst()
                .orElseThrow(() ->
                        new NoSuchElementException("Job '" + id + "' has not published a version " + wanted + "."));
        if (!export.isKept(id, wanted)) {
            throw new NotYetException("Version " + wanted + " of job '" + id
                    + "' is not kept any more; its result and the newest versions are.");
        }
        return adapter;
    }

    /** Writes a version's archive into a temporary file beside the blobs, for the caller to store or delete. */
    public Archive write(String id, int version) {
        try (WorkDirectory work = WorkDirectory.in(blobs.workDirectory())) {
            Path zip = Files.createTempFile(blobs.workDirectory(), "adapter", ".zip");
            try {
                Path adapter = export.export(id, version, work.path()).adapter();
                zip(work.path(), zip);
                return new Archive(
                        zip, Sha256.of(adapter.resolve(PeftDirectory.TENSORS)).sha256());
            } catch (IOException | RuntimeException e) {
                Files.deleteIfExists(zip);
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the adapter of job " + id + " cannot be written: " + e.getMessage(), e);
        }
    }

    private static void zip(Path directory, Path zip) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(directory)) {
            files = walk.filter(Files::isRegularFile).sorted().toList();
        }
        try (OutputStream out = Files.newOutputStream(zip);
                ZipOutputStream archive = new ZipOutputStream(out)) {
            for (Path file : files) {
                ZipEntry entry = new ZipEntry(file.getFileName().toString());
                entry.setLastModifiedTime(TIME);
                archive.putNextEntry(entry);
                Files.copy(file, archive);
                archive.closeEntry();
            }
        }
    }
}
