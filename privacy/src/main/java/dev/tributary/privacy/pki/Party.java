package dev.tributary.privacy.pki;

import java.security.cert.X509Certificate;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;

/**
 * Whom a certificate names.
 *
 * @param name agent id, {@code coordinator}, or the name of a broker that runs by itself
 */
public record Party(Role role, String name, String federation) {

    /** What a party may be. */
    public enum Role {
        AGENT,
        COORDINATOR,
        BROKER;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Role of(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }
    }

    /**
     * The whole subject, from its first character to its last, or nothing: a name that smuggles in further parts fits
     * no party. Kafka's mapping rule is the same ({@code ssl.principal.mapping.rules}).
     */
    private static final Pattern SUBJECT =
            Pattern.compile("CN=([a-z0-9-]{3,40}),OU=(agent|coordinator|broker),O=([a-z0-9-]{1,40})");

    private static final Pattern NAME = Pattern.compile("[a-z0-9-]{3,40}");
    private static final Pattern FEDERATION = Pattern.compile("[a-z0-9-]{1,40}");

    public Party {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "a party's name must be 3 to 40 of a-z, 0-9 and '-', was '" + name + "'");
        }
        if (!FEDERATION.matcher(federation).matches()) {
            throw new IllegalArgumentException(
                    "a federation's name must be 1 to 40 of a-z, 0-9 and '-', was '" + federation + "'");
        }
    }

    public static Party agent(String name, String federation) {
        return new Party(Role.AGENT, name, federation);
    }

    public static Party coordinator(String federation) {
        return new Party(Role.COORDINATOR, "coordinator", federation);
    }

    public static Party broker(String name, String federation) {
        return new Party(Role.BROKER, name, federation);
    }

    /** @throws IllegalArgumentException if the certificate's subject is no party's */
    public static Party of(X509Certificate certificate) {
        String subject = certificate.getSubjectX500Principal().getName();
        Matcher parts = SUBJECT.matcher(subject);
        if (!parts.matches()) {
            throw new IllegalArgumentException("the certificate's subject '" + subject + "' names no party");
        }
        return new Party(Role.of(parts.group(2)), parts.group(1), parts.group(3));
    }

    /** The user that Kafka knows this party as, for example {@code agent.amazon}. */
    public String principal() {
        return role.text() + "." + name;
    }

    /** Turns subjects into {@link #principal()}s; whoever has another subject cannot connect. */
    public static String kafkaMapping(String federation) {
        return "RULE:^CN=([a-z0-9-]{3,40}),OU=(agent|coordinator|broker),O=" + federation + "$/$2.$1/";
    }

    /** In this order, so that it prints the other way round, common name first. */
    X500Name subject() {
        return new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.O, federation)
                .addRDN(BCStyle.OU, role.text())
                .addRDN(BCStyle.CN, name)
                .build();
    }
}
