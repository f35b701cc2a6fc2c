package dev.tributary.aggregation;

import java.util.List;

/**
 * A method's declaration of itself; {@code docs/methods.md} and the compatibility check are computed from it.
 *
 * @param name as in {@code aggregation.method}
 * @param title the name in the literature
 * @param paper authors, title, year, identifier
 * @param equation the server rule
 * @param provenance whether the formulas are from the paper, read in the authors' code, or reconstructed by us
 * @param exact whether the global delta equals Σ wᵢ·s·BᵢAᵢ
 * @param foldsBase whether it adds to the frozen base
 * @param heterogeneousRanks whether agents may train different ranks
 * @param personalState whether agents keep tensors of their own
 * @param lateUpdates whether the change of an update that began at an older state may be added to a newer one: every
 *     round trains the same tensors, and the next state is a mean of changes
 * @param adapters what its equations ask of an adapter type
 * @param serverOptimizer whether an optimiser on the server may take the mean of updates as a gradient
 * @param controlVariates whether agents' drift may be corrected: all train the same tensors, and send them as trained
 * @param secureAggregation whether it works on a masked sum
 * @param bytesUp formula of the bytes one agent sends per round
 * @param bytesDown formula of the bytes one agent receives per round
 * @param options keys it reads under {@code aggregation}
 * @param notes limits, and what is ours
 */
public record MethodCard(
        String name,
        String title,
        String paper,
        String equation,
        String provenance,
        boolean exact,
        boolean foldsBase,
        boolean heterogeneousRanks,
        boolean personalState,
        boolean serverOptimizer,
        boolean controlVariates,
        boolean lateUpdates,
        AdapterNeeds adapters,
        SecureAggregation secureAggregation,
        String bytesUp,
        String bytesDown,
        List<MethodOption> options,
        String notes) {

    /** Whether a method's rule is a function of sums alone. */
    public enum SecureAggregation {
        /** Every agent's message has the same tensors. */
        YES("yes"),
        /** Messages are padded to full size, so that choices of ranks or factors stay hidden. */
        PADDED("padded to full size"),
        /** The rule needs each message by itself. */
        NO("no");

        private final String words;

        SecureAggregation(String words) {
            this.words = words;
        }

        public String words() {
            return words;
        }
    }

    public MethodCard {
        options = List.copyOf(options);
    }

    /** Adapter types it works with. */
    public List<String> adapterTypes() {
        return adapters.types();
    }

    public static Builder named(String name, String title) {
        return new Builder(name, title);
    }

    /** Fills a card in, line by line; what is not said is no, none or empty. */
    public static final class Builder {
        private final String name;
        private final String title;
        private String paper = "";
        private String equation = "";
        private String provenance = "";
        private boolean exact;
        private boolean foldsBase;
        private boolean heterogeneousRanks;
        private boolean personalState;
        private boolean serverOptimizer;
        private boolean controlVariates;
        private boolean lateUpdates;
        private AdapterNeeds adapters = AdapterNeeds.TENSORS;
        private SecureAggregation secureAggregation = SecureAggregation.NO;
        private String bytesUp = "";
        private String bytesDown = "";
        private List<MethodOption> options = List.of();
        private String notes = "";

        private Builder(String name, String title) {
            this.name = name;
            this.title = title;
        }

        public Builder paper(String text) {
            paper = text;
            return this;
        }

        public Builder equation(String text) {
            equation = text;
            return this;
        }

        public Builder provenance(String text) {
            provenance = text;
            return this;
        }

        public Builder exact() {
            exact = true;
            return this;
        }

        public Builder foldsBase() {
            foldsBase = true;
            return this;
        }

        public Builder heterogeneousRanks() {
            heterogeneousRanks = true;
            return this;
        }

        public Builder personalState() {
            personalState = true;
            return this;
        }

        public Builder serverOptimizer() {
            serverOptimizer = true;
            return this;
        }

        public Builder controlVariates() {
            controlVariates = true;
            return this;
        }

        public Builder lateUpdates() {
            lateUpdates = true;
            return this;
        }

        public Builder adapters(AdapterNeeds needs) {
            adapters = needs;
            return this;
        }

        public Builder secureAggregation(SecureAggregation mode) {
            secureAggregation = mode;
            return this;
        }

        public Builder bytes(String up, String down) {
            bytesUp = up;
            bytesDown = down;
            return this;
        }

        public Builder options(MethodOption... known) {
            options = List.of(known);
            return this;
        }

        public Builder notes(String text) {
            notes = text;
            return this;
        }

        public MethodCard build() {
            return new MethodCard(
                    name,
                    title,
                    paper,
                    equation,
                    provenance,
                    exact,
                    foldsBase,
                    heterogeneousRanks,
                    personalState,
                    serverOptimizer,
                    controlVariates,
                    lateUpdates,
                    adapters,
                    secureAggregation,
                    bytesUp,
                    bytesDown,
                    options,
                    notes);
        }
    }
}
