package dev.tributary.plan;

import dev.tributary.adapter.AdapterConfig;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One federated training job, as submitted. Parsed and checked by {@link JobParser}; every field has its default filled
 * in.
 *
 * @param name chosen by the submitter
 * @param baseModel name of a base model that agents hold
 * @param keep which round's adapter is the result: {@code last}, or {@code best} by mean metric
 * @param startFrom PEFT directory whose tensors are the first global adapter; empty for a fresh one
 * @param patience the job ends after so many rounds without a better mean metric, 0 = never
 */
public record Job(
        String name,
        String baseModel,
        Task task,
        AdapterConfig adapter,
        Training training,
        Aggregation aggregation,
        int rounds,
        String keep,
        CohortRules cohort,
        Upload upload,
        Privacy privacy,
        long seed,
        String startFrom,
        int patience) {

    /** A job that starts from a fresh adapter and runs all its rounds. */
    public Job(
            String name,
            String baseModel,
            Task task,
            AdapterConfig adapter,
            Training training,
            Aggregation aggregation,
            int rounds,
            String keep,
            CohortRules cohort,
            Upload upload,
            Privacy privacy,
            long seed) {
        this(name, baseModel, task, adapter, training, aggregation, rounds, keep, cohort, upload, privacy, seed, "", 0);
    }

    /** The same job with another adapter. */
    public Job withAdapter(AdapterConfig other) {
        return new Job(
                name,
                baseModel,
                task,
                other,
                training,
                aggregation,
                rounds,
                keep,
                cohort,
                upload,
                privacy,
                seed,
                startFrom,
                patience);
    }

    /** The same job by another method with that method's defaults. */
    public Job withMethod(String method) {
        return new Job(
                name,
                baseModel,
                task,
                adapter,
                training,
                new Aggregation(method, new TreeMap<>()),
                rounds,
                keep,
                cohort,
                upload,
                privacy,
                seed,
                startFrom,
                patience);
    }

    /**
     * @param type {@code sequence-classification} or {@code causal-lm}
     * @param labels label names in index order; empty for causal-lm
     * @param dataset name of a dataset that agents declare
     * @param maxLength longest sequence in tokens; longer ones are truncated
     * @param pooling how an encoder's last hidden states become one vector: {@code mean}, {@code cls}, or {@code model}
     *     (what the checkpoint's own classifier does)
     */
    public record Task(String type, List<String> labels, String dataset, int maxLength, String pooling) {
        public Task {
            labels = List.copyOf(labels);
        }

        public boolean isClassification() {
            return type.equals("sequence-classification");
        }

        /** The same task on another dataset. */
        public Task on(String other) {
            return new Task(type, labels, other, maxLength, pooling);
        }
    }

    /**
     * Local training in one round.
     *
     * @param epochs passes over the local data; ignored where {@code maxSteps} > 0
     * @param maxSteps optimiser steps per round, 0 = by epochs
     * @param headLearningRate learning rate of heads and modules_to_save
     * @param optimizer {@code adamw} or {@code sgd}
     * @param gradientClipping largest gradient norm, 0 = off
     * @param schedule {@code constant}, {@code linear} or {@code cosine}, over the steps of one round
     * @param warmup share of the round's steps in which the learning rate rises from 0, in [0, 1)
     * @param proximalMu weight μ of FedProx' term μ/2·‖w − w₀‖² (Li et al. 2020), 0 = off
     * @param loraPlusRatio learning rate of B as a multiple of A's (LoRA+, Hayou et al. 2024), 1 = plain LoRA
     * @param gradientCheckpointing keep only each layer's input and compute the layer again for the backward pass
     * @param baseDtype {@code fp32} or {@code bf16}: how the frozen linear modules are kept and multiplied
     */
    public record Training(
            int epochs,
            int maxSteps,
            int batchSize,
            int gradientAccumulation,
            double learningRate,
            double headLearningRate,
            String optimizer,
            double weightDecay,
            double momentum,
            double gradientClipping,
            String schedule,
            double warmup,
            double proximalMu,
            double loraPlusRatio,
            boolean gradientCheckpointing,
            String baseDtype) {

        /** Plain training on a float32 base. */
        public Training(
                int epochs,
                int maxSteps,
                int batchSize,
                int gradientAccumulation,
                double learningRate,
                double headLearningRate,
                String optimizer,
                double weightDecay,
                double momentum,
                double gradientClipping,
                String schedule,
                double warmup) {
            this(
                    epochs,
                    maxSteps,
                    batchSize,
                    gradientAccumulation,
                    learningRate,
                    headLearningRate,
                    optimizer,
                    weightDecay,
                    momentum,
                    gradientClipping,
                    schedule,
                    warmup,
                    0,
                    1,
                    false,
                    "fp32");
        }
    }

    /** @param options further keys under {@code aggregation}, for the method to check */
    public record Aggregation(String method, SortedMap<String, String> options) {
        public Aggregation {
            options = Collections.unmodifiableSortedMap(new TreeMap<>(options));
        }
    }

    /**
     * @param fraction share of the eligible agents drawn into each round, (0, 1]
     * @param quorum fewest accepted updates for a round to count; 0 = the whole cohort
     * @param deadline a round closes at the latest this long after it opened
     * @param closeAtQuorum close as soon as the quorum is met
     * @param pace what is done about agents of unequal speed
     * @param late what is done with updates that come after their round closed
     */
    public record CohortRules(
            double fraction,
            int quorum,
            Duration deadline,
            boolean closeAtQuorum,
            Pace pace,
            Late late,
            AgentNeeds needs) {

        public CohortRules {
            // Jobs in logs from before there were these have none.
            pace = pace == null ? Pace.PATIENT : pace;
            late = late == null ? Late.DROPPED : late;
            needs = needs == null ? AgentNeeds.NONE : needs;
        }

        /** A cohort of any agents. */
        public CohortRules(
                double fraction, int quorum, Duration deadline, boolean closeAtQuorum, Pace pace, Late late) {
            this(fraction, quorum, deadline, closeAtQuorum, pace, late, AgentNeeds.NONE);
        }

        /** A cohort whose late updates are dropped. */
        public CohortRules(double fraction, int quorum, Duration deadline, boolean closeAtQuorum, Pace pace) {
            this(fraction, quorum, deadline, closeAtQuorum, pace, Late.DROPPED);
        }

        /** A cohort whose slowest member is waited for until the deadline. */
        public CohortRules(double fraction, int quorum, Duration deadline, boolean closeAtQuorum) {
            this(fraction, quorum, deadline, closeAtQuorum, Pace.PATIENT);
        }

        /** Fewest accepted updates for a round with {@code cohort} members. */
        public int quorumOf(int cohort) {
            return quorum == 0 ? cohort : quorum;
        }

        /** How many of {@code eligible} agents are drawn into a round; at least one where there is one. */
        public int cohortOf(int eligible) {
            return (int) Math.min(eligible, Math.ceil(fraction * eligible - 1e-9));
        }
    }

    /**
     * How a round deals with agents of unequal speed.
     *
     * @param overSelection how many times the wanted number of agents is drawn, at least 1; such a round closes when the
     *     wanted number of updates is accepted (Bonawitz et al. 2019, section 2.2)
     * @param minimumWait nothing but the last answer closes a round sooner than so long after it opened
     * @param adaptiveDeadline k: once the quorum is met, the deadline moves up to median + k·MAD of the times the accepted
     *     updates took; 0 leaves it where it is
     */
    public record Pace(double overSelection, Duration minimumWait, double adaptiveDeadline) {
        public static final Pace PATIENT = new Pace(1, Duration.ZERO, 0);

        /** How many agents are drawn where {@code wanted} updates are, of {@code eligible}. */
        public int drawn(int wanted, int eligible) {
            return (int) Math.min(eligible, Math.ceil(overSelection * wanted - 1e-9));
        }
    }

    /**
     * What becomes of updates that come after their round closed.
     *
     * @param counted whether they count in a later round, and agents go on training when their round closes
     * @param exponent a: the change of an update that is τ rounds old counts (1 + τ)^−a times
     * @param oldest largest τ; an agent that is further behind is told to stop
     * @param buffer how many updates make a round of asynchronous training (FedBuff, Nguyen et al. 2022, arXiv
     *     2106.06639); 0 where rounds have cohorts
     */
    public record Late(boolean counted, double exponent, int oldest, int buffer) {
        public static final Late DROPPED = new Late(false, 0, 0, 0);

        public Late {
            if (exponent < 0 || oldest < 0 || buffer < 0 || (buffer > 0 && !counted)) {
                throw new IllegalArgumentException("no way to treat late updates: exponent " + exponent + ", oldest "
                        + oldest + ", buffer " + buffer + ", counted " + counted);
            }
        }

        public boolean isAsynchronous() {
            return buffer > 0;
        }

        /** What the change of an update counts that is so many rounds old. */
        public double weight(int staleness) {
            return Math.pow(1.0 + staleness, -exponent);
        }
    }

    /** @param dtype {@code fp32} or {@code bf16}, as uploads travel */
    public record Upload(String dtype) {}

    /**
     * What differential privacy protects and how. Whether the terms hold together is for the privacy module to say.
     *
     * @param unit {@code none}, {@code example} or {@code client}
     * @param terms the other keys under {@code privacy}, as text; empty for {@code none}
     */
    public record Privacy(String unit, SortedMap<String, String> terms) {
        public static final Privacy NONE = new Privacy("none");

        public Privacy {
            // Jobs in logs from before there were terms have none.
            terms = terms == null ? new TreeMap<>() : Collections.unmodifiableSortedMap(new TreeMap<>(terms));
        }

        public Privacy(String unit) {
            this(unit, new TreeMap<>());
        }

        public boolean isOn() {
            return !unit.equals("none");
        }
    }
}
