package dev.tributary.cli.local;

import dev.tributary.training.engine.TorchEngine;
import dev.tributary.training.model.NativeRuntime;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C, made orderly: the command sees the latch fall, closes what it opened, and the process ends when the command
 * says so, or after a few seconds in any case. Whatever was running goes on at the next start.
 */
public final class StopSignal implements AutoCloseable {
    private static final long LIMIT_MILLIS = 4500;
    private static final int STATUS = 130; // of a process ended by Ctrl-C

    private final CountDownLatch stopped = new CountDownLatch(1);
    private final CountDownLatch finished = new CountDownLatch(1);
    private final Thread hook = new Thread(this::stop, "tributary-stop");

    private StopSignal() {}

    public static StopSignal install() {
        StopSignal signal = new StopSignal();
        Runtime.getRuntime().addShutdownHook(signal.hook);
        return signal;
    }

    /** Falls to zero when the process is asked to end. */
    public CountDownLatch latch() {
        return stopped;
    }

    public boolean isStopped() {
        return stopped.getCount() == 0;
    }

    private void stop() {
        stopped.countDown();
        try {
            if (!finished.await(LIMIT_MILLIS, TimeUnit.MILLISECONDS) || TorchEngine.isComputing()) {
                NativeRuntime.endProcess(STATUS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Says that everything is closed. */
    @Override
    public void close() {
        finished.countDown();
        if (!isStopped()) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // the process is ending in this very moment, and the hook has nothing left to wait for
            }
        }
    }
}
