package dev.tributary.agent.journal;

import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.Tensors;
import dev.tributary.plan.JobId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An agent's personal tensors, one encrypted file per (job, round). A file is pending until the round's result says
 * that the update made with it was accepted; only then do plans start from it. Nothing here is ever sent.
 */
public final class KeptTensors {

    /** The newest accepted versions held; a round that is opened again starts from the one before. */
    private static final int VERSIONS_HELD = 2;

    private static final Pattern CURRENT = Pattern.compile("round-(\\d{9})\\.sealed");

    private final Path jobsDirectory;
    private final KeptSeal seal;

    public KeptTensors(Path dataDirectory) {
        this.jobsDirectory = dataDirectory.resolve("jobs");
        this.seal = new KeptSeal(dataDirectory.resolve("kept.key"));
    }

    /** Stores the tensors of a plan, not yet current; durable when it returns. */
    public void store(JobId job, String planId, TensorSource tensors) {
        DurableFiles.write(pending(job, planId), seal.seal(job, tensors));
    }

    /** Makes a plan's tensors the job's current ones after {@code round}; does nothing if the plan kept none. */
    public void accept(JobId job, String planId, int round) {
        Path pending = pending(job, planId);
        if (!Files.exists(pending)) {
            return;
        }
        DurableFiles.move(pending, directoryOf(job).resolve("round-%09d.sealed".formatted(round)));
        List<Path> versions = DurableFiles.list(directoryOf(job)).stream()
                .filter(file -> CURRENT.matcher(file.getFileName().toString()).matches())
                .toList();
        versions.subList(0, Math.max(0, versions.size() - VERSIONS_HELD)).forEach(DurableFiles::delete);
    }

    /** Drops a plan's tensors: its update was not accepted. */
    public void discard(JobId job, String planId) {
        DurableFiles.delete(pending(job, planId));
    }

    /** The newest accepted tensors of a round not after {@code version}. */
    public Optional<Tensors> current(JobId job, int version) {
        Optional<Path> newest = Optional.empty();
        for (Path file : DurableFiles.list(directoryOf(job))) { // in order of rounds
            Matcher name = CURRENT.matcher(file.getFileName().toString());
            if (name.matches() && Integer.parseInt(name.group(1)) <= version) {
                newest = Optional.of(file);
            }
        }
        return newest.map(file -> seal.open(job, DurableFiles.read(file), file));
    }

    private Path directoryOf(JobId job) {
        return jobsDirectory.resolve(job.value()).resolve("kept");
    }

    private Path pending(JobId job, String planId) {
        return directoryOf(job).resolve("pending-" + DurableFiles.nameFor(planId) + ".sealed");
    }
}
