package dev.tributary.training.engine;

import dev.tributary.plan.Job;
import dev.tributary.plan.Metrics;
import dev.tributary.privacy.audit.CanaryAudit;
import dev.tributary.privacy.dp.ExampleRelease;
import dev.tributary.privacy.dp.NoisySum;
import dev.tributary.privacy.dp.PrivacyTerms;
import dev.tributary.privacy.dp.UnitSampler;
import dev.tributary.privacy.noise.BitSource;
import dev.tributary.training.TrainingEngine.ProgressListener;
import dev.tributary.training.TrainingException;
import dev.tributary.training.model.Batch;
import dev.tributary.training.model.Flat;
import dev.tributary.training.model.Torch;
import dev.tributary.training.optim.Optimizer;
import dev.tributary.training.optim.Schedule;
import dev.tributary.training.privacy.Canaries;
import dev.tributary.training.privacy.ClippedGradients;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Example-level DP-SGD (Abadi et al., arXiv:1607.00133): every step draws a secret sample, adds up the clipped gradients of
 * its examples, adds discrete Gaussian noise on a grid, divides by the expected size of a sample, and lets the optimiser
 * go on from there. Neither the sample nor any loss leaves this class.
 */
final class PrivateRun {

    private final Workers workers;
    private final Job.Training settings;
    private final ExampleRelease release;
    private final BitSource bits;
    private final List<Optimizer.Parameter> parameters;
    private final Optimizer optimizer;
    private final List<Clipper> clippers = new ArrayList<>();
    private final Replicas replicas;
    private final NoisySum noise;
    private final Canaries canaries;

    /** One worker's sums of clipped gradients, by name; the first worker's are the gradients that the optimiser sees. */
    private record Clipper(TaskModel model, ClippedGradients gradients, Map<String, Tensor> sums) {

        List<Tensor> inOrder(List<String> names) {
            return names.stream()
                    .map(name -> Objects.requireNonNull(sums.get(name)))
                    .toList();
        }

        void add(List<Encoded> examples) {
            try (PointerScope scope = new PointerScope();
                    Batch batch = Batch.of(
                            model.device(), examples.stream().map(Encoded::ids).toList())) {
                if (!gradients.add(
                        batch,
                        () -> model.objective().judge(model, batch, examples).losses(),
                        sums)) {
                    examples.forEach(alone -> add(List.of(alone)));
                }
            }
        }
    }

    /** @param models one for each worker, sharing their values or following the first, whose parameters are trained */
    PrivateRun(List<TaskModel> models, Workers workers, Job.Training settings, ExampleRelease release, BitSource bits) {
        this.workers = workers;
        this.settings = settings;
        this.release = release;
        this.bits = bits;
        this.parameters = Parameters.of(models.get(0).adapter(), settings);
        this.replicas = new Replicas(models);
        this.optimizer = Parameters.optimizer(parameters, settings, false);
        double clip = release.terms().clip().norm();
        for (TaskModel model : models) {
            Map<String, Tensor> sums = new HashMap<>();
            model.adapter()
                    .parameters()
                    .forEach((name, parameter) -> sums.put(name, torch.zeros_like(parameter.detach())));
            clippers.add(new Clipper(model, new ClippedGradients(model.linears(), model.adapter(), clip), sums));
        }
        for (Optimizer.Parameter parameter : parameters) {
            parameter.tensor().mutable_grad().put(clippers.get(0).sums().get(parameter.name()));
        }
        long coordinates =
                parameters.stream().mapToLong(p -> p.tensor().numel()).sum();
        this.noise = NoisySum.ofFloatingSum(clip, release.multiplier(), coordinates);
        this.canaries = new Canaries(release.terms().canaries(), coordinates, clip, bits);
    }

    Metrics run(List<Encoded> examples, ProgressListener progress) {
        Schedule schedule = Schedule.of(settings.schedule(), settings.warmup(), release.steps());
        for (long step = 0; step < release.steps(); step++) {
            long done = step;
            step(sample(examples), schedule.factor(step), () -> progress.progress(done, release.steps()));
            progress.progress(step + 1, release.steps());
        }
        checkFinite();
        TreeMap<String, Double> values = new TreeMap<>();
        values.put("steps", (double) release.steps());
        return new Metrics(1, values);
    }

