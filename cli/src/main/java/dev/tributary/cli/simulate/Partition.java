package dev.tributary.cli.simulate;

import dev.tributary.cli.CliException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** How the rows of one dataset are dealt out among agents. Equal rows, parts and seed deal the same. */
interface Partition {

    /** In the words of {@code --partition}. */
    String FORMS = "iid, dirichlet:ALPHA, quantity:ALPHA or by:COLUMN";

    /** Column whose values the rule looks at; {@link #LABEL} stands for the label's. */
    default Optional<String> column() {
        return Optional.empty();
    }

    String LABEL = "\0label";

    /**
     * Every row in exactly one part, every part with at least two rows.
     *
     * @param values what stands in {@link #column} of every row; one entry a row in any case
     * @throws CliException if the rows cannot be dealt so, with what to change
     */
    List<Set<Integer>> deal(List<String> values, int parts, long seed);

    /** @throws CliException if {@code text} is none of {@link #FORMS} */
    static Partition of(String text) {
        String[] words = text.split(":", 2);
        String kind = words[0].strip().toLowerCase(Locale.ROOT);
        String rest = words.length == 2 ? words[1].strip() : "";
        return switch (kind) {
            case "iid" -> new IidPartition();
            case "dirichlet" -> new DirichletPartition(alpha(text, rest, 0.5));
            case "quantity" -> new QuantityPartition(alpha(text, rest, 1.0));
            case "by" -> {
                if (rest.isEmpty()) {
                    throw new CliException("--partition by: names no column; write for example by:domain");
                }
                yield new ColumnPartition(rest);
            }
            default -> throw new CliException("--partition must be " + FORMS + ", was '" + text + "'");
        };
    }

    private static double alpha(String text, String rest, double otherwise) {
        if (rest.isEmpty()) {
            return otherwise;
        }
        try {
            double alpha = Double.parseDouble(rest);
            if (alpha >= 1e-3 && alpha <= 1e6) {
                return alpha;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new CliException("--partition " + text + ": ALPHA must be a number from 0.001 to 1000000");
    }
}
