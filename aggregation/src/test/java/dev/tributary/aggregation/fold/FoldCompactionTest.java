package dev.tributary.aggregation.fold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.adapter.SafetensorsFile;
import dev.tributary.adapter.TensorSource;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.Methods;
import dev.tributary.aggregation.testing.Dense;
import dev.tributary.aggregation.testing.Federation;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FoldCompactionTest {

    @TempDir
    Path directory;

    private List<TensorSource> log(Federation federation) {
        GlobalState state = federation.initial();
        for (int round = 0; round < 3; round++) {
            state = federation.after(state, federation.updates(state, 3, round));
        }
        return federation.folds(state);
    }

    private Federation federation(String method, Map<String, String> options) {
        return new Federation(Methods.find(method).orElseThrow(), Federation.lora(2), options, directory);
    }

    private static double[][] sum(List<? extends TensorSource> folds, String module) {
        double[][] sum = new double[Federation.shape(module).out()]
                [Federation.shape(module).in()];
        for (TensorSource fold : folds) {
            sum = Dense.plus(
                    sum, 1, Dense.times(Dense.read(fold, module + ".fold_P"), Dense.read(fold, module + ".fold_Q")));
        }
        return sum;
    }

    @Test
    void atFullRankTheReplayOfTheLogIsUnchanged() {
        List<TensorSource> log = log(federation("flora", Map.of()));
        Path target = directory.resolve("whole.safetensors");
        FoldCompaction.Report report = FoldCompaction.compact(log, 64, target);
        assertThat(report.relative()).isLessThan(1e-12);
        try (SafetensorsFile compacted = SafetensorsFile.open(target)) {
            for (String module : Federation.SHAPES.keySet()) {
                assertThat(Dense.distance(sum(List.of(compacted), module), sum(log, module)))
                        .isLessThan(1e-6);
            }
        }
    }

    @Test
    void theReportedErrorIsTheDenseError() {
        List<TensorSource> log = log(federation("fedex", Map.of()));
        Path target = directory.resolve("cut.safetensors");
        FoldCompaction.Report report = FoldCompaction.compact(log, 3, target);
        double dropped = 0;
        double size = 0;
        try (SafetensorsFile compacted = SafetensorsFile.open(target)) {
            for (String module : Federation.SHAPES.keySet()) {
                assertThat(compacted.layout().get(module + ".fold_P").shape().get(1))
                        .isEqualTo(3);
                double[][] whole = sum(log, module);
                dropped += Math.pow(Dense.norm(Dense.plus(sum(List.of(compacted), module), -1, whole)), 2);
                size += Math.pow(Dense.norm(whole), 2);
            }
        }
        assertThat(report.dropped()).isCloseTo(Math.sqrt(dropped), within(1e-6));
        assertThat(report.size()).isCloseTo(Math.sqrt(size), within(1e-6));
        assertThat(report.relative()).isBetween(0.01, 0.99);
    }

    @Test
    void aLogIsDueWhenItHasMoreThanTwiceTheRank() {
        List<TensorSource> log = log(federation("flora", Map.of())); // 3 folds of 6 columns
        assertThat(FoldCompaction.dueRank(federation("flora", Map.of()).job, log))
                .isZero();
        assertThat(FoldCompaction.dueRank(federation("flora", Map.of("fold-rank", "8")).job, log))
                .isEqualTo(8);
        assertThat(FoldCompaction.dueRank(federation("flora", Map.of("fold-rank", "9")).job, log))
                .isZero();
    }

    @Test
    void onlyMethodsThatFoldTakeTheOption() {
        Federation folds = federation("fedex", Map.of("fold-rank", "8"));
        Federation plain = federation("fedavg", Map.of("fold-rank", "8"));
        assertThat(folds.method.check(folds.job, folds.model)).isEmpty();
        assertThat(plain.method.check(plain.job, plain.model)).hasSize(1);
    }
}
