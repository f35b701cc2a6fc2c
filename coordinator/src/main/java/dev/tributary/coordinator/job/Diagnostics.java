package dev.tributary.coordinator.job;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Figures about one aggregation, as the log keeps them.
 *
 * @param aggregationError relative Frobenius error over all modules; NaN where it is not defined
 * @param worstModuleError largest error of one module; NaN where it is not defined
 * @param worstModule the module with that error, empty if there is none
 */
public record Diagnostics(
        double aggregationError, double worstModuleError, String worstModule, SortedMap<String, Double> more) {

    public static final Diagnostics NONE = new Diagnostics(Double.NaN, Double.NaN, "", new TreeMap<>());

    /** Key of what the coordinator's own privacy ledger has charged to the job, this round included. */
    public static final String EPSILON = "epsilon";

    /** Key of what the accepted agents would have sent up with a dense update of every target module. */
    public static final String DENSE_BYTES = "denseBytesUp";

    public Diagnostics {
        more = Collections.unmodifiableSortedMap(new TreeMap<>(more));
    }

    /** These figures with one more. */
    public Diagnostics with(String name, double value) {
        SortedMap<String, Double> all = new TreeMap<>(more);
        all.put(name, value);
        return new Diagnostics(aggregationError, worstModuleError, worstModule, all);
    }

    /** By the coordinator's ledger; NaN where it charges nothing. */
    public double epsilon() {
        return more.getOrDefault(EPSILON, Double.NaN);
    }
}
