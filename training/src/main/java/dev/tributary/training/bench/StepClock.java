package dev.tributary.training.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** Reads the clocks after every step of one trainer, on its thread. */
final class StepClock {
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final int warmup;
    private final Runnable warm;
    private final Runnable finished;
    final double[] wall;
    final double[] cpu;
    private long lastWall;
    private long lastCpu;
    private long lastDone = -1;

    /**
     * @param warm called once after the last step of the warm-up
     * @param finished called once after the last step
     */
    StepClock(int warmup, int steps, Runnable warm, Runnable finished) {
        this.warmup = warmup;
        this.warm = warm;
        this.finished = finished;
        this.wall = new double[steps];
        this.cpu = new double[steps];
    }

    /** Of warm-up and measurement together. */
    int steps() {
        return warmup + wall.length;
    }

    void step(long done, long total) {
        if (done == lastDone) {
            return; // private training tells of batches within a step by repeating itself
        }
        lastDone = done;
        long wallNow = System.nanoTime();
        long cpuNow = threads.getCurrentThreadCpuTime();
        int step = (int) done - 1 - warmup;
        if (step >= 0) {
            wall[step] = (wallNow - lastWall) / 1e9;
            cpu[step] = (cpuNow - lastCpu) / 1e9;
        }
        lastWall = wallNow;
        lastCpu = cpuNow;
        if (done == warmup) {
            warm.run();
        }
        if (done == total) {
            finished.run();
        }
    }
}
