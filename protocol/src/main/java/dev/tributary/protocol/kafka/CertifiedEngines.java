package dev.tributary.protocol.kafka;

import dev.tributary.privacy.pki.TlsContexts;
import dev.tributary.privacy.pki.TlsIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.security.auth.SslEngineFactory;
import org.jspecify.annotations.Nullable;

/**
 * TLS 1.3 with certificates on both sides, for Kafka's clients and broker. Reads key and certificate from one file and reads
 * it again when it changed: a renewed certificate counts from the next connection on, without a restart and without a
 * message lost. Kafka makes it by its name.
 */
public final class CertifiedEngines implements SslEngineFactory {

    /** Setting that names the file. */
    public static final String FILE = "tributary.tls.file";

    private static final String[] PROTOCOLS = {"TLSv1.3"};

    private @Nullable Path file;
    private @Nullable FileTime read;
    private @Nullable SSLContext context;

    /** The settings by which a Kafka client or broker uses this, with the key and certificate in {@code file}. */
    public static Map<String, String> settings(Path file) {
        return Map.of("ssl.engine.factory.class", CertifiedEngines.class.getName(), FILE, file.toString());
    }

    @Override
    public void configure(Map<String, ?> configs) {
        if (!(configs.get(FILE) instanceof String name)) {
            throw new KafkaException("setting " + FILE + " is missing");
        }
        file = Path.of(name);
        context();
    }

    private synchronized SSLContext context() {
        Path from = file;
        if (from == null) {
            throw new IllegalStateException("configure() comes first");
        }
        try {
            FileTime now = Files.getLastModifiedTime(from);
            SSLContext current = context;
            if (current == null || !now.equals(read)) {
                current = TlsContexts.of(TlsIdentity.load(from));
                context = current;
                read = now;
            }
            return current;
        } catch (IOException e) {
            throw new KafkaException("cannot read " + from + ": " + e.getMessage(), e);
        }
    }

    @Override
    public SSLEngine createClientSslEngine(String host, int port, String endpointIdentification) {
        SSLEngine engine = context().createSSLEngine(host, port);
        engine.setUseClientMode(true);
        engine.setEnabledProtocols(PROTOCOLS);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm(endpointIdentification);
        engine.setSSLParameters(parameters);
        return engine;
    }

    @Override
    public SSLEngine createServerSslEngine(String host, int port) {
        SSLEngine engine = context().createSSLEngine(host, port);
        engine.setUseClientMode(false);
        engine.setEnabledProtocols(PROTOCOLS);
        engine.setNeedClientAuth(true);
        return engine;
    }

    @Override
    public boolean shouldBeRebuilt(Map<String, Object> configs) {
        return false;
    }

    @Override
    public Set<String> reconfigurableConfigs() {
        return Set.of();
    }

    @Override
    public KeyStore keystore() {
        return nothing();
    }

    @Override
    public KeyStore truststore() {
        return nothing();
    }

    /** Kafka looks into these only when it rebuilds an engine factory by other settings. */
    private static KeyStore nothing() {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            return store;
        } catch (GeneralSecurityException | IOException e) {
            throw new KafkaException(e);
        }
    }

    @Override
    public void close() {}
}
