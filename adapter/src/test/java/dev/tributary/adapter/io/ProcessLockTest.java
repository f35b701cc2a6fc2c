package dev.tributary.adapter.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessLockTest {

    @TempDir
    private Path directory;

    /** Started several times at once: counts a file up, slowly. */
    static final class Counting {
        public static void main(String[] arguments) {
            Path counter = Path.of(arguments[0]);
            ProcessLock.run(Path.of(arguments[1]), () -> {
                try {
                    int before = Integer.parseInt(Files.readString(counter));
                    TimeUnit.MILLISECONDS.sleep(200);
                    Files.writeString(counter, String.valueOf(before + 1));
                } catch (IOException | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
        }
    }

    @Test
    void processesTakeTurns() throws Exception {
        Path counter = Files.writeString(directory.resolve("counter"), "0");
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            processes.add(new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            Counting.class.getName(),
                            counter.toString(),
                            directory.resolve("new/lock").toString())
                    .inheritIO()
                    .start());
        }
        for (Process process : processes) {
            assertThat(process.waitFor()).isZero();
        }

        assertThat(counter).hasContent("3");
    }

    @Test
    void aFileThatCannotBeLockedKeepsNobodyFromWorking() {
        List<String> done = new ArrayList<>();

        ProcessLock.run(directory, () -> done.add("done")); // a directory cannot be opened for writing

        assertThat(done).containsExactly("done");
    }

    @Test
    void theLockIsGivenBackWhenTheWorkFails() throws IOException {
        Path file = directory.resolve("lock");
        try {
            ProcessLock.run(file, () -> {
                throw new IllegalStateException("fails");
            });
        } catch (IllegalStateException e) {
            assertThat(e).hasMessage("fails");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            assertThat(channel.tryLock()).isNotNull();
        }
    }
}
