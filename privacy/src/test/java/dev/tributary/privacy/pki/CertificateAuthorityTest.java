package dev.tributary.privacy.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.tributary.privacy.identity.IdentityException;
import dev.tributary.privacy.identity.SigningIdentity;
import dev.tributary.privacy.seal.OpeningKey;
import dev.tributary.privacy.seal.SealSuite;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateAuthorityTest {

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-03-01T12:00:00Z"), ZoneOffset.UTC);
    private static final Duration WEEK = Duration.ofDays(7);

    @TempDir
    Path directory;

    private CertificateAuthority authority;
    private final KeyPair pair = TlsKeys.generate();
    private final PartyKeys keys = new PartyKeys(
            SigningIdentity.ephemeral().publicKey(),
            OpeningKey.generate(SealSuite.X25519).publicKey());

    @BeforeEach
    void make() {
        authority = CertificateAuthority.loadOrCreate(directory.resolve("ca.pem"), "clinics", CLOCK);
    }

    private X509Certificate certify(byte[] request) {
        return authority.certifyAgent("site-a", request, keys, WEEK);
    }

    @Test
    void anAgentsCertificateSaysWhoItIsForAWeekAndIsNoServers() throws Exception {
        X509Certificate certificate = certify(TlsKeys.request(pair, Party.agent("site-a", "clinics")));
        assertThat(Party.of(certificate)).isEqualTo(Party.agent("site-a", "clinics"));
        assertThat(Party.of(certificate).principal()).isEqualTo("agent.site-a");
        assertThat(PartyKeys.of(certificate)).isEqualTo(keys);
        assertThat(certificate.getPublicKey()).isEqualTo(pair.getPublic());
        assertThat(certificate.getBasicConstraints()).as("no authority").isEqualTo(-1);
        assertThat(certificate.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
        assertThat(certificate.getNotAfter().toInstant())
                .isEqualTo(CLOCK.instant().plus(WEEK));
        Certificates.check(certificate, authority.certificate(), CLOCK);
        Clock later = Clock.offset(CLOCK, WEEK.plusSeconds(1));
        assertThatThrownBy(() -> Certificates.check(certificate, authority.certificate(), later))
                .hasMessageContaining("does not hold");
    }

    @Test
    void whatARequestAsksForBesidesItsKeyIsNotRead() throws Exception {
        ExtensionsGenerator wanted = new ExtensionsGenerator();
        wanted.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        byte[] request = new JcaPKCS10CertificationRequestBuilder(
                        new X500Name("CN=coordinator,OU=coordinator,O=clinics"), pair.getPublic())
                .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, wanted.generate())
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()))
                .getEncoded();
        X509Certificate certificate = certify(request);
        assertThat(Party.of(certificate)).isEqualTo(Party.agent("site-a", "clinics"));
        assertThat(certificate.getBasicConstraints()).isEqualTo(-1);
    }

    @Test
    void aRequestThatAnotherKeySignedIsRefused() throws Exception {
        byte[] request = new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=x"), pair.getPublic())
                .build(new JcaContentSignerBuilder("SHA256withECDSA")
                        .build(TlsKeys.generate().getPrivate()))
                .getEncoded();
        assertThatThrownBy(() -> certify(request)).hasMessageContaining("not signed by the key");
    }

    @Test
    void keysThatAreNotOnP256AreRefused() throws Exception {
        KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
        rsa.initialize(1024);
        KeyPair weak = rsa.generateKeyPair();
        byte[] request = new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=x"), weak.getPublic())
                .build(new JcaContentSignerBuilder("SHA256withRSA").build(weak.getPrivate()))
                .getEncoded();
        assertThatThrownBy(() -> certify(request)).hasMessageContaining("not on P-256");
        assertThatThrownBy(() -> certify(new byte[] {1, 2, 3})).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> certify(new byte[10_000])).hasMessageContaining("at most");
    }

    @Test
    void aSubjectThatSmugglesInFurtherPartsNamesNobody() {
        for (String name :
                List.of("a,OU=coordinator", "a\\,OU=coordinator", "site a", "ab", "Site", "x+OU=coordinator")) {
            assertThatThrownBy(() -> Party.agent(name, "clinics"))
                    .as(name)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void theAuthorityIsTheSameAfterARestartAndItsFileIsItsOwnersAlone() throws Exception {
        Path file = directory.resolve("ca.pem");
        CertificateAuthority again = CertificateAuthority.loadOrCreate(file, "clinics", CLOCK);
        assertThat(again.fingerprint()).isEqualTo(authority.fingerprint()).hasSize(64);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> CertificateAuthority.loadOrCreate(file, "clinics", CLOCK))
                .isInstanceOf(IdentityException.class)
                .hasMessageContaining("chmod 600");
    }

    @Test
    void aCertificateIsRenewedWhenTwoThirdsOfItsLifeAreOver() {
        X509Certificate certificate = certify(TlsKeys.request(pair, Party.agent("site-a", "clinics")));
        assertThat(Certificates.isDueForRenewal(certificate, Clock.offset(CLOCK, Duration.ofDays(4))))
                .isFalse();
        assertThat(Certificates.isDueForRenewal(certificate, Clock.offset(CLOCK, Duration.ofDays(5))))
                .isTrue();
    }

    @Test
    void noClientTakesAnAgentsCertificateForAServers() throws Exception {
        CertificateAuthority now =
                CertificateAuthority.loadOrCreate(directory.resolve("ca.pem"), "clinics", Clock.systemUTC());
        TlsIdentity agent = TlsIdentity.of(
                pair,
                now.certifyAgent("site-a", TlsKeys.request(pair, Party.agent("site-a", "clinics")), keys, WEEK),
                now.certificate());
        TlsIdentity broker = TlsIdentity.of(
                pair, now.certifyBroker("kafka-1", pair.getPublic(), List.of("127.0.0.1"), WEEK), now.certificate());
        assertThat(handshake(agent, broker)).isInstanceOf(SSLHandshakeException.class);
        assertThat(handshake(broker, agent)).isNull();
        assertThat(broker.party().principal()).isEqualTo("broker.kafka-1");
    }

    /** How the client's handshake ends: null if well. */
    private static @Nullable Throwable handshake(TlsIdentity server, TlsIdentity client) throws Exception {
        try (ServerSocket listening = TlsContexts.of(server)
                        .getServerSocketFactory()
                        .createServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket socket = TlsContexts.of(client)
                        .getSocketFactory()
                        .createSocket(InetAddress.getLoopbackAddress(), listening.getLocalPort())) {
            Thread answering = new Thread(() -> {
                try (Socket accepted = listening.accept()) {
                    ((SSLSocket) accepted).startHandshake();
                } catch (IOException e) {
                    // the client refused, and tells why
                }
            });
            answering.start();
            Throwable failure = catchThrowable(() -> ((SSLSocket) socket).startHandshake());
            answering.join();
            return failure;
        }
    }

    @Test
    void anAuthorityKnowsItsFederation() {
        assertThat(CertificateAuthority.load(directory.resolve("ca.pem"), CLOCK).federation())
                .isEqualTo("clinics");
        assertThatThrownBy(() -> CertificateAuthority.load(directory.resolve("none.pem"), CLOCK))
                .isInstanceOf(IdentityException.class);
    }

    @Test
    void anIdentityIsReadAsItWasSaved() {
        X509Certificate certificate = certify(TlsKeys.request(pair, Party.agent("site-a", "clinics")));
        TlsIdentity identity = TlsIdentity.of(pair, certificate, authority.certificate());
        identity.save(directory.resolve("tls.pem"));
        assertThat(TlsIdentity.load(directory.resolve("tls.pem"))).isEqualTo(identity);
        assertThatThrownBy(() -> TlsIdentity.of(TlsKeys.generate(), certificate, authority.certificate()))
                .hasMessageContaining("another key");
        assertThat(TlsContexts.of(identity).getProtocol()).isEqualTo("TLSv1.3");
    }
}
