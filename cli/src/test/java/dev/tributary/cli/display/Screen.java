package dev.tributary.cli.display;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a terminal shows after the given bytes: cursor up, clear line and newline are all it knows. */
final class Screen {
    private static final Pattern TOKEN = Pattern.compile("\u001b\\[(\\d*)([AK])|\n|[^\u001b\n]+");

    private Screen() {}

    static List<String> show(String text) {
        List<String> lines = new ArrayList<>();
        int row = 0;
        Matcher token = TOKEN.matcher(text);
        while (token.find()) {
            while (lines.size() <= row) {
                lines.add("");
            }
            if (token.group().equals("\n")) {
                row++;
            } else if ("A".equals(token.group(2))) {
                row -= Integer.parseInt(token.group(1));
            } else if ("K".equals(token.group(2))) {
                lines.set(row, "");
            } else {
                lines.set(row, token.group());
            }
        }
        while (!lines.isEmpty() && lines.get(lines.size() - 1).isEmpty()) {
            lines.remove(lines.size() - 1);
        }
        return lines;
    }
}
