package dev.tributary.coordinator.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

class H2HousekeepingTest {
    private static final int COMMITS = 1500;
    private static final int AFTERWARDS = 5;

    /** With RETENTION_TIME=0 nothing is too young to be written anew. */
    private static final String SETTINGS = ";WRITE_DELAY=0;RETENTION_TIME=0";

    @Test
    void whatLivesInMostlyDeadPartsOfTheFileIsWrittenAnew(@TempDir Path directory) throws Exception {
        String url = "jdbc:h2:file:" + directory.resolve("log") + SETTINGS;
        try (HikariDataSource source = LogDatabase.open(url, "sa", "", Duration.ofSeconds(5))) {
            JdbcClient jdbc = JdbcClient.create(source);
            jdbc.sql("create table lines (n int primary key, line varchar(300))")
                    .update();
            insert(jdbc, 0, COMMITS);
            int untidy = alive(jdbc);
            H2Housekeeping.tidy(source);
            insert(
                    jdbc,
                    COMMITS,
                    COMMITS + AFTERWARDS); // what is dead leaves the file's table of contents with a commit

            assertThat(untidy).isLessThan(40);
            assertThat(alive(jdbc)).isGreaterThan(60);
            assertThat(jdbc.sql("select count(distinct line) + count(*) from lines")
                            .query(Integer.class)
                            .single())
                    .isEqualTo(1 + COMMITS + AFTERWARDS);
        }
    }

    private static void insert(JdbcClient jdbc, int from, int to) {
        for (int n = from; n < to; n++) {
            jdbc.sql("insert into lines values (?, ?)")
                    .params(n, "x".repeat(300))
                    .update();
        }
    }

    /** Per cent of what the parts of the file hold. */
    private static int alive(JdbcClient jdbc) {
        return jdbc.sql("select setting_value from information_schema.settings"
                        + " where setting_name = 'info.CHUNKS_FILL_RATE'")
                .query(Integer.class)
                .single();
    }
}
