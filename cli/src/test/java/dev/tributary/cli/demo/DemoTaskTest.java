package dev.tributary.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.cli.local.LocalSite;
import dev.tributary.plan.Job;
import dev.tributary.plan.JobParser;
import dev.tributary.training.data.Datasets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoTaskTest {

    @TempDir
    private Path directory;

    @Test
    void everyDocumentIsAJobOfItsTaskOnDataThatTheSitesHave() {
        for (DemoTask task : DemoTask.ALL) {
            Job job = JobParser.parse(task.document("ffa", 3, 11));

            assertThat(job.task().type()).isEqualTo(task.type());
            assertThat(job.name()).isEqualTo(task.name());
            assertThat(job.baseModel()).isEqualTo(task.model());
            assertThat(job.rounds()).isEqualTo(3);
            assertThat(job.seed()).isEqualTo(11);
            assertThat(task.sites(directory.resolve(task.name())))
                    .allSatisfy(site -> assertThat(site.datasets())
                            .containsOnlyKeys(job.task().dataset()));
        }
    }

    @Test
    void thePresidentsDataAreWhole() {
        long train = 0;
        long test = 0;
        for (LocalSite site : new AddressesTask().sites(directory)) {
            train += Datasets.read(site.datasets().get("addresses").train())
                    .report()
                    .used();
            test += Datasets.read(site.datasets().get("addresses").test())
                    .report()
                    .used();
        }
        assertThat(train).isEqualTo(2831);
        assertThat(test).isEqualTo(707);
    }
}
