package dev.tributary.aggregation.bench;

import com.sun.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/**
 * Watches what lives on the heap while work runs, by collecting garbage again and again; slow, and not for timing. What
 * counts is what the collector itself found alive: by the time anybody else can look, work that goes on has made new
 * garbage, the more the faster it is.
 */
final class HeapWatch {

    private HeapWatch() {}

    /** Bytes alive at the worst moment seen, over those before. */
    static long growth(Runnable work) {
        long before = alive();
        AtomicLong largest = new AtomicLong(before);
        AtomicBoolean done = new AtomicBoolean();
        Thread watcher = new Thread(
                () -> {
                    while (!done.get()) {
                        largest.accumulateAndGet(alive(), Math::max);
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

    /** Collects everything, and gives what that left. */
    private static long alive() {
        List<GarbageCollectorMXBean> collectors = ManagementFactory.getPlatformMXBeans(GarbageCollectorMXBean.class);
        Map<String, Long> counts = collectors.stream()
                .collect(Collectors.toMap(GarbageCollectorMXBean::getName, GarbageCollectorMXBean::getCollectionCount));
        ManagementFactory.getMemoryMXBean().gc();
        // A minor collection may have come in between; of those that ran, the whole one leaves least.
        return collectors.stream()
                .filter(bean -> bean.getCollectionCount() > counts.getOrDefault(bean.getName(), 0L))
                .mapToLong(bean -> heap(bean.getLastGcInfo().getMemoryUsageAfterGc()))
                .min()
                .orElseThrow(() -> new IllegalStateException(
                        "this Java collects no garbage when it is asked to; leave out -XX:+DisableExplicitGC"));
    }

    private static long heap(Map<String, MemoryUsage> pools) {
        Set<String> heap = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .map(MemoryPoolMXBean::getName)
                .collect(Collectors.toSet());
        return pools.entrySet().stream()
                .filter(pool -> heap.contains(pool.getKey()))
                .mapToLong(pool -> pool.getValue().getUsed())
                .sum();
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
