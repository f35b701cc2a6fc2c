package dev.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every code that stands in the sources stands on docs/errors.md, in its section, and the other way round. */
class ErrorsPageTest {
    private static final Path ROOT = Path.of("..");
    private static final Path COORDINATOR = ROOT.resolve("coordinator/src/main/java");
    private static final Path AGENT = ROOT.resolve("client-agent/src/main/java");
    private static final String CODE = "\"([a-z][a-z-]+)\"";

    private static TreeSet<String> explained(String section) throws IOException {
        String page = Files.readString(ROOT.resolve("docs/errors.md"));
        int begin = page.indexOf("\n## " + section + "\n");
        assertThat(begin).as("section " + section).isPositive();
        int end = page.indexOf("\n## ", begin + 1);
        TreeSet<String> codes = new TreeSet<>();
        for (String line : page.substring(begin, end < 0 ? page.length() : end).split("\n")) {
            Matcher row =
                    Pattern.compile("^\\| `([a-z-]+)` \\| (.+?) \\| (.+?) \\|$").matcher(line);
            if (row.find()) {
                assertThat(codes.add(row.group(1))).as("twice: " + line).isTrue();
            }
        }
        return codes;
    }

    private static TreeSet<String> inSources(Path root, String... before) throws IOException {
        List<Pattern> patterns =
                Stream.of(before).map(text -> Pattern.compile(text + CODE)).toList();
        TreeSet<String> codes = new TreeSet<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                String source = Files.readString(file);
                for (Pattern pattern : patterns) {
                    pattern.matcher(source).results().forEach(found -> codes.add(found.group(1)));
                }
            }
        }
        return codes;
    }

    @Test
    void everyProblemOfRestIsExplained() throws IOException {
        TreeSet<String> codes = inSources(COORDINATOR, "HttpStatus\\.[A-Z_]+,\\s*", "(?:SC_[A-Z_]+|429),\\s*");

        assertThat(codes).contains("invalid-job", "too-many-requests");
        assertThat(explained("Answers of REST")).isEqualTo(codes);
    }

    @Test
    void everyReasonToRejectAnUpdateIsExplained() throws IOException {
        TreeSet<String> codes = inSources(
                COORDINATOR,
                "new Flaw\\(\\s*",
                "[ =:]flaw\\(\\s*",
                "answer\\.content\\(\\),\\s*",
                "withdraw\\(\\w+(?:\\.get\\(\\))?, ");

        assertThat(codes).contains("late", "not-finite", "unreadable");
        assertThat(explained("Why an update was not counted")).isEqualTo(codes);
    }

    @Test
    void everyRefusalOfAnAgentIsExplained() throws IOException {
        TreeSet<String> codes = inSources(AGENT, "RefusedException\\(\\s*", "String EXHAUSTED = ");

        assertThat(codes).contains("policy", "budget-exhausted");
        assertThat(explained("Why an agent refused a plan")).isEqualTo(codes);
    }

    @Test
    void everyEndOfAJobIsExplained() throws IOException {
        String statuses = Files.readString(COORDINATOR.resolve("dev/tributary/coordinator/job/JobStatus.java"));
        TreeSet<String> codes = new TreeSet<>();
        Pattern.compile("\\b([A-Z]{4,}(?:_[A-Z]+)*)\\b")
                .matcher(statuses)
                .results()
                .map(found -> found.group(1).toLowerCase(java.util.Locale.ROOT).replace('_', '-'))
                .filter(status -> !List.of("running", "paused", "completed").contains(status))
                .forEach(codes::add);

        assertThat(explained("Why a job ended")).isEqualTo(codes);
    }
}
