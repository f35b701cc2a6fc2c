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
 * @param adapterTypes adapter types it works with
 * @param bytesUp formula of the bytes one agent sends per round
 * @param bytesDown formula of the bytes one agent receives per round
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
        List<String> adapterTypes,
        String bytesUp,
        String bytesDown) {
    public MethodCard {
        adapterTypes = List.copyOf(adapterTypes);
    }
}
