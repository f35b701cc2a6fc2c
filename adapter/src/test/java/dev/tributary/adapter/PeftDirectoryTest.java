package dev.tributary.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeftDirectoryTest {

    @TempDir
    Path directory;

    private static Path golden(String name) {
        try {
            return Path.of(Objects.requireNonNull(PeftDirectoryTest.class.getResource("/peft/" + name))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void adaptersOfPeftAreRead() {
        try (PeftDirectory peft = PeftDirectory.open(golden("bert-lora"))) {
            PeftConfig config = peft.config();
            assertThat(config.adapter().type()).isEqualTo("lora");
            assertThat(config.adapter().rank()).isEqualTo(4);
            assertThat(config.adapter().alpha()).isEqualTo(8);
            assertThat(config.adapter().targetModules()).containsExactly("query", "value");
            assertThat(config.adapter().modulesToSave()).contains("classifier");
            assertThat(config.taskType()).isEqualTo("SEQ_CLS");
            assertThat(config.baseModel()).isNull();
            assertThat(peft.tensors()
                            .layout()
                            .get("bert.encoder.layer.0.attention.self.query.lora_A.weight")
                            .shape())
                    .containsExactly(4, 64);
            assertThat(peft.tensors().read("classifier.weight")).hasSize(128);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "gpt2-lora,lora,2,true",
        "llama-rslora,rslora,4,false",
        "llama-dora,dora,2,false",
        "llama-vera,vera,1,false"
    })
    void typesAndScalingFollowPeft(String name, String type, double scaling, boolean fanInFanOut) {
        try (PeftDirectory peft = PeftDirectory.open(golden(name))) {
            assertThat(peft.config().adapter().type()).isEqualTo(type);
            assertThat(peft.config().adapter().scalingOf("anything")).isEqualTo(scaling);
            assertThat(peft.config().fanInFanOut()).isEqualTo(fanInFanOut);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert-lora", "gpt2-lora", "llama-rslora", "llama-dora", "llama-vera"})
    void writingWhatWasReadGivesTheSameTensorFile(String name) throws IOException {
        try (PeftDirectory peft = PeftDirectory.open(golden(name))) {
            PeftDirectory.write(directory, peft.config(), peft.tensors());
            try (PeftDirectory again = PeftDirectory.open(directory)) {
                assertThat(again.config()).isEqualTo(peft.config());
                assertThat(again.tensors().layout()).isEqualTo(peft.tensors().layout());
                for (String tensor : peft.tensors().layout().names()) {
                    assertThat(again.tensors().read(tensor))
                            .isEqualTo(peft.tensors().read(tensor));
                }
            }
            try (SafetensorsFile theirs = SafetensorsFile.open(golden(name).resolve(PeftDirectory.TENSORS));
                    SafetensorsFile ours = SafetensorsFile.open(directory.resolve(PeftDirectory.TENSORS))) {
                assertThat(ours.layout().hash()).isEqualTo(theirs.layout().hash());
            }
        }
        assertThat(Files.readString(directory.resolve(PeftDirectory.CONFIG))).contains("\"peft_type\" : ");
    }

    @Test
    void ranksAndAlphasPerModuleSurvive() {
        TreeMap<String, Integer> ranks = new TreeMap<>();
        ranks.put("layer.1.q", 3);
        TreeMap<String, Double> alphas = new TreeMap<>();
        alphas.put("layer.1.q", 1.5);
        AdapterConfig config = new AdapterConfig("lora", 2, 4, List.of("q"), ranks, alphas, 0.1, List.of(), "kaiming");
        Tensors tensors = Tensors.builder()
                .put("layer.0.q.lora_A.weight", new float[10], 2, 5)
                .put("layer.0.q.lora_B.weight", new float[6], 3, 2)
                .put("layer.1.q.lora_A.weight", new float[15], 3, 5)
                .put("layer.1.q.lora_B.weight", new float[9], 3, 3)
                .build();
        PeftDirectory.write(directory, new PeftConfig(config, "base", "CAUSAL_LM", false), tensors);
        try (PeftDirectory peft = PeftDirectory.open(directory)) {
            assertThat(peft.config().adapter()).isEqualTo(config);
            assertThat(peft.config().adapter().scalingOf("layer.1.q")).isEqualTo(0.5);
            assertThat(peft.config().baseModel()).isEqualTo("base");
        }
    }

    private Path edited(String from, String to) throws IOException {
        for (String file : List.of(PeftDirectory.CONFIG, PeftDirectory.TENSORS)) {
            Files.copy(golden("bert-lora").resolve(file), directory.resolve(file));
        }
        Path config = directory.resolve(PeftDirectory.CONFIG);
        String text = Files.readString(config);
        assertThat(text).contains(from);
        Files.writeString(config, text.replace(from, to));
        return directory;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"r\": 4        | \"r\": 0          | r must be an integer ≥ 1, was 0",
                "\"r\": 4        | \"r\": \"4\"      | r must be an integer ≥ 1",
                "\"r\": 4        | \"r\": 5          | does not fit rank 5",
                "\"lora_alpha\": 8 | \"lora_alpha\": -1 | alpha must be > 0",
                "\"lora_alpha\": 8 | \"lora\": 8     | lora_alpha must be a number, was missing",
                "\"LORA\"        | \"IA3\"           | peft_type IA3 is not supported",
                "\"peft_type\"   | \"type\"          | peft_type is missing",
                "\"bias\": \"none\" | \"bias\": \"all\" | bias is 'all'",
                "\"use_dora\": false | \"use_dora\": true | needs [LORA_A, LORA_B, MAGNITUDE]",
                "\"use_dora\": false | \"use_dora\": 1 | use_dora must be true or false",
                "\"lora_bias\": false | \"lora_bias\": true | lora_bias is set",
                "\"classifier\", | | saved in full but is not in modules_to_save",
                "\"rank_pattern\": {} | \"rank_pattern\": {\"query\": 3} | does not fit rank 3",
                "\"rank_pattern\": {} | \"rank_pattern\": [] | rank_pattern must be an object",
                "\"target_modules\": [ | \"target_modules\": [1, | list of strings",
                "\"revision\": null | \"revision\": null, \"r\": 4 | not valid JSON",
                "\"lora_dropout\": 0.0 | \"lora_dropout\": 1.0 | dropout must be in [0, 1)",
            })
    void nonsenseInTheConfigurationIsNamed(String from, String to, String message) throws IOException {
        Path edited = edited(from, to == null ? "" : to);
        assertThatThrownBy(() -> PeftDirectory.open(edited))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining(directory.toString())
                .hasMessageContaining(message);
    }

    @Test
    void fieldsOfOtherVersionsAreIgnored() throws IOException {
        try (PeftDirectory peft = PeftDirectory.open(edited("\"revision\": null", "\"added_in_2027\": {\"x\": [1]}"))) {
            assertThat(peft.config().adapter().rank()).isEqualTo(4);
        }
    }

    @Test
    void aPickleIsNeverRead() throws IOException {
        Files.copy(golden("bert-lora").resolve(PeftDirectory.CONFIG), directory.resolve(PeftDirectory.CONFIG));
        Files.writeString(directory.resolve("adapter_model.bin"), "x");
        assertThatThrownBy(() -> PeftDirectory.open(directory))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("pickle");
    }

    @Test
    void anEmptyDirectoryIsNotPeft() {
        assertThatThrownBy(() -> PeftDirectory.open(directory))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("not a PEFT directory");
    }

    @ParameterizedTest
    @CsvSource({
        "x.lora_A.weight, does not begin with base_model.model.",
        "base_model.model.x.lora_embedding_A, is not a tensor of a LoRA or VeRA adapter",
        "base_model.model.x.lora_A.weight, needs [LORA_A; LORA_B]",
    })
    void strangeTensorsAreNamed(String tensor, String message) throws IOException {
        Files.copy(golden("gpt2-lora").resolve(PeftDirectory.CONFIG), directory.resolve(PeftDirectory.CONFIG));
        SafetensorsWriter.write(
                directory.resolve(PeftDirectory.TENSORS),
                Tensors.builder().put(tensor, new float[8], 4, 2).build(),
                new TreeMap<>());
        assertThatThrownBy(() -> PeftDirectory.open(directory))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining(tensor.replace("base_model.model.", "").replace(".lora_A.weight", ""))
                .hasMessageContaining(message.replace(';', ','));
    }
}
