package dev.tributary.training.parity;

import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.Tensors;
import dev.tributary.training.lora.AdapterTensors;
import dev.tributary.training.model.Adapters;
import dev.tributary.training.model.Batch;
import dev.tributary.training.model.Checkpoint;
import dev.tributary.training.model.Device;
import dev.tributary.training.model.DeviceTensors;
import dev.tributary.training.model.Linear;
import dev.tributary.training.model.NativeRuntime;
import dev.tributary.training.model.Torch;
import dev.tributary.training.optim.AdamW;
import dev.tributary.training.optim.Optimizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * Compares this engine with what PyTorch and PEFT recorded: base logits and hidden states, logits and loss with the
 * adapter, every gradient, the adapter after one and three AdamW steps, and merged weights.
 */
public final class ParityCheck {

    private static final double LOGITS = 1e-4; // absolute
    private static final double GRADIENTS = 1e-4; // relative norm
    private static final double STEPPED = 1e-5; // absolute

    private final Fixture fixture;
    private final Device device;
    private final List<Check> checks = new ArrayList<>();

    private ParityCheck(Fixture fixture, Device device) {
        this.fixture = fixture;
        this.device = device;
    }

    /**
     * One comparison.
     *
     * @param error largest error found
     * @param tolerance largest error allowed
     */
    public record Check(String name, double error, double tolerance) {
        public boolean passed() {
            return error <= tolerance; // NaN fails
        }

        @Override
        public String toString() {
            return String.format("%-44s %9.2e  (≤ %.0e)  %s", name, error, tolerance, passed() ? "pass" : "FAIL");
        }
    }

    /** All checks of the fixtures in {@code directory} (one variant, or a model with several), computed in float32. */
    public static List<Check> run(Path directory, Device device) {
        NativeRuntime.prepare();
        List<Check> all = new ArrayList<>();
        for (Fixture fixture : Fixture.find(directory)) {
            ParityCheck check = new ParityCheck(fixture, device);
            check.compare();
            String name =
                    fixture.model().getFileName() + "/" + fixture.variant().getFileName() + " ";
            check.checks.forEach(c -> all.add(new Check(name + c.name(), c.error(), c.tolerance())));
        }
        return all;
    }

    private void compare() {
        try (Checkpoint checkpoint = Checkpoint.open(fixture.modelDirectory());
                DeviceTensors tensors = new DeviceTensors(checkpoint, device, false);
                PointerScope scope = new PointerScope()) {
            Fixture.Examples examples = fixture.examples();
            RecordedModel base = RecordedModel.of(fixture, tensors, Adapters.NONE, examples);
            compareBase(base, examples);
            Tensors start = fixture.adapter("adapter/adapter_model.safetensors");
            Tensors gradients = fixture.adapter("grads.safetensors");
            AdapterTensors adapter = new AdapterTensors(
                    fixture.config(), start, new TreeSet<>(gradients.layout().names()), device);
            RecordedModel adapted = RecordedModel.of(fixture, tensors, adapter, examples);
            adapter.complete();
            compareAdapted(adapted, adapter, gradients);
            compareSteps(adapted, adapter);
            compareMerged(adapted);
        }
    }

    private void compareBase(RecordedModel model, Fixture.Examples examples) {
        TensorSource expected = fixture.base();
        try (Batch batch = model.batch();
                PointerScope scope = new PointerScope();
                NoGradGuard noGradients = new NoGradGuard()) {
            List<Tensor> states = model.hiddenStates(batch);
            for (int i = 0; i < states.size(); i++) {
                compareRows("base hidden." + i, states.get(i), expected, "hidden." + i, examples);
            }
            Tensor logits = model.logits(batch);
            compareRows("base logits", logits, expected, "logits", examples);
            add("base loss", Math.abs(model.loss(logits).item_double() - expected.read("loss")[0]), LOGITS);
            compareRows("logits with the adapter disabled", logits, fixture.outputs(), "logits_disabled", examples);
        }
    }

    private void compareAdapted(RecordedModel model, AdapterTensors adapter, Tensors gradients) {
        TensorSource expected = fixture.outputs();
        try (Batch batch = model.batch();
                PointerScope scope = new PointerScope()) {
            Tensor logits = model.logits(batch);
            Tensor loss = model.loss(logits);
            compareRows("logits", logits, expected, "logits", model.examples());
            add("loss", Math.abs(loss.item_double() - expected.read("loss")[0]), LOGITS);
            loss.backward();
            double worst = 0;
            for (Map.Entry<String, Tensor> parameter : adapter.parameters().entrySet()) {
                float[] found = Torch.floats(parameter.getValue().grad());
                worst = max(worst, relativeNorm(found, gradients.read(parameter.getKey())));
                parameter.getValue().grad().zero_();
            }
            add("gradients of " + adapter.parameters().size() + " tensors (relative norm)", worst, GRADIENTS);
        }
    }

