package dev.tributary.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.adapter.PeftDirectory;
import dev.tributary.adapter.SafetensorsFile;
import dev.tributary.adapter.TensorUnion;
import dev.tributary.cli.local.LocalSite;
import dev.tributary.cli.report.Report;
import dev.tributary.plan.Job;
import dev.tributary.plan.JobParser;
import dev.tributary.plan.Metrics;
import dev.tributary.training.Workload;
import dev.tributary.training.data.Datasets;
import dev.tributary.training.engine.TorchEngine;
import dev.tributary.training.packaged.PackagedModels;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What lies in {@code out/} is what was measured: loaded afresh on the unmodified base it gives the reported figures. */
class ReportedMetricsIT {

    @TempDir
    private Path directory;

    @Test
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void theExportedAdapterOnTheUnmodifiedBaseGivesTheReportedFigures() throws InterruptedException {
        exportGivesReportedFigures("fedex");
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(strings = {"fedavg", "ffa"})
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void soDoOtherMethods(String method) throws InterruptedException {
        exportGivesReportedFigures(method);
    }

    private void exportGivesReportedFigures(String method) throws InterruptedException {
        Report report = DemoRuns.run(directory, method, 7);
        Report.Round last = report.rounds().get(report.rounds().size() - 1);
        Job job = JobParser.parse(new SentimentTask().document(method, 2, 7));

        try (PeftDirectory adapter = PeftDirectory.open(directory.resolve("out/adapter"));
                SafetensorsFile head = SafetensorsFile.open(directory.resolve("out/head.safetensors"));
                TorchEngine engine = new TorchEngine(1)) {
            Workload work = new Workload(
                    PackagedModels.resolve(new SentimentTask().model()),
                    job.task(),
                    adapter.config().adapter(),
                    List.of(),
                    "",
                    TensorUnion.of(List.of(adapter.tensors(), head)));
            for (LocalSite member : DemoRuns.smallSites(directory.resolve("data"))) {
                String site = member.id().value();
                Metrics metrics = engine.evaluate(
                        work,
                        Datasets.read(
                                member.datasets().get(SentimentTask.DATASET).test()),
                        job.training().batchSize(),
                        (done, total) -> {});
                assertThat(metrics.get("accuracy"))
                        .as(site)
                        .isEqualTo(last.agents().get(site).get("accuracy"));
                assertThat(metrics.get("loss"))
                        .as(site)
                        .isCloseTo(last.agents().get(site).get("loss"), within(1e-5));
            }
        }
    }
}
