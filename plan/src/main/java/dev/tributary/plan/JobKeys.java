package dev.tributary.plan;

import dev.tributary.adapter.AdapterKind;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Every key a job file may have: the one place for types, defaults and descriptions. The reference page is made of it. */
public final class JobKeys {

    /**
     * One key.
     *
     * @param path dotted, for example {@code training.batch-size}
     * @param type what may stand there, in words
     * @param defaultValue as it would be written; empty where there is none
     * @param required the job is refused without it
     */
    public record Entry(String path, String type, String defaultValue, boolean required, String description) {}

    /** @param fallback the default as it would be written; empty if absent values are computed or the key is required */
    record Key(String path, KeyType type, String fallback, boolean required, String description) {
        String parent() {
            return path.contains(".") ? path.substring(0, path.lastIndexOf('.')) : "";
        }

        String name() {
            return path.substring(path.lastIndexOf('.') + 1);
        }
    }

    private static final KeyType.Text NAME =
            new KeyType.Text(Pattern.compile("[a-z0-9][a-z0-9-]{0,39}"), "1 to 40 of a-z, 0-9 and '-'");
    private static final KeyType.Text WORD =
            new KeyType.Text(Pattern.compile("[^\\p{Cntrl}]{1,200}"), "a text of 1 to 200 characters");
    private static final KeyType.Text PATH =
            new KeyType.Text(Pattern.compile("[^\\p{Cntrl}]{1,1000}"), "the path of a directory");
    private static final KeyType.Whole COUNT = KeyType.Whole.from(1, 1_000_000);

