package dev.tributary.agent.yaml;

import dev.tributary.plan.Problem;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;

/** A YAML file as nodes with line numbers; tags and aliases are not followed, nothing is constructed from it. */
public final class YamlFile {

    private YamlFile() {}

    /**
     * Reads a file through {@code reader}, which notes what is wrong in the sections it is handed.
     *
     * @throws YamlFileException with all problems, if there are any
     */
    public static <T> T read(Path file, Function<YamlSection, T> reader) {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw new YamlFileException(
                    file.toString(),
                    List.of(new Problem("file", 0, "cannot be read: " + e, "Check that it exists and is UTF-8 text")));
        }
        List<Problem> problems = new ArrayList<>();
        YamlSection root = new YamlSection("", mapping(file, text), problems);
        T result = reader.apply(root);
        root.refuseUnknownKeys();
        if (!problems.isEmpty()) {
            throw new YamlFileException(file.toString(), problems);
        }
        return result;
    }

    private static MappingNode mapping(Path file, String text) {
        LoaderOptions options = new LoaderOptions();
        options.setNestingDepthLimit(20);
        options.setMaxAliasesForCollections(0);
        Node root;
        try {
            root = new Yaml(options).compose(new StringReader(text));
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 0 : e.getProblemMark().getLine() + 1;
            throw malformed(file, line, String.valueOf(e.getProblem()));
        } catch (YAMLException e) {
            throw malformed(file, 0, String.valueOf(e.getMessage()));
        }
        if (root instanceof MappingNode mapping) {
            return mapping;
        }
        throw malformed(file, 1, root == null ? "it is empty" : "it is not a mapping of keys to values");
    }

    private static YamlFileException malformed(Path file, int line, String what) {
        return new YamlFileException(
                file.toString(),
                List.of(new Problem("file", line, "is not readable YAML: " + what, "Correct it there")));
    }
}
