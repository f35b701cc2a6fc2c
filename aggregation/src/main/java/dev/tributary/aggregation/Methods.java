package dev.tributary.aggregation;

import dev.tributary.adapter.AdapterKind;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/** The methods on the class path, by name. */
public final class Methods {

    private static final SortedMap<String, FederatedMethod> BY_NAME = load();

    private Methods() {}

    private static SortedMap<String, FederatedMethod> load() {
        SortedMap<String, FederatedMethod> methods = new TreeMap<>();
        for (FederatedMethod method : ServiceLoader.load(FederatedMethod.class, Methods.class.getClassLoader())) {
            if (methods.put(method.card().name(), method) != null) {
                throw new IllegalStateException(
                        "two methods are named " + method.card().name());
            }
        }
        return methods;
    }

    public static Optional<FederatedMethod> find(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    /** Names of the methods whose card says something. */
    static List<String> where(Predicate<MethodCard> property) {
        return BY_NAME.values().stream()
                .map(FederatedMethod::card)
                .filter(property)
                .map(MethodCard::name)
                .toList();
    }

    /** Methods that work with an adapter type. */
    static List<String> accepting(AdapterKind kind) {
        return where(card -> card.adapters().accepts(kind));
    }

    public static SortedSet<String> names() {
        return new TreeSet<>(BY_NAME.keySet());
    }
}
