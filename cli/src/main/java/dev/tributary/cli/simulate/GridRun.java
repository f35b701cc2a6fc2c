package dev.tributary.cli.simulate;

import dev.tributary.cli.CliException;
import dev.tributary.cli.Json;
import dev.tributary.cli.Terminal;
import dev.tributary.cli.local.JobOverrides;
import dev.tributary.cli.local.JobRun;
import dev.tributary.cli.local.LocalFederation;
import dev.tributary.cli.local.ResultFiles;
import dev.tributary.cli.local.StopSignal;
import dev.tributary.cli.report.Comparison;
import dev.tributary.cli.report.ComparisonHtml;
import dev.tributary.cli.report.ComparisonTable;
import dev.tributary.cli.report.Report;
import dev.tributary.coordinator.view.JobView;
import dev.tributary.plan.InvalidJobException;
import dev.tributary.plan.Job;
import dev.tributary.plan.JobParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs every job of a grid on one federation, one after the other, each into a folder of its own. A job that cannot run
 * leaves the others alone; one that was finished by an earlier run of the same command is not run again.
 */
final class GridRun {
    private final Terminal terminal;
    private final Path out;
    private final String setting;

    /** @param setting what else decides a result: data, partition, devices */
    GridRun(Terminal terminal, Path out, String setting) {
        this.terminal = terminal;
        this.out = out;
        this.setting = setting;
    }

    /** @return empty if it was stopped before its end */
    Optional<Comparison> run(LocalFederation federation, StopSignal stop, String document, Grid grid)
            throws IOException, InterruptedException {
        String name = JobParser.parse(document).name();
        List<Comparison.Run> runs = new ArrayList<>();
        List<Map<String, String>> cells = grid.cells();
        for (Map<String, String> cell : cells) {
            terminal.err().println("Job " + (runs.size() + 1) + " of " + cells.size() + ": " + Grid.word(cell));
            Map<String, String> keys = new LinkedHashMap<>(Grid.keys(cell));
            keys.put("name", name + "-" + Grid.word(cell));
            Optional<Comparison.Run> run = run(federation, stop, JobOverrides.apply(document, keys), cell);
            if (run.isEmpty()) {
                return Optional.empty();
            }
            runs.add(run.get());
            write(new Comparison(name, runs));
        }
        return Optional.of(new Comparison(name, runs));
    }

    private Optional<Comparison.Run> run(
            LocalFederation federation, StopSignal stop, String document, Map<String, String> cell)
            throws IOException, InterruptedException {
        Path folder = out.resolve("runs").resolve(Grid.word(cell));
        Files.createDirectories(folder);
        try {
            Optional<Report> report = finished(federation, document, folder);
            if (report.isEmpty()) {
                Files.writeString(folder.resolve("job.yaml"), marked(document));
                report = new JobRun(federation.client(), terminal, stop.latch()).run(document, folder);
            }
            return report.map(r -> new Comparison.Run(
                    cell, Optional.of(r), r.state().equals("completed") ? "" : "ended as " + r.state()));
        } catch (InvalidJobException e) {
            return failed(
                    cell,
                    String.join(
                            "; ", e.problems().stream().map(Object::toString).toList()));
        } catch (CliException e) {
            if (stop.isStopped()) {
                return Optional.empty();
            }
            return failed(cell, String.valueOf(e.getMessage()));
        }
    }

    private Optional<Comparison.Run> failed(Map<String, String> cell, String problem) {
        terminal.err().println("tributary: " + problem);
        return Optional.of(new Comparison.Run(cell, Optional.empty(), problem));
    }

    /** The result of an earlier run of this very job, if the coordinator still has it. */
    private Optional<Report> finished(LocalFederation federation, String document, Path folder) throws IOException {
        Path written = folder.resolve("job.yaml");
        if (!Files.exists(written) || !Files.readString(written).equals(marked(document))) {
            return Optional.empty();
        }
        Job job = JobParser.parse(document);
        Optional<JobView> done = federation.client().jobs().stream()
                .filter(view -> view.name().equals(job.name()) && view.status().equals("completed"))
                .findFirst();
        done.ifPresent(view -> terminal.err().println("Job " + view.id() + " was completed before."));
        return done.map(view -> ResultFiles.write(federation.client(), view, folder));
    }

    private String marked(String document) {
        return "# " + setting + "\n" + document;
    }

    private void write(Comparison comparison) throws IOException {
        Files.writeString(out.resolve("grid.csv"), ComparisonTable.csv(comparison));
        Files.writeString(out.resolve("report.html"), ComparisonHtml.write(comparison));
    }

    /** Says what came of it. @return the exit status: 0 if every job gave a result */
    int tell(Comparison comparison, boolean json) {
        List<String> problems = ComparisonTable.problems(comparison);
        problems.forEach(problem -> terminal.err().println("tributary: " + problem));
        if (json) {
            terminal.out().println(Json.write(ComparisonTable.tree(comparison)));
        } else {
            terminal.out().println();
            ComparisonTable.lines(comparison).forEach(terminal.out()::println);
            terminal.out().println();
            terminal.out().println("table    " + out.resolve("grid.csv"));
            terminal.out().println("report   " + out.resolve("report.html"));
        }
        return comparison.runs().stream().allMatch(run -> run.report().isPresent()) ? 0 : 1;
    }
}
