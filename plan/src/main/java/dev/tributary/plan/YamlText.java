package dev.tributary.plan;

import java.io.StringReader;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.reader.ReaderException;

/**
 * A YAML or JSON document as a tree of nodes with line numbers. Nothing is constructed from it: tags are not followed,
 * aliases to collections are refused, size and depth are bounded, so that hostile text costs no more than its length.
 */
final class YamlText {

    /** Most code points of a document. */
    static final int LIMIT = 1 << 20;

    private static final String SYNTAX = "Correct the YAML (or JSON) there; tags and aliases are not taken";

    private YamlText() {}

    /**
     * The mapping that the document consists of.
     *
     * @throws InvalidJobException with the one problem that kept it from being read
     */
    static MappingNode read(String text) {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(LIMIT);
        options.setNestingDepthLimit(20);
        options.setMaxAliasesForCollections(0);
        Node root;
        try {
            root = new Yaml(options).compose(new StringReader(tabsAsSpaces(text)));
        } catch (MarkedYAMLException e) {
            String context = e.getContext() == null ? "" : " " + e.getContext();
            throw invalid(line(e.getProblemMark()), "cannot be read as YAML:" + context + " " + e.getProblem(), SYNTAX);
        } catch (ReaderException e) {
            int line = 1
                    + (int) text.codePoints()
                            .limit(e.getPosition())
                            .filter(c -> c == '\n')
                            .count();
            throw invalid(line, "holds a control character (code " + e.getCodePoint() + ")", "Remove it");
        } catch (YAMLException e) {
            throw invalid(0, "cannot be read as YAML: " + e.getMessage(), SYNTAX);
        }
        if (root instanceof MappingNode mapping) {
            return mapping;
        }
        throw invalid(
                Optional.ofNullable(root).map(YamlText::line).orElse(0),
                root == null ? "is empty" : "is not a mapping of keys to values",
                "Write one YAML mapping (or JSON object) with name, base-model, task, ...");
    }

    /** JSON allows tabs between its tokens, YAML does not. Within a JSON string a raw tab is not allowed anyway. */
    private static String tabsAsSpaces(String text) {
        return text.stripLeading().startsWith("{") ? text.replace('\t', ' ') : text;
    }

    /** From 1. */
    static int line(Node node) {
        return line(node.getStartMark());
    }

    private static int line(@Nullable Mark mark) {
        return mark == null ? 0 : mark.getLine() + 1;
    }

    private static InvalidJobException invalid(int line, String message, String fix) {
        return new InvalidJobException(List.of(new Problem("document", line, message, fix)));
    }
}
