package dev.tributary.coordinator.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.coordinator.round.Obstacles;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskWatchTest {

    private final Obstacles obstacles = new Obstacles();

    @TempDir
    Path directory;

    private void look(Path at, long reserve) {
        new DiskWatch(List.of(directory, at), reserve, obstacles, Clock.systemUTC()).look();
    }

    @Test
    void tooLittleRoomIsToldWithTheKeyAndTheDirectoryUntilThereIsMore() {
        look(directory, Long.MAX_VALUE);
        assertThat(obstacles.all()).hasSize(1);
        assertThat(obstacles.all().get(0).reason()).contains("tributary.disk.reserve", directory.toString());

        look(directory, 0);
        assertThat(obstacles.all()).isEmpty();
    }

    @Test
    void aDiskThatIsAwayIsTold() {
        look(directory.resolve("unmounted"), 0);

        assertThat(obstacles.all().get(0).reason()).contains("cannot be read", "unmounted");
    }
}
