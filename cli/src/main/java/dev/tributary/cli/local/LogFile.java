package dev.tributary.cli.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/** Where log lines go; to be decided before the first logger is made. */
public final class LogFile {

    private LogFile() {}

    /** Into a file, so that a display has the terminal for itself. */
    public static void to(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        System.setProperty("tributary.log.file", file.toAbsolutePath().toString());
        configure("logback-file.xml");
    }

    /** To stderr. */
    public static void toConsole() {
        configure("logback-console.xml");
    }

    private static void configure(String resource) {
        String location = "dev/tributary/cli/" + resource;
        System.setProperty("logback.configurationFile", location);
        LoggerFactory.getILoggerFactory();
        System.clearProperty("logback.configurationFile");
        System.setProperty("logging.config", "classpath:" + location);
    }
}
