package dev.tributary.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.Tensors;
import dev.tributary.plan.Job;
import dev.tributary.plan.Metrics;
import dev.tributary.plan.ModelDescriptor;
import dev.tributary.privacy.dp.ExampleRelease;
import dev.tributary.privacy.noise.BitSource;
import dev.tributary.training.TrainingCancelledException;
import dev.tributary.training.TrainingEngine;
import dev.tributary.training.Workload;
import dev.tributary.training.data.Dataset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SharedProcessorTest {

    /** Every evaluation waits until as many others as there are places are in it too. */
    private static final class CountingEngine implements TrainingEngine {
        private final CyclicBarrier together;
        final AtomicInteger inside = new AtomicInteger();
        final AtomicInteger most = new AtomicInteger();

        CountingEngine(int places) {
            together = new CyclicBarrier(places);
        }

        @Override
        public ModelDescriptor describe(String name, Path directory) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Tensors startingValues(Path directory, AdapterConfig adapter) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Tensors startingValues(Workload work, Dataset data, double size) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Trained train(
                Workload work,
                Set<String> trainable,
                Job.Training settings,
                long seed,
                Dataset data,
                ProgressListener progress) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Trained trainPrivately(
                Workload work,
                Set<String> trainable,
                Job.Training settings,
                ExampleRelease release,
                BitSource bits,
                Dataset data,
                ProgressListener progress) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Judgement judge(Workload work, Dataset data, int batchSize, ProgressListener progress) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Metrics evaluate(Workload work, Dataset data, int batchSize, ProgressListener progress) {
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            try {
                together.await(20, TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            } finally {
                inside.decrementAndGet();
            }
            return new Metrics(1, new TreeMap<>());
        }

        @Override
        public void close() {}
    }

    private static final Workload WORK = new Workload(
            Path.of("model"),
            new Job.Task("causal-lm", List.of(), "texts", 8, "mean"),
            AdapterConfig.lora(1, 1, List.of("q")),
            List.of(),
            "",
            Tensors.builder().build());

    @Test
    void noMoreRunThanThereArePlacesAndAllAreServed() throws Exception {
        CountingEngine engine = new CountingEngine(2);
        SharedProcessor shared = new SharedProcessor(engine, 2);
        ExecutorService agents = Executors.newFixedThreadPool(10);
        try {
            List<Future<Metrics>> running = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                running.add(agents.submit(() -> shared.evaluate(WORK, List::of, 1, (done, total) -> {})));
            }
            for (Future<Metrics> one : running) {
                assertThat(one.get(60, TimeUnit.SECONDS).examples()).isEqualTo(1);
            }
        } finally {
            agents.shutdownNow();
        }
        assertThat(engine.most).hasValue(2);
    }

    @Test
    void aCancelledOneLeavesItsPlaceToTheNext() {
        SharedProcessor shared = new SharedProcessor(new CountingEngine(1), 1);

        assertThatThrownBy(() -> shared.evaluate(WORK, List::of, 1, (done, total) -> {
                    throw new TrainingCancelledException("stop");
                }))
                .isInstanceOf(TrainingCancelledException.class);

        assertThat(shared.evaluate(WORK, List::of, 1, (done, total) -> {}).examples())
                .isEqualTo(1);
    }
}
