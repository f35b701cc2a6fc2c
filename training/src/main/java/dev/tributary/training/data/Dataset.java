package dev.tributary.training.data;

import java.util.List;

/** Examples in a fixed order. */
public interface Dataset {

    List<Example> examples();

    /**
     * One example.
     *
     * @param label class index, or -1 for text without a label
     */
    record Example(String text, int label) {}
}
