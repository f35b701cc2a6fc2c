package dev.tributary.aggregation.engine;

import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** Work on independent blocks, spread over the processors. What comes out does not depend on how. */
final class Blocks {

    private Blocks() {}

    /** How many blocks of {@code size} make up {@code total}. */
    static int count(int total, int size) {
        return (total + size - 1) / size;
    }

    /** Does every block's work; the first failure is thrown when all have ended. */
    static void forEach(int count, IntConsumer work) {
        if (count == 1) {
            work.accept(0);
        } else {
            IntStream.range(0, count).parallel().forEach(work);
        }
    }
}
