package dev.tributary.privacy.accountant;

/** The ranges of accounting's parameters; every message says the rule and the value found. */
final class Checks {
    private Checks() {}

    static void noiseMultiplier(double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("noise multiplier must be > 0 and finite, was " + value);
        }
    }

    static void samplingRate(double value) {
        if (!(value > 0 && value <= 1)) {
            throw new IllegalArgumentException("sampling rate must be in (0, 1], was " + value);
        }
    }

    static void count(long value) {
        if (value < 1) {
            throw new IllegalArgumentException("count must be >= 1, was " + value);
        }
    }

    static void delta(double value) {
        if (!(value > 0 && value < 1)) {
            throw new IllegalArgumentException("delta must be in (0, 1), was " + value);
        }
    }

    static void epsilon(double value) {
        if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("epsilon must be >= 0 and finite, was " + value);
        }
    }
}
