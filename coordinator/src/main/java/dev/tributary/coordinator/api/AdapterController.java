package dev.tributary.coordinator.api;

import dev.tributary.coordinator.round.WorkDirectory;
import dev.tributary.coordinator.view.ExportService;
import dev.tributary.coordinator.view.JobView;
import dev.tributary.coordinator.view.JobViews;
import dev.tributary.protocol.BlobStore;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** A job's adapter for download: the files of the PEFT directory and {@code head.safetensors}, at the top of a zip. */
@RestController
@RequestMapping("/api/v1")
class AdapterController {

    /** Equal adapters give equal archives. */
    private static final FileTime TIME = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));

    private final JobViews views;
    private final ExportService export;
    private final BlobStore blobs;

    AdapterController(JobViews views, ExportService export, BlobStore blobs) {
        this.views = views;
        this.export = export;
        this.blobs = blobs;
    }

    @GetMapping("/jobs/{id}/adapter")
    ResponseEntity<Resource> adapter(@PathVariable String id) throws IOException {
        JobView job = views.job(id).orElseThrow(() -> JobsController.unknown(id));
        if (job.status().equals("privacy-alarm")) {
            throw new NotYetException("The adapter of job '" + id + "' is not released: " + job.reason());
        }
        int version = export.version(id)
                .orElseThrow(() -> new NotYetException("Job '" + id + "' (" + job.status()
                        + ") has no published adapter. Ask again when its first round is published."));
        HttpHeaders headers = new HttpHeaders();
        headers.setContentType(MediaType.valueOf("application/zip"));
        headers.setContentDisposition(ContentDisposition.attachment()
                .filename(id + "-round-" + version + ".zip")
                .build());
        return new ResponseEntity<>(new DeletedWhenRead(archive(id)), headers, org.springframework.http.HttpStatus.OK);
    }

    private Path archive(String id) throws IOException {
        Path zip = Files.createTempFile(blobs.workDirectory(), "adapter", ".zip");
        try (WorkDirectory work = WorkDirectory.in(blobs.workDirectory())) {
            export.export(id, work.path());
            List<Path> files;
            try (Stream<Path> walk = Files.walk(work.path())) {
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
            return zip;
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(zip);
            throw e;
        }
    }

    /** A temporary file that goes when its stream is closed. */
    private static final class DeletedWhenRead extends FileSystemResource {
        private final Path path;

        DeletedWhenRead(Path path) {
            super(path);
            this.path = path;
        }

        @Override
        public java.io.InputStream getInputStream() throws IOException {
            return new java.io.FilterInputStream(super.getInputStream()) {
                @Override
                public void close() throws IOException {
                    super.close();
                    Files.deleteIfExists(path);
                }
            };
        }

        @Override
        public boolean equals(@org.jspecify.annotations.Nullable Object other) {
            return super.equals(other);
        }

        @Override
        public int hashCode() {
            return super.hashCode();
        }
    }
}
