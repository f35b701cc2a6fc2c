package dev.tributary.aggregation;

import dev.tributary.adapter.Layout;
import dev.tributary.adapter.SafetensorsWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Collects the next state as files in a directory. */
final class StateFiles implements NextState {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,39}");

    private final Path directory;
    private final Set<String> oldParts;
    private final SortedMap<String, Path> parts = new TreeMap<>();
    private final SortedMap<String, Layout> layouts = new TreeMap<>();
    private final Set<String> kept = new TreeSet<>();
    private final SortedMap<String, String> remembered = new TreeMap<>();
    private @Nullable Path fold;

    /** @param oldParts names of the parts of the state before */
    StateFiles(Path directory, Set<String> oldParts) {
        this.directory = directory;
        this.oldParts = oldParts;
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create " + directory + ": " + e.getMessage(), e);
        }
    }

    @Override
    public SafetensorsWriter part(String name, Layout layout) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("part name '" + name + "' does not match " + NAME);
        }
        Path path = directory.resolve("part-" + name + ".safetensors");
        if (kept.contains(name) || parts.putIfAbsent(name, path) != null) {
            throw new IllegalStateException("part " + name + " is written or kept already");
        }
        layouts.put(name, layout);
        return new SafetensorsWriter(path, layout, Collections.emptyMap());
    }

    @Override
    public void keepPart(String name) {
        if (!oldParts.contains(name)) {
            throw new IllegalStateException("the state before has no part " + name + ", only " + oldParts);
        }
        if (parts.containsKey(name) || !kept.add(name)) {
            throw new IllegalStateException("part " + name + " is written or kept already");
        }
    }

    @Override
    public SafetensorsWriter fold(Layout layout) {
        if (fold != null) {
            throw new IllegalStateException("this round's fold is written already");
        }
        fold = directory.resolve("fold.safetensors");
        return new SafetensorsWriter(fold, layout, Collections.emptyMap());
    }

    @Override
    public void remember(String key, String value) {
        remembered.put(key, value);
    }

    /** Of the parts written so far. */
    SortedMap<String, Layout> layouts() {
        return Collections.unmodifiableSortedMap(layouts);
    }

    Aggregation.Produced produced() {
        if (parts.isEmpty() && kept.isEmpty()) {
            throw new IllegalStateException("the method wrote no state");
        }
        return new Aggregation.Produced(
                Collections.unmodifiableSortedMap(new TreeMap<>(parts)),
                Collections.unmodifiableSet(new TreeSet<>(kept)),
                Optional.ofNullable(fold),
                Collections.unmodifiableSortedMap(new TreeMap<>(remembered)));
    }
}
