package dev.tributary.adapter;

import static dev.tributary.adapter.SafetensorsBytes.of;
import static dev.tributary.adapter.SafetensorsBytes.tensor;
import static dev.tributary.adapter.SafetensorsBytes.withLength;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ways in which a file lies about itself. The first ones are named as in the reference implementation's tests. */
class SafetensorsAttackTest {

    private static final String GOOD = "{" + tensor("x", "F32", "[2]", "[0,8]") + "}";

    @TempDir
    Path directory;

    private void rejected(byte[] bytes, String message) throws IOException {
        Path path = SafetensorsBytes.write(directory, bytes);
        assertThatThrownBy(() -> SafetensorsFile.open(path))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("file.safetensors")
                .hasMessageContaining(message);
    }

    private void accepted(byte[] bytes) throws IOException {
        try (SafetensorsFile file = SafetensorsFile.open(SafetensorsBytes.write(directory, bytes))) {
            assertThat(file.layout()).isNotNull();
        }
    }

    @Test
    void theGoodFileIsAccepted() throws IOException {
        accepted(of(GOOD, 8));
    }

    @Test
    void jsonAttack() throws IOException {
        String many = IntStream.range(0, 10)
                .mapToObj(i -> tensor("weight_" + i, "F32", "[2,2]", "[0,16]"))
                .collect(Collectors.joining(",", "{", "}"));
        rejected(of(many, 16), "holes and overlaps");
    }

    @Test
    void metadataIncompleteBuffer() throws IOException {
        rejected(of(GOOD, 7), "8 bytes of data but the file holds 7");
        rejected(of(GOOD, 9), "8 bytes of data but the file holds 9");
    }

    @Test
    void headerTooLarge() throws IOException {
        rejected(
                withLength(SafetensorsFile.ADAPTER_HEADER_LIMIT + 1L, GOOD.getBytes(StandardCharsets.UTF_8), 8),
                "1048576");
        rejected(withLength(Long.MAX_VALUE, GOOD.getBytes(StandardCharsets.UTF_8), 8), "header length");
    }

    @Test
    void headerLengthIsUnsigned() throws IOException {
        rejected(withLength(-1, GOOD.getBytes(StandardCharsets.UTF_8), 8), "18446744073709551615");
    }

    @Test
    void headerTooSmall() throws IOException {
        rejected(new byte[0], "0 bytes is too short");
        rejected(new byte[9], "9 bytes is too short");
        rejected(withLength(0, new byte[0], 8), "header length 0");
    }

    @Test
    void invalidHeaderLength() throws IOException {
        rejected(withLength(60, GOOD.getBytes(StandardCharsets.UTF_8), 0), "exceeds the file");
    }

    @Test
    void invalidHeaderNonUtf8() throws IOException {
        rejected(of(new byte[] {'{', (byte) 0xFF, '}', ' '}, 0), "not UTF-8");
    }

    @Test
    void invalidHeaderNotJson() throws IOException {
        rejected(of("{x}", 0), "not valid JSON");
        rejected(of("{\"x\":", 0), "not valid JSON");
        rejected(of("{} {}", 0), "not valid JSON");
    }

    @Test
    void whitespaceAfterTheHeaderIsPadding() throws IOException {
        accepted(of(GOOD + "     ", 8));
    }

    @Test
    void whitespaceStartPaddedHeader() throws IOException {
        rejected(of("  " + GOOD, 8), "must start with '{'");
        rejected(of("\uFEFF" + GOOD, 8), "must start with '{'");
    }

    @Test
    void zeroSizedTensor() throws IOException {
        accepted(of("{" + tensor("x", "F32", "[2,0]", "[0,0]") + "}", 0));
        rejected(of("{" + tensor("x", "F32", "[2,0]", "[0,4]") + "}", 4), "do not fit");
    }

    @Test
    void invalidInfo() throws IOException {
        rejected(of("{" + tensor("x", "F32", "[2,2]", "[0,4]") + "}", 4), "do not fit dtype F32 and shape [2, 2]");
    }

