package dev.tributary.coordinator.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.coordinator.round.Database;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

class LogQueriesTest {
    private static final int EVENTS = 300;

    @Test
    void aStreamIsReadAsFarAsItIsAskedForHoweverLongItIs(@TempDir Path directory) {
        try (Database database = new Database(directory)) {
            JdbcClient jdbc = database.jdbc();
            for (int seq = 1; seq <= EVENTS; seq++) {
                jdbc.sql("insert into events (stream, seq, epoch, at_millis, event_type, body, prev_hash, hash)"
                                + " values ('job', ?, 1, 0, 'type', ?, '', ?)")
                        .params(seq, new byte[0], "hash-" + seq)
                        .update();
            }

            assertThat(jdbc.sql(LogQueries.HEAD)
                            .param("job")
                            .query((row, n) -> row.getString(2))
                            .single())
                    .isEqualTo("hash-" + EVENTS);
            assertThat(work(jdbc, LogQueries.HEAD, "job")).contains("scanCount: 1 ", "index sorted");
            assertThat(work(jdbc, LogQueries.PAGE, "job", 100, 10)).contains("scanCount: 11 ", "index sorted");
        }
    }

    /** What the database did for an answer. */
    private static String work(JdbcClient jdbc, String query, Object... parameters) {
        return jdbc.sql("explain analyze " + query)
                .params(parameters)
                .query(String.class)
                .single();
    }
}
