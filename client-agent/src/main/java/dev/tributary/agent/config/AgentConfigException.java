package dev.tributary.agent.config;

import dev.tributary.plan.Problem;
import java.util.List;
import java.util.stream.Collectors;

/** An agent that cannot start as configured; carries every problem found, never only the first. */
public class AgentConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    public AgentConfigException(String source, List<Problem> problems) {
        super(source + ":\n" + problems.stream().map(p -> "  " + p).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    public List<Problem> problems() {
        return problems;
    }
}
