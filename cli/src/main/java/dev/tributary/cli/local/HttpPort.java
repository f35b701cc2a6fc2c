package dev.tributary.cli.local;

import dev.tributary.cli.CliException;
import dev.tributary.cli.Terminal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.jspecify.annotations.Nullable;

/** The port of a local federation's page. */
public final class HttpPort {
    private static final int USUAL = 8080;

    private HttpPort() {}

    /** What was asked for; else the usual port, or any free one (0) where something listens there already. */
    public static int choose(@Nullable Integer wanted, Terminal terminal) {
        if (wanted != null) {
            return checked(wanted);
        }
        try (ServerSocket socket = new ServerSocket(USUAL, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            terminal.err().println("Port " + USUAL + " is in use, taking a free one (--port chooses).");
            return 0;
        }
    }

    private static int checked(int port) {
        if (port < 0 || port > 65535) {
            throw new CliException("--port must be 0 to 65535, was " + port);
        }
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return port == 0 ? 0 : socket.getLocalPort();
        } catch (IOException e) {
            throw new CliException(
                    "port " + port + " is in use by another program; name another one by --port (0: any free one)", e);
        }
    }
}
