package dev.tributary.adapter;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.Collections;
import java.util.HexFormat;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The tensors of a file or message in name order: names, element types and shapes, but no values. Two sides that
 * agree on {@link #hash()} agree on every byte position.
 */
public record Layout(SortedMap<String, TensorInfo> tensors) {

    public Layout {
        tensors = Collections.unmodifiableSortedMap(new TreeMap<>(tensors));
    }

    public static Layout of(Collection<TensorInfo> infos) {
        TreeMap<String, TensorInfo> map = new TreeMap<>();
        for (TensorInfo info : infos) {
            if (map.put(info.name(), info) != null) {
                throw new IllegalArgumentException("tensor " + info.name() + " is listed twice");
            }
        }
        return new Layout(map);
    }

    public Set<String> names() {
        return tensors.keySet();
    }

    public TensorInfo get(String name) {
        TensorInfo info = tensors.get(name);
        if (info == null) {
            throw new NoSuchElementException("no tensor named " + name);
        }
        return info;
    }

    public long byteLength() {
        return tensors.values().stream().mapToLong(TensorInfo::byteLength).sum();
    }

    /** SHA-256 (hex) over one line {@code name dtype shape} per tensor in name order. */
    public String hash() {
        StringBuilder text = new StringBuilder();
        for (TensorInfo info : tensors.values()) {
            text.append(info.name())
                    .append(' ')
                    .append(info.dtype())
                    .append(' ')
                    .append(info.shape())
                    .append('\n');
        }
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(text.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
