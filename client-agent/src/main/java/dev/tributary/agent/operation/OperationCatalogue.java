package dev.tributary.agent.operation;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The operations that an agent knows. It is closed when the agent starts: nothing a coordinator sends adds to it. */
public final class OperationCatalogue {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");

    private final SortedMap<String, AgentOperation> operations;

    private OperationCatalogue(SortedMap<String, AgentOperation> operations) {
        this.operations = operations;
    }

    /** The operations of this version. */
    public static OperationCatalogue standard() {
        return of(List.of(
                new SelectRanks(),
                new AlignToReference(),
                new KeepLargestRanks(),
                new StartFromBase(),
                new StartFromStep(),
                new ControlVariate(),
                new TrainLayers()));
    }

    /** @throws IllegalArgumentException for a malformed name or two operations of one name */
    public static OperationCatalogue of(Collection<AgentOperation> operations) {
        TreeMap<String, AgentOperation> byName = new TreeMap<>();
        for (AgentOperation operation : operations) {
            String name = operation.name();
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException("operation name must be lower-case words, was '" + name + "'");
            }
            if (byName.put(name, operation) != null) {
                throw new IllegalArgumentException("two operations are named " + name);
            }
        }
        return new OperationCatalogue(byName);
    }

    public Optional<AgentOperation> find(String name) {
        return Optional.ofNullable(operations.get(name));
    }

    public SortedSet<String> names() {
        return new TreeSet<>(operations.keySet());
    }
}
