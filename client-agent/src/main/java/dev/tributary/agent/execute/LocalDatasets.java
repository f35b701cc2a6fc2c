package dev.tributary.agent.execute;

import dev.tributary.plan.DatasetDescriptor;
import dev.tributary.plan.Job;
import dev.tributary.training.data.Dataset;
import java.util.List;

/** The datasets that this site offers. */
public interface LocalDatasets {

    List<DatasetDescriptor> descriptors();

    /**
     * The examples for a task, whose dataset is among {@link #descriptors()}.
     *
     * @throws RefusedException if they cannot serve the task; the message names the dataset and the fix
     */
    Dataset load(Job.Task task, Split split);

    /** Which examples. */
    enum Split {
        TRAIN,
        TEST
    }
}
