package dev.tributary.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files that are nearly right. Each is either rejected with a {@link FormatException} or reads, writes and reads again
 * as the same file; no other exception and no memory beyond the file's own size.
 */
class SafetensorsFuzzTest {

    private static final String[] TOKENS = {
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "null",
        "true",
        "-1",
        "0",
        "1",
        "2147483647",
        "9223372036854775807",
        "1e9",
        "\"F32\"",
        "\"F16\"",
        "\"I64\"",
        "\"shape\"",
        "\"dtype\"",
        "\"data_offsets\"",
        "\"__metadata__\"",
        " ",
        "\\u0000",
        "\u00e9",
        "4",
        "8",
        "16"
    };

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void mutatedFilesAreRejectedOrRead(long seed) throws IOException {
        Random random = new Random(seed);
        int read = 0;
        for (int i = 0; i < 2000; i++) {
            byte[] bytes = mutated(seedFile(random), random);
            Path path = directory.resolve("fuzz.safetensors");
            Files.write(path, bytes);
            try (SafetensorsFile file = SafetensorsFile.open(path)) {
                assertThat(file.layout().byteLength()).isLessThanOrEqualTo(bytes.length);
                roundTrip(file);
                read++;
            } catch (FormatException e) {
                assertThat(e).as("seed %d, file %d", seed, i).hasMessageContaining("fuzz.safetensors");
            }
        }
        assertThat(read).as("files that were still good").isBetween(50, 1950);
    }

    private void roundTrip(SafetensorsFile file) {
        boolean floats = file.layout().tensors().values().stream()
                .allMatch(t -> t.dtype().isFloat());
        if (!floats) {
            return; // integers are for token ids and are not written by this platform
        }
        Path copy = directory.resolve("copy.safetensors");
        SafetensorsWriter.write(copy, file, file.metadata());
        try (SafetensorsFile again = SafetensorsFile.open(copy)) {
            assertThat(again.layout()).isEqualTo(file.layout());
            assertThat(again.metadata()).isEqualTo(file.metadata());
            for (String name : file.layout().names()) {
                assertThat(again.read(name)).isEqualTo(file.read(name));
            }
        }
    }

    private static byte[] seedFile(Random random) {
        StringBuilder header = new StringBuilder("{");
        if (random.nextInt(3) == 0) {
            header.append("\"__metadata__\":{\"format\":\"pt\"},");
        }
        int at = 0;
        int tensors = 1 + random.nextInt(4);
        for (int i = 0; i < tensors; i++) {
            DType dtype = DType.values()[random.nextInt(5)];
            int rows = random.nextInt(4);
            int columns = 1 + random.nextInt(5);
            int end = at + rows * columns * dtype.bytes();
            header.append(SafetensorsBytes.tensor(
                    "layer." + i + ".lora_A.weight",
                    dtype.name(),
                    "[" + rows + "," + columns + "]",
                    "[" + at + "," + end + "]"));
            header.append(i + 1 < tensors ? "," : "}");
            at = end;
        }
        byte[] bytes = SafetensorsBytes.of(header.toString(), at);
        for (int i = bytes.length - at; i < bytes.length; i++) {
            bytes[i] = (byte) random.nextInt();
        }
        return bytes;
    }

    private static byte[] mutated(byte[] file, Random random) {
        int times = random.nextInt(4);
        byte[] bytes = file;
        for (int i = 0; i < times; i++) {
            bytes = switch (random.nextInt(6)) {
                case 0 -> flipped(bytes, random);
                case 1 -> Arrays.copyOf(bytes, random.nextInt(bytes.length + 20));
                case 2 -> withHeader(bytes, random, true);
                case 3 -> withHeader(bytes, random, false);
                case 4 -> lengthChanged(bytes, random);
                default -> digitChanged(bytes, random);
            };
        }
        return bytes;
    }

    private static byte[] flipped(byte[] bytes, Random random) {
        byte[] result = bytes.clone();
        if (result.length > 0) {
            result[random.nextInt(result.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return result;
    }

    private static byte[] digitChanged(byte[] bytes, Random random) {
        byte[] result = bytes.clone();
        for (int tries = 0; tries < 50 && result.length > 8; tries++) {
            int at = 8 + random.nextInt(result.length - 8);
            if (result[at] >= '0' && result[at] <= '9') {
                result[at] = (byte) ('0' + random.nextInt(10));
                break;
            }
        }
        return result;
    }

    private static byte[] lengthChanged(byte[] bytes, Random random) {
        if (bytes.length < 8) {
            return bytes;
        }
        byte[] result = bytes.clone();
        ByteBuffer.wrap(result)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(0, random.nextBoolean() ? random.nextLong() : random.nextInt(bytes.length + 5));
        return result;
    }

    /** Inserts or replaces a token in the header and makes the header's length right again. */
    private static byte[] withHeader(byte[] bytes, Random random, boolean insert) {
        if (bytes.length < 9) {
            return bytes;
        }
        long declared = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
        int length = (int) Math.max(0, Math.min(declared, bytes.length - 8));
        byte[] token = TOKENS[random.nextInt(TOKENS.length)].getBytes(StandardCharsets.UTF_8);
        int at = 8 + random.nextInt(length + 1);
        int skip = insert ? 0 : Math.min(token.length, 8 + length - at);
        ByteBuffer result =
                ByteBuffer.allocate(bytes.length + token.length - skip).order(ByteOrder.LITTLE_ENDIAN);
        result.put(bytes, 0, at).put(token).put(bytes, at + skip, bytes.length - at - skip);
        result.putLong(0, length + token.length - skip);
        return result.array();
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12})
    void randomHeadersAreRejected(long seed) throws IOException {
        Random random = new Random(seed);
        for (int i = 0; i < 2000; i++) {
            StringBuilder header = new StringBuilder("{");
            for (int t = random.nextInt(40); t > 0; t--) {
                header.append(TOKENS[random.nextInt(TOKENS.length)]);
            }
            Path path = directory.resolve("fuzz.safetensors");
            Files.write(path, SafetensorsBytes.of(header.toString(), random.nextInt(20)));
            try (SafetensorsFile file = SafetensorsFile.open(path)) {
                assertThat(file.layout().tensors()).isEqualTo(Map.of());
            } catch (FormatException e) {
                assertThat(e).hasMessageContaining("fuzz.safetensors");
            }
        }
    }
}
