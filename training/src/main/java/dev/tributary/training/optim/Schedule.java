package dev.tributary.training.optim;

/** What the learning rate is multiplied with at each step: a linear rise from 0, then as the shape says. */
public record Schedule(Shape shape, long warmup, long total) {

    /** The course after the warm-up. */
    public enum Shape {
        CONSTANT,
        /** Straight down to 0 at the end. */
        LINEAR,
        /** Half a cosine wave down to 0 at the end. */
        COSINE
    }

    /**
     * @param shape {@code constant}, {@code linear} or {@code cosine}
     * @param warmup share of the steps in which the rate rises, in [0, 1)
     */
    public static Schedule of(String shape, double warmup, long total) {
        Shape known = switch (shape) {
            case "constant" -> Shape.CONSTANT;
            case "linear" -> Shape.LINEAR;
            case "cosine" -> Shape.COSINE;
            default ->
                throw new IllegalArgumentException(
                        "training.schedule must be constant, linear or cosine, was " + shape);
        };
        if (!(warmup >= 0 && warmup < 1)) {
            throw new IllegalArgumentException("training.warmup must be in [0, 1), was " + warmup);
        }
        return new Schedule(known, (long) Math.ceil(warmup * total), total);
    }

    /** The sum of the factors of all steps. */
    public double sum() {
        double sum = 0;
        for (long step = 0; step < total; step++) {
            sum += factor(step);
        }
        return sum;
    }

    /** The factor of step {@code step}, counted from 0. */
    public double factor(long step) {
        if (step < warmup) {
            return (double) step / warmup;
        }
        double done = (double) (step - warmup) / Math.max(1, total - warmup);
        return switch (shape) {
            case CONSTANT -> 1;
            case LINEAR -> Math.max(0, 1 - done);
            case COSINE -> 0.5 * (1 + Math.cos(Math.PI * Math.min(1, done)));
        };
    }
}
