package dev.tributary.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.adapter.Tensors;
import dev.tributary.plan.JobId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptSealTest {

    private static final JobId JOB = new JobId("job-1");
    private static final Path WHERE = Path.of("round-1.sealed");
    private static final Tensors TENSORS = Tensors.builder()
            .put("m.lora_B.weight", new float[] {1.5f, -2, 3e-9f, 4}, 2, 2)
            .build();

    @TempDir
    private Path directory;

    private KeptSeal seal() {
        return new KeptSeal(directory.resolve("kept.key"));
    }

    @Test
    void whatIsSealedIsReadBackAfterARestart() {
        byte[] sealed = seal().seal(JOB, TENSORS);

        Tensors back = seal().open(JOB, sealed, WHERE);
        assertThat(back.layout()).isEqualTo(TENSORS.layout());
        assertThat(back.read("m.lora_B.weight")).isEqualTo(TENSORS.read("m.lora_B.weight"));
    }

    @Test
    void equalTensorsAreSealedDifferently() {
        assertThat(seal().seal(JOB, TENSORS)).isNotEqualTo(seal().seal(JOB, TENSORS));
    }

    @Test
    void aChangedByteIsNoticed() {
        byte[] sealed = seal().seal(JOB, TENSORS);
        sealed[sealed.length - 20] ^= 1;

        assertThatThrownBy(() -> seal().open(JOB, sealed, WHERE))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("round-1.sealed")
                .hasMessageContaining("backup");
    }

    @Test
    void anotherJobsTensorsAreRefused() {
        byte[] sealed = seal().seal(JOB, TENSORS);

        assertThatThrownBy(() -> seal().open(new JobId("job-2"), sealed, WHERE))
                .isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void onlyTheOwnerMayReadTheKey() throws IOException {
        seal().seal(JOB, TENSORS);
        Path key = directory.resolve("kept.key");

        assertThat(Files.size(key)).isEqualTo(32);
        if (key.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            assertThat(java.nio.file.attribute.PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                    .isEqualTo("rw-------");
        }
    }
}
