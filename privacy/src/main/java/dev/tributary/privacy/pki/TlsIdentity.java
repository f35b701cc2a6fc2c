package dev.tributary.privacy.pki;

import dev.tributary.privacy.identity.IdentityException;
import dev.tributary.privacy.identity.Pem;
import dev.tributary.privacy.identity.PrivateFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What a party shows when it connects: its TLS key, its certificate, and the authority that it trusts. Kept in one file,
 * replaced in one step, so that a renewal is there whole or not at all.
 */
public record TlsIdentity(PrivateKey key, X509Certificate certificate, X509Certificate authority) {

    public static TlsIdentity of(KeyPair pair, X509Certificate certificate, X509Certificate authority) {
        if (!certificate.getPublicKey().equals(pair.getPublic())) {
            throw new IllegalArgumentException("the certificate is for another key");
        }
        return new TlsIdentity(pair.getPrivate(), certificate, authority);
    }

    public static boolean isIn(Path file) {
        return Files.exists(file);
    }

    /** @throws IdentityException if the file is not there, open to others, or no such identity */
    public static TlsIdentity load(Path file) {
        String pem = new String(PrivateFiles.read(file), StandardCharsets.US_ASCII);
        try {
            int certificates = pem.indexOf("-----BEGIN CERTIFICATE");
            List<X509Certificate> chain =
                    Certificates.read(pem.substring(Math.max(0, certificates)).getBytes(StandardCharsets.US_ASCII));
            if (chain.size() != 2) {
                throw new IllegalArgumentException("expected a certificate and its authority's");
            }
            return new TlsIdentity(TlsKeys.privateKey(Pem.decode("PRIVATE KEY", pem)), chain.get(0), chain.get(1));
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new IdentityException(
                    "File " + file + " does not hold a TLS key and its certificate (" + e.getMessage()
                            + "). Restore it from a backup, or enrol anew.",
                    e);
        }
    }

    public void save(Path file) {
        String text = Pem.encode("PRIVATE KEY", key.getEncoded()) + Certificates.text(List.of(certificate, authority));
        PrivateFiles.replace(file, text.getBytes(StandardCharsets.US_ASCII));
    }

    public Party party() {
        return Party.of(certificate);
    }

    @Override
    public String toString() {
        return "TlsIdentity[" + certificate.getSubjectX500Principal() + "]";
    }
}
