package dev.tributary.coordinator.api;

import dev.tributary.coordinator.view.AdapterArchives;
import dev.tributary.coordinator.view.AdapterView;
import dev.tributary.coordinator.view.JobViews;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What jobs have published; adapters for download are the PEFT directory's files and the head, at the top of a zip. */
@RestController
@RequestMapping("/api/v1")
class AdapterController {

    private final JobViews views;
    private final AdapterArchives archives;

    AdapterController(JobViews views, AdapterArchives archives) {
        this.views = views;
        this.archives = archives;
    }

    /** Of the newest job first. */
    @GetMapping("/adapters")
    ResponseEntity<List<AdapterView>> adapters(
            @RequestParam(defaultValue = Pages.MOST) int limit, @RequestParam(defaultValue = "0") int offset) {
        return Pages.of(views.adapters(), limit, offset);
    }

    /** The result, while the job runs the newest version, unless {@code version} says another. */
    @GetMapping("/jobs/{id}/adapter")
    ResponseEntity<Resource> adapter(
            @PathVariable String id, @RequestParam(required = false) @Nullable Integer version) {
        AdapterView adapter = archives.adapter(id, version);
        Path zip = archives.write(id, adapter.version()).file();
        return new ResponseEntity<>(
                new DeletedWhenRead(zip), attachment(id + "-round-" + adapter.version() + ".zip"), HttpStatus.OK);
    }

    static HttpHeaders attachment(String file) {
        HttpHeaders headers = new HttpHeaders();
        headers.setContentType(MediaType.valueOf("application/zip"));
        headers.setContentDisposition(
                ContentDisposition.attachment().filename(file).build());
        return headers;
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
        public boolean equals(@Nullable Object other) {
            return super.equals(other);
        }

        @Override
        public int hashCode() {
            return super.hashCode();
        }
    }
}
