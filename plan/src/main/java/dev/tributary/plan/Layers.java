package dev.tributary.plan;

import java.util.OptionalInt;

/** Which layer of a model a module belongs to, told by its path: the first part of it that is a number. */
public final class Layers {

    private Layers() {}

    /** For example 3 of {@code encoder.layer.3.attention.self.query}; empty for a head or an embedding. */
    public static OptionalInt of(String module) {
        for (String part : module.split("\\.")) {
            if (!part.isEmpty() && part.length() < 10 && part.chars().allMatch(c -> c >= '0' && c <= '9')) {
                return OptionalInt.of(Integer.parseInt(part));
            }
        }
        return OptionalInt.empty();
    }

    /** Whether a module trains where layers before {@code from} rest; one of no layer always does. */
    public static boolean trains(String module, int from) {
        OptionalInt layer = of(module);
        return layer.isEmpty() || layer.getAsInt() >= from;
    }
}
