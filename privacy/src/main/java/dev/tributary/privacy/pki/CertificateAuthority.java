package dev.tributary.privacy.pki;

import dev.tributary.privacy.identity.IdentityException;
import dev.tributary.privacy.identity.Pem;
import dev.tributary.privacy.identity.PrivateFiles;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;

/**
 * A federation's own certificate authority: a P-256 key that signs the certificates of the coordinator and of every
 * enrolled agent (X.509, RFC 5280). Subject, key use and life are its decision; a request names nothing but a key.
 *
 * <p>An agent's certificate is good for connecting and not for being connected to, so no agent can pass for the broker.
 */
public final class CertificateAuthority {

    private static final Duration OWN_LIFE = Duration.ofDays(3650);
    private static final Pattern OWN_SUBJECT =
            Pattern.compile("CN=tributary certificate authority,O=([a-z0-9-]{1,40})");
    private static final Duration CLOCK_SKEW = Duration.ofSeconds(60);

    private final PrivateKey key;
    private final X509Certificate certificate;
    private final String federation;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    private CertificateAuthority(PrivateKey key, X509Certificate certificate, String federation, Clock clock) {
        this.key = key;
        this.certificate = certificate;
        this.federation = federation;
        this.clock = clock;
    }

    /** Reads the authority kept in {@code file}, or makes one there if the file does not exist. */
    public static CertificateAuthority loadOrCreate(Path file, String federation, Clock clock) {
        if (!PrivateFiles.exists(file)) {
            KeyPair pair = TlsKeys.generate();
            String text = Pem.encode("PRIVATE KEY", pair.getPrivate().getEncoded())
                    + Certificates.text(List.of(selfSigned(pair, federation, clock)));
            PrivateFiles.createExclusively(file, text.getBytes(StandardCharsets.US_ASCII));
        }
        return read(file, federation, clock);
    }

    /**
     * Reads the authority kept in {@code file}, with the federation that its certificate names.
     *
     * @throws IdentityException if there is none
     */
    public static CertificateAuthority load(Path file, Clock clock) {
        CertificateAuthority read = read(file, "", clock);
        String subject = read.certificate.getSubjectX500Principal().getName();
        Matcher parts = OWN_SUBJECT.matcher(subject);
        if (!parts.matches()) {
            throw new IdentityException("Key file " + file + " holds the certificate of " + subject
                    + ", which is no federation's authority.");
        }
        return new CertificateAuthority(read.key, read.certificate, parts.group(1), clock);
    }

    private static CertificateAuthority read(Path file, String federation, Clock clock) {
        byte[] text = PrivateFiles.read(file);
        try {
            String pem = new String(text, StandardCharsets.US_ASCII);
            return new CertificateAuthority(
                    TlsKeys.privateKey(Pem.decode("PRIVATE KEY", pem)),
                    Certificates.read(pem.substring(pem.indexOf("-----BEGIN CERTIFICATE"))
                                    .getBytes(StandardCharsets.US_ASCII))
                            .get(0),
                    federation,
                    clock);
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new IdentityException(
                    "Key file " + file + " does not hold a certificate authority (" + e.getMessage()
                            + "). Restore it from a backup; without it every agent has to enrol anew.",
                    e);
        }
    }

