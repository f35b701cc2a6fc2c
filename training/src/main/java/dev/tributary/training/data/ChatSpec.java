package dev.tributary.training.data;

import dev.tributary.training.data.ChatTemplate.Role;
import dev.tributary.training.data.ChatTemplate.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Rows that are conversations or instructions with answers.
 *
 * @param template how they are written as one text
 * @param messages column with a list of {@code {"role", "content"}} (or {@code {"from", "value"}}) objects; empty where
 *     question and answer have columns of their own
 * @param prompt column of the question
 * @param input column of further text for the question, which rows may leave empty
 * @param response column of the answer
 */
public record ChatSpec(
        ChatTemplate template,
        Optional<String> messages,
        Optional<String> prompt,
        Optional<String> input,
        Optional<String> response) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    public ChatSpec {
        if (messages.isPresent() == (prompt.isPresent() || response.isPresent())
                || prompt.isPresent() != response.isPresent()) {
            throw new IllegalArgumentException("a conversation needs either messages, or prompt and response");
        }
    }

    /** Whole conversations in one column. */
    public static ChatSpec messages(ChatTemplate template, String column) {
        return new ChatSpec(template, Optional.of(column), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** A question and its answer in two columns. */
    public static ChatSpec instruction(ChatTemplate template, String prompt, String response) {
        return new ChatSpec(template, Optional.empty(), Optional.of(prompt), Optional.empty(), Optional.of(response));
    }

    List<String> columns() {
        return Stream.of(messages, prompt, input, response)
                .flatMap(Optional::stream)
                .toList();
    }

    /** Empty if the row holds no conversation with an answer. */
    Optional<Dataset.Example> render(Rows.Row row) {
        List<Turn> turns =
                messages.isPresent() ? conversation(row.get(messages.get()).orElse("")) : instruction(row);
        boolean answered = turns.stream().anyMatch(t -> t.role() == Role.ASSISTANT);
        return answered ? Optional.of(template.render(turns)) : Optional.empty();
    }

    private List<Turn> instruction(Rows.Row row) {
        String question = prompt.flatMap(row::get).orElse("");
        String more = input.flatMap(row::get).orElse("");
        String answer = response.flatMap(row::get).orElse("");
        if (question.isBlank() || answer.isBlank()) {
            return List.of();
        }
        String whole = more.isBlank() ? question : question + "\n\n" + more;
        return List.of(new Turn(Role.USER, whole), new Turn(Role.ASSISTANT, answer));
    }

    /** Empty if anything about it is wrong. */
    private static List<Turn> conversation(String json) {
        JsonNode list;
        try {
            list = JSON.readTree(json);
        } catch (JacksonException e) {
            return List.of();
        }
        if (!list.isArray()) {
            return List.of();
        }
        List<Turn> turns = new ArrayList<>();
        for (JsonNode message : list) {
            Optional<Role> role =
                    role(message.path("role").asString(message.path("from").asString("")));
            JsonNode content = message.has("content") ? message.path("content") : message.path("value");
            if (role.isEmpty() || !content.isString() || content.asString().isBlank()) {
                return List.of();
            }
            turns.add(new Turn(role.get(), content.asString()));
        }
        return turns;
    }

    private static Optional<Role> role(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "system" -> Optional.of(Role.SYSTEM);
            case "user", "human" -> Optional.of(Role.USER);
            case "assistant", "gpt", "model" -> Optional.of(Role.ASSISTANT);
            default -> Optional.empty();
        };
    }
}
