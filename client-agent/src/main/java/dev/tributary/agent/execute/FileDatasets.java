package dev.tributary.agent.execute;

import dev.tributary.agent.config.DatasetConfig;
import dev.tributary.plan.DatasetDescriptor;
import dev.tributary.plan.Job;
import dev.tributary.plan.Problem;
import dev.tributary.training.TrainingException;
import dev.tributary.training.data.Dataset;
import dev.tributary.training.data.DatasetSpec;
import dev.tributary.training.data.Datasets;
import dev.tributary.training.data.LoadedDataset;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Datasets in files, read once at the start and held in memory. Class indices follow the job: where job and site use the
 * same label names in another order, the job's order counts. Used by one thread at a time.
 */
public final class FileDatasets implements LocalDatasets {

    private static final Logger LOG = LoggerFactory.getLogger(FileDatasets.class);

    private final SortedMap<String, DatasetConfig> configs;
    private final SortedMap<String, DatasetDescriptor> descriptors = new TreeMap<>();
    private final Map<DatasetSpec, LoadedDataset> loaded = new HashMap<>();

    private FileDatasets(SortedMap<String, DatasetConfig> configs) {
        this.configs = configs;
    }

    /** Reads all datasets, noting those that cannot be used. */
    public static FileDatasets read(SortedMap<String, DatasetConfig> configs, List<Problem> problems) {
        FileDatasets datasets = new FileDatasets(configs);
        configs.forEach((name, config) -> {
            try {
                datasets.descriptors.put(name, datasets.describe(name, config));
            } catch (TrainingException e) {
                problems.add(new Problem(
                        "datasets." + name, 0, String.valueOf(e.getMessage()), "Correct the file or its description"));
            }
        });
        return datasets;
    }

    private DatasetDescriptor describe(String name, DatasetConfig config) {
        LoadedDataset train = load(config.train());
        LoadedDataset test = load(config.test());
        int labels = config.train().labels().isEmpty()
                ? Math.max(largestLabel(train), largestLabel(test)) + 1
                : config.train().labels().size();
        List<String> columns = Stream.concat(Stream.of(config.train().text()), config.train().label().stream())
                .toList();
        return new DatasetDescriptor(
                name,
                config.task(),
                config.train().label().isPresent() ? labels : 0,
                columns,
                train.examples().size(),
                test.examples().size());
    }

    private static int largestLabel(LoadedDataset dataset) {
        return dataset.report().labels().isEmpty()
                ? -1
                : Collections.max(dataset.report().labels().keySet());
    }

    private LoadedDataset load(DatasetSpec spec) {
        return loaded.computeIfAbsent(spec, s -> {
            LoadedDataset dataset = Datasets.read(s);
            if (dataset.report().isClean()) {
                LOG.info("{}", dataset.report().summary());
            } else {
                LOG.warn("{}", dataset.report().summary());
            }
            return dataset;
        });
    }

    @Override
    public List<DatasetDescriptor> descriptors() {
        return List.copyOf(descriptors.values());
    }

    @Override
    public Dataset load(Job.Task task, Split split) {
        DatasetConfig config = configs.get(task.dataset());
        DatasetDescriptor descriptor = descriptors.get(task.dataset());
        if (config == null || descriptor == null) {
            throw new RefusedException(
                    "unknown-dataset", "this agent offers no dataset named '" + task.dataset() + "'");
        }
        DatasetSpec spec = split == Split.TRAIN ? config.train() : config.test();
        if (!task.isClassification()) {
            return load(spec);
        }
        if (descriptor.labels() > task.labels().size()) {
            throw new RefusedException(
                    "label-mismatch",
                    "dataset '" + task.dataset() + "' has " + descriptor.labels() + " classes, the job names "
                            + task.labels());
        }
        return load(inOrderOf(task, spec));
    }

    /** The site's files with class indices as the job numbers them. */
    private static DatasetSpec inOrderOf(Job.Task task, DatasetSpec spec) {
        List<String> own = spec.labels();
        if (own.isEmpty() || own.equals(task.labels())) {
            return spec;
        }
        Set<String> ownNames = Set.copyOf(own);
        Set<String> jobNames = Set.copyOf(task.labels());
        if (jobNames.containsAll(ownNames)) {
            return new DatasetSpec(
                    spec.path(), spec.format(), spec.text(), spec.label(), task.labels(), spec.filters(), spec.rows());
        }
        if (Collections.disjoint(ownNames, jobNames)
                && own.size() == task.labels().size()) {
            return spec; // other words (neg, pos) for the same classes, in the order of their indices
        }
        throw new RefusedException(
                "label-mismatch",
                "dataset '" + task.dataset() + "' has the labels " + own + ", the job names " + task.labels()
                        + "; name the same labels on both sides");
    }
}
