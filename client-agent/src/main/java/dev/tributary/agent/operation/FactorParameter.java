package dev.tributary.agent.operation;

import dev.tributary.plan.AgentOperations;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;

/** The parameter of operations that work on one of the two factors. */
final class FactorParameter {

    private FactorParameter() {}

    /** What is wrong with it, and which parameters the operation does not know; for more to be added. */
    static List<String> problems(String operation, SortedMap<String, String> parameters, Set<String> known) {
        List<String> problems = new ArrayList<>();
        for (String parameter : parameters.keySet()) {
            if (!known.contains(parameter)) {
                problems.add(operation + " has no parameter " + parameter);
            }
        }
        String factor = parameters.getOrDefault(AgentOperations.FACTOR, "");
        if (!factor.equals("a") && !factor.equals("b")) {
            problems.add(operation + ": factor must be a or b, was '" + factor + "'");
        }
        return problems;
    }

    static boolean isA(SortedMap<String, String> parameters) {
        return "a".equals(parameters.get(AgentOperations.FACTOR));
    }
}
