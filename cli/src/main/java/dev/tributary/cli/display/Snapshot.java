package dev.tributary.cli.display;

import java.util.List;

/**
 * A running job at one moment.
 *
 * @param round the round that is open, 0 before the first
 * @param phase what the job is doing, in one word
 * @param finished one line per round that is published and measured, oldest first; only ever grows
 * @param bytesUp bytes sent by all agents so far
 * @param bytesDown bytes received by all agents so far
 */
public record Snapshot(
        String job,
        String state,
        int round,
        int rounds,
        String phase,
        List<AgentLine> agents,
        List<String> finished,
        long bytesUp,
        long bytesDown) {

    public Snapshot {
        agents = List.copyOf(agents);
        finished = List.copyOf(finished);
    }

    /**
     * @param phase what the agent is doing, in lower case
     * @param done work units done of {@code total}; total 0 = unknown
     * @param unit {@code batches} or {@code bytes}
     */
    public record AgentLine(String agent, String phase, long done, long total, String unit) {}
}
