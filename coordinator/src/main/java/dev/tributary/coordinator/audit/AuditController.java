package dev.tributary.coordinator.audit;

import dev.tributary.coordinator.api.Pages;
import dev.tributary.coordinator.log.EventStore;
import dev.tributary.privacy.identity.SigningIdentity;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The log for auditors, over REST. */
@RestController
@RequestMapping("/api/v1/audit")
class AuditController {

    private final Checkpoints checkpoints;
    private final EventStore store;
    private final SigningIdentity identity;

    AuditController(Checkpoints checkpoints, EventStore store, SigningIdentity identity) {
        this.checkpoints = checkpoints;
        this.store = store;
        this.identity = identity;
    }

    /** Number and hash: what a witness keeps. */
    record Witnessed(long number, String hash) {}

    /** Everything, after a checkpoint that covers it; a line of JSON each. */
    @GetMapping("/export")
    void export(HttpServletResponse response) throws IOException {
        checkpoints.make();
        response.setContentType("application/x-ndjson");
        AuditFile.write(response.getOutputStream(), identity.fingerprint(), checkpoints, store);
    }

    /** Oldest first. */
    @GetMapping("/checkpoints")
    ResponseEntity<List<Witnessed>> checkpoints(
            @RequestParam(defaultValue = Pages.MOST) int limit, @RequestParam(defaultValue = "0") int offset) {
        return Pages.of(
                checkpoints.all().stream()
                        .map(checkpoint -> new Witnessed(checkpoint.number(), checkpoint.hash()))
                        .toList(),
                limit,
                offset);
    }
}