    private static X509Certificate selfSigned(KeyPair pair, String federation, Clock clock) {
        X500Name name = new X500Name("O=" + federation + ",CN=tributary certificate authority");
        Instant now = clock.instant();
        try {
            X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                            name,
                            serial(new SecureRandom()),
                            Date.from(now.minus(CLOCK_SKEW)),
                            Date.from(now.plus(OWN_LIFE)),
                            name,
                            pair.getPublic())
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign))
                    .addExtension(
                            Extension.subjectKeyIdentifier,
                            false,
                            new JcaX509ExtensionUtils().createSubjectKeyIdentifier(pair.getPublic()));
            return certificate(builder.build(TlsKeys.signer(pair.getPrivate())));
        } catch (CertIOException | GeneralSecurityException e) {
            throw new IllegalStateException("no certificate of an authority can be made here", e);
        }
    }

    public X509Certificate certificate() {
        return certificate;
    }

    /** Whose certificates it makes. */
    public String federation() {
        return federation;
    }

    /** What agents pin: SHA-256 of the authority's certificate, 64 hex digits. */
    public String fingerprint() {
        return Certificates.fingerprint(certificate);
    }

    /**
     * A certificate for an agent.
     *
     * @param request PKCS#10; only its key counts
     * @throws IllegalArgumentException if the request is not signed by its key, or the key is not on P-256
     */
    public X509Certificate certifyAgent(String agent, byte[] request, PartyKeys keys, Duration life) {
        return issue(
                Party.agent(agent, federation),
                TlsKeys.requested(request),
                Optional.of(keys),
                life,
                new KeyPurposeId[] {KeyPurposeId.id_kp_clientAuth},
                new GeneralName(
                        GeneralName.uniformResourceIdentifier, "tributary://" + federation + "/agent/" + agent));
    }

    /** @param names host names and addresses by which broker, page and REST are reached */
    public X509Certificate certifyCoordinator(
            PublicKey tlsKey, PartyKeys keys, Collection<String> names, Duration life) {
        return issue(
                Party.coordinator(federation),
                tlsKey,
                Optional.of(keys),
                life,
                new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth},
                names(names));
    }

    /**
     * A certificate for a broker that runs by itself; it has no keys for messages.
     *
     * @param broker its name among the brokers of the federation, 3 to 40 of a-z, 0-9 and '-'
     * @param names host names and addresses by which it is reached
     */
    public X509Certificate certifyBroker(String broker, PublicKey tlsKey, Collection<String> names, Duration life) {
        return issue(
                Party.broker(broker, federation),
                tlsKey,
                Optional.empty(),
                life,
                new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth},
                names(names));
    }

    private static GeneralName[] names(Collection<String> names) {
        return names.stream().map(CertificateAuthority::name).toArray(GeneralName[]::new);
    }

    private static GeneralName name(String host) {
        boolean address = host.indexOf(':') >= 0 || host.matches("[0-9.]+");
        return new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, host);
    }

    private X509Certificate issue(
            Party party,
            PublicKey tlsKey,
            Optional<PartyKeys> keys,
            Duration life,
            KeyPurposeId[] uses,
            GeneralName... names) {
        Instant now = clock.instant();
        try {
            JcaX509ExtensionUtils ids = new JcaX509ExtensionUtils();
            X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                            X500Name.getInstance(
                                    certificate.getSubjectX500Principal().getEncoded()),
                            serial(random),
                            Date.from(now.minus(CLOCK_SKEW)),
                            Date.from(now.plus(life)),
                            party.subject(),
                            tlsKey)
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                    .addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(uses))
                    .addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names))
                    .addExtension(
                            Extension.authorityKeyIdentifier, false, ids.createAuthorityKeyIdentifier(certificate))
                    .addExtension(Extension.subjectKeyIdentifier, false, ids.createSubjectKeyIdentifier(tlsKey));
            if (keys.isPresent()) {
                PartyKeys bound = keys.get();
                builder.addExtension(
                                PartyKeys.SIGNING,
                                false,
                                new DEROctetString(bound.signing().raw()))
                        .addExtension(
                                PartyKeys.SEALING,
                                false,
                                new DEROctetString(bound.sealing().encoded()));
            }
            return certificate(builder.build(TlsKeys.signer(key)));
        } catch (CertIOException | GeneralSecurityException e) {
            throw new IllegalStateException("no certificate can be made for " + party, e);
        }
    }

    private static X509Certificate certificate(X509CertificateHolder holder) throws GeneralSecurityException {
        return new JcaX509CertificateConverter().getCertificate(holder);
    }

    private static BigInteger serial(SecureRandom random) {
        return new BigInteger(127, random).add(BigInteger.ONE);
    }
}
