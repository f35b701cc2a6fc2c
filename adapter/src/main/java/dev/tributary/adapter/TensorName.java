package dev.tributary.adapter;

import java.util.Comparator;

/**
 * A tensor's identity within an adapter: the module it belongs to and its role there. {@link #key()} is the name in
 * our files; PEFT directories prefix it with {@code base_model.model.}.
 *
 * @param module dotted path in the base model, for example {@code encoder.layer.0.attention.self.query}
 */
public record TensorName(String module, TensorRole role) implements Comparable<TensorName> {

    private static final Comparator<TensorName> ORDER = Comparator.comparing(TensorName::key);

    public TensorName {
        if (module.isEmpty()) {
            throw new IllegalArgumentException("module must not be empty");
        }
    }

    /** Parses a key; pairing is by name and never by shape. */
    public static TensorName parse(String key) {
        for (TensorRole role : TensorRole.values()) { // the lora_ suffixes come before plain .weight
            if (key.endsWith(role.suffix()) && key.length() > role.suffix().length()) {
                return new TensorName(
                        key.substring(0, key.length() - role.suffix().length()), role);
            }
        }
        throw new IllegalArgumentException("not an adapter tensor name: " + key);
    }

    public String key() {
        return module + role.suffix();
    }

    @Override
    public int compareTo(TensorName other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return key();
    }
}