    @Test
    void validationOverflow() throws IOException {
        rejected(of("{" + tensor("x", "F32", "[2147483647,2147483647,2147483647]", "[0,4]") + "}", 4), "overflows");
        rejected(of("{" + tensor("x", "F32", "[2147483647,2]", "[0,4]") + "}", 4), "do not fit");
        rejected(of("{" + tensor("x", "F32", "[2147483648]", "[0,4]") + "}", 4), "bad dimension");
        rejected(of("{" + tensor("x", "F32", "[-1]", "[0,4]") + "}", 4), "bad dimension");
        rejected(of("{" + tensor("x", "F32", "[1]", "[0,9223372036854775808]") + "}", 4), "two integers");
        rejected(of("{" + tensor("x", "F32", "[1]", "[-4,0]") + "}", 4), "do not fit");
        rejected(of("{" + tensor("x", "F32", "[1]", "[8,4]") + "}", 4), "do not fit");
    }

    @Test
    void fractionsAndHugeNumbersAreNoDimensions() throws IOException {
        rejected(of("{" + tensor("x", "F32", "[1.0]", "[0,4]") + "}", 4), "bad dimension");
        rejected(of("{" + tensor("x", "F32", "[1e0]", "[0,4]") + "}", 4), "bad dimension");
        rejected(of("{" + tensor("x", "F32", "[" + "9".repeat(5000) + "]", "[0,4]") + "}", 4), "not valid JSON");
        rejected(of("{" + tensor("x", "F32", "[\"1\"]", "[0,4]") + "}", 4), "bad dimension");
    }

    @Test
    void duplicateKeysAreRejected() throws IOException {
        String twice = "{" + tensor("x", "F32", "[1]", "[0,4]") + "," + tensor("x", "F32", "[1]", "[0,4]") + "}";
        rejected(of(twice, 4), "not valid JSON");
        rejected(of("{\"x\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4), "JSON");
    }

    @Test
    void holesAndOverlapsAreRejected() throws IOException {
        rejected(of("{" + tensor("x", "F32", "[1]", "[4,8]") + "}", 8), "begins at 4, expected 0");
        rejected(
                of("{" + tensor("a", "F32", "[2]", "[0,8]") + "," + tensor("b", "F32", "[1]", "[4,8]") + "}", 8),
                "b begins at 4, expected 8");
    }

    @Test
    void namesThatCouldBePathsOrMarkupAreRejected() throws IOException {
        for (String name : new String[] {"../x", "a b", "<i>", "", "x".repeat(257), "\\u0000"}) {
            rejected(of("{" + tensor(name, "F32", "[1]", "[0,4]") + "}", 4), "tensor name");
        }
    }

    @Test
    void unknownElementTypesAreRejected() throws IOException {
        for (String dtype : new String[] {"F64", "f32", "BOOL", "", "F8_E4M3"}) {
            rejected(of("{" + tensor("x", dtype, "[1]", "[0,4]") + "}", 4), "not supported");
        }
    }

    @Test
    void moreThanEightDimensionsAreRejected() throws IOException {
        rejected(of("{" + tensor("x", "F32", "[1,1,1,1,1,1,1,1,1]", "[0,4]") + "}", 4), "at most 8 dimensions");
    }

    @Test
    void entriesOfTheWrongShapeAreRejected() throws IOException {
        rejected(of("{\"x\":[]}", 0), "must have exactly");
        rejected(of("{\"x\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4), "must have exactly");
        rejected(of("{\"x\":{\"dtype\":\"F32\",\"shape\":1,\"data_offsets\":[0,4]}}", 4), "must be an array");
        rejected(of("{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}", 4), "two integers");
        rejected(of("{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"offsets\":[0,4]}}", 4), "two integers");
        rejected(of("{\"x\":null}", 0), "must have exactly");
    }

    @Test
    void metadataHoldsAtMostSixtyFourStrings() throws IOException {
        rejected(of("{\"__metadata__\":{\"a\":1}}", 0), "must be a string");
        rejected(of("{\"__metadata__\":[]}", 0), "__metadata__");
        String many =
                IntStream.range(0, 65).mapToObj(i -> "\"k" + i + "\":\"\"").collect(Collectors.joining(","));
        rejected(of("{\"__metadata__\":{" + many + "}}", 0), "at most 64");
    }

    @Test
    void deepNestingIsRejected() throws IOException {
        rejected(of("{\"x\":" + "[".repeat(5000) + "]".repeat(5000) + "}", 0), "not valid JSON");
    }

    @Test
    void aMissingFileSaysSo() {
        assertThatThrownBy(() -> SafetensorsFile.open(directory.resolve("absent.safetensors")))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("absent.safetensors: there is no such file");
    }
}
