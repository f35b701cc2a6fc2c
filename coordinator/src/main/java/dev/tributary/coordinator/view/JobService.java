package dev.tributary.coordinator.view;

import dev.tributary.coordinator.job.JobEvent;
import dev.tributary.coordinator.job.JobState;
import dev.tributary.coordinator.job.JobStatus;
import dev.tributary.coordinator.round.RoundEngine;
import dev.tributary.plan.InvalidJobException;
import dev.tributary.plan.Job;
import dev.tributary.plan.JobDocument;
import dev.tributary.plan.JobId;
import dev.tributary.plan.JobParser;
import dev.tributary.plan.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.stereotype.Service;

/** Submits jobs; pauses, resumes, cancels and retries them. */
@Service
public class JobService {

    private static final int NAME_LENGTH = 40;

    private final RoundEngine engine;
    private final SubmissionCheck check;

    public JobService(RoundEngine engine, SubmissionCheck check) {
        this.engine = engine;
        this.check = check;
    }

    /**
     * Checks a job document (YAML or JSON) as a whole and starts it.
     *
     * @throws InvalidJobException with every problem found; nothing was started then
     */
    public JobView submit(String document) {
        JobDocument parsed = parse(document);
        SubmissionCheck.Checked checked = check.check(parsed);
        Job job = check.configured(parsed.job(), checked.model());
        return JobView.of(engine.submit(new JobEvent.JobSubmitted(idFor(job.name()), job, checked.model(), document)));
    }

    /** A document with faults of its own is checked on as far as it can be read, so that all its problems are told. */
    private JobDocument parse(String document) {
        try {
            return JobParser.document(document);
        } catch (InvalidJobException e) {
            List<Problem> problems = new ArrayList<>(e.problems());
            Set<String> told = e.problems().stream().map(Problem::field).collect(Collectors.toSet());
            JobParser.draft(document).map(check::problems).orElse(List.of()).stream()
                    .filter(problem -> !told.contains(problem.field()))
                    .forEach(problems::add);
            throw new InvalidJobException(problems);
        }
    }

    /** The name made fit for an id, and a random end: plan ids are built on it and must never come twice. */
    private static JobId idFor(String name) {
        String base =
                name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-+|-+$", "");
        String cut = base.length() > NAME_LENGTH ? base.substring(0, NAME_LENGTH) : base;
        String end = UUID.randomUUID().toString().substring(0, 6);
        return new JobId((cut.isEmpty() ? "job" : cut) + "-" + end);
    }

    /** Stops a job; one that is over stays as it is. @throws NoSuchElementException if there is no such job */
    public JobView cancel(String id, String reason) {
        return JobView.of(engine.cancel(idOf(id), reason));
    }

    /**
     * Lets a job finish the round that is under way and open no further one; one that is paused stays so.
     *
     * @throws NoSuchElementException if there is no such job
     * @throws WrongStatusException if the job is over
     */
    public JobView pause(String id, String reason) {
        return demand(engine.pause(idOf(id), reason), JobStatus.PAUSED, "only a running job can be paused");
    }

    /**
     * Lets a paused job go on; one that runs goes on running.
     *
     * @throws NoSuchElementException if there is no such job
     * @throws WrongStatusException if the job is over
     */
    public JobView resume(String id) {
        return demand(
                engine.resume(idOf(id)),
                JobStatus.RUNNING,
                "only a paused job can be resumed; a failed or cancelled one can be retried");
    }

    /**
     * Runs a failed or cancelled job again from its last published state; one that runs goes on running.
     *
     * @throws NoSuchElementException if there is no such job
     * @throws WrongStatusException if the job is completed or paused
     */
    public JobView retry(String id) {
        return demand(engine.retry(idOf(id)), JobStatus.RUNNING, "only a failed or cancelled job can be run again");
    }

    private static JobView demand(JobState state, JobStatus wanted, String rule) {
        JobView view = JobView.of(state);
        if (state.status() != wanted) {
            throw new WrongStatusException("Job '" + view.id() + "' is " + view.status() + ": " + rule);
        }
        return view;
    }

    private static JobId idOf(String id) {
        try {
            return new JobId(id);
        } catch (IllegalArgumentException e) {
            throw new NoSuchElementException("there is no job '" + id + "'", e);
        }
    }
}
