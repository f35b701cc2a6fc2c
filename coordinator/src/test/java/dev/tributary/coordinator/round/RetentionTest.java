package dev.tributary.coordinator.round;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.plan.BlobRef;
import dev.tributary.protocol.blob.FileBlobStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetentionTest {

    @Test
    void whatWasClaimedWhenItWasToGoGoesLater(@TempDir Path directory) throws Exception {
        AtomicLong now = new AtomicLong();
        FileBlobStore store = new FileBlobStore(directory, now::get);
        BlobRef update = store.put(Files.writeString(store.workDirectory().resolve("update"), "values"));
        Retention retention = new Retention(store, 1);

        store.claim(update);
        retention.refused(update, List.of());
        assertThat(store.has(update)).isTrue();

        now.addAndGet(Duration.ofMinutes(1).toNanos());
        retention.live(List.of(), Instant.EPOCH);
        assertThat(store.has(update)).isFalse();
    }
}
