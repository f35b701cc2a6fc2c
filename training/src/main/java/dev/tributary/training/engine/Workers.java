package dev.tributary.training.engine;

import dev.tributary.training.TrainingException;
import dev.tributary.training.model.NativeRuntime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * The threads of one training: the calling one and as many more as are wanted. Each works on its own examples with one
 * thread of libtorch, which scales better than one piece of work spread over libtorch's and OpenBLAS' threads.
 */
final class Workers implements AutoCloseable {

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final int count;
    private final ExecutorService others;

    Workers(int count) {
        this.count = count;
        this.others = Executors.newFixedThreadPool(Math.max(1, count - 1), work -> {
            Thread thread = new Thread(work, "training-" + NUMBER.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        NativeRuntime.enter(1);
    }

    int count() {
        return count;
    }

    /** The results of all work, in order; the first piece is done by the caller. Waits for all before it fails. */
    <T> List<T> all(List<Supplier<T>> work) {
        List<Future<T>> handedOut = new ArrayList<>();
        for (Supplier<T> piece : work.subList(1, work.size())) {
            handedOut.add(others.submit(() -> {
                NativeRuntime.enter(1);
                return piece.get();
            }));
        }
        List<T> results = new ArrayList<>();
        RuntimeException failure = null;
        try {
            results.add(work.get(0).get());
        } catch (RuntimeException e) {
            failure = e;
        }
        for (Future<T> other : handedOut) {
            try {
                results.add(resultOf(other));
            } catch (RuntimeException e) {
                failure = failure == null ? e : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
        return results;
    }

    private static <T> T resultOf(Future<T> work) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return work.get();
                } catch (InterruptedException e) {
                    interrupted = true; // the work uses tensors of the caller: it must end first
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new TrainingException("a training thread failed: " + e.getCause(), e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() {
        others.shutdownNow();
    }
}
