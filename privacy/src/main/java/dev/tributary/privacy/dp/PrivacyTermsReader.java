package dev.tributary.privacy.dp;

import static dev.tributary.privacy.dp.PrivacyTerms.problem;

import dev.tributary.plan.InvalidJobException;
import dev.tributary.plan.Job;
import dev.tributary.plan.Problem;
import dev.tributary.privacy.accountant.PrivacyBudget;
import dev.tributary.privacy.accountant.Relation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@link PrivacyTerms} from the keys of a job's {@code privacy} section. Nothing has a default that would decide
 * what the claim means: a key left out is refused, as is one that is not known.
 */
public final class PrivacyTermsReader {
    private static final Set<String> KEYS = Set.of(
            "unit",
            "trust",
            "relation",
            "sampling",
            "sampling-rate",
            "sample",
            "clip",
            "clipping",
            "weights",
            "epsilon",
            "delta",
            "noise-multiplier",
            "cohort-hidden",
            "canaries");
    private static final int MOST_CANARIES = 100_000;

    private final Map<String, String> options;
    private final List<Problem> problems = new ArrayList<>();

    private PrivacyTermsReader(Map<String, String> options) {
        this.options = options;
    }

    /**
     * @param options keys and values as written, with {@code unit} {@code example} or {@code client}
     * @throws InvalidJobException with every problem found
     */
    public static PrivacyTerms read(Map<String, String> options) {
        PrivacyTermsReader reader = new PrivacyTermsReader(options);
        PrivacyTerms terms = reader.terms();
        if (terms == null || !reader.problems.isEmpty()) {
            throw new InvalidJobException(reader.problems);
        }
        return terms;
    }

    /**
     * The terms of a job whose unit is not {@code none}.
     *
     * @throws InvalidJobException with every problem found
     */
    public static PrivacyTerms read(Job.Privacy privacy) {
        Map<String, String> options = new TreeMap<>(privacy.terms());
        options.put("unit", privacy.unit());
        return read(options);
    }

    private @Nullable PrivacyTerms terms() {
        options.keySet().stream().filter(key -> !KEYS.contains(key)).sorted().forEach(key -> {
            problems.add(problem(key, "there is no such key", "Use one of " + String.join(", ", sorted(KEYS))));
        });
        PrivacyTerms.Unit unit = choice("unit", PrivacyTerms.Unit.class);
        PrivacyTerms.Trust trust = choice("trust", PrivacyTerms.Trust.class);
        Relation relation = choice("relation", Relation.class);
        PrivacyTerms.Weights weights = choice("weights", PrivacyTerms.Weights.class);
        PrivacyTerms.Sampling sampling = sampling();
        PrivacyTerms.Clip clip = clip();
        OptionalDouble epsilon = number("epsilon", Double.MAX_VALUE);
        OptionalDouble delta = number("delta", Math.nextDown(1.0));
        OptionalDouble multiplier = options.containsKey("noise-multiplier")
                ? number("noise-multiplier", Double.MAX_VALUE)
                : OptionalDouble.empty();
        boolean hidden = flag("cohort-hidden");
        OptionalDouble canaries =
                options.containsKey("canaries") ? whole("canaries", MOST_CANARIES) : OptionalDouble.empty();
        if (!problems.isEmpty()) {
            return null;
        }
        return new PrivacyTerms(
                Objects.requireNonNull(unit),
                Objects.requireNonNull(trust),
                Objects.requireNonNull(relation),
                Objects.requireNonNull(sampling),
                Objects.requireNonNull(clip),
                Objects.requireNonNull(weights),
                new PrivacyBudget(epsilon.orElseThrow(), delta.orElseThrow()),
                multiplier,
                hidden,
                (int) canaries.orElse(0));
    }

    private PrivacyTerms.@Nullable Sampling sampling() {
        String kind = word("sampling", List.of("poisson", "fixed-size", "full"));
        if (kind == null) {
            return null;
        }
        unused("sampling-rate", !kind.equals("poisson"), "sampling: poisson");
        unused("sample", !kind.equals("fixed-size"), "sampling: fixed-size");
        if (kind.equals("poisson")) {
            OptionalDouble rate = number("sampling-rate", 1);
            return rate.isPresent() ? new PrivacyTerms.Poisson(rate.getAsDouble()) : null;
        }
        if (kind.equals("fixed-size")) {
            OptionalDouble sample = whole("sample", 1L << 53);
            return sample.isPresent() ? new PrivacyTerms.FixedSize((long) sample.getAsDouble()) : null;
        }
        return new PrivacyTerms.Full();
    }

    private PrivacyTerms.@Nullable Clip clip() {
        String kind = word("clipping", List.of("fixed", "adaptive"));
        OptionalDouble norm = number("clip", Float.MAX_VALUE);
        if (kind == null || norm.isEmpty()) {
            return null;
        }
        return kind.equals("fixed")
                ? new PrivacyTerms.FixedClip(norm.getAsDouble())
                : new PrivacyTerms.MedianClip(norm.getAsDouble());
    }

    private void unused(String key, boolean unused, String with) {
        if (unused && options.containsKey(key)) {
            problems.add(problem(key, "has no meaning here", "Remove it, or write " + with));
        }
    }

    private <E extends Enum<E>> @Nullable E choice(String key, Class<E> type) {
        List<String> words = Arrays.stream(type.getEnumConstants())
                .map(PrivacyTermsReader::spelled)
                .toList();
        String word = word(key, words);
        return word == null ? null : type.getEnumConstants()[words.indexOf(word)];
    }

    private @Nullable String word(String key, List<String> words) {
        String value = options.get(key);
        if (value == null) {
            problems.add(problem(key, "is left open", "Write one of " + String.join(", ", words)));
            return null;
        }
        if (!words.contains(value)) {
            problems.add(problem(key, "'" + value + "' is not known", "Write one of " + String.join(", ", words)));
            return null;
        }
        return value;
    }

    /** In [1, most]. */
    private OptionalDouble whole(String key, double most) {
        OptionalDouble number = number(key, most);
        if (number.isPresent() && number.getAsDouble() != Math.rint(number.getAsDouble())) {
            problems.add(problem(key, "is not a whole number", "Write a whole number"));
        }
        return number;
    }

    /** In (0, most]. */
    private OptionalDouble number(String key, double most) {
        String value = options.get(key);
        if (value == null) {
            problems.add(problem(key, "is left open", "Write a number above 0"));
            return OptionalDouble.empty();
        }
        try {
            double number = Double.parseDouble(value);
            if (number > 0 && number <= most) {
                return OptionalDouble.of(number);
            }
        } catch (NumberFormatException e) {
            // reported below, like a number out of range
        }
        String range = most == Double.MAX_VALUE ? "above 0" : "above 0 and at most " + most;
        problems.add(problem(key, "'" + value + "' is not a number " + range, "Write a number " + range));
        return OptionalDouble.empty();
    }

    private boolean flag(String key) {
        String value = options.getOrDefault(key, "false");
        if (!value.equals("true") && !value.equals("false")) {
            problems.add(problem(key, "'" + value + "' is neither true nor false", "Write true or false"));
        }
        return value.equals("true");
    }

    private static String spelled(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static List<String> sorted(Set<String> words) {
        return words.stream().sorted().collect(Collectors.toList());
    }
}
