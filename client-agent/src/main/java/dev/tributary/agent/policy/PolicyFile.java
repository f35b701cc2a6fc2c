package dev.tributary.agent.policy;

import dev.tributary.adapter.TensorRole;
import dev.tributary.agent.policy.SitePolicy.PrivacyUnit;
import dev.tributary.agent.yaml.YamlFile;
import dev.tributary.agent.yaml.YamlSection;
import dev.tributary.privacy.accountant.PrivacyBudget;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads a site's {@code policy.yaml}. What a key does not mention is allowed:
 *
 * <pre>
 * jobs: [support-*]
 * base-models: [minilm]
 * datasets: [reviews]
 * tasks: [sequence-classification]
 * adapter-types: [lora]
 * max-rank: 16
 * max-rounds: 50
 * max-epochs: 3
 * upload: {dtypes: [bf16], tensors: [lora-b, weight, bias]}
 * operations: []
 * privacy: {unit: none, epsilon: 20, delta: 1e-5}
 * approval: required
 * </pre>
 */
public final class PolicyFile {

    private PolicyFile() {}

    /** @throws dev.tributary.agent.yaml.YamlFileException with every problem and its line */
    public static SitePolicy read(Path file) {
        return YamlFile.read(file, PolicyFile::policy);
    }

    private static SitePolicy policy(YamlSection root) {
        Optional<YamlSection> upload = root.section("upload");
        Optional<YamlSection> privacy = root.section("privacy");
        return new SitePolicy(
                root.texts("jobs"),
                words(root, "base-models"),
                words(root, "datasets"),
                among(root, "tasks", Set.of("sequence-classification", "causal-lm")),
                words(root, "adapter-types"),
                upload.flatMap(section -> among(section, "dtypes", Set.of("fp32", "bf16"))),
                upload.flatMap(PolicyFile::roles),
                words(root, "operations"),
                root.wholeNumber("max-rank", 1, 65_536),
                root.wholeNumber("max-rounds", 1, 1_000_000),
                root.wholeNumber("max-epochs", 1, 1_000_000),
                privacy.flatMap(PolicyFile::unit).orElse(PrivacyUnit.NONE),
                privacy.flatMap(PolicyFile::budget),
                approval(root));
    }

    private static Optional<Set<String>> words(YamlSection section, String key) {
        return section.texts(key).map(Set::copyOf);
    }

    private static Optional<Set<String>> among(YamlSection section, String key, Set<String> known) {
        Optional<Set<String>> words = words(section, key);
        words.ifPresent(given -> given.stream()
                .filter(word -> !known.contains(word))
                .forEach(word -> section.problem(key, "names '" + word + "'", "Name only " + new TreeSet<>(known))));
        return words;
    }

    private static Optional<Set<TensorRole>> roles(YamlSection upload) {
        return upload.texts("tensors").map(names -> {
            Set<TensorRole> roles = EnumSet.noneOf(TensorRole.class);
            for (String name : names) {
                role(name)
                        .ifPresentOrElse(
                                roles::add,
                                () -> upload.problem("tensors", "names '" + name + "'", "Name only " + roleNames()));
            }
            return roles;
        });
    }

    private static Optional<TensorRole> role(String name) {
        String constant = name.toUpperCase(Locale.ROOT).replace('-', '_');
        return Arrays.stream(TensorRole.values())
                .filter(role -> role.name().equals(constant))
                .findFirst();
    }

    private static List<String> roleNames() {
        return Arrays.stream(TensorRole.values())
                .map(role -> role.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .toList();
    }

    private static Optional<PrivacyUnit> unit(YamlSection privacy) {
        return privacy.value("unit", "Write none, client or example", text -> {
            if (!text.equals(text.toLowerCase(Locale.ROOT))) {
                throw new IllegalArgumentException(text);
            }
            return PrivacyUnit.valueOf(text.toUpperCase(Locale.ROOT));
        });
    }

    /** What all jobs together may spend on one dataset. */
    private static Optional<PrivacyBudget> budget(YamlSection privacy) {
        Optional<Double> epsilon = privacy.positiveNumber("epsilon");
        Optional<Double> delta = privacy.positiveNumber("delta");
        if (epsilon.isPresent() != delta.isPresent()) {
            privacy.problem(
                    epsilon.isPresent() ? "epsilon" : "delta", "stands alone", "Give epsilon and delta together");
            return Optional.empty();
        }
        if (delta.isPresent() && delta.get() >= 1) {
            privacy.problem("delta", "is " + delta.get(), "Write a number below 1, best below 0.1/N");
            return Optional.empty();
        }
        return epsilon.map(most -> new PrivacyBudget(most, delta.orElseThrow()));
    }

    private static boolean approval(YamlSection root) {
        return root.value("approval", "Write required or none", text -> switch (text) {
                    case "required" -> true;
                    case "none" -> false;
                    default -> throw new IllegalArgumentException(text);
                })
                .orElse(false);
    }
}
