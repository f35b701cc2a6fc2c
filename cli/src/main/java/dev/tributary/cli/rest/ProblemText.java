package dev.tributary.cli.rest;

import dev.tributary.cli.CliException;
import tools.jackson.databind.JsonNode;

/** Problem details (RFC 9457) as text; a refused job's problems one a line. */
final class ProblemText {

    private ProblemText() {}

    static CliException of(JsonNode problem) {
        StringBuilder text = new StringBuilder(problem.path("title").asString("refused"));
        String detail = problem.path("detail").asString("");
        if (!detail.isEmpty()) {
            text.append(": ").append(detail);
        }
        for (JsonNode entry : problem.path("problems")) {
            int line = entry.path("line").asInt(0);
            text.append("\n  ")
                    .append(line > 0 ? "line " + line + ", " : "")
                    .append(entry.path("field").asString(""))
                    .append(": ")
                    .append(entry.path("message").asString(""))
                    .append(". ")
                    .append(entry.path("fix").asString(""));
        }
        return new CliException(text.toString());
    }
}
