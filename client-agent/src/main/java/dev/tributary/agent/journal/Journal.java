package dev.tributary.agent.journal;

import dev.tributary.agent.journal.Answer.Stage;
import dev.tributary.plan.BlobRef;
import dev.tributary.plan.JobId;
import dev.tributary.plan.StateRef;
import dev.tributary.protocol.BlobStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What became of every plan, and which blobs are still needed for it. An answer that {@link #record} returned from
 * survives any crash. Answers of rounds long past are forgotten, their plans remembered only as "done"; blobs go as soon
 * as nothing refers to them. Safe for use by several threads.
 */
public final class Journal {

    /** Answers of this many rounds before the newest are remembered one by one. */
    static final int ROUNDS_KEPT = 4;

    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path jobsDirectory;
    private final BlobStore received;
    private final BlobStore sealed;
    private final Map<String, Answer> answers = new LinkedHashMap<>();
    private final Map<JobId, JobRecord> jobs = new HashMap<>();

    private Journal(Path jobsDirectory, BlobStore received, BlobStore sealed) {
        this.jobsDirectory = jobsDirectory;
        this.received = received;
        this.sealed = sealed;
    }

    /**
     * Reads the journal of a data directory.
     *
     * @param received blobs fetched from the coordinator
     * @param sealed blobs of this agent's own answers
     * @throws IllegalStateException if a file of the journal is damaged
     */
    public static Journal open(Path dataDirectory, BlobStore received, BlobStore sealed) {
        Journal journal = new Journal(dataDirectory.resolve("jobs"), received, sealed);
        for (Path directory : DurableFiles.list(journal.jobsDirectory)) {
            for (Path file : DurableFiles.list(directory.resolve("answers"))) {
                if (file.toString().endsWith(".json")) {
                    Answer answer = parse(file, Answer.class);
                    journal.answers.put(answer.planId(), answer);
                }
            }
            Path record = directory.resolve("job.json");
            if (record.toFile().exists()) {
                journal.jobs.put(new JobId(directory.getFileName().toString()), parse(record, JobRecord.class));
            }
        }
        return journal;
    }

    private static <T> T parse(Path file, Class<T> type) {
        try {
            return JSON.readValue(DurableFiles.read(file), type);
        } catch (JacksonException e) {
            throw new IllegalStateException(
                    file + " is damaged (" + e.getOriginalMessage()
                            + "); restore it from a backup, or delete it: then a"
                            + " plan that comes again is carried out again",
                    e);
        }
    }

    public synchronized Optional<Answer> find(String planId) {
        return Optional.ofNullable(answers.get(planId));
    }

    /** Whether a plan of this round, if it is not found, must have been answered so long ago that it was forgotten. */
    public synchronized boolean isForgotten(JobId job, int round) {
        return round < jobOf(job).floor();
    }

    /** Answers that the coordinator may not have, oldest round first. */
    public synchronized List<Answer> unsent() {
        return answers.values().stream()
                .filter(a -> a.stage() == Stage.SEALED)
                .sorted((a, b) -> Integer.compare(a.round(), b.round()))
                .toList();
    }

    /** Writes an answer, new or changed; durable when it returns. */
    public synchronized void record(Answer answer) {
        DurableFiles.write(fileOf(answer), bytes(answer));
        enter(answer);
    }

    private static byte[] bytes(Object content) {
        return JSON.writeValueAsString(content).getBytes(StandardCharsets.UTF_8);
    }

    private void enter(Answer answer) {
        Answer before = answers.put(answer.planId(), answer);
        if (answer.stage().isSettled()) {
            dropBlob(answer);
        }
        if (before == null) {
            forgetBefore(answer.job(), answer.round() - ROUNDS_KEPT);
        }
    }

    /**
     * Moves an answer on to a later stage; does nothing if it is there, further, or forgotten. After a loss of power it
     * may be back at the stage before, and is sent once more.
     */
    public synchronized void advance(String planId, Stage stage) {
        Answer answer = answers.get(planId);
        if (answer != null
                && answer.stage().compareTo(stage) < 0
                && !answer.stage().isSettled()) {
            Answer next = answer.at(stage);
            DurableFiles.replace(fileOf(next), bytes(next));
            enter(next);
        }
    }

    private void forgetBefore(JobId job, int floor) {
        JobRecord record = jobOf(job);
        if (floor <= record.floor()) {
            return;
        }
        store(job, new JobRecord(floor, record.states()));
        List<Answer> old = answers.values().stream()
                .filter(a -> a.job().equals(job) && a.round() < floor && a.stage() != Stage.SEALED)
                .toList();
        for (Answer answer : old) {
            answers.remove(answer.planId());
            DurableFiles.delete(fileOf(answer));
            dropBlob(answer);
        }
    }

    private void dropBlob(Answer answer) {
        if (answer.update() == null) {
            return;
        }
        BlobRef blob = answer.update().tensors();
        boolean needed = answers.values().stream()
                .anyMatch(a -> !a.stage().isSettled()
                        && a.update() != null
                        && a.update().tensors().equals(blob));
        if (!needed && sealed.has(blob)) {
            sealed.delete(blob);
        }
    }

    /**
     * Notes, before the first byte is fetched, that a plan needs the blobs of a state. The two newest states of each job
     * are held; blobs that only older ones need are deleted.
     */
    public synchronized void need(JobId job, StateRef state) {
        JobRecord before = jobOf(job);
        JobRecord after = before.with(state);
        if (after.equals(before)) {
            return;
        }
        store(job, after);
        release(before.blobs());
    }

    private void release(Set<BlobRef> candidates) {
        for (BlobRef blob : candidates) {
            boolean needed = jobs.values().stream().anyMatch(job -> job.blobs().contains(blob));
            if (!needed && received.has(blob)) {
                received.delete(blob);
            }
        }
    }

    /** Forgets jobs of which nothing was heard for {@code idle}; kept tensors stay. */
    public synchronized void forgetIdleJobs(Instant now, Duration idle) {
        for (Path directory : DurableFiles.list(jobsDirectory)) {
            Instant last = Instant.ofEpochMilli(Math.max(
                    directory.resolve("job.json").toFile().lastModified(),
                    directory.resolve("answers").toFile().lastModified()));
            JobId job = new JobId(directory.getFileName().toString());
            List<Answer> own =
                    answers.values().stream().filter(a -> a.job().equals(job)).toList();
            boolean unsent = own.stream().anyMatch(a -> a.stage() == Stage.SEALED);
            if (unsent || last.isAfter(now.minus(idle)) || (own.isEmpty() && !jobs.containsKey(job))) {
                continue;
            }
            LOG.info("forgetting job {}: nothing heard since {}", job, last);
            own.forEach(answer -> answers.remove(answer.planId()));
            own.forEach(this::dropBlob);
            JobRecord record = jobs.remove(job);
            DurableFiles.deleteTree(directory.resolve("answers"));
            DurableFiles.delete(directory.resolve("job.json"));
            if (record != null) {
                release(record.blobs());
            }
        }
    }

    private JobRecord jobOf(JobId job) {
        return jobs.getOrDefault(job, JobRecord.EMPTY);
    }

    private void store(JobId job, JobRecord record) {
        Path file = jobsDirectory.resolve(job.value()).resolve("job.json");
        DurableFiles.replace(file, bytes(record));
        jobs.put(job, record);
    }

    private Path fileOf(Answer answer) {
        return jobsDirectory
                .resolve(answer.job().value())
                .resolve("answers")
                .resolve(DurableFiles.nameFor(answer.planId()) + ".json");
    }
}
