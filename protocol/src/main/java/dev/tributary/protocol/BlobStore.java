package dev.tributary.protocol;

import dev.tributary.plan.BlobRef;
import java.nio.file.Path;

/** Content-addressed files: a blob is there whole or not at all, and survives a crash once {@code put} returned. */
public interface BlobStore {

    boolean has(BlobRef blob);

    /**
     * Whether it is there; if so it stays for half a minute, whatever {@link #delete} is told. For who finds what somebody else
     * stored, and has yet to say that it is needed.
     */
    boolean claim(BlobRef blob);

    /** The blob's file, for reading only. @throws java.util.NoSuchElementException if it is not there */
    Path path(BlobRef blob);

    /** Moves {@code file} into the store (flushed to disk, atomic rename) and tells its reference. */
    BlobRef put(Path file);

    /**
     * Like {@link #put}, for a file whose SHA-256 the caller has computed over these very bytes a moment ago.
     *
     * @throws IllegalArgumentException if the file is seen to be another one
     */
    default void adopt(BlobRef verified, Path file) {
        BlobRef found = put(file);
        if (!found.equals(verified)) {
            delete(found);
            throw new IllegalArgumentException(file + " is " + found + ", not " + verified);
        }
    }

    /** Removes the blob if it is there. @return false if it stays, as it was {@linkplain #claim claimed} a moment ago */
    boolean delete(BlobRef blob);

    /** A directory on the same file system for files in the making. */
    Path workDirectory();
}
