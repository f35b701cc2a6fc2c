package dev.tributary.coordinator.job;

import java.util.stream.Collectors;

/** Words for why members of an attempt gave no accepted update. */
final class Failures {

    private Failures() {}

    /** For example {@code " (yelp refused: model-mismatch; imdb lost)"}; empty if nobody failed. */
    static String describe(Attempt attempt) {
        String text = attempt.answers().entrySet().stream()
                .filter(e -> e.getValue().update() == null)
                .limit(5)
                .map(e -> e.getKey() + " " + words(e.getValue()))
                .collect(Collectors.joining("; "));
        return text.isEmpty() ? "" : " (" + text + ")";
    }

    private static String words(Answer answer) {
        return switch (answer.kind()) {
            case LOST -> "was lost: " + answer.message();
            case REFUSED -> "refused: " + answer.reason() + ", " + answer.message();
            case REJECTED -> "was rejected: " + answer.reason();
            case ACCEPTED, DEFERRED -> "was accepted";
        };
    }
}