    private void compareSteps(RecordedModel model, AdapterTensors adapter) {
        List<Optimizer.Parameter> parameters = new ArrayList<>();
        adapter.parameters().forEach((name, tensor) -> parameters.add(new Optimizer.Parameter(name, tensor, 1e-3)));
        Optimizer optimizer = new AdamW(parameters, 0.01);
        for (int step = 1; step <= 3; step++) {
            try (Batch batch = model.batch();
                    PointerScope scope = new PointerScope()) {
                model.loss(model.logits(batch)).backward();
                optimizer.step(1);
            }
            if (step != 2) {
                compareAll(
                        "adapter after " + step + (step == 1 ? " step" : " steps"),
                        adapter.values(),
                        fixture.adapter("adapter_after_step" + step + ".safetensors"));
            }
        }
        try (Batch batch = model.batch();
                PointerScope scope = new PointerScope();
                NoGradGuard noGradients = new NoGradGuard()) {
            compareRows(
                    "logits after 3 steps",
                    model.logits(batch),
                    fixture.last(),
                    "logits_after_step3",
                    model.examples());
        }
    }

    private void compareMerged(RecordedModel model) {
        Tensors expected = fixture.merged();
        double worst = 0;
        try (PointerScope scope = new PointerScope();
                NoGradGuard noGradients = new NoGradGuard()) {
            for (String name : expected.layout().names()) {
                Linear linear = model.linear(name.substring(0, name.length() - ".weight".length()));
                Tensor merged = linear.mergedWeight();
                float[] stored = Torch.floats(linear.transposed() ? merged.t() : merged);
                worst = max(worst, largestDifference(stored, expected.read(name)));
            }
        }
        add("merged weights", worst, STEPPED);
    }

    private void compareAll(String what, TensorSource found, TensorSource expected) {
        double worst = found.layout().names().equals(expected.layout().names()) ? 0 : Double.NaN;
        for (TensorInfo info : expected.layout().tensors().values()) {
            worst = max(worst, largestDifference(found.read(info.name()), expected.read(info.name())));
        }
        add(what, worst, STEPPED);
    }

    /** Compares packed rows with a recorded (size, padded, width) tensor, or (size, labels) logits as they are. */
    private void compareRows(String what, Tensor found, TensorSource expected, String name, Fixture.Examples examples) {
        float[] recorded = expected.read(name);
        float[] rows = Torch.floats(found);
        if (expected.layout().get(name).shape().size() == 2) {
            add(what, largestDifference(rows, recorded), LOGITS);
            return;
        }
        int width = (int) found.size(1);
        double worst = 0;
        int row = 0;
        for (int sequence = 0; sequence < examples.ids().size(); sequence++) {
            for (int i = 0; i < examples.ids().get(sequence).length; i++, row++) {
                for (int c = 0; c < width; c++) {
                    double difference = rows[row * width + c] - recorded[(sequence * examples.width() + i) * width + c];
                    worst = max(worst, Math.abs(difference));
                }
            }
        }
        add(what, worst, LOGITS);
    }

    private void add(String name, double error, double tolerance) {
        checks.add(new Check(name, error, tolerance));
    }

    private static double largestDifference(float[] found, float[] expected) {
        if (found.length != expected.length) {
            return Double.NaN;
        }
        double worst = 0;
        for (int i = 0; i < found.length; i++) {
            worst = max(worst, Math.abs((double) found[i] - expected[i]));
        }
        return worst;
    }

    private static double relativeNorm(float[] found, float[] expected) {
        if (found.length != expected.length) {
            return Double.NaN;
        }
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < found.length; i++) {
            difference += Math.pow((double) found[i] - expected[i], 2);
            norm += Math.pow(expected[i], 2);
        }
        return Math.sqrt(difference / norm);
    }

    /** Math.max, but NaN on either side stays. */
    private static double max(double a, double b) {
        return Double.isNaN(a) || Double.isNaN(b) ? Double.NaN : Math.max(a, b);
    }
}