    static final List<Key> ALL = List.of(
            required("name", NAME, "names the job; its id is made from it"),
            required(
                    "base-model",
                    WORD,
                    "the model to adapt, by the name agents hold it under: a packaged model (minilm, "
                            + "sotu-llama) or a Hugging Face directory that agents have configured"),
            required("task.type", KeyType.Choice.of("sequence-classification", "causal-lm"), "what is learned"),
            key(
                    "task.labels",
                    new KeyType.ListOf(WORD, 10_000),
                    "",
                    "names of the classes, in the order of their " + "indices; for sequence-classification"),
            required("task.dataset", WORD, "the data to train and test on, by the name agents declare"),
            key(
                    "task.max-length",
                    KeyType.Whole.from(4, 1_000_000),
                    "128",
                    "longest sequence in tokens; longer ones are " + "cut at the end"),
            key(
                    "task.pooling",
                    KeyType.Choice.of("mean", "cls", "model"),
                    "mean",
                    "how an encoder's hidden states become "
                            + "the input of the classification head: their mean, the first token's, or what the checkpoint's own "
                            + "classifier does"),
            key(
                    "adapter.type",
                    KeyType.Choice.of(Arrays.stream(AdapterKind.values())
                            .map(AdapterKind::type)
                            .toArray(String[]::new)),
                    "lora",
                    "kind of adapter; docs/methods.md says which goes with which method. pissa, olora and dora begin with "
                            + "values of the base model, which the agents compute in round 1"),
            key("adapter.rank", KeyType.Whole.from(1, 65_536), "8", "rank of every adapted module"),
            key(
                    "adapter.alpha",
                    KeyType.Real.positive(),
                    "",
                    "numerator of the scaling alpha/rank; twice the rank if " + "left out"),
            key(
                    "adapter.target-modules",
                    new KeyType.ListOf(WORD, 1000),
                    "all-linear",
                    "modules to adapt: names (the "
                            + "end of a module's path), one regular expression over whole paths, or all-linear"),
            key(
                    "adapter.rank-pattern",
                    new KeyType.MapOf(KeyType.Whole.from(1, 65_536), 10_000),
                    "",
                    "other ranks for " + "single modules, by full path"),
            key(
                    "adapter.alpha-pattern",
                    new KeyType.MapOf(KeyType.Real.positive(), 10_000),
                    "",
                    "other alphas for " + "single modules, by full path"),
            key("adapter.dropout", new KeyType.Real(0, false, 1, true), "0", "dropout before A while training"),
            key(
                    "adapter.modules-to-save",
                    new KeyType.ListOf(WORD, 1000),
                    "",
                    "modules trained in full beside the " + "adapter"),
            key(
                    "adapter.initialisation",
                    KeyType.Choice.of("kaiming", "orthogonal"),
                    "kaiming",
                    "starting values of the adapter"),
            key(
                    "adapter.start-from",
                    PATH,
                    "",
                    "a PEFT directory to go on from, in the coordinator's directory for adapters "
                            + "(tributary.adapters.directory); its rank, alpha and target modules must agree with those "
                            + "given here"),
            key("training.epochs", COUNT, "1", "passes over the local data in each round"),
            key(
                    "training.max-steps",
                    KeyType.Whole.from(0, 100_000_000),
                    "0",
                    "optimiser steps in each round instead " + "of epochs; 0 counts epochs"),
            key("training.batch-size", KeyType.Whole.from(1, 65_536), "16", "examples in a batch"),
            key("training.gradient-accumulation", KeyType.Whole.from(1, 65_536), "1", "batches that make one step"),
            key("training.learning-rate", KeyType.Real.positive(), "1e-3", "of the adapter"),
            key(
                    "training.head-learning-rate",
                    KeyType.Real.positive(),
                    "",
                    "of heads and modules-to-save; five times " + "the learning rate if left out"),
            key("training.optimizer", KeyType.Choice.of("adamw", "sgd"), "adamw", "fresh in every round"),
            key("training.weight-decay", KeyType.Real.notNegative(), "0.01", "decoupled for adamw"),
            key("training.momentum", new KeyType.Real(0, false, 1, true), "0", "of sgd"),
            key(
                    "training.gradient-clipping",
                    KeyType.Real.notNegative(),
                    "0",
                    "largest norm of the whole gradient; 0 " + "does not clip"),
            key(
                    "training.schedule",
                    KeyType.Choice.of("constant", "linear", "cosine"),
                    "constant",
                    "of the learning " + "rate over the steps of one round"),
            key(
                    "training.warmup",
                    new KeyType.Real(0, false, 1, true),
                    "0",
                    "share of the round's steps in which the " + "learning rate rises from 0"),
            key(
                    "training.proximal-mu",
                    KeyType.Real.notNegative(),
                    "0",
                    "FedProx: weight of the pull back to the round's start"),
            key(
                    "training.lora-plus-ratio",
                    KeyType.Real.positive(),
                    "1",
                    "LoRA+: learning rate of B as a multiple of A's"),
            key(
                    "training.gradient-checkpointing",
                    new KeyType.Flag(),
                    "false",
                    "keeps only each layer's input and computes the layer again for the backward pass: less memory, a "
                            + "third more time"),
            key(
                    "training.base-dtype",
                    KeyType.Choice.of("fp32", "bf16"),
                    "fp32",
                    "how the frozen linear modules are kept and multiplied; bf16 halves their memory, and is faster on "
                            + "processors with bfloat16 instructions; adapters and everything else stay fp32"),
            key("aggregation.method", NAME, "fedavg", "how updates become the next global adapter"),
            key("rounds", COUNT, "5", "rounds to run"),
            key(
                    "keep",
                    KeyType.Choice.of("last", "best"),
                    "last",
                    "which round's adapter is the result; best by the " + "mean metric over the sites"),
            key(
                    "early-stopping.patience",
                    COUNT,
                    "",
                    "ends the job after so many rounds without a better mean metric; " + "off if left out"),
            key(
                    "cohort.fraction",
                    new KeyType.Real(0, true, 1, false),
                    "1",
                    "share of the eligible agents drawn into " + "each round"),
            key(
                    "cohort.quorum",
                    new KeyType.Whole(1, 1_000_000, "all", 0),
                    "all",
                    "fewest accepted updates that make a " + "round count"),
            key(
                    "cohort.deadline",
                    new KeyType.Time(Duration.ofSeconds(1), Duration.ofDays(30)),
                    "10m",
                    "a round closes " + "at the latest so long after it opened"),
            key("cohort.close-at-quorum", new KeyType.Flag(), "false", "closes a round as soon as the quorum is met"),
            key(
                    "cohort.over-selection",
                    new KeyType.Real(1, false, 10, false),
                    "1",
                    "how many times the wanted number of agents (by fraction and quorum) is drawn; the round closes when "
                            + "the wanted number of updates is accepted, and the slowest are told to stop"),
            key(
                    "cohort.minimum-wait",
                    new KeyType.Time(Duration.ZERO, Duration.ofDays(30)),
                    "0s",
                    "a round is not closed sooner than so long after it opened, unless every member has answered"),
            key(
                    "cohort.adaptive-deadline",
                    KeyType.Real.notNegative(),
                    "0",
                    "k: once the quorum is met (and at least two updates are there), a round closes at median + k·MAD of "
                            + "the times its accepted updates took, if that is before the deadline; 0 leaves the deadline"),
            key(
                    "cohort.late",
                    KeyType.Choice.of("drop", "next-round"),
                    "drop",
                    "what becomes of an update that comes after its round closed: it is dropped and its agent told to "
                            + "stop, or the agent goes on and the update counts in the next round that closes, less the "
                            + "older it is. For methods whose next adapter is a mean of changes"),
            key(
                    "cohort.staleness-exponent",
                    KeyType.Real.notNegative(),
                    "0.5",
                    "a: the change of an update that is t rounds late counts (1 + t)^-a times; of late: next-round "
                            + "and mode: async"),
            key(
                    "cohort.max-staleness",
                    KeyType.Whole.from(1, 1000),
                    "10",
                    "an agent that is more rounds behind is told to stop; of late: next-round and mode: async"),
            key(
                    "mode",
                    KeyType.Choice.of("sync", "async"),
                    "sync",
                    "sync: a round asks a cohort and waits for it. async: every agent trains all the time, and a round "
                            + "closes as soon as cohort.buffer updates are in, however old their start (FedBuff)"),
            key(
                    "cohort.buffer",
                    KeyType.Whole.from(1, 1_000_000),
                    "",
                    "of mode: async: how many updates make a round; each agent counts at most once in it"),
            key(
                    "cohort.device",
                    KeyType.Choice.of("any", "cpu", "gpu"),
                    "any",
                    "which agents take part, by what they train on"),
            key(
                    "cohort.memory",
                    new KeyType.Text(Pattern.compile("\\d{1,7}(MB|GB)"), "a size such as 500MB or 16GB"),
                    "0GB",
                    "agents with less memory for training (a GPU's own, where they train on one) are left out"),
            key("upload.dtype", KeyType.Choice.of("fp32", "bf16"), "fp32", "how updates travel"),
            key(
                    "privacy.unit",
                    KeyType.Choice.of("none", "example", "client"),
                    "none",
                    "what differential privacy "
                            + "protects: one training example, or all data of one client. Unless it is none, every key "
                            + "below that applies must be given: nothing that decides what the claim means has a default"),
            privacy(
                    "trust",
                    KeyType.Choice.of("local", "central"),
                    "who adds the noise: the agent before anything leaves it, or the coordinator to the sum"),
            privacy(
                    "relation",
                    KeyType.Choice.of("add-remove", "replace-one"),
                    "which datasets are neighbours: one unit more or less, or one unit exchanged"),
            privacy(
                    "sampling",
                    KeyType.Choice.of("poisson", "fixed-size", "full"),
                    "which units take part in one noisy sum: each with probability sampling-rate, exactly sample of "
                            + "them, or all"),
            privacy(
                    "sampling-rate",
                    new KeyType.Real(0, true, 1, false),
                    "of sampling: poisson; the expected batch is this share of the examples, and training.batch-size "
                            + "only says how many are computed at once"),
            privacy("sample", KeyType.Whole.from(1, Integer.MAX_VALUE), "units in a sample of sampling: fixed-size"),
            privacy(
                    "clipping",
                    KeyType.Choice.of("fixed", "adaptive"),
                    "whether clip stays, or follows the median norm (unit: client with trust: central)"),
            privacy("clip", KeyType.Real.positive(), "largest L2 norm of what one unit contributes"),
            privacy(
                    "weights",
                    KeyType.Choice.of("uniform", "bounded", "examples"),
                    "how agents count in the mean: uniform. examples follows protected data and bounded is not carried"
                            + " out; both are refused"),
            privacy("epsilon", KeyType.Real.positive(), "the budget over all rounds, by the Rényi accountant"),
            privacy("delta", new KeyType.Real(0, true, 1, true), "the probability left outside the claim, below 1/N"),
            privacy(
                    "noise-multiplier",
                    KeyType.Real.positive(),
                    "standard deviation of the noise on a sum, divided by clip; if left out, the least that lets all "
                            + "rounds fit the budget. With more noise than that the budget is not used up, with less the "
                            + "job ends early, as budget-exhausted"),
            privacy(
                    "cohort-hidden",
                    new KeyType.Flag(),
                    "true if nobody but the coordinator can see which clients take part; only then does sampling "
                            + "clients count"),
            privacy(
                    "canaries",
                    KeyType.Whole.from(1, 100_000),
                    "of unit: example; made-up contributions in every training, each included by a coin, by which every "
                            + "agent checks its own noise before anything is sent; left out, there are none"),
            key(
                    "seed",
                    KeyType.Whole.from(0, Long.MAX_VALUE),
                    "0",
                    "of initial values, batch order and dropout; equal "
                            + "jobs with equal seeds give equal adapters"));

