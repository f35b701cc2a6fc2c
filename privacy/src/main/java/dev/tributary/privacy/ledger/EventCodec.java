package dev.tributary.privacy.ledger;

import dev.tributary.privacy.accountant.PrivacyEvent;
import dev.tributary.privacy.accountant.PrivacyEvent.FixedSizeGaussian;
import dev.tributary.privacy.accountant.PrivacyEvent.Gaussian;
import dev.tributary.privacy.accountant.PrivacyEvent.SubsampledGaussian;
import dev.tributary.privacy.accountant.Relation;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Events as text: {@code gaussian:SIGMA:RELATION*COUNT}, {@code poisson:SIGMA:Q*COUNT},
 * {@code fixed-size:SIGMA:SAMPLE:POPULATION*COUNT}, separated by commas. Numbers are read back to the same bits.
 */
final class EventCodec {
    private EventCodec() {}

    static String write(List<PrivacyEvent> events) {
        return events.stream().map(EventCodec::write).collect(Collectors.joining(","));
    }

    private static String write(PrivacyEvent event) {
        if (event instanceof Gaussian gaussian) {
            return "gaussian:" + gaussian.noiseMultiplier() + ":" + gaussian.relation() + "*" + event.count();
        }
        if (event instanceof SubsampledGaussian sampled) {
            return "poisson:" + sampled.noiseMultiplier() + ":" + sampled.samplingRate() + "*" + event.count();
        }
        if (event instanceof FixedSizeGaussian fixed) {
            return "fixed-size:" + fixed.noiseMultiplier() + ":" + fixed.sample() + ":" + fixed.population() + "*"
                    + event.count();
        }
        throw new IllegalArgumentException("ledgers cannot hold " + event);
    }

    /** @throws IllegalArgumentException if it is no such text, with the reason */
    static List<PrivacyEvent> read(String text) {
        List<PrivacyEvent> events = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            events.add(readOne(part));
        }
        return events;
    }

    private static PrivacyEvent readOne(String text) {
        String[] halves = text.split("\\*", -1);
        String[] fields = halves[0].split(":", -1);
        if (halves.length == 2) {
            long count = Long.parseLong(halves[1]);
            if (fields[0].equals("gaussian") && fields.length == 3) {
                return new Gaussian(Double.parseDouble(fields[1]), count, Relation.valueOf(fields[2]));
            }
            if (fields[0].equals("poisson") && fields.length == 3) {
                return new SubsampledGaussian(Double.parseDouble(fields[1]), Double.parseDouble(fields[2]), count);
            }
            if (fields[0].equals("fixed-size") && fields.length == 4) {
                return new FixedSizeGaussian(
                        Double.parseDouble(fields[1]), Long.parseLong(fields[2]), Long.parseLong(fields[3]), count);
            }
        }
        throw new IllegalArgumentException("'" + text + "' is no privacy event");
    }
}
