package dev.tributary.plan;

import dev.tributary.adapter.AdapterConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes a job with every default filled in, its keys always in the same order: equal jobs give equal text, and
 * {@link JobParser} reads the same job back.
 */
public final class JobWriter {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private JobWriter() {}

    /** One line of JSON. */
    public static String json(Job job) {
        return JSON.writeValueAsString(tree(job));
    }

    public static String yaml(Job job) {
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        options.setSplitLines(false);
        options.setAllowUnicode(true);
        return new Yaml(options).dump(tree(job));
    }

    private static Map<String, Object> tree(Job job) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("name", job.name());
        tree.put("base-model", job.baseModel());
        tree.put("task", task(job.task()));
        tree.put("adapter", adapter(job.adapter(), job.startFrom()));
        tree.put("training", training(job.training()));
        Map<String, Object> aggregation = section("method", job.aggregation().method());
        aggregation.putAll(job.aggregation().options());
        tree.put("aggregation", aggregation);
        tree.put("rounds", job.rounds());
        tree.put("keep", job.keep());
        if (job.patience() > 0) {
            tree.put("early-stopping", section("patience", job.patience()));
        }
        Map<String, Object> cohort = section("fraction", job.cohort().fraction());
        cohort.put("quorum", job.cohort().quorum() == 0 ? "all" : job.cohort().quorum());
        cohort.put("deadline", Durations.format(job.cohort().deadline()));
        cohort.put("close-at-quorum", job.cohort().closeAtQuorum());
        Job.Pace pace = job.cohort().pace();
        cohort.put("over-selection", pace.overSelection());
        cohort.put("minimum-wait", Durations.format(pace.minimumWait()));
        cohort.put("adaptive-deadline", pace.adaptiveDeadline());
        late(job.cohort().late(), tree, cohort);
        cohort.put("device", job.cohort().needs().device());
        cohort.put("memory", job.cohort().needs().memory());
        tree.put("cohort", cohort);
        tree.put("upload", section("dtype", job.upload().dtype()));
        Map<String, Object> privacy = section("unit", job.privacy().unit());
        privacy.putAll(job.privacy().terms());
        tree.put("privacy", privacy);
        tree.put("seed", job.seed());
        return tree;
    }

    /** Only the keys that have a meaning together. */
    private static void late(Job.Late late, Map<String, Object> tree, Map<String, Object> cohort) {
        tree.put("mode", late.isAsynchronous() ? "async" : "sync");
        if (late.isAsynchronous()) {
            List.of("fraction", "close-at-quorum", "over-selection", "adaptive-deadline")
                    .forEach(cohort::remove);
            cohort.put("buffer", late.buffer());
        } else {
            cohort.put("late", late.counted() ? "next-round" : "drop");
        }
        if (late.counted()) {
            cohort.put("staleness-exponent", late.exponent());
            cohort.put("max-staleness", late.oldest());
        }
    }

    private static Map<String, Object> task(Job.Task task) {
        Map<String, Object> tree = section("type", task.type());
        if (!task.labels().isEmpty()) {
            tree.put("labels", task.labels());
        }
        tree.put("dataset", task.dataset());
        tree.put("max-length", task.maxLength());
        tree.put("pooling", task.pooling());
        return tree;
    }

    private static Map<String, Object> adapter(AdapterConfig adapter, String startFrom) {
        Map<String, Object> tree = section("type", adapter.type());
        tree.put("rank", adapter.rank());
        tree.put("alpha", adapter.alpha());
        tree.put("target-modules", adapter.targetModules());
        if (!adapter.rankPattern().isEmpty()) {
            tree.put("rank-pattern", adapter.rankPattern());
        }
        if (!adapter.alphaPattern().isEmpty()) {
            tree.put("alpha-pattern", adapter.alphaPattern());
        }
        tree.put("dropout", adapter.dropout());
        tree.put("modules-to-save", adapter.modulesToSave());
        tree.put("initialisation", adapter.initialisation());
        if (!startFrom.isEmpty()) {
            tree.put("start-from", startFrom);
        }
        return tree;
    }

    private static Map<String, Object> training(Job.Training training) {
        Map<String, Object> tree = section("epochs", training.epochs());
        tree.put("max-steps", training.maxSteps());
        tree.put("batch-size", training.batchSize());
        tree.put("gradient-accumulation", training.gradientAccumulation());
        tree.put("learning-rate", training.learningRate());
        tree.put("head-learning-rate", training.headLearningRate());
        tree.put("optimizer", training.optimizer());
        tree.put("weight-decay", training.weightDecay());
        tree.put("momentum", training.momentum());
        tree.put("gradient-clipping", training.gradientClipping());
        tree.put("schedule", training.schedule());
        tree.put("warmup", training.warmup());
        tree.put("proximal-mu", training.proximalMu());
        tree.put("lora-plus-ratio", training.loraPlusRatio());
        tree.put("gradient-checkpointing", training.gradientCheckpointing());
        tree.put("base-dtype", training.baseDtype());
        return tree;
    }

    private static Map<String, Object> section(String key, Object value) {
        Map<String, Object> section = new LinkedHashMap<>();
        section.put(key, value);
        return section;
    }
}
