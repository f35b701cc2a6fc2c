package dev.tributary.coordinator.api;

import dev.tributary.coordinator.view.AgentView;
import dev.tributary.coordinator.view.JobService;
import dev.tributary.coordinator.view.JobView;
import dev.tributary.coordinator.view.JobViews;
import dev.tributary.coordinator.view.ProgressView;
import dev.tributary.coordinator.view.RoundView;
import java.net.URI;
import java.util.List;
import java.util.NoSuchElementException;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Jobs and agents over REST. */
@RestController
@RequestMapping("/api/v1")
class JobsController {

    private final JobService jobs;
    private final JobViews views;

    JobsController(JobService jobs, JobViews views) {
        this.jobs = jobs;
        this.views = views;
    }

    /** The body is a job document in YAML or JSON, whatever its media type says. */
    @PostMapping("/jobs")
    ResponseEntity<JobView> submit(@RequestBody byte[] document) {
        JobView job = jobs.submit(new String(document, java.nio.charset.StandardCharsets.UTF_8));
        return ResponseEntity.created(URI.create("/api/v1/jobs/" + job.id())).body(job);
    }

    @GetMapping("/jobs")
    List<JobView> jobs() {
        return views.jobs();
    }

    @GetMapping("/jobs/{id}")
    JobView job(@PathVariable String id) {
        return views.job(id).orElseThrow(() -> unknown(id));
    }

    @GetMapping("/jobs/{id}/rounds")
    List<RoundView> rounds(@PathVariable String id) {
        job(id);
        return views.rounds(id);
    }

    @GetMapping("/jobs/{id}/progress")
    List<ProgressView> progress(@PathVariable String id) {
        job(id);
        return views.progress(id);
    }

    @PostMapping("/jobs/{id}/cancel")
    JobView cancel(@PathVariable String id) {
        job(id);
        return jobs.cancel(id, "cancelled over REST");
    }

    @GetMapping("/agents")
    List<AgentView> agents() {
        return views.agents();
    }

    static NoSuchElementException unknown(String id) {
        return new NoSuchElementException("There is no job '" + id + "'. GET /api/v1/jobs lists all.");
    }
}
