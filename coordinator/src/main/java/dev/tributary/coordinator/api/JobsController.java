package dev.tributary.coordinator.api;

import dev.tributary.coordinator.view.AgentView;
import dev.tributary.coordinator.view.JobPreview;
import dev.tributary.coordinator.view.JobService;
import dev.tributary.coordinator.view.JobView;
import dev.tributary.coordinator.view.JobViews;
import dev.tributary.coordinator.view.PreviewService;
import dev.tributary.coordinator.view.PrivacyReport;
import dev.tributary.coordinator.view.ProgressView;
import dev.tributary.coordinator.view.RoundView;
import java.net.URI;
import java.security.Principal;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Jobs and agents over REST. */
@RestController
@RequestMapping("/api/v1")
class JobsController {

    private final JobService jobs;
    private final JobViews views;
    private final PreviewService previews;
    private final SubmittedKeys keys = new SubmittedKeys();

    JobsController(JobService jobs, JobViews views, PreviewService previews) {
        this.jobs = jobs;
        this.views = views;
        this.previews = previews;
    }

    /**
     * The body is a job document in YAML or JSON, whatever its media type says. The same key sent again with the same
     * document answers with the job it started before.
     */
    @PostMapping("/jobs")
    ResponseEntity<JobView> submit(
            @RequestBody byte[] document, @RequestHeader(name = "Idempotency-Key", defaultValue = "") String key) {
        SubmittedKeys.Outcome outcome = keys.submit(
                key,
                document,
                () -> jobs.submit(new String(document, java.nio.charset.StandardCharsets.UTF_8))
                        .id());
        JobView job = job(outcome.job());
        return outcome.isNew()
                ? ResponseEntity.created(URI.create("/api/v1/jobs/" + job.id())).body(job)
                : ResponseEntity.ok(job);
    }

    /** What the document would do if it were submitted, and all that is wrong with it; nothing is started. */
    @PostMapping("/jobs/check")
    JobPreview check(@RequestBody byte[] document) {
        return previews.preview(new String(document, java.nio.charset.StandardCharsets.UTF_8));
    }

    /** Newest first; as with every list, a full page names the next one in its Link header. */
    @GetMapping("/jobs")
    ResponseEntity<List<JobView>> jobs(
            @RequestParam(defaultValue = Pages.MOST) int limit, @RequestParam(defaultValue = "0") int offset) {
        return Pages.of(views.jobs(), limit, offset);
    }

    @GetMapping("/jobs/{id}")
    JobView job(@PathVariable String id) {
        return views.job(id).orElseThrow(() -> unknown(id));
    }

    /** Oldest first. */
    @GetMapping("/jobs/{id}/rounds")
    ResponseEntity<List<RoundView>> rounds(
            @PathVariable String id,
            @RequestParam(defaultValue = Pages.MOST) int limit,
            @RequestParam(defaultValue = "0") int offset) {
        job(id);
        return Pages.of(views.rounds(id), limit, offset);
    }

    @GetMapping("/jobs/{id}/privacy")
    PrivacyReport privacy(@PathVariable String id) {
        return views.privacy(id).orElseThrow(() -> unknown(id));
    }

    @GetMapping("/jobs/{id}/progress")
    List<ProgressView> progress(@PathVariable String id) {
        job(id);
        return views.progress(id);
    }

    @PostMapping("/jobs/{id}/cancel")
    JobView cancel(@PathVariable String id, @Nullable Principal by) {
        job(id);
        return jobs.cancel(id, "cancelled over REST" + by(by));
    }

    @PostMapping("/jobs/{id}/pause")
    JobView pause(@PathVariable String id, @Nullable Principal by) {
        job(id);
        return jobs.pause(id, "paused over REST" + by(by));
    }

    @PostMapping("/jobs/{id}/resume")
    JobView resume(@PathVariable String id) {
        job(id);
        return jobs.resume(id);
    }

    @PostMapping("/jobs/{id}/retry")
    JobView retry(@PathVariable String id) {
        job(id);
        return jobs.retry(id);
    }

    /** Nobody is named where nobody has to sign in. */
    private static String by(@Nullable Principal principal) {
        return principal == null ? "" : " by " + principal.getName();
    }

    /** By id. */
    @GetMapping("/agents")
    ResponseEntity<List<AgentView>> agents(
            @RequestParam(defaultValue = Pages.MOST) int limit, @RequestParam(defaultValue = "0") int offset) {
        return Pages.of(views.agents(), limit, offset);
    }

    static NoSuchElementException unknown(String id) {
        return new NoSuchElementException("There is no job '" + id + "'. GET /api/v1/jobs lists all.");
    }
}
