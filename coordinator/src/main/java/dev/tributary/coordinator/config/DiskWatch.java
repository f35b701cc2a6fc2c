package dev.tributary.coordinator.config;

import dev.tributary.coordinator.round.Obstacles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.springframework.scheduling.annotation.Scheduled;

/**
 * Looks at the free space below the data directories, so that jobs stop opening rounds while there is still room to end
 * those under way: a broker in this process does not survive a full disk.
 */
final class DiskWatch {

    private final List<Path> directories;
    private final long reserve;
    private final Obstacles obstacles;
    private final Clock clock;

    /** @param reserve bytes that must be free */
    DiskWatch(List<Path> directories, long reserve, Obstacles obstacles, Clock clock) {
        this.directories = List.copyOf(directories);
        this.reserve = reserve;
        this.obstacles = obstacles;
        this.clock = clock;
    }

    @Scheduled(fixedDelay = 2000)
    void look() {
        String found = "";
        for (Path directory : directories) {
            found = found.isEmpty() ? problem(directory) : found;
        }
        if (found.isEmpty()) {
            obstacles.gone(Obstacles.DISK, clock.instant());
        } else {
            obstacles.met(Obstacles.DISK, found, clock.instant());
        }
    }

    private String problem(Path directory) {
        try {
            long free = Files.getFileStore(directory).getUsableSpace();
            return free >= reserve
                    ? ""
                    : "Only " + free / 1_000_000 + " MB are free below " + directory + ", tributary.disk.reserve is "
                            + reserve / 1_000_000 + " MB: no round opens until there is room";
        } catch (IOException e) {
            return directory + " cannot be read: " + e + ". Check that the disk is there; no round opens until it is";
        }
    }
}
