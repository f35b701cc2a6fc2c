package dev.tributary.cli.report;

import java.util.Locale;

/** Numbers for people. */
public final class Format {

    private Format() {}

    /** {@code 1.2 MB}, decimal units. */
    public static String bytes(long bytes) {
        if (bytes < 1000) {
            return bytes + " B";
        }
        String[] units = {"kB", "MB", "GB", "TB"};
        double value = bytes;
        int unit = -1;
        do {
            value /= 1000;
            unit++;
        } while (value >= 999.95 && unit < units.length - 1);
        return String.format(Locale.ROOT, value < 10 ? "%.2f %s" : "%.1f %s", value, units[unit]);
    }

    /** {@code 7.3 s}, {@code 2 min 05 s}. */
    public static String seconds(double seconds) {
        if (Double.isNaN(seconds)) {
            return "–";
        }
        if (seconds < 100) {
            return String.format(Locale.ROOT, seconds < 10 ? "%.2f s" : "%.1f s", seconds);
        }
        long whole = Math.round(seconds);
        return String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60);
    }

    /** Accuracy as a percentage, other figures plainly. */
    static String metric(String name, double value) {
        if (Double.isNaN(value)) {
            return "–";
        }
        return switch (name) {
            case "accuracy" -> String.format(Locale.ROOT, "%.2f %%", 100 * value);
            case "perplexity" -> String.format(Locale.ROOT, "%.2f", value);
            default -> String.format(Locale.ROOT, "%.4f", value);
        };
    }

    /** {@code 0.207}, {@code 3.1e-07}: three digits that count. */
    static String error(double value) {
        if (Double.isNaN(value)) {
            return "–";
        }
        return String.format(Locale.ROOT, value == 0 || value >= 0.001 ? "%.3f" : "%.1e", value);
    }
}
