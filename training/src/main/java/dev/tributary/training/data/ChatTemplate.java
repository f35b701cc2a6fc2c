package dev.tributary.training.data;

import dev.tributary.training.tokenizer.TextSpan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How a conversation is written as one text, in the form a model was trained on. What the tokenizer puts in front of every
 * text by itself (a beginning-of-text token) is not repeated here.
 */
public enum ChatTemplate {
    /** Qwen and many others. */
    CHATML(around("<|im_start|>%s\n", "<|im_end|>\n", "system", "user", "assistant")),
    /** Llama 3. */
    LLAMA3(around("<|start_header_id|>%s<|end_header_id|>\n\n", "<|eot_id|>", "system", "user", "assistant")),
    /** Mistral and Llama 2 without a system text of its own: it goes in front of the first question. */
    MISTRAL(List.of(new Frame("[INST] ", "\n\n"), new Frame("[INST] ", " [/INST]"), new Frame(" ", "</s>"))),
    /** Zephyr and TinyLlama. */
    ZEPHYR(around("<|%s|>\n", "</s>\n", "system", "user", "assistant")),
    /** Gemma, which has no system role: its text goes in front of the first question. */
    GEMMA(List.of(
            new Frame("<start_of_turn>user\n", "\n\n"),
            new Frame("<start_of_turn>user\n", "<end_of_turn>\n"),
            new Frame("<start_of_turn>model\n", "<end_of_turn>\n"))),
    /** Instructions without special tokens, for models that were never trained on conversations. */
    ALPACA(List.of(
            new Frame("", "\n\n"), new Frame("### Instruction:\n", "\n\n"), new Frame("### Response:\n", "\n\n")));

    /** Who speaks. */
    enum Role {
        SYSTEM,
        USER,
        ASSISTANT
    }

    record Turn(Role role, String content) {}

    /** Text before and after what is said. */
    private record Frame(String before, String after) {}

    private final List<Frame> frames;

    ChatTemplate(List<Frame> frames) {
        this.frames = frames;
    }

    private static List<Frame> around(String before, String after, String... roles) {
        return Arrays.stream(roles)
                .map(role -> new Frame(before.formatted(role), after))
                .toList();
    }

    /** The template that {@code name} names, in any case. */
    public static Optional<ChatTemplate> named(String name) {
        return Arrays.stream(values())
                .filter(t -> t.name().equalsIgnoreCase(name.strip()))
                .findFirst();
    }

    /** {@code chatml, llama3, ...}, for messages. */
    public static String names() {
        return Arrays.stream(values())
                .map(t -> t.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
    }

    /** The whole conversation; what the assistant says, up to the token that ends it, is learned. */
    Dataset.Example render(List<Turn> turns) {
        StringBuilder text = new StringBuilder();
        List<TextSpan> learned = new ArrayList<>();
        boolean opened = false; // by a system text that stands within the first question
        for (Turn turn : turns) {
            Frame frame = frames.get(turn.role().ordinal());
            text.append(opened ? "" : frame.before());
            int begin = text.length();
            text.append(turn.content()).append(frame.after());
            if (turn.role() == Role.ASSISTANT) {
                learned.add(new TextSpan(
                        begin,
                        begin
                                + turn.content().length()
                                + frame.after().stripTrailing().length()));
            }
            opened = turn.role() == Role.SYSTEM && sharesTheQuestion();
        }
        return new Dataset.Example(text.toString(), -1, learned);
    }

    private boolean sharesTheQuestion() {
        String system = frames.get(Role.SYSTEM.ordinal()).before();
        return !system.isEmpty()
                && system.equals(frames.get(Role.USER.ordinal()).before());
    }
}
