package dev.tributary.agent.execute;

import dev.tributary.adapter.FormatException;
import dev.tributary.adapter.SafetensorsFile;
import dev.tributary.adapter.TensorSource;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A plan's global state, open for reading.
 *
 * @param parts the files that together hold the global tensors
 * @param folds the fold log's blobs, in order
 * @param foldKey equal for equal fold logs, empty for none
 * @param bytes moved to get here
 */
record FetchedState(List<SafetensorsFile> parts, List<SafetensorsFile> folds, String foldKey, long bytes)
        implements AutoCloseable {

    FetchedState {
        parts = List.copyOf(parts);
        folds = List.copyOf(folds);
    }

    /** @throws RefusedException if a file is not well formed */
    static FetchedState open(List<Path> parts, List<Path> folds, List<String> foldHashes, long bytes) {
        List<SafetensorsFile> opened = new ArrayList<>();
        try {
            parts.forEach(file -> opened.add(SafetensorsFile.open(file)));
            folds.forEach(file -> opened.add(SafetensorsFile.open(file)));
        } catch (FormatException e) {
            opened.forEach(SafetensorsFile::close);
            throw new RefusedException("bad-state", "a blob of the global state is malformed: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            opened.forEach(SafetensorsFile::close);
            throw e;
        }
        return new FetchedState(
                opened.subList(0, parts.size()), opened.subList(parts.size(), opened.size()), key(foldHashes), bytes);
    }

    private static String key(List<String> hashes) {
        if (hashes.isEmpty()) {
            return "";
        }
        try {
            byte[] joined = String.join("\n", hashes).getBytes(StandardCharsets.US_ASCII);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(joined));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    List<TensorSource> foldSources() {
        return List.copyOf(folds);
    }

    @Override
    public void close() {
        parts.forEach(SafetensorsFile::close);
        folds.forEach(SafetensorsFile::close);
    }
}
