package dev.tributary.privacy.pki;

import dev.tributary.privacy.identity.Pem;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;

/** Certificates as text, and what is asked of them. */
public final class Certificates {

    private static final int MOST = 10;

    private Certificates() {}

    /** PEM, in the given order. */
    public static String text(List<X509Certificate> certificates) {
        StringBuilder text = new StringBuilder();
        try {
            for (X509Certificate certificate : certificates) {
                text.append(Pem.encode("CERTIFICATE", certificate.getEncoded()));
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        return text.toString();
    }

    /** @throws IllegalArgumentException if the text holds no certificates, or more than ten */
    public static List<X509Certificate> read(byte[] pem) {
        List<X509Certificate> found = new ArrayList<>();
        try {
            for (Certificate each :
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem))) {
                found.add((X509Certificate) each);
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("no certificates in PEM form: " + e.getMessage(), e);
        }
        if (found.isEmpty() || found.size() > MOST) {
            throw new IllegalArgumentException("expected 1 to " + MOST + " certificates, found " + found.size());
        }
        return found;
    }

    /** SHA-256 of the certificate, 64 hex digits. */
    public static String fingerprint(X509Certificate certificate) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Checks that {@code certificate} is signed by {@code authority} and valid now.
     *
     * @throws IllegalArgumentException if it is not
     */
    public static void check(X509Certificate certificate, X509Certificate authority, Clock clock) {
        try {
            certificate.verify(authority.getPublicKey());
            certificate.checkValidity(Date.from(clock.instant()));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "the certificate of " + certificate.getSubjectX500Principal() + " does not hold: " + e.getMessage(),
                    e);
        }
    }

    /** Whether two thirds of its life are over. */
    public static boolean isDueForRenewal(X509Certificate certificate, Clock clock) {
        long from = certificate.getNotBefore().getTime();
        long life = certificate.getNotAfter().getTime() - from;
        return clock.millis() >= from + life / 3 * 2;
    }
}
