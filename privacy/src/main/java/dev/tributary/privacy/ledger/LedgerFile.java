package dev.tributary.privacy.ledger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An append-only file of hash-chained lines, held under an exclusive lock. An append returns once the line is on disk.
 * The remainder of a line that a crash cut short was never acknowledged and is removed; any other damage is an error.
 */
final class LedgerFile implements AutoCloseable {
    private static final int MAX_BYTES = 1 << 30;

    private final Path path;
    private final FileChannel channel;
    private final List<String> hashes = new ArrayList<>();
    private final List<LedgerEntry> entries = new ArrayList<>();
    private boolean broken;

    private LedgerFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    static LedgerFile open(Path path) {
        FileChannel channel = null;
        boolean opened = false;
        try {
            Path directory = path.toAbsolutePath().getParent();
            if (directory != null) {
                Files.createDirectories(directory);
            }
            boolean isNew = Files.notExists(path);
            channel = FileChannel.open(
                    path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            FileLock lock = tryLock(channel);
            if (lock == null) {
                throw new LedgerException("Privacy ledger " + path
                        + " is in use by another process. Stop that process; two must never charge the same data.");
            }
            LedgerFile file = new LedgerFile(path, channel);
            file.load();
            if (isNew) {
                syncDirectory(directory);
            }
            opened = true;
            return file;
        } catch (IOException e) {
            throw failure(path, e);
        } finally {
            if (!opened && channel != null) {
                closeQuietly(channel);
            }
        }
    }

    List<LedgerEntry> entries() {
        return List.copyOf(entries);
    }

    long nextSequence() {
        return entries.size();
    }

    /** Empty before the first append. */
    List<String> hashes() {
        return List.copyOf(hashes);
    }

    /** @throws LedgerException if the line may not be on disk; every later append is then refused */
    void append(LedgerEntry entry) {
        if (broken) {
            throw new LedgerException("Privacy ledger " + path
                    + " failed to write earlier and its state on disk is not known. Free the disk, then restart.");
        }
        String line = EntryCodec.write(entry, lastHash());
        broken = true;
        try {
            ByteBuffer buffer = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        } catch (IOException e) {
            throw failure(path, e);
        }
        broken = false;
        accept(line, entry);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw failure(path, e);
        }
    }

    private void load() throws IOException {
        long size = channel.size();
        if (size > MAX_BYTES) {
            throw new LedgerException("Privacy ledger " + path + " is larger than 1 GiB; it is not a ledger.");
        }
        ByteBuffer buffer = ByteBuffer.allocate((int) size);
        while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
            // read on
        }
        byte[] bytes = buffer.array();
        int start = 0;
        for (int end = 0; end < bytes.length; end++) {
            if (bytes[end] == '\n') {
                acceptLine(new String(bytes, start, end - start, StandardCharsets.UTF_8));
                start = end + 1;
            }
        }
        if (start < bytes.length) {
            finishLastLine(new String(bytes, start, bytes.length - start, StandardCharsets.UTF_8), start);
        }
        channel.position(channel.size());
    }

    /** A line without its end was being written when the process stopped: complete but for the end, or cut short. */
    private void finishLastLine(String rest, int start) throws IOException {
        boolean complete = rest.split("\t", -1).length >= EntryCodec.FIELDS
                && EntryCodec.hashOf(rest).length() >= EntryCodec.FIRST_HASH.length();
        if (complete) {
            acceptLine(rest);
            channel.position(channel.size());
            channel.write(ByteBuffer.wrap(new byte[] {'\n'}));
        } else {
            channel.truncate(start);
        }
        channel.force(true);
    }

    private void acceptLine(String line) {
        long number = entries.size() + 1L;
        try {
            accept(line, EntryCodec.read(line, lastHash(), entries.size()));
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new LedgerCorruptException(path, number, String.valueOf(e.getMessage()));
        }
    }

    private void accept(String line, LedgerEntry entry) {
        hashes.add(EntryCodec.hashOf(line));
        entries.add(entry);
    }

    private String lastHash() {
        return hashes.isEmpty() ? EntryCodec.FIRST_HASH : hashes.get(hashes.size() - 1);
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private static void syncDirectory(@Nullable Path directory) {
        if (directory == null) {
            return;
        }
        try (FileChannel handle = FileChannel.open(directory, StandardOpenOption.READ)) {
            handle.force(true);
        } catch (IOException e) {
            // Some systems cannot open a directory; the file's own sync is what they offer.
        }
    }

    private static void closeQuietly(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // the failure that led here is the one to report
        }
    }

    private static LedgerException failure(Path path, IOException e) {
        return new LedgerException(
                "Privacy ledger " + path + " cannot be read or written: " + e
                        + ". Check its directory's permissions and free space. Nothing is released without it.",
                e);
    }
}
