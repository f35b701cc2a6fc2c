package dev.tributary.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.training.packaged.PackagedModels;
import dev.tributary.training.tokenizer.MarkedTokens;
import dev.tributary.training.tokenizer.TextTokenizer;
import dev.tributary.training.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChatTest {

    @TempDir
    private Path folder;

    @Test
    void conversationsAreWrittenInTheFormOfTheModel() throws IOException {
        assertThat(only(ChatTemplate.CHATML, CONVERSATION).text())
                .isEqualTo("<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi \uD83D\uDE00<|im_end|>\n"
                        + "<|im_start|>assistant\nHello<|im_end|>\n<|im_start|>user\nBye<|im_end|>\n"
                        + "<|im_start|>assistant\nSee you<|im_end|>\n");
        assertThat(only(ChatTemplate.LLAMA3, CONVERSATION).text())
                .startsWith("<|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|>"
                        + "<|start_header_id|>user<|end_header_id|>\n\nHi")
                .endsWith("<|start_header_id|>assistant<|end_header_id|>\n\nSee you<|eot_id|>");
        assertThat(only(ChatTemplate.MISTRAL, CONVERSATION).text())
                .isEqualTo("[INST] Be brief.\n\nHi \uD83D\uDE00 [/INST] Hello</s>[INST] Bye [/INST] See you</s>");
        assertThat(only(ChatTemplate.GEMMA, CONVERSATION).text())
                .startsWith(
                        "<start_of_turn>user\nBe brief.\n\nHi \uD83D\uDE00<end_of_turn>\n<start_of_turn>model\nHello");
    }

    @Test
    void onlyAnswersAreLearned() throws IOException {
        Dataset.Example example = only(ChatTemplate.CHATML, CONVERSATION);
        assertThat(example.learned())
                .extracting(s -> example.text().substring(s.begin(), s.end()))
                .containsExactly("Hello<|im_end|>", "See you<|im_end|>");
    }

    @Test
    void tokensOfTheAnswersAreMarked() throws IOException {
        Dataset.Example example = only(ChatTemplate.ALPACA, CONVERSATION);
        try (TextTokenizer tokenizer =
                Tokenizers.load(PackagedModels.resolve("sotu-llama", folder.resolve("models")))) {
            MarkedTokens tokens = tokenizer.encode(example.text(), example.learned(), 1000);
            assertThat(tokens.ids()).isEqualTo(tokenizer.encode(example.text(), 1000));
            int[] learned = IntStream.range(0, tokens.ids().length)
                    .filter(i -> tokens.learned()[i])
                    .map(i -> tokens.ids()[i])
                    .toArray();
            assertThat(tokenizer.decode(learned)).isEqualTo("HelloSee you");
            MarkedTokens cut = tokenizer.encode(example.text(), example.learned(), 10);
            assertThat(cut.ids()).hasSize(10).startsWith(1);
            assertThat(cut.learned()[0]).isFalse();
        }
    }

    @Test
    void instructionsMayHaveAnInput() throws IOException {
        Path file = Files.writeString(folder.resolve("i.jsonl"), """
                {"instruction": "Add", "input": "1 2", "output": "3"}
                {"instruction": "Say hi", "input": "", "output": "hi"}
                {"instruction": "Nothing", "output": ""}
                """);
        ChatSpec chat = new ChatSpec(
                ChatTemplate.ALPACA,
                Optional.empty(),
                Optional.of("instruction"),
                Optional.of("input"),
                Optional.of("output"));
        LoadedDataset dataset = Datasets.read(DatasetSpec.plain(file, "").withChat(chat));
        assertThat(dataset.examples())
                .extracting(Dataset.Example::text)
                .containsExactly(
                        "### Instruction:\nAdd\n\n1 2\n\n### Response:\n3\n\n",
                        "### Instruction:\nSay hi\n\n### Response:\nhi\n\n");
        assertThat(dataset.report().bad()).containsOnlyKeys("without a usable conversation");
    }

    @Test
    void rowsThatAreNoConversationAreCounted() throws IOException {
        Path file = Files.writeString(folder.resolve("c.jsonl"), CONVERSATION + """
                        {"messages": "Hi"}
                        {"messages": []}
                        {"messages": [{"role": "user", "content": "Hi"}]}
                        {"messages": [{"role": "robot", "content": "Hi"}, {"role": "assistant", "content": "Hi"}]}
                        {"messages": [{"role": "user", "content": 3}, {"role": "assistant", "content": "Hi"}]}
                        {"other": 1}
                        {"messages": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Ho"}]}
                        """);
        LoadedDataset dataset =
                Datasets.read(DatasetSpec.plain(file, "").withChat(ChatSpec.messages(ChatTemplate.CHATML, "messages")));
        assertThat(dataset.examples()).hasSize(2);
        assertThat(dataset.report().bad().get("without a usable conversation"))
                .isEqualTo(new DatasetReport.BadRows(6, List.of(2L, 3L, 4L, 5L, 6L)));
    }

    @Test
    void halfADescriptionIsRefused() {
        assertThatThrownBy(() -> new ChatSpec(
                        ChatTemplate.CHATML, Optional.empty(), Optional.of("q"), Optional.empty(), Optional.empty()))
                .hasMessageContaining("prompt and response");
        assertThat(ChatTemplate.named("Llama3")).contains(ChatTemplate.LLAMA3);
        assertThat(ChatTemplate.names()).startsWith("chatml, llama3");
    }

    private static final String CONVERSATION = """
            {"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi \\uD83D\\uDE00"}, \
            {"role": "assistant", "content": "Hello"}, {"role": "user", "content": "Bye"}, \
            {"role": "assistant", "content": "See you"}]}
            """;

    private Dataset.Example only(ChatTemplate template, String line) throws IOException {
        Path file = Files.writeString(folder.resolve("c.jsonl"), line);
        LoadedDataset dataset =
                Datasets.read(DatasetSpec.plain(file, "").withChat(ChatSpec.messages(template, "messages")));
        return dataset.examples().get(0);
    }
}
