package dev.tributary.training.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.training.TrainingException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizersTest {

    @TempDir
    private Path directory;

    @Test
    void wordPieceAddsTheTemplateAndNeverPads() throws IOException {
        try (TextTokenizer tokenizer = bert()) {
            assertThat(tokenizer.encode("Hello, world!", 128)).containsExactly(101, 7592, 1010, 2088, 999, 102);
            assertThat(tokenizer.encode("", 128)).containsExactly(101, 102);
            assertThat(tokenizer.padId()).isZero();
        }
    }

    @Test
    void truncationKeepsBothSpecialTokens() throws IOException {
        try (TextTokenizer tokenizer = bert()) {
            assertThat(tokenizer.encode("Hello, world!", 4)).containsExactly(101, 7592, 1010, 102);
            assertThat(tokenizer.encode("Hello, world!", 6)).hasSize(6);
            String longText = "word ".repeat(5000);
            assertThat(tokenizer.encode(longText, 512))
                    .hasSize(512)
                    .startsWith(101)
                    .endsWith(102);
            assertThat(tokenizer.encode(longText, 6000)).hasSize(5002);
        }
    }

    @Test
    void aLengthWithoutRoomForContentIsRefused() throws IOException {
        try (TextTokenizer tokenizer = bert()) {
            assertThatThrownBy(() -> tokenizer.encode("Hello", 2))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("> 2")
                    .hasMessageContaining("was 2");
        }
    }

    @Test
    void byteLevelTextComesBackUnchanged() throws IOException {
        try (TextTokenizer tokenizer = sotu()) {
            String text = "Fellow-citizens of the Senate: 3 % of café \uD83D\uDE00 \u0000 end";
            int[] ids = tokenizer.encodePlain(text);
            assertThat(tokenizer.decode(ids)).isEqualTo(text);
            assertThat(tokenizer.encode(text, 10_000)).startsWith(1).hasSize(ids.length + 1);
            assertThat(tokenizer.padId()).isZero();
            assertThat(tokenizer.bosId()).hasValue(1);
            assertThat(tokenizer.eosId()).hasValue(2);
        }
    }

    /** Ids and text as the Python library gave them, from the model's generation_sample.txt. */
    @Test
    void byteLevelIdsAreThoseOfThePythonLibrary() throws IOException {
        int[] ids = {1, 3444, 1084, 267, 262, 962, 978, 329, 261, 1441, 267, 560, 1426, 283, 262, 632, 16};
        String text = "The condition of the Treasury Department is a matter of great importance to the people.";
        try (TextTokenizer tokenizer = sotu()) {
            assertThat(tokenizer.encode(text, 256)).isEqualTo(ids);
            assertThat(tokenizer.decode(ids)).isEqualTo(text);
        }
    }

    @Test
    void unpairedSurrogatesDoNotReachTheNativeSide() throws IOException {
        try (TextTokenizer tokenizer = sotu()) {
            assertThat(tokenizer.decode(tokenizer.encodePlain("a\uD83Db"))).isEqualTo("a?b");
        }
    }

    @Test
    void manyThreadsGetTheSameIds() throws IOException {
        try (TextTokenizer tokenizer = bert()) {
            int[] expected = tokenizer.encode("The quick brown fox jumps over the lazy dog.", 64);
            IntStream.range(0, 500)
                    .parallel()
                    .forEach(i -> assertThat(tokenizer.encode("The quick brown fox jumps over the lazy dog.", 64))
                            .isEqualTo(expected));
        }
    }

    @Test
    void aClosedTokenizerSaysSo() throws IOException {
        TextTokenizer tokenizer = bert();
        tokenizer.close();
        tokenizer.close();
        assertThatThrownBy(() -> tokenizer.encode("Hello", 8))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void aMissingFileIsNamed() {
        assertThatThrownBy(() -> Tokenizers.load(directory))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining(directory.resolve("tokenizer.json").toString());
    }

    @Test
    void malformedFilesAreNamed() throws IOException {
        for (String content :
                new String[] {"", "{", "[]", "{}", "{\"model\": 3}", "{\"added_tokens\": 3, \"padding\": []}"}) {
            Files.writeString(directory.resolve("tokenizer.json"), content);
            assertThatThrownBy(() -> Tokenizers.load(directory))
                    .as(content)
                    .isInstanceOf(TrainingException.class)
                    .hasMessageContaining(directory.resolve("tokenizer.json").toString());
        }
    }

    @Test
    void anEnvironmentThatAllowsTrackingIsRefused() {
        DjlSettings.refuse("OPT_OUT_TRACKING", null);
        DjlSettings.refuse("OPT_OUT_TRACKING", "true");
        assertThatThrownBy(() -> DjlSettings.refuse("OPT_OUT_TRACKING", "false"))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("OPT_OUT_TRACKING");
    }

    private TextTokenizer bert() throws IOException {
        return copied("/all-minilm-l6-v2-tokenizer.json");
    }

    private TextTokenizer sotu() throws IOException {
        try (InputStream in = TokenizersTest.class.getResourceAsStream("/models/sotu-llama/tokenizer_config.json")) {
            Files.copy(in, directory.resolve("tokenizer_config.json"));
        }
        return copied("/models/sotu-llama/tokenizer.json");
    }

    private TextTokenizer copied(String resource) throws IOException {
        try (InputStream in = TokenizersTest.class.getResourceAsStream(resource)) {
            Files.copy(in, directory.resolve("tokenizer.json"));
        }
        return Tokenizers.load(directory);
    }
}
