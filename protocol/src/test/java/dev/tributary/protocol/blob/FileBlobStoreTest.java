package dev.tributary.protocol.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.plan.BlobRef;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileBlobStoreTest {
    /** SHA-256 of "abc", FIPS 180-2 appendix B.1. */
    private static final BlobRef ABC =
            new BlobRef("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", 3);

    @TempDir
    Path directory;

    @Test
    void aBlobIsFoundByItsHashAndOutlivesTheStore() throws Exception {
        FileBlobStore store = new FileBlobStore(directory);
        assertThat(store.put(incoming("abc"))).isEqualTo(ABC);
        assertThat(new FileBlobStore(directory).path(ABC)).hasContent("abc");
        assertThat(directory.resolve("blobs/ba/78/" + ABC.sha256())).exists();
        assertThat(workFiles(store)).isZero();
    }

    @Test
    void puttingTheSameContentTwiceKeepsOne() throws Exception {
        FileBlobStore store = new FileBlobStore(directory);
        store.put(incoming("abc"));
        Path second = incoming("abc");
        assertThat(store.put(second)).isEqualTo(ABC);
        assertThat(second).doesNotExist();
        assertThat(store.path(ABC)).hasContent("abc");
    }

    @Test
    void aMissingBlobIsToldByItsHash() {
        assertThatThrownBy(() -> new FileBlobStore(directory).path(ABC))
                .isInstanceOf(NoSuchElementException.class)
                .hasMessageContaining(ABC.sha256());
    }

    @Test
    void aReferenceWithAnotherSizeIsNotThatBlob() throws Exception {
        FileBlobStore store = new FileBlobStore(directory);
        store.put(incoming("abc"));
        assertThat(store.has(new BlobRef(ABC.sha256(), 4))).isFalse();
    }

    @Test
    void aTornFileIsReplacedByAWholeOne() throws Exception {
        FileBlobStore store = new FileBlobStore(directory);
        store.put(incoming("abc"));
        Files.writeString(store.path(ABC), "ab");
        assertThat(store.has(ABC)).isFalse();
        store.put(incoming("abc"));
        assertThat(store.path(ABC)).hasContent("abc");
    }

    @Test
    void aClaimedBlobStaysForHalfAMinute() throws Exception {
        AtomicLong now = new AtomicLong();
        FileBlobStore store = new FileBlobStore(directory, now::get);
        assertThat(store.claim(ABC)).isFalse();
        store.put(incoming("abc"));
        assertThat(store.claim(ABC)).isTrue();

        now.addAndGet(Duration.ofSeconds(29).toNanos());
        assertThat(store.delete(ABC)).isFalse();
        assertThat(store.path(ABC)).hasContent("abc");
        now.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(store.delete(ABC)).isTrue();
        assertThat(store.has(ABC)).isFalse();
    }

    @Test
    void deletingTwiceIsNoError() throws Exception {
        FileBlobStore store = new FileBlobStore(directory);
        store.put(incoming("abc"));
        store.delete(ABC);
        store.delete(ABC);
        assertThat(store.has(ABC)).isFalse();
    }

    @Test
    void adoptingAFileOfAnotherSizeIsRefused() throws Exception {
        FileBlobStore store = new FileBlobStore(directory);
        Path file = incoming("abcd");
        assertThatThrownBy(() -> store.adopt(ABC, file)).isInstanceOf(IllegalArgumentException.class);
        assertThat(store.has(ABC)).isFalse();
    }

    @Test
    void filesOfTransfersGivenUpLongAgoAreRemoved() throws Exception {
        Path work = new FileBlobStore(directory).workDirectory();
        Path old = Files.writeString(work.resolve("old.part"), "x");
        Path fresh = Files.writeString(work.resolve("fresh.part"), "x");
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(8))));
        new FileBlobStore(directory);
        assertThat(old).doesNotExist();
        assertThat(fresh).exists();
    }

    @Test
    void aFolderThatCannotBeMadeIsNamed() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "x");
        assertThatThrownBy(() -> new FileBlobStore(file))
                .isInstanceOf(BlobStoreException.class)
                .hasMessageContaining(file.toString());
    }

    private Path incoming(String content) throws Exception {
        return Files.writeString(Files.createTempFile(directory, "in", ""), content);
    }

    private static long workFiles(FileBlobStore store) throws Exception {
        try (Stream<Path> files = Files.list(store.workDirectory())) {
            return files.count();
        }
    }
}