    /** Sections in which keys that are not listed above go to the method, as text. */
    static final String OPTIONS_SECTION = "aggregation";

    private static final Map<String, Key> BY_PATH =
            ALL.stream().collect(Collectors.toUnmodifiableMap(Key::path, k -> k));

    private JobKeys() {}

    /** All keys in the order of the reference page. */
    public static List<Entry> entries() {
        return ALL.stream()
                .map(k -> new Entry(k.path(), k.type().describe(), k.fallback(), k.required(), k.description()))
                .toList();
    }

    static Optional<Key> find(String path) {
        return Optional.ofNullable(BY_PATH.get(path));
    }

    static boolean isSection(String path) {
        return ALL.stream().anyMatch(k -> k.parent().equals(path)) && !path.isEmpty();
    }

    /** Names allowed directly below {@code section}; the empty section is the document. */
    static List<String> names(String section) {
        String prefix = section.isEmpty() ? "" : section + ".";
        return ALL.stream()
                .map(Key::path)
                .filter(p -> p.startsWith(prefix))
                .map(p -> p.substring(prefix.length()).replaceFirst("\\..*", ""))
                .distinct()
                .toList();
    }

    private static Key key(String path, KeyType type, String fallback, String description) {
        return new Key(path, type, fallback, false, description);
    }

    private static Key privacy(String name, KeyType type, String description) {
        return key("privacy." + name, type, "", description);
    }

    private static Key required(String path, KeyType type, String description) {
        return new Key(path, type, "", true, description);
    }
}
