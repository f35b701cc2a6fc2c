package dev.tributary.coordinator.broker;

import dev.tributary.privacy.pki.Party;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.kafka.common.Configurable;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.internals.BrokerSecurityConfigs;
import org.apache.kafka.common.security.auth.AuthenticationContext;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.KafkaPrincipalBuilder;
import org.apache.kafka.common.security.auth.KafkaPrincipalSerde;
import org.apache.kafka.common.security.auth.SslAuthenticationContext;
import org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder;
import org.apache.kafka.common.security.ssl.SslPrincipalMapper;
import org.jspecify.annotations.Nullable;

/**
 * Names users by their certificates, as Kafka does, yet an agent that is no member, or comes by the certificate of a
 * machine that was a member under its name, is {@link #NOBODY}, who has no right. Kafka asks at every request, so this
 * holds for connections that stand. One whose certificate has expired is closed: a renewed one is shown at the next.
 */
public final class MemberPrincipals implements KafkaPrincipalBuilder, KafkaPrincipalSerde, Configurable {

    static final KafkaPrincipal NOBODY = new KafkaPrincipal(KafkaPrincipal.USER_TYPE, "nobody");

    /** Setting that names what {@link #settings} was given. */
    private static final String MEMBERS = "tributary.members";

    /** Kafka makes this class by its name and tells it nothing but text. */
    private static final Map<String, Predicate<X509Certificate>> GIVEN = new ConcurrentHashMap<>();

    private @Nullable DefaultKafkaPrincipalBuilder usual;
    private Predicate<X509Certificate> members = certificate -> false;

    /** Broker settings by which it is used. {@link #forget} them when the broker has ended. */
    static Map<String, String> settings(Predicate<X509Certificate> members) {
        String name = UUID.randomUUID().toString();
        GIVEN.put(name, members);
        return Map.of("principal.builder.class", MemberPrincipals.class.getName(), MEMBERS, name);
    }

    static void forget(Map<?, ?> settings) {
        if (settings.get(MEMBERS) instanceof String name) {
            GIVEN.remove(name);
        }
    }

    @Override
    public void configure(Map<String, ?> configs) {
        usual = new DefaultKafkaPrincipalBuilder(
                null,
                SslPrincipalMapper.fromRules(
                        String.valueOf(configs.get(BrokerSecurityConfigs.SSL_PRINCIPAL_MAPPING_RULES_CONFIG))));
        Predicate<X509Certificate> given = GIVEN.get(String.valueOf(configs.get(MEMBERS)));
        if (given == null) {
            throw new KafkaException("setting " + MEMBERS + " is missing");
        }
        members = given;
    }

    private DefaultKafkaPrincipalBuilder usual() {
        if (usual == null) {
            throw new IllegalStateException("configure() comes first");
        }
        return usual;
    }

    @Override
    public KafkaPrincipal build(AuthenticationContext context) {
        KafkaPrincipal user = usual().build(context);
        return context instanceof SslAuthenticationContext tls && !isMember(tls) ? NOBODY : user;
    }

    private boolean isMember(SslAuthenticationContext tls) {
        try {
            Certificate shown = tls.session().getPeerCertificates()[0];
            if (!(shown instanceof X509Certificate certificate)) {
                return false;
            }
            certificate.checkValidity();
            return Party.of(certificate).role() != Party.Role.AGENT || members.test(certificate);
        } catch (SSLPeerUnverifiedException e) {
            return false;
        } catch (CertificateException e) {
            throw new KafkaException("the certificate of this connection is good no more: " + e.getMessage(), e);
        }
    }

    @Override
    public byte[] serialize(KafkaPrincipal principal) {
        return usual().serialize(principal);
    }

    @Override
    public KafkaPrincipal deserialize(byte[] bytes) {
        return usual().deserialize(bytes);
    }
}
