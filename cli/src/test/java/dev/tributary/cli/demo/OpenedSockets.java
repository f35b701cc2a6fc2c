package dev.tributary.cli.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/** Remote addresses of a process's TCP sockets, from Linux's /proc; to be asked again and again. */
final class OpenedSockets {
    private final Path process;
    private final Set<String> seen = new TreeSet<>();

    OpenedSockets(long pid) {
        this.process = Path.of("/proc", Long.toString(pid));
    }

    static boolean canLook() {
        return Files.isReadable(Path.of("/proc/self/net/tcp"));
    }

    /** Remembers every remote address that is neither loopback nor none at all. */
    void look() {
        try {
            Set<String> inodes = inodes();
            for (String table : new String[] {"net/tcp", "net/tcp6"}) {
                for (String line : Files.readAllLines(process.resolve(table))) {
                    String[] cells = line.strip().split("\\s+");
                    if (cells.length > 9 && inodes.contains(cells[9]) && !isLocal(cells[2])) {
                        seen.add(cells[2]);
                    }
                }
            }
        } catch (IOException e) {
            // the process has ended
        }
    }

    private Set<String> inodes() throws IOException {
        Set<String> inodes = new TreeSet<>();
        try (var descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                try {
                    String target = Files.readSymbolicLink(descriptor).toString();
                    if (target.startsWith("socket:[")) {
                        inodes.add(target.substring(8, target.length() - 1));
                    }
                } catch (IOException e) {
                    // closed in the meantime
                }
            }
        }
        return inodes;
    }

    /** Addresses are hexadecimal words in the machine's order; ::ffff:a.b.c.d is an IPv4 address. */
    private static boolean isLocal(String remote) {
        String address = remote.substring(0, remote.indexOf(':'));
        String v4 = address.length() == 32 && address.startsWith("0000000000000000FFFF0000")
                ? address.substring(24)
                : address;
        return v4.matches("0+")
                || (v4.length() == 8 && v4.endsWith("7F"))
                || address.equals("0".repeat(24) + "01000000");
    }

    Set<String> seen() {
        return seen;
    }
}
