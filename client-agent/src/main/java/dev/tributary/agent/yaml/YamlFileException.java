package dev.tributary.agent.yaml;

import dev.tributary.plan.Problem;
import java.util.List;
import java.util.stream.Collectors;

/** A file of the agent's operator that cannot be used as written; carries every problem found. */
public class YamlFileException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    public YamlFileException(String file, List<Problem> problems) {
        super(file + ":\n" + problems.stream().map(p -> "  " + p).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    public List<Problem> problems() {
        return problems;
    }
}
