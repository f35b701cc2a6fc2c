package dev.tributary.cli.bench.rounds;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Sizes on the command line: {@code 500kB, 1MB, 20MB}; k = 1000, M = 1000000. */
final class ByteSize implements ITypeConverter<Long> {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,9})\\s*(k|m|)b?");

    @Override
    public Long convert(String text) {
        Matcher matcher = SIZE.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new TypeConversionException("'" + text + "' is not a size like 500kB or 20MB");
        }
        long unit = matcher.group(2).equals("k") ? 1000 : matcher.group(2).equals("m") ? 1_000_000 : 1;
        return Long.parseLong(matcher.group(1)) * unit;
    }
}
