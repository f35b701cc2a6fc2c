package dev.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.aggregation.Methods;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What runs rounds carries plans out without knowing whose they are: no source decides by the name of a method. */
class MethodNamesTest {

    @ParameterizedTest
    @ValueSource(strings = {"coordinator", "client-agent", "protocol", "privacy"})
    void noSourceHasTheNameOfAMethodAsAString(String module) throws IOException {
        Pattern literal = Pattern.compile("\"(" + String.join("|", Methods.names()) + ")\"");
        List<Path> sources;
        try (Stream<Path> files = Files.walk(Path.of("..", module, "src/main/java"))) {
            sources = files.filter(file -> file.toString().endsWith(".java")).toList();
        }

        assertThat(sources).hasSizeGreaterThan(20);
        for (Path source : sources) {
            assertThat(Files.readString(source)).as(source.toString()).doesNotContainPattern(literal);
        }
    }
}
