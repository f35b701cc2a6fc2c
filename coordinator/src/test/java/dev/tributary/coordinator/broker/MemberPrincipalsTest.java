package dev.tributary.coordinator.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.privacy.identity.SigningIdentity;
import dev.tributary.privacy.pki.CertificateAuthority;
import dev.tributary.privacy.pki.Party;
import dev.tributary.privacy.pki.PartyKeys;
import dev.tributary.privacy.pki.TlsKeys;
import dev.tributary.privacy.seal.OpeningKey;
import dev.tributary.privacy.seal.SealSuite;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.Principal;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLSession;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SslAuthenticationContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a connection's certificate makes of it, from request to request. */
class MemberPrincipalsTest {

    private static final PartyKeys KEYS = new PartyKeys(
            SigningIdentity.ephemeral().publicKey(),
            OpeningKey.generate(SealSuite.X25519).publicKey());

    @TempDir
    Path directory;

    private final Set<X509Certificate> members = new HashSet<>();
    private final MemberPrincipals principals = new MemberPrincipals();

    @BeforeEach
    void configure() {
        Map<String, String> settings = new HashMap<>(BrokerRights.settings("clinics", List.of()));
        settings.putAll(MemberPrincipals.settings(members::contains));
        principals.configure(settings);
        MemberPrincipals.forget(settings);
        assertThatThrownBy(() -> new MemberPrincipals().configure(settings)).hasMessageContaining("members");
    }

    private CertificateAuthority authority(Clock clock) {
        return CertificateAuthority.loadOrCreate(directory.resolve("ca.pem"), "clinics", clock);
    }

    private X509Certificate agent(Clock clock) {
        KeyPair pair = TlsKeys.generate();
        return authority(clock)
                .certifyAgent(
                        "site-a", TlsKeys.request(pair, Party.agent("site-a", "clinics")), KEYS, Duration.ofDays(7));
    }

    private KafkaPrincipal user(X509Certificate shown) {
        SSLSession session = (SSLSession) Proxy.newProxyInstance(
                SSLSession.class.getClassLoader(),
                new Class<?>[] {SSLSession.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getPeerCertificates" -> new Certificate[] {shown};
                    case "getPeerPrincipal" -> (Principal) shown.getSubjectX500Principal();
                    default -> throw new UnsupportedOperationException(method.getName());
                });
        return principals.build(new SslAuthenticationContext(session, InetAddress.getLoopbackAddress(), "CLIENTS"));
    }

    @Test
    void anAgentHasItsNameAsLongAsItIsAMember() {
        X509Certificate certificate = agent(Clock.systemUTC());
        assertThat(user(certificate)).isEqualTo(MemberPrincipals.NOBODY);
        members.add(certificate);
        assertThat(user(certificate)).isEqualTo(new KafkaPrincipal("User", "agent.site-a"));
        assertThat(user(agent(Clock.systemUTC()))).as("another machine's").isEqualTo(MemberPrincipals.NOBODY);
        members.clear();
        assertThat(user(certificate)).isEqualTo(MemberPrincipals.NOBODY);
    }

    @Test
    void theCoordinatorAndBrokersAreNoMembersAndHaveTheirNames() {
        X509Certificate coordinator = authority(Clock.systemUTC())
                .certifyCoordinator(TlsKeys.generate().getPublic(), KEYS, List.of("localhost"), Duration.ofDays(1));
        KafkaPrincipal user = user(coordinator);
        assertThat(user).isEqualTo(new KafkaPrincipal("User", "coordinator.coordinator"));
        assertThat(principals.deserialize(principals.serialize(user))).isEqualTo(user);
    }

    /** Kafka closes a connection whose user cannot be told. */
    @Test
    void aConnectionOutlivesItsCertificateByNoRequest() {
        X509Certificate expired = agent(Clock.offset(Clock.systemUTC(), Duration.ofDays(-8)));
        members.add(expired);
        assertThatThrownBy(() -> user(expired))
                .isInstanceOf(KafkaException.class)
                .hasMessageContaining("good no more");
    }
}
