package dev.tributary.cli.process;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * An archive of the classes that a command loads (class-data sharing): with it a command starts in half the processor
 * time. A start with {@link #making} writes it when it ends in order. Where that is not possible, {@link #using} asks
 * for nothing.
 *
 * @param archive its file
 */
public record SharedClasses(Path archive) {

    /** Java VM options of the start that writes the archive when it ends. */
    public List<String> making() {
        boolean jars = classPath().stream().noneMatch(entry -> Files.isDirectory(Path.of(entry)));
        return jars ? options("-XX:ArchiveClassesAtExit=" + archive) : List.of(); // of directories none can be made
    }

    /** Java VM options of the starts that use it. */
    public List<String> using() {
        return Files.exists(archive) ? options("-XX:SharedArchiveFile=" + archive) : List.of();
    }

    private static List<String> options(String archive) {
        return List.of(archive, "-Xlog:cds*=off", "-cp", String.join(File.pathSeparator, classPath()));
    }

    /** Without the classes of tests, which stand in a directory. */
    private static List<String> classPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !Path.of(entry).endsWith("test-classes"))
                .toList();
    }
}
