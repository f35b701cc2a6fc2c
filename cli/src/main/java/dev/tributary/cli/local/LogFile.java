package dev.tributary.cli.local;

import dev.tributary.cli.CliException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.slf4j.LoggerFactory;

/** Where log lines go; to be decided before the first logger is made. */
public final class LogFile {

    private static final String FORMAT = "TRIBUTARY_LOG_FORMAT";
    private static final List<String> FORMATS = List.of("ecs", "logstash", "gelf");

    private LogFile() {}

    /** Into a file, so that a display has the terminal for itself. */
    public static void to(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        System.setProperty("tributary.log.file", file.toAbsolutePath().toString());
        configure("logback-file.xml");
    }

    /**
     * To stderr, as text, or as JSON of the format that the variable {@value #FORMAT} names.
     *
     * @throws CliException if it names none
     */
    public static void toConsole() {
        String format = System.getenv().getOrDefault(FORMAT, "").strip().toLowerCase(Locale.ROOT);
        if (format.isEmpty() || format.equals("text")) {
            configure("logback-console.xml");
        } else if (FORMATS.contains(format)) {
            System.setProperty("tributary.log.format", format);
            configure("logback-json.xml");
        } else {
            throw new CliException(FORMAT + " must be text, " + String.join(", ", FORMATS) + ", was '" + format + "'");
        }
    }

    private static void configure(String resource) {
        String location = "dev/tributary/cli/" + resource;
        System.setProperty("logback.configurationFile", location);
        LoggerFactory.getILoggerFactory();
        System.clearProperty("logback.configurationFile");
        System.setProperty("logging.config", "classpath:" + location);
    }
}
