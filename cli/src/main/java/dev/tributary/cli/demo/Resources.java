package dev.tributary.cli.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** The demonstration's files on the class path. */
final class Resources {

    private Resources() {}

    static InputStream open(String name) {
        InputStream in = Resources.class.getResourceAsStream("/demo/" + name);
        if (in == null) {
            throw new IllegalStateException("the resource demo/" + name + " is missing from the class path");
        }
        return in;
    }

    /** Lines of a compressed text. */
    static List<String> lines(String name) throws IOException {
        try (InputStream in = new GZIPInputStream(open(name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }
}
