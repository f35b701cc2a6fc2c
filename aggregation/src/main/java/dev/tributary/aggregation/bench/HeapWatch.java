package dev.tributary.aggregation.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Watches what lives on the heap while work runs, by collecting garbage again and again; slow, and not for timing. */
final class HeapWatch {

    private HeapWatch() {}

    /** Bytes alive at the worst moment seen, over those before. */
    static long growth(Runnable work) {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        memory.gc();
        long before = memory.getHeapMemoryUsage().getUsed();
        AtomicLong largest = new AtomicLong(before);
        AtomicBoolean done = new AtomicBoolean();
        Thread watcher = new Thread(
                () -> {
                    while (!done.get()) {
                        memory.gc();
                        largest.accumulateAndGet(memory.getHeapMemoryUsage().getUsed(), Math::max);
                    }
                },
                "heap-watch");
        watcher.start();
        try {
            work.run();
        } finally {
            done.set(true);
            join(watcher);
        }
        return largest.get() - before;
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
