package dev.tributary.protocol.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A TCP relay on this machine that can misbehave: cut, reset, stall, throttle, delay. Up is from the client to the
 * server. Limits hold for each direction of all connections together.
 */
public final class FaultProxy implements AutoCloseable {
    private static final int BUFFER = 16 * 1024;

    private final ServerSocket server;
    private final InetSocketAddress target;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final AtomicLong bytesUp = new AtomicLong();
    private final AtomicLong bytesDown = new AtomicLong();
    private final AtomicLong cutAtUp = new AtomicLong(Long.MAX_VALUE);
    private final AtomicLong cutAtDown = new AtomicLong(Long.MAX_VALUE);
    private final Throttle up = new Throttle();
    private final Throttle down = new Throttle();
    private volatile boolean refuse;
    private volatile boolean stalled;
    private volatile long delayNanos;

    /** @param listenPort own port, 0 for a free one */
    public FaultProxy(int listenPort, int targetPort) {
        try {
            server = new ServerSocket(listenPort, 50, InetAddress.getByName("127.0.0.1"));
        } catch (IOException e) {
            throw new IllegalStateException("proxy cannot listen on port " + listenPort, e);
        }
        target = new InetSocketAddress("127.0.0.1", targetPort);
        daemon("proxy-accept", this::accept);
    }

    public int port() {
        return server.getLocalPort();
    }

    public long bytesUp() {
        return bytesUp.get();
    }

    public long bytesDown() {
        return bytesDown.get();
    }

    /** Ends every connection in an orderly way and refuses new ones until {@link #mend}. */
    public void cut() {
        refuse = true;
        links.forEach(link -> link.end(false));
    }

    /** Ends every connection by a reset; new ones are taken. */
    public void reset() {
        links.forEach(link -> link.end(true));
    }

    /** Cuts by itself once so many more bytes have gone up. */
    public void cutAfterUp(long bytes) {
        cutAtUp.set(bytesUp.get() + bytes);
    }

    /** Cuts by itself once so many more bytes have come down. */
    public void cutAfterDown(long bytes) {
        cutAtDown.set(bytesDown.get() + bytes);
    }

    public boolean isCut() {
        return refuse;
    }

    /** Undoes cut, stall, throttle and delay. */
    public void mend() {
        refuse = false;
        stalled = false;
        delayNanos = 0;
        up.bytesPerSecond = 0;
        down.bytesPerSecond = 0;
    }

    /** Keeps connections open and moves nothing. */
    public void stall() {
        stalled = true;
    }

    public void throttle(long bytesPerSecond) {
        up.bytesPerSecond = bytesPerSecond;
        down.bytesPerSecond = bytesPerSecond;
    }

    /** Every piece waits this long before it goes on. */
    public void delay(Duration delay) {
        delayNanos = delay.toNanos();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                if (refuse) {
                    close(client, true);
                    continue;
                }
                Socket upstream = new Socket();
                try {
                    upstream.connect(target, 2000);
                } catch (IOException e) {
                    close(client, true); // the server is away: so are we
                    close(upstream, false);
                    continue;
                }
                client.setTcpNoDelay(true);
                upstream.setTcpNoDelay(true);
                Link link = new Link(client, upstream);
                links.add(link);
                daemon("proxy-up", () -> link.relay(client, upstream, up, bytesUp, cutAtUp));
                daemon("proxy-down", () -> link.relay(upstream, client, down, bytesDown, cutAtDown));
            } catch (IOException e) {
                if (server.isClosed()) {
                    return;
                }
            }
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        cut();
    }

    private static void daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void close(Socket socket, boolean reset) {
        try {
            if (reset) {
                socket.setSoLinger(true, 0);
            }
            socket.close();
        } catch (IOException e) {
            // it is gone, which was wanted
        }
    }

    private static final class Throttle {
        private volatile long bytesPerSecond;
        private long freeAt;

        /** Waits until so many bytes may pass. */
        void pass(int bytes) {
            long rate = bytesPerSecond;
            if (rate <= 0) {
                return;
            }
            long until;
            synchronized (this) {
                long now = System.nanoTime();
                freeAt = Math.max(freeAt, now) + bytes * 1_000_000_000L / rate;
                until = freeAt;
            }
            for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
        }
    }

    private final class Link {
        private final Socket client;
        private final Socket upstream;

        Link(Socket client, Socket upstream) {
            this.client = client;
            this.upstream = upstream;
        }

        void relay(Socket from, Socket to, Throttle throttle, AtomicLong counter, AtomicLong cutAt) {
            byte[] buffer = new byte[BUFFER];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    while (stalled && !from.isClosed()) {
                        LockSupport.parkNanos(5_000_000);
                    }
                    LockSupport.parkNanos(delayNanos);
                    throttle.pass(read);
                    out.write(buffer, 0, read);
                    if (counter.addAndGet(read) >= cutAt.get()) {
                        cutAt.set(Long.MAX_VALUE);
                        cut();
                    }
                }
            } catch (IOException e) {
                // one side went away: end both
            }
            end(false);
        }

        void end(boolean reset) {
            links.remove(this);
            FaultProxy.close(client, reset);
            FaultProxy.close(upstream, reset);
        }
    }
}
