package dev.tributary.coordinator.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.tributary.coordinator.job.JobEvent;
import dev.tributary.coordinator.round.Database;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** H2 gives a database up whose disk is full; ours goes on as soon as there is room. */
class FullDiskTest {

    @TempDir
    Path directory;

    @BeforeEach
    void register() {
        FillableFiles.register();
    }

    @AfterEach
    void makeRoom() {
        FillableFiles.full = false;
    }

    @Test
    void theLogGoesOnWhenThereIsRoomAndHasEveryEventOnce() {
        String url = "jdbc:h2:full:" + directory.resolve("log")
                + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;CASE_INSENSITIVE_IDENTIFIERS=TRUE;WRITE_DELAY=0";
        try (HikariDataSource pool = LogDatabase.open(url, "sa", "", Duration.ofSeconds(6));
                Database database = new Database(pool, () -> {})) {
            EventStore store = database.store();
            append(store, 0);

            FillableFiles.full = true;
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> append(store, 1)).isInstanceOf(RuntimeException.class);
            }
            FillableFiles.full = false;
            insist(store, 1);
            append(store, 2);

            assertThat(store.read("s", 0, 10)).extracting(RecordedEvent::seq).containsExactly(1L, 2L, 3L);
            assertThat(store.verify("s")).isEmpty();
        }
    }

    private static void append(EventStore store, long seq) {
        Append event = new Append("s", seq, List.of(new JobEvent.JobCompleted((int) seq)));
        store.append(List.of(event), List.of(), Map.of(), Instant.ofEpochMilli(seq));
    }

    /** As the coordinator's loop does: connections to the database that was given up fail once each. */
    private static void insist(EventStore store, long seq) {
        for (int attempt = 1; ; attempt++) {
            try {
                append(store, seq);
                return;
            } catch (RuntimeException e) {
                if (attempt > 10) {
                    throw e;
                }
            }
        }
    }
}
