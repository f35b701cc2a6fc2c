package dev.tributary.aggregation.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.adapter.PeftDirectory;
import dev.tributary.adapter.SafetensorsFile;
import dev.tributary.adapter.TensorSource;
import dev.tributary.aggregation.FederatedMethod;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.method.FedAvg;
import dev.tributary.aggregation.method.FedEx;
import dev.tributary.aggregation.testing.Dense;
import dev.tributary.aggregation.testing.Federation;
import dev.tributary.aggregation.testing.Oracle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExportTest {

    @TempDir
    Path directory;

    private Federation federation(FederatedMethod method, int rank) {
        return new Federation(method, Federation.lora(rank), Map.of(), directory);
    }

    private static GlobalState afterRounds(Federation federation, int rounds) {
        GlobalState state = federation.initial();
        for (int round = 0; round < rounds; round++) {
            state = federation.after(state, federation.updates(state, 3, round));
        }
        return state;
    }

    private static double[][] exported(PeftDirectory peft, String module) {
        double scaling = peft.config().adapter().scalingOf(module);
        double[][] product = Dense.times(
                Dense.read(peft.tensors(), module + ".lora_B.weight"),
                Dense.read(peft.tensors(), module + ".lora_A.weight"));
        return Dense.plus(new double[product.length][product[0].length], scaling, product);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 6})
    void foldsBecomeExtraRankWithoutLoss(int rounds) {
        Federation federation = federation(new FedEx(), 2);
        GlobalState state = afterRounds(federation, rounds);
        List<TensorSource> folds = federation.folds(state);
        Export.Report report = Export.write(state, folds, federation.model, federation.job.task(), directory);
        assertThat(report.relativeError()).isLessThan(1e-6);
        try (PeftDirectory peft = PeftDirectory.open(report.adapter())) {
            for (String module : Federation.SHAPES.keySet()) {
                assertThat(Dense.distance(exported(peft, module), Oracle.delta(state, folds, module)))
                        .isLessThan(1e-6);
                var shape = Federation.shape(module);
                assertThat(peft.config().adapter().rankOf(module))
                        .isLessThanOrEqualTo(Math.max(2, Math.min(shape.in(), shape.out())));
            }
        }
    }

    @Test
    void withoutFoldsTheFactorsAreTakenAsTheyAre() {
        Federation federation = federation(new FedAvg(), 3);
        GlobalState state = afterRounds(federation, 2);
        Export.Report report = Export.write(state, List.of(), federation.model, federation.job.task(), directory);
        assertThat(report.relativeError()).isZero();
        assertThat(report.rank()).isEqualTo(3);
        try (PeftDirectory peft = PeftDirectory.open(report.adapter())) {
            assertThat(peft.config().adapter().alpha()).isEqualTo(6);
            for (String tensor : peft.tensors().layout().names()) {
                assertThat(peft.tensors().read(tensor))
                        .isEqualTo(state.tensors().read(tensor));
            }
        }
    }

    @Test
    void aTruncationSaysWhatItDrops() {
        Federation federation = federation(new FedEx(), 2);
        GlobalState state = afterRounds(federation, 3);
        List<TensorSource> folds = federation.folds(state);
        Export.Report report = Export.write(state, folds, federation.model, federation.job.task(), directory, 3);
        assertThat(report.rank()).isEqualTo(3);
        double off = 0;
        double whole = 0;
        try (PeftDirectory peft = PeftDirectory.open(report.adapter())) {
            for (String module : Federation.SHAPES.keySet()) {
                double[][] exact = Oracle.delta(state, folds, module);
                off += Math.pow(Dense.norm(Dense.plus(exported(peft, module), -1, exact)), 2);
                whole += Math.pow(Dense.norm(exact), 2);
            }
        }
        assertThat(report.relativeError())
                .isGreaterThan(1e-3)
                .isCloseTo(Math.sqrt(off / whole), org.assertj.core.api.Assertions.within(1e-9));
    }

    @Test
    void headStandsBesideTheAdapter() throws Exception {
        Federation federation = federation(new FedAvg(), 2);
        GlobalState state = afterRounds(federation, 1);
        Export.write(state, List.of(), federation.model, federation.job.task(), directory);
        try (SafetensorsFile head = SafetensorsFile.open(directory.resolve("head.safetensors"))) {
            assertThat(head.layout().names()).containsExactly("classifier.bias", "classifier.weight");
            assertThat(head.read("classifier.weight")).isEqualTo(state.tensors().read("classifier.weight"));
        }
        assertThat(Files.readString(directory.resolve("adapter/README.md")))
                .contains("PeftModel.from_pretrained", "head.safetensors", "mask.sum(1)", "BertModel");
    }

    @Test
    void aMissingFoldIsRefused() {
        Federation federation = federation(new FedEx(), 2);
        GlobalState state = afterRounds(federation, 2);
        assertThatThrownBy(() -> Export.write(state, List.of(), federation.model, federation.job.task(), directory))
                .hasMessageContaining("2 folds, 0 were given");
    }

    @Test
    void equalStatesGiveEqualBytes() {
        Federation federation = federation(new FedEx(), 2);
        GlobalState state = afterRounds(federation, 3);
        List<TensorSource> folds = federation.folds(state);
        Path first = Export.write(state, folds, federation.model, federation.job.task(), directory.resolve("x"))
                .adapter();
        Path second = Export.write(state, folds, federation.model, federation.job.task(), directory.resolve("y"))
                .adapter();
        assertThat(Federation.sha256(first.resolve("adapter_model.safetensors")))
                .isEqualTo(Federation.sha256(second.resolve("adapter_model.safetensors")));
    }
}
