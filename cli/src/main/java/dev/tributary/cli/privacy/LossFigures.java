package dev.tributary.cli.privacy;

import dev.tributary.privacy.accountant.PrivacyLoss;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A privacy loss by both accountants, as commands print it. */
final class LossFigures {
    private LossFigures() {}

    /** {@code epsilon} is the Rényi accountant's, the number that budgets and certificates use. */
    static Map<String, Object> tree(PrivacyLoss loss) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("epsilon", loss.rdpEpsilon());
        tree.put("accountant", "rdp");
        tree.put("delta", loss.delta());
        Map<String, Object> rdp = new LinkedHashMap<>();
        rdp.put("epsilon", loss.rdpEpsilon());
        rdp.put("order", loss.rdpOrder());
        tree.put("rdp", rdp);
        loss.pldEpsilon().ifPresent(pld -> tree.put("pld", Map.of("epsilon", pld)));
        return tree;
    }

    static List<String> lines(PrivacyLoss loss) {
        String rdp = String.format(
                Locale.ROOT,
                "epsilon %.8f at delta %s (Rényi, order %s): the number that budgets and certificates use",
                loss.rdpEpsilon(),
                loss.delta(),
                loss.rdpOrder());
        String pld = loss.pldEpsilon().isPresent()
                ? String.format(
                        Locale.ROOT,
                        "epsilon %.6f by privacy loss distributions",
                        loss.pldEpsilon().getAsDouble())
                : "no bound by privacy loss distributions for samples of fixed size";
        return List.of(rdp, pld);
    }
}
