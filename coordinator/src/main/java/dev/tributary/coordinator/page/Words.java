package dev.tributary.coordinator.page;

import dev.tributary.coordinator.view.RoundView.Traffic;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Numbers and times as people read them. */
public final class Words {

    private static final int SHOWN = 8;

    /** For example {@code 1.4 MB}. */
    public String bytes(long count) {
        if (count < 1000) {
            return count + " B";
        }
        String[] units = {"kB", "MB", "GB", "TB"};
        double value = count;
        int unit = -1;
        do {
            value /= 1000;
            unit++;
        } while (value >= 1000 && unit < units.length - 1);
        return String.format(Locale.ROOT, "%.1f %s", value, units[unit]);
    }

    /** For example {@code ↑ 1.4 MB ↓ 2.1 MB}, which breaks into two lines only between the figures. */
    public String traffic(Traffic traffic) {
        return unbroken("↑ " + bytes(traffic.up())) + " " + unbroken("↓ " + bytes(traffic.down()));
    }

    private static String unbroken(String text) {
        return text.replace(' ', '\u00a0');
    }

    /** Accuracy as per cent, everything else with three digits; a dash where there is none. */
    public String figure(String metric, @Nullable Double value) {
        if (value == null || value.isNaN()) {
            return "–";
        }
        return metric.equals("accuracy")
                ? String.format(Locale.ROOT, "%.2f %%", value * 100)
                : String.format(Locale.ROOT, "%.3f", value);
    }

    public String error(@Nullable Double value) {
        return value == null
                ? "–"
                : value == 0 ? "0" : String.format(Locale.ROOT, value < 1e-3 ? "%.1e" : "%.4f", value);
    }

    /** A count that figures hold. */
    public String whole(@Nullable Double value) {
        return value == null ? "–" : String.valueOf(Math.round(value));
    }

    /** Epsilon spent, of a job that has a budget; nothing is spent before the first round. */
    public String spent(@Nullable Double epsilon, @Nullable Double budget) {
        if (budget == null) {
            return "–";
        }
        return String.format(Locale.ROOT, "%.2f of %s", epsilon == null ? 0 : epsilon, axis(budget));
    }

    public String seconds(@Nullable Double value) {
        return value == null ? "–" : String.format(Locale.ROOT, value < 10 ? "%.2f s" : "%.1f s", value);
    }

    /** A value as a chart of this format shows it. */
    public String chart(String format, @Nullable Double value) {
        if (value == null) {
            return "–";
        }
        return switch (format) {
            case "percent" -> figure("accuracy", value);
            case "bytes" -> bytes(Math.round(value));
            default -> error(value);
        };
    }

    /** A number on an axis, without needless decimals. */
    public String axis(double value) {
        return value == Math.rint(value) ? String.valueOf((long) value) : String.format(Locale.ROOT, "%.2f", value);
    }

    /** How far an agent is: batches are counted, bytes on their way told in per cent. */
    public String doing(String phase, long done, long total) {
        if (total <= 0) {
            return phase;
        }
        return java.util.Set.of("fetching", "uploading").contains(phase)
                ? phase + " " + 100 * done / total + " %"
                : phase + " " + done + " of " + total;
    }

    /** The entries of a long list that are shown by themselves. */
    public <T> List<T> first(List<T> all) {
        return all.size() <= SHOWN ? all : all.subList(0, SHOWN);
    }

    /** What is said of the others, empty if there are none. */
    public String others(List<?> all) {
        return all.size() <= SHOWN ? "" : "and " + (all.size() - SHOWN) + " more";
    }

    /** The first letters of a checksum. */
    public String brief(String hash) {
        return hash.length() > 12 ? hash.substring(0, 12) : hash;
    }

    /** A moment in UTC, to the second. */
    public String at(Instant at) {
        return at.truncatedTo(java.time.temporal.ChronoUnit.SECONDS)
                .toString()
                .replace("T", " ")
                .replace("Z", " UTC");
    }

    /** How long ago, for example {@code 3 min ago}. */
    public String ago(@Nullable Instant at) {
        if (at == null) {
            return "never";
        }
        long seconds = Math.max(0, Duration.between(at, Instant.now()).toSeconds());
        if (seconds < 60) {
            return seconds + " s ago";
        }
        return seconds < 3600
                ? seconds / 60 + " min ago"
                : seconds < 172_800 ? seconds / 3600 + " h ago" : seconds / 86_400 + " days ago";
    }
}
