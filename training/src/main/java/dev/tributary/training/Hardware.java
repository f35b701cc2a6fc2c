package dev.tributary.training;

import java.lang.management.ManagementFactory;

/** The machine, as far as the JVM knows it. */
final class Hardware {

    private Hardware() {}

    static long memoryBytes() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : Runtime.getRuntime().maxMemory();
    }
}
