package dev.tributary.training.data;

import dev.tributary.training.tokenizer.TextSpan;
import java.util.List;

/** Examples in a fixed order. */
public interface Dataset {

    List<Example> examples();

    /**
     * One example.
     *
     * @param label class index, or -1 for text without a label
     * @param learned the parts of the text that a language model learns to write, such as the answers of a conversation;
     *     empty for the whole text
     */
    record Example(String text, int label, List<TextSpan> learned) {
        public Example {
            learned = List.copyOf(learned);
        }

        /** An example whose whole text is learned. */
        public Example(String text, int label) {
            this(text, label, List.of());
        }
    }
}