    /** Empty without canaries. */
    Optional<CanaryAudit.Scores> canaries() {
        return canaries.count() == 0 ? Optional.empty() : Optional.of(canaries.scores());
    }

    /** Examples first, then the site's unusable ones, which add nothing, then canaries. */
    private List<Encoded> sample(List<Encoded> examples) {
        int real = Math.max(release.examples(), examples.size());
        int population = real + canaries.count();
        PrivacyTerms.Sampling sampling = release.terms().sampling();
        int[] taken;
        if (sampling instanceof PrivacyTerms.Poisson poisson) {
            taken = UnitSampler.poisson(population, poisson.rate(), bits);
        } else if (sampling instanceof PrivacyTerms.FixedSize fixed) {
            taken = UnitSampler.fixedSize(population, (int) Math.min(fixed.sample(), population), bits);
        } else {
            taken = IntStream.range(0, population).toArray();
        }
        canaries.draw(taken, real);
        return Arrays.stream(taken)
                .filter(i -> i < examples.size())
                .mapToObj(examples::get)
                .sorted(Comparator.comparingInt((Encoded e) -> e.ids().length))
                .toList();
    }

    /**
     * One noisy step; an empty sample makes one too.
     *
     * @param afterBatch may throw to end the training; is never told how large the sample is
     */
    private void step(List<Encoded> sample, double rateFactor, Runnable afterBatch) {
        for (int from = 0; from < sample.size(); from += settings.batchSize()) {
            add(sample.subList(from, Math.min(sample.size(), from + settings.batchSize())));
            afterBatch.run();
        }
        gather();
        addNoise();
        optimizer.step(rateFactor); // clears the sums
        replicas.follow();
    }

    private void add(List<Encoded> batch) {
        List<List<Encoded>> parts = Gradients.split(batch, Math.min(workers.count(), batch.size()));
        List<Supplier<Boolean>> work = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            Clipper clipper = clippers.get(i);
            List<Encoded> part = parts.get(i);
            work.add(() -> {
                clipper.add(part);
                return true;
            });
        }
        workers.all(work);
    }

    /** Adds the sums of all but the first worker to those of the first. */
    private void gather() {
        try (PointerScope scope = new PointerScope();
                NoGradGuard noGradients = new NoGradGuard()) {
            Clipper first = clippers.get(0);
            List<String> names = List.copyOf(first.sums().keySet());
            for (Clipper other : clippers.subList(1, clippers.size())) {
                List<Tensor> sums = other.inOrder(names);
                List<Tensor> here =
                        Flat.moved(sums, other.model().device(), first.model().device());
                List<Tensor> own = first.inOrder(names);
                for (int i = 0; i < names.size(); i++) {
                    own.get(i).add_(here.get(i));
                    sums.get(i).zero_();
                }
            }
        }
    }

    private void addNoise() {
        try (PointerScope scope = new PointerScope();
                NoGradGuard noGradients = new NoGradGuard()) {
            long from = 0;
            for (Optimizer.Parameter parameter : parameters) {
                Tensor sum = parameter.tensor().grad();
                float[] values = Torch.floats(sum);
                canaries.addTo(values, from);
                float[] mean = noise.release(values, release.expectedBatch(), bits);
                canaries.observe(mean, from);
                from += mean.length;
                sum.copy_(Torch.of(mean, sum.sizes().vec().get())); // onto whatever device it lives
            }
        }
    }

    private void checkFinite() {
        try (PointerScope scope = new PointerScope()) {
            for (Optimizer.Parameter parameter : parameters) {
                if (!torch.isfinite(parameter.tensor()).all().item_bool()) {
                    throw new TrainingException(parameter.name() + " is no longer finite after " + release.steps()
                            + " noisy steps. Lower training.learning-rate (now " + settings.learningRate() + ")");
                }
            }
        }
    }
}
