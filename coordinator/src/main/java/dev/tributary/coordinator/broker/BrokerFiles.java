package dev.tributary.coordinator.broker;

import dev.tributary.privacy.pki.CertificateAuthority;
import dev.tributary.privacy.pki.Certificates;
import dev.tributary.privacy.pki.TlsIdentity;
import dev.tributary.privacy.pki.TlsKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a Kafka broker that runs by itself needs to carry a federation: a key with a certificate of the federation's
 * authority, that authority, and the lines for its server.properties. Kafka reads all of it by its own means.
 *
 * @param settings file with the lines
 * @param certificate until when it holds, and for which names, is in it
 */
public record BrokerFiles(Path settings, TlsIdentity certificate) {

    /**
     * Makes a new key and writes everything into {@code directory}; files of an earlier call for the same broker are
     * replaced.
     *
     * @param broker its name among the federation's brokers, 3 to 40 of a-z, 0-9 and '-'
     * @param hosts names and addresses by which it is reached
     * @param brokers names of the other brokers of its cluster
     * @throws IllegalArgumentException if a name will not do
     */
    public static BrokerFiles write(
            CertificateAuthority authority,
            String broker,
            List<String> hosts,
            List<String> brokers,
            Duration life,
            Path directory) {
        KeyPair pair = TlsKeys.generate();
        TlsIdentity identity = TlsIdentity.of(
                pair, authority.certifyBroker(broker, pair.getPublic(), hosts, life), authority.certificate());
        try {
            Files.createDirectories(directory);
            Path key = directory.resolve(broker + ".pem").toAbsolutePath().normalize();
            Path trusted = key.resolveSibling("authority-certificate.pem");
            Path settings = key.resolveSibling(broker + ".properties");
            identity.save(key);
            Files.writeString(trusted, Certificates.text(List.of(authority.certificate())));
            Files.writeString(settings, text(settings(authority, broker, brokers, key, trusted)));
            return new BrokerFiles(settings, identity);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write into " + directory + ": " + e.getMessage(), e);
        }
    }

    private static Map<String, String> settings(
            CertificateAuthority authority, String broker, List<String> brokers, Path key, Path trusted) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("ssl.keystore.type", "PEM");
        settings.put("ssl.keystore.location", key.toString());
        settings.put("ssl.truststore.type", "PEM");
        settings.put("ssl.truststore.location", trusted.toString());
        List<String> all = new ArrayList<>(brokers);
        all.remove(broker);
        all.add(broker);
        settings.putAll(BrokerRights.settings(authority.federation(), all));
        return settings;
    }

    private static String text(Map<String, String> settings) {
        StringBuilder text = new StringBuilder("""
                # To be added to this broker's server.properties. Its listeners must all be of the protocol SSL, for example
                # listener.security.protocol.map=CLIENTS:SSL,CONTROLLER:SSL
                """);
        settings.forEach(
                (key, value) -> text.append(key).append('=').append(value).append('\n'));
        return text.toString();
    }
}
