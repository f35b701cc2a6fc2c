package dev.tributary.plan;

import java.util.Optional;

/**
 * What an agent's machine must have for a job; agents without it are left out of the job's rounds.
 *
 * @param device {@code any}, {@code cpu} or {@code gpu}
 * @param memoryMegabytes least memory for training, of the GPU where the agent trains on one; in 10^6 bytes
 */
public record AgentNeeds(String device, long memoryMegabytes) {

    public static final AgentNeeds NONE = new AgentNeeds("any", 0);

    private static final long MEGABYTE = 1_000_000;

    /** Why {@code agent} does not do, such as "trains on cpu"; empty if it does. */
    public Optional<String> lack(AgentProfile agent) {
        boolean onProcessor = agent.device().equals("cpu");
        if (device.equals("gpu") && onProcessor || device.equals("cpu") && !onProcessor) {
            return Optional.of("trains on " + agent.device());
        }
        if (agent.memoryBytes() / MEGABYTE < memoryMegabytes) {
            return Optional.of("has " + size(agent.memoryBytes() / MEGABYTE));
        }
        return Optional.empty();
    }

    /** Reads {@code 500MB} or {@code 16GB}, of a form already checked. */
    static AgentNeeds of(String device, String memory) {
        long number = Long.parseLong(memory.substring(0, memory.length() - 2));
        return new AgentNeeds(device, memory.endsWith("GB") ? number * 1000 : number);
    }

    /** To be added to a sentence; empty if any agent does. */
    public String wording() {
        return equals(NONE) ? "" : ", device " + device + " and memory " + memory();
    }

    String memory() {
        return size(memoryMegabytes);
    }

    private static String size(long megabytes) {
        return megabytes % 1000 == 0 ? megabytes / 1000 + "GB" : megabytes + "MB";
    }
}
