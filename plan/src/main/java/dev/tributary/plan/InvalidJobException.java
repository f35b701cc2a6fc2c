package dev.tributary.plan;

import java.util.List;
import java.util.stream.Collectors;

/** A job that cannot run as written; carries every problem found, never only the first. */
public class InvalidJobException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    public InvalidJobException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    public List<Problem> problems() {
        return problems;
    }
}
